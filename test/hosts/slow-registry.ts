import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { must } from "../support/real-engine.ts";

export type SlowRegistry = {
  /** `ADDRESS:PORT`, as hosts reach it, without TLS. */
  readonly address: string;
  /** The one image it has, a busybox. */
  readonly image: string;
  close(): Promise<void>;
};

const pieces = 180;

/**
 * A registry (distribution's HTTP API, version 2: manifests and blobs, to read) that takes `takesMs` to send an image's one layer, a
 * piece at a time and never silent for long.
 */
export async function slowRegistry(takesMs: number): Promise<SlowRegistry> {
  const layer = await busyboxLayer();
  const gzipped = gzipSync(layer);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { Env: ["PATH=/bin"] },
      rootfs: { type: "layers", diff_ids: [digest(layer)] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: "application/vnd.docker.container.image.v1+json", ...descriptor(config) },
      layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", ...descriptor(gzipped) }],
    }),
  );
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // The bridge of this machine's engine, which its containers reach and nobody else does.
  const bridge = (await must("docker", ["network", "inspect", "bridge", "-f", gatewayOf])).trim();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, bridge, resolve));
  const address = `${bridge}:${(server.address() as AddressInfo).port}`;
  return {
    address,
    image: `${address}/slow:1`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const what = request.url?.split("/").at(-1) ?? "";
    if (request.url?.includes("/manifests/")) {
      response.writeHead(200, {
        "content-type": manifestType,
        "content-length": manifest.length,
        "docker-content-digest": digest(manifest),
      });
      response.end(request.method === "HEAD" ? undefined : manifest);
    } else if (what === digest(config)) {
      response.writeHead(200, { "content-length": config.length }).end(config);
    } else if (what === digest(gzipped)) {
      response.writeHead(200, { "content-length": gzipped.length });
      const size = Math.ceil(gzipped.length / pieces);
      for (let from = 0; from < gzipped.length && !response.destroyed; from += size) {
        response.write(gzipped.subarray(from, from + size));
        await after(takesMs / pieces);
      }
      response.end();
    } else {
      response.writeHead(request.url === "/v2/" ? 200 : 404).end("{}");
    }
  }
}

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const gatewayOf = "{{(index .IPAM.Config 0).Gateway}}";

const digest = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const descriptor = (bytes: Buffer): object => ({ size: bytes.length, digest: digest(bytes) });

/** A layer with busybox and its shell; the noise makes it differ each time, so that no engine has it already. */
async function busyboxLayer(): Promise<Buffer> {
  const root = await mkdtemp(join(tmpdir(), "svc-layer-"));
  try {
    const noise = randomBytes(16).toString("hex");
    const make = `mkdir bin && cp /bin/busybox bin/ && ln -s busybox bin/sh && ln -s busybox bin/sleep && echo ${noise} >noise && tar -cf layer.tar bin noise`;
    await must("sh", ["-ec", `cd ${root} && ${make}`]);
    return await readFile(join(root, "layer.tar"));
  } finally {
    await rm(root, { recursive: true });
  }
}
