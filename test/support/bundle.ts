import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

const root = join(import.meta.dirname, "../..");

export type Bundle = { readonly script: string; remove(): void };

/** The program in one file, as it is in the executable: it starts in half the time, which counts where it is started often. */
export function bundleProgram(): Bundle {
  const folder = mkdtempSync(join(tmpdir(), "svc-bundle-"));
  const script = join(folder, "svc.cjs");
  const unused = join(root, "src/stubs/unused.cjs");
  buildSync({
    entryPoints: [join(root, "src/main.ts")],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node26",
    logLevel: "error",
    alias: { "@grpc/grpc-js": unused, "@grpc/proto-loader": unused, protobufjs: unused, ssh2: unused },
  });
  return { script, remove: () => rmSync(folder, { recursive: true }) };
}
