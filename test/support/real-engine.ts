import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type RealEngine = {
  /** Every container and image of this run carries it. */
  readonly prefix: string;
  readonly image: string;
  docker(...args: string[]): Promise<Ran>;
  cleanup(): Promise<void>;
};

/** The engine of this machine, with an image of busybox that is made here and is gone afterwards. */
export async function realEngine(): Promise<RealEngine> {
  const prefix = `svct-${process.pid}-${Math.random().toString(36).slice(2, 6)}`;
  const image = `${prefix}:1`;
  const root = await mkdtemp(join(tmpdir(), "svc-image-"));
  await mkdir(join(root, "bin"));
  await mkdir(join(root, "tmp"));
  await copyFile("/bin/busybox", join(root, "bin/busybox"));
  for (const name of ["sh", "sleep", "cat", "echo", "env", "httpd", "nc", "wget", "kill", "true"]) {
    await symlink("busybox", join(root, "bin", name));
  }
  const made = await run("sh", [
    "-c",
    `tar -C ${root} -c ${(await readdir(root)).join(" ")} | docker import - ${image}`,
  ]);
  await rm(root, { recursive: true });
  if (made.code !== 0) throw new Error(`no test image could be made: ${made.stderr}`);
  return { prefix, image, docker: (...args) => run("docker", args), cleanup };

  async function cleanup(): Promise<void> {
    const all = await run("docker", ["ps", "-aq", "--filter", `name=${prefix}`]);
    const tasks = await run("docker", ["ps", "-aq", "--filter", `ancestor=${image}`]);
    const ids = [...new Set(`${all.stdout}\n${tasks.stdout}`.split("\n").filter(Boolean))];
    if (ids.length > 0) await run("docker", ["rm", "-fv", ...ids]);
    const own = [`${prefix}*`, `*/${prefix}*`].flatMap((reference) => ["--filter", `reference=${reference}`]);
    const { stdout } = await run("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}", ...own]);
    await run("docker", ["rmi", "-f", image, ...stdout.split("\n").filter(Boolean)]);
  }
}

/** What the program writes to stdout; throws when it fails. */
export async function must(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, env ? { env } : {});
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${stdout.slice(-2_000)}${stderr.slice(-2_000)}`);
  return stdout;
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { env: options.env ?? process.env, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr });
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}
