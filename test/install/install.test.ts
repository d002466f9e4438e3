import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Ran, run } from "../support/real-engine.ts";
import { dist, isHere, root } from "./support.ts";

/** install.sh into a folder of its own: what is put where, and taken away again. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-install-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const install = (...args: string[]): Promise<Ran> =>
  run(join(root, "install.sh"), args, { env: { ...process.env, DESTDIR: folder } });

/** Every file and folder with its mode, links with where they lead. */
async function tree(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const shown = `/${relative(folder, path)}`;
    if (entry.isSymbolicLink()) return `${shown} -> ${await readlink(path)}`;
    return `${shown}${entry.isDirectory() ? "/" : ""} ${((await lstat(path)).mode & 0o7777).toString(8)}`;
  });
  return (await Promise.all(lines)).sort();
}

const filesOf = (all: readonly string[]): string[] => all.filter((line) => !line.includes("/ "));

const installed = [
  "/etc/systemd/system/svc-front.service 644",
  "/etc/systemd/system/svc-front.socket 644",
  "/etc/systemd/system/svc.service 644",
  "/usr/local/bin/docker-runner -> svc",
  "/usr/local/bin/svc 755",
  "/usr/local/share/bash-completion/completions/docker-runner -> svc",
  "/usr/local/share/bash-completion/completions/svc 644",
  "/usr/local/share/fish/vendor_completions.d/docker-runner.fish -> svc.fish",
  "/usr/local/share/fish/vendor_completions.d/svc.fish 644",
  "/usr/local/share/man/man1/docker-runner.1 644",
  "/usr/local/share/man/man1/svc.1 644",
  "/usr/local/share/man/man5/svc-unit.5 644",
  "/usr/local/share/zsh/site-functions/_svc 644",
];

test("puts everything in its place, with modes that show nobody what is not his", async () => {
  const ran = await install();
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
  expect(ran.stdout).toBe(`svc is installed: ${folder}/usr/local/bin/svc\n`);
  const all = await tree();
  expect(filesOf(all)).toEqual(installed);
  expect(all).toEqual(expect.arrayContaining(["/etc/svc/units/ 755", "/var/lib/svc/ 700", "/var/log/svc/ 750"]));
  const man = await readFile(join(folder, "usr/local/share/man/man1/svc.1"), "utf8");
  expect(man).toBe((await run(join(dist, "svc"), ["man", "svc"])).stdout);
});

test("a second run changes nothing, also not what the operator has changed", async () => {
  await install();
  await writeFile(join(folder, "etc/svc/units/web.yml"), "image: web:1\n");
  await chmod(join(folder, "var/log/svc"), 0o700);
  const before = await tree();
  const times = await Promise.all(filesOf(before).map((line) => mtimeOf(line)));
  expect((await install()).code).toBe(0);
  expect(await tree()).toEqual(before);
  expect(await Promise.all(filesOf(before).map((line) => mtimeOf(line)))).toEqual(times);
});

test("an upgrade replaces the program by a rename, so that the running one is not touched", async () => {
  await install();
  const program = join(folder, "usr/local/bin/svc");
  await writeFile(program, "an older program");
  const { ino } = await lstat(program);
  expect((await install()).code).toBe(0);
  expect((await lstat(program)).ino).not.toBe(ino);
  expect((await lstat(program)).size).toBe((await lstat(join(dist, "svc"))).size);
});

test("where it cannot put everything, it leaves what was there", async () => {
  await mkdir(join(folder, "usr/local/bin"), { recursive: true });
  await writeFile(join(folder, "usr/local/bin/svc"), "an older program");
  await mkdir(join(folder, "usr/local/share"));
  // A file where a folder must be: the man pages have no place.
  await writeFile(join(folder, "usr/local/share/man"), "");
  const before = filesOf(await tree());
  expect((await install()).code).not.toBe(0);
  expect(filesOf(await tree())).toEqual(before);
  expect(await readFile(join(folder, "usr/local/bin/svc"), "utf8")).toBe("an older program");
});

