import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { must } from "./real-engine.ts";

/** `fails`: every answer is 500; `refuses`: nobody listens; `stalls`: connections are taken, and no answer comes. */
export type Manner = "well" | "fails" | "refuses" | "stalls";

export type Registry = {
  /** `ADDRESS:PORT`, as hosts reach it, without TLS. */
  readonly address: string;
  /** The one image it has, a busybox, without a tag. */
  readonly image: string;
  /** From now on; who is being answered is cut off. */
  behaves(manner: Manner): Promise<void>;
  /** How often a manifest was asked for since it behaves as it does now. */
  asked(): number;
  close(): Promise<void>;
};

export type Content = {
  /** The environment that is baked into the image, by tag. */
  readonly tags: { readonly [tag: string]: { readonly [name: string]: string } };
  /** A shell script: what its containers run, with their command as arguments; else they run their command. */
  readonly entrypoint?: string;
  /** How long it takes to send the image's one layer, a piece at a time and never silent for long. */
  readonly takesMs?: number;
  /** Where it listens; else on the bridge of this machine's engine, which its containers reach and nobody else does. */
  readonly at?: string;
};

const pieces = 180;

/** A registry (distribution's HTTP API, version 2: manifests and blobs, to read) of one image. */
export async function startRegistry(name: string, { tags, entrypoint, takesMs = 0, at }: Content): Promise<Registry> {
  const layer = await busyboxLayer(entrypoint);
  const gzipped = gzipSync(layer);
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Buffer>();
  for (const [tag, environment] of Object.entries(tags)) {
    const config = json({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: {
        Env: ["PATH=/bin", ...Object.entries(environment).map(([key, value]) => `${key}=${value}`)],
        ...(entrypoint === undefined ? {} : { Entrypoint: ["/bin/sh", "/entrypoint"] }),
      },
      rootfs: { type: "layers", diff_ids: [digest(layer)] },
    });
    const manifest = json({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: "application/vnd.docker.container.image.v1+json", ...descriptor(config) },
      layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", ...descriptor(gzipped) }],
    });
    blobs.set(digest(config), config);
    // Engines ask by tag, and then by the digest that they were told.
    manifests.set(tag, manifest).set(digest(manifest), manifest);
  }
  let manner: Manner = "well";
  let asked = 0;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const host = at ?? (await bridgeAddress());
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const address = `${host}:${port}`;
  return {
    address,
    image: `${address}/${name}`,
    async behaves(now) {
      if (now === "refuses" && server.listening) await close();
      else server.closeAllConnections();
      manner = now;
      asked = 0;
      if (now !== "refuses" && !server.listening) await listen(port);
    },
    asked: () => asked,
    close,
  };

  function listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [what = "", kind] = (request.url ?? "").split("/").reverse();
    if (kind === "manifests") asked += 1;
    if (manner === "stalls") return;
    const manifest = manifests.get(what);
    const blob = blobs.get(what);
    if (manner === "fails") {
      response.writeHead(500).end();
    } else if (manifest) {
      response.writeHead(200, {
        "content-type": manifestType,
        "content-length": manifest.length,
        "docker-content-digest": digest(manifest),
      });
      response.end(request.method === "HEAD" ? undefined : manifest);
    } else if (blob) {
      response.writeHead(200, { "content-length": blob.length }).end(blob);
    } else if (what === digest(gzipped)) {
      await sendSlowly(response);
    } else {
      response.writeHead(request.url === "/v2/" ? 200 : 404).end("{}");
    }
  }

  async function sendSlowly(response: ServerResponse): Promise<void> {
    response.writeHead(200, { "content-length": gzipped.length });
    const size = Math.ceil(gzipped.length / pieces);
    for (let from = 0; from < gzipped.length && !response.destroyed; from += size) {
      response.write(gzipped.subarray(from, from + size));
      if (takesMs > 0) await after(takesMs / pieces);
    }
    response.end();
  }
}

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
/** Engine 20.10 names the gateway only of a bridge that it found when it started; else it is the first address. */
async function bridgeAddress(): Promise<string> {
  const format = "{{with index .IPAM.Config 0}}{{.Subnet}} {{.Gateway}}{{end}}";
  const [subnet = "", gateway = ""] = (await must("docker", ["network", "inspect", "bridge", "-f", format]))
    .trim()
    .split(" ");
  return gateway || subnet.replace(/\d+\/\d+$/, "1");
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const digest = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const descriptor = (bytes: Buffer): object => ({ size: bytes.length, digest: digest(bytes) });

/** A layer with busybox and its shell; the noise makes it differ each time, so that no engine has it already. */
async function busyboxLayer(entrypoint = ""): Promise<Buffer> {
  const root = await mkdtemp(join(tmpdir(), "svc-layer-"));
  try {
    await writeFile(join(root, "entrypoint"), entrypoint);
    const noise = randomBytes(16).toString("hex");
    const names = "for name in sh sleep httpd; do ln -s busybox bin/$name; done";
    const make = `mkdir bin www && echo well >www/index.html && cp /bin/busybox bin/ && ${names} && echo ${noise} >noise && tar -cf layer.tar bin www noise entrypoint`;
    await must("sh", ["-ec", `cd ${root} && ${make}`]);
    return await readFile(join(root, "layer.tar"));
  } finally {
    await rm(root, { recursive: true });
  }
}
