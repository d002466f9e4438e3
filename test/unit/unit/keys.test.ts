import { readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { createRequestFromFlags } from "../../../src/unit/docker-run/create-request-from-flags.ts";
import { splitWords } from "../../../src/unit/docker-run/split-words.ts";
import { allKeyHelp, families } from "../../../src/unit/keys/key-help.ts";
import { keyGroups, unitSchema } from "../../../src/unit/keys/schema.ts";
import { unsuitedKeys } from "../../../src/unit/keys/unsuited-keys.ts";
import { makeFolder, readAsDocker, requestOf } from "../docker-run/support/lines.ts";
import { normalise } from "../docker-run/support/normalise.ts";
import { askCli, cliMajor } from "../docker-run/support/recording-engine.ts";
import { keyTable, type Row } from "./support/key-table.ts";
import { readFiles } from "./support/read-one.ts";

const keys = Object.keys(unitSchema.shape);

test.each(keyTable)("$yaml", async (row) => {
  const image = /^image:/m.test(row.yaml) ? "" : "image: site\n";
  const read = await readFiles({
    "units/web.yml": `${image}${row.yaml}\n`,
    "units/db.yml": "image: db\n",
    ...row.files,
  });
  expect(read.problems.filter(({ code }) => code !== "unknown-unit")).toEqual([]);
  const unit = read.units.find(({ name }) => name === "web");
  if (!unit?.launch.ok) throw new Error(`${row.yaml}: ${JSON.stringify(unit?.launch ?? read.problems)}`);
  if (row.flags !== undefined) expect(unit.launch.create.body).toEqual(bodyOf(row.flags));
  if (row.body) expect(unit.launch.create.body).toMatchObject(row.body);
  if (row.unit) expect(unit).toMatchObject(row.unit);
});

/** What docker run makes of the flags; the differential test compares that with the docker CLI. */
function bodyOf(flags: string): object {
  const split = splitWords(flags);
  const result = createRequestFromFlags(split.ok ? split.words : [], {
    image: "site",
    command: [],
    hostEnvironment: process.env,
    workingDirectory: "/",
    readFile: (path) => readFileSync(path, "utf8"),
    use: "service",
  });
  if (!result.ok) throw new Error(`${flags}: ${JSON.stringify(result.problems)}`);
  return result.request.body;
}

test.skipIf(cliMajor() !== 28)("the flags of the table mean to the docker CLI what they mean here", async () => {
  const folder = makeFolder();
  const waiting = [...keyTable.flatMap(({ flags }) => flags ?? []).entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const split = splitWords(next[1]);
      const words = [...(split.ok ? split.words : []), "site"];
      const answer = await askCli(words, `keys-${next[0]}.sock`, folder);
      const ours = requestOf(readAsDocker(words, folder));
      expect(ours && normalise(ours), next[1]).toEqual(answer && normalise(answer));
      expect(answer, next[1]).not.toBeNull();
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  rmSync(folder.path, { recursive: true, force: true });
});

test("every key has a row, and every row says what is expected", () => {
  const seen = new Set(keyTable.flatMap(({ yaml }) => Object.keys(parse(yaml, { merge: true }) as object)));
  expect(keys.filter((name) => !seen.has(name))).toEqual([]);
  expect(keyTable.filter((row: Row) => !row.flags && !row.body && !row.unit)).toEqual([]);
});

// As in the Compose specification of 2025.
const composeKeys =
  "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir".split(
    " ",
  );

test("every key of a Compose service is taken, or told what to do instead", () => {
  expect(composeKeys.filter((name) => !keys.includes(name) && !unsuitedKeys[name])).toEqual([]);
  expect(Object.keys(unsuitedKeys).filter((name) => keys.includes(name))).toEqual([]);
});

test("every key has words, a sentence and an example that loads", async () => {
  const help = allKeyHelp().flatMap((group) => group.keys);
  expect(help.map(({ name }) => name)).toEqual(keys);
  for (const { name, type, description, example } of help) {
    expect(type, name).not.toBe("");
    expect(description, name).toMatch(/^[A-Za-z].*\.$/);
    const image = name === "image" ? "" : "image: site\n";
    const files = { "units/labels.list": "a=1\n", "units/local.env": "A=1\n" };
    const read = await readFiles({ "units/web.yml": `${image}${example}\n`, ...files });
    const problems = read.problems.filter(({ code }) => !["unknown-unit", "no-effect"].includes(code));
    expect(problems, example).toEqual([]);
    const valid = read.problems.every(({ severity }) => severity === "warning");
    if (valid) expect(read.units, example).toHaveLength(1);
  }
});

test("every field of a long form has words and a sentence", () => {
  const fields = allKeyHelp().flatMap((group) => group.keys.flatMap((key) => key.fields));
  expect(fields.length).toBeGreaterThan(50);
  expect(
    fields.filter(({ type, description }) => type === "" || (!description.endsWith(".") && !description.endsWith("…"))),
  ).toEqual([]);
});

test("related keys are keys, and every key has some", () => {
  const named = families.flat();
  expect(named.filter((name) => !keys.includes(name))).toEqual([]);
  expect(keys.filter((name) => !named.includes(name))).toEqual([]);
  expect(keyGroups.flatMap(([, names]) => names)).toEqual(keys);
});
