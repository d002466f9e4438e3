// Makes dist/svc, one executable: the bundle inside node itself. `docker-runner` is a link to it.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
process.chdir(root);
const node = join(
  dirname(createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`)),
  "bin/node",
);
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

// dockerode brings gRPC and ssh for builds and ssh:// hosts, neither of which svc uses: they would double the load.
const unused = resolve("src/stubs/unused.cjs");
mkdirSync("dist", { recursive: true });
const { metafile } = await build({
  entryPoints: ["src/main.ts"],
  outfile: "dist/svc.cjs",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node26",
  legalComments: "none",
  metafile: true,
  logLevel: "error",
  alias: {
    "@grpc/grpc-js": unused,
    "@grpc/proto-loader": unused,
    protobufjs: unused,
    ssh2: unused,
    "tar-fs": unused,
    "@balena/dockerignore": unused,
    "thread-stream": unused,
    zlib: unused,
    "readable-stream": "node:stream",
    https: resolve("src/stubs/https.cjs"),
    "@viz-js/viz": resolve("src/stubs/viz.cjs"),
  },
  define: { "process.env.SVC_VERSION": JSON.stringify(version) },
});
const heavy = Object.keys(metafile.inputs).filter((path) => /node_modules\/(@grpc|ssh2|protobufjs)\//.test(path));
if (heavy.length > 0) throw new Error(`the bundle holds what it must not: ${heavy.slice(0, 3).join(", ")}`);

// One letter that is not ASCII would make node hold all of it with two bytes a letter. esbuild leaves those of expressions and remarks.
const bundle = readFileSync("dist/svc.cjs", "utf8");
if (/\\[\u0080-\uffff]/.test(bundle)) throw new Error("the bundle holds an escaped letter that is not ASCII");
writeFileSync(
  "dist/svc.cjs",
  bundle.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`),
);

copyFileSync(node, "dist/node");
chmodSync("dist/node", 0o755);
// Before the bundle goes in: afterwards it would break the file. Without strip it is a third larger and works.
try {
  execFileSync("strip", ["dist/node"], { stdio: "ignore" });
} catch {
  console.log("strip is not there: the executable stays larger than it need be");
}
writeFileSync(
  "dist/sea.json",
  JSON.stringify({
    main: "dist/svc.cjs",
    executable: "dist/node",
    output: "dist/svc.new",
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    useSnapshot: false,
    execArgv: ["--max-semi-space-size=2", "--no-warnings"],
    execArgvExtension: "none",
    assets: { "viz.cjs": createRequire(import.meta.url).resolve("@viz-js/viz") },
  }),
);
execFileSync(node, ["--build-sea", "dist/sea.json"], { stdio: ["ignore", "ignore", "inherit"] });
// What was written in one piece lies in the page cache in large ones, of which a process takes all: 35 MB more than of a copy.
copyFileSync("dist/svc.new", "dist/svc.copy");
rmSync("dist/svc.new");
// The last build may be running.
renameSync("dist/svc.copy", "dist/svc");
rmSync("dist/node");
rmSync("dist/docker-runner", { force: true });
symlinkSync("svc", "dist/docker-runner");
console.log("dist/svc");
