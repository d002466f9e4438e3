import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { must } from "./real-engine.ts";

/** A web server as it should be: once told to end it says `Connection: close` to whoever asks, and ends when all have gone. */
const server = `
import { createServer } from "node:http";
let ending = false;
const web = createServer((request, response) => {
  if (ending) response.setHeader("Connection", "close");
  response.end(process.env.WORD + "\\n");
}).listen(8000);
process.on("SIGTERM", () => {
  ending = true;
  setInterval(() => web.getConnections((_, count) => { if (count === 0) process.exit(0); }), 50);
});
`;

/** An image of node and a small web server that answers on port 8000 with WORD. Whoever makes it removes it. */
export async function nodeImage(image: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "svc-node-image-"));
  try {
    await mkdir(join(root, "tmp"));
    await writeFile(join(root, "server.mjs"), server);
    const libraries = [...(await must("ldd", [process.execPath])).matchAll(/(\/\S+) \(0x/g)].map(
      ([, path = ""]) => path,
    );
    for (const path of libraries) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await copyFile(path, join(root, path));
    }
    await copyFile(process.execPath, join(root, "node"));
    await must("sh", ["-c", `tar -C ${root} -c . | docker import - ${image}`]);
  } finally {
    await rm(root, { recursive: true });
  }
}
