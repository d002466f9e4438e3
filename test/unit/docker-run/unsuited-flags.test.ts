import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { createRequestFromFlags, type FlagContext } from "../../../src/unit/docker-run/create-request-from-flags.ts";
import { type Treatment, unsuitedFlags } from "../../../src/unit/docker-run/unsuited-flags.ts";

const context: FlagContext = {
  image: "site:1",
  command: [],
  hostEnvironment: {},
  workingDirectory: "/",
  readFile: (path) => {
    throw new Error(`there is no ${path}`);
  },
  use: "service",
};

test("the table in the documentation is the one that svc goes by", () => {
  const document = readFileSync(resolve(import.meta.dirname, "../../../docs/docker-run-flags.md"), "utf8");
  const rows = unsuitedFlags.map(({ name, service, oneOff }) => `| --${name} | ${cell(service)} | ${cell(oneOff)} |`);
  expect(document.split("\n").filter((line) => line.startsWith("| --"))).toEqual(rows);
});

test("flags that svc sees to by itself are taken out", () => {
  const result = createRequestFromFlags(
    ["-d", "--rm", "--restart=no", "--name", "web", "--pull=always", "-it"],
    context,
  );
  expect(result).toMatchObject({
    ok: true,
    request: { name: "web", platform: null, body: { Image: "site:1", OpenStdin: true, Tty: true } },
    pull: "always",
    warnings: [],
  });
  expect(result.ok && result.request.body.HostConfig).toBeUndefined();
});

test("a flag without effect is told", () => {
  const result = createRequestFromFlags(["--cidfile", "/run/x", "--name=x"], { ...context, use: "one-off" });
  expect(result.ok && result.request.name).toBeNull();
  expect(result.ok && result.warnings).toHaveLength(2);
});

test("another restart policy, a bare word and an unknown flag are told all at once, each with its word", () => {
  const result = createRequestFromFlags(["--restart", "always", "--memry", "--init", "true", "-p", "80"], context);
  expect(
    result.ok ? [] : result.problems.map((problem) => [problem.word, problem.message, problem.hint]),
  ).toMatchInlineSnapshot(`
    [
      [
        1,
        "--restart cannot be used here: svc restarts the container, and two masters would fight",
        "take it out and set respawn in the unit; --restart=no may stay",
      ],
      [
        2,
        "unknown flag --memry",
        "did you mean --memory?",
      ],
      [
        4,
        ""true" is neither a flag nor the value of one",
        "only flags may stand here; quote a value that has blanks, and write --switch=false for a switch that is off",
      ],
    ]
  `);
});

test("a flag that is taken out must still be well written", () => {
  const result = createRequestFromFlags(["--detach=maybe", "--kernel-memory", "much"], context);
  expect(result.ok ? [] : result.problems.map((problem) => problem.word)).toEqual([0, 2]);
});

test("stdin is attached for a one-off task and left open for a service", () => {
  const bodyFor = (use: "service" | "one-off") => {
    const result = createRequestFromFlags(["-i"], { ...context, use });
    return result.ok ? result.request.body : null;
  };
  expect(bodyFor("service")).toEqual({ Image: "site:1", OpenStdin: true });
  expect(bodyFor("one-off")).toEqual({ Image: "site:1", OpenStdin: true, AttachStdin: true, StdinOnce: true });
});

function cell(treatment: Treatment): string {
  if (treatment.is === "refused") return `refused: ${treatment.because}; ${treatment.hint}`;
  return `${treatment.is}: ${treatment.because}`;
}