test("--uninstall takes away what was installed, and nothing else", async () => {
  await install();
  await writeFile(join(folder, "etc/svc/units/web.yml"), "image: web:1\n");
  await writeFile(join(folder, "var/log/svc/web.log"), "");
  await writeFile(join(folder, "usr/local/share/man/man1/other.1"), "");
  const ran = await install("--uninstall");
  expect(ran.stdout).toBe(
    "svc is taken away.\nUnit files, state and logs stay in /etc/svc /var/log/svc. --uninstall --purge takes them away too.\n",
  );
  const left = ["/etc/svc/units/web.yml 644", "/usr/local/share/man/man1/other.1 644", "/var/log/svc/web.log 644"];
  expect(filesOf(await tree())).toEqual(left);
  expect((await install("--uninstall", "--purge")).code).toBe(0);
  expect(filesOf(await tree())).toEqual(["/usr/local/share/man/man1/other.1 644"]);
});

test("--prefix moves the program, and systemd finds it there", async () => {
  expect((await install("--prefix=/usr")).code).toBe(0);
  const files = filesOf(await tree());
  expect(files).toEqual(expect.arrayContaining(["/usr/bin/svc 755", "/usr/share/zsh/vendor-completions/_svc 644"]));
  expect(await readFile(join(folder, "etc/systemd/system/svc.service"), "utf8")).toContain(
    "ExecStart=/usr/bin/svc daemon",
  );
  await install("--uninstall", "--prefix", "/usr");
  expect(filesOf(await tree())).toEqual([]);
});

test("what is wrong on the command line exits 2 and changes nothing", async () => {
  for (const args of [
    ["--bogus"],
    ["--prefix"],
    ["--prefix", "here"],
    ["--purge"],
    ["--demo"],
    ["--uninstall", "--with-docker"],
  ]) {
    const { code, stdout, stderr } = await install(...args);
    expect({ args, code, stdout, stderr }).toEqual({
      args,
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^install\.sh: .+\nhint: \.\/install\.sh --help shows all options\n$/),
    });
  }
  expect(await tree()).toEqual([]);
  expect((await install("--help")).stdout).toContain("--uninstall --purge");
});

test("root is needed for the host, and not for a folder of one's own", async ({ skip }) => {
  skip(process.getuid?.() !== 0 || !isHere("setpriv"), "this test needs root and setpriv");
  await chmod(folder, 0o777);
  const user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  const reads = await run("setpriv", [...user, "test", "-r", join(dist, "svc")]);
  skip(reads.code !== 0, "the project is in a folder that only root may enter");
  const nobody = [...user, join(root, "install.sh")];
  const { DESTDIR: _, ...bare } = process.env;
  const refused = await run("setpriv", nobody, { env: bare });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("hint: sudo ./install.sh") });
  const done = await run("setpriv", nobody, { env: { ...bare, DESTDIR: folder } });
  expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: "" });
  expect(filesOf(await tree())).toEqual(installed);
});

test("zsh finds the completion where it is installed", async ({ skip }) => {
  skip(!isHere("zsh"), "zsh is not on this machine");
  await install();
  const script = `fpath=(${folder}/usr/local/share/zsh/site-functions $fpath); autoload -U compinit; compinit -u -D; print $_comps[svc] $_comps[docker-runner]`;
  expect((await run("zsh", ["-f", "-c", script])).stdout).toBe("_svc _svc\n");
});

test("systemd has nothing against the unit", async ({ skip }) => {
  skip(!isHere("systemd-analyze"), "systemd-analyze is not on this machine");
  await install();
  const unit = await readFile(join(folder, "etc/systemd/system/svc.service"), "utf8");
  const file = join(folder, "svc.service");
  await writeFile(file, unit.replaceAll("/usr/local/bin/svc", join(dist, "svc")));
  const env = { ...process.env, MANPATH: join(folder, "usr/local/share/man") };
  const { stderr } = await run("systemd-analyze", ["verify", "--man=no", file], { env });
  expect(stderr.split("\n").filter((line) => line.includes("svc.service"))).toEqual([]);
});

test("the shell scripts are clean", async ({ skip }) => {
  skip(!isHere("shellcheck"), "shellcheck is not on this machine");
  const stand_ins = (await readdir(join(root, "units/demo/bin"))).map((name) => `units/demo/bin/${name}`);
  const { stdout } = await run("sh", [
    "-c",
    `cd ${root} && shellcheck -x install.sh units/demo/demo.sh ${stand_ins.join(" ")}`,
  ]);
  expect(stdout).toBe("");
});

async function mtimeOf(line: string): Promise<number> {
  return (await lstat(join(folder, line.replace(/ (-> .*|\d+)$/, "")))).mtimeMs;
}
