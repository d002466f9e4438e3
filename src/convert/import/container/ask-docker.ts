import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SvcError } from "../../../svc-error.ts";
import type { Source } from "../source.ts";

const run = promisify(execFile);
const mostBytes = 64 * 1024 * 1024;

/** What the engine says of a container and its image, by the docker command, which finds the engine as its user does. */
export async function containerSource(name: string): Promise<Source> {
  const container = await inspect("container", name);
  const id = (JSON.parse(container) as readonly { readonly Image: string }[])[0]?.Image ?? "";
  // An image can be removed by force below a container that runs.
  const image = await inspect("image", id).catch(() => "[]");
  const text = JSON.stringify([...JSON.parse(container), ...JSON.parse(image)]);
  return { kind: "inspect", file: `container ${name}`, text, isFile: false };
}

async function inspect(type: "container" | "image", name: string): Promise<string> {
  try {
    const { stdout } = await run("docker", ["inspect", "--type", type, "--", name], { maxBuffer: mostBytes });
    return stdout;
  } catch (thrown) {
    const { code, stderr = "" } = thrown as { readonly code?: unknown; readonly stderr?: string };
    if (code === "ENOENT")
      throw new SvcError("engine-away", "the docker command is not there", {
        hint: "or import a file with docker inspect's answer",
      });
    const isAway = /cannot connect|permission denied|is the docker daemon running/i.test(stderr);
    const message = stderr.trim().split("\n")[0] ?? "";
    throw new SvcError(isAway ? "engine-away" : "usage", `docker inspect ${name}: ${message}`, {
      hint: "docker ps -a shows the containers",
    });
  }
}
