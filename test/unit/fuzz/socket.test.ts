import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askProblem } from "../../../src/control/check-ask.ts";
import { request } from "../../../src/control/client.ts";
import type { RequestName } from "../../../src/control/request.ts";
import { type Handlers, serveControl } from "../../../src/control/server.ts";
import { mutated } from "../../support/mutations.ts";

/** Whatever is sent to the socket, svc goes on, answers others, and tells nothing that is a mistake of its own. */
const runs = Number(process.env.SVC_RUNS ?? 300);
const timeout = 60_000 + runs * 50;
const folder = mkdtempSync(join(tmpdir(), "svc-frames-"));
const socket = join(folder, "svc.sock");
const errors: unknown[] = [];
let server: { close(): Promise<void> };
const names = "list usage start stop restart reload enable disable wait events logs history check version reexec";
const handlers = Object.fromEntries(names.split(" ").map((name) => [name, async () => []])) as unknown as Handlers;

beforeAll(async () => {
  server = await serveControl({ socket, handlers, onError: (error) => errors.push(error) });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const frame = (name: string, body: string): string =>
  `POST /v1/${name} HTTP/1.1\r\nHost: svc\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
const asks: readonly (readonly [RequestName, object])[] = [
  ["list", { units: ["a"] }],
  ["usage", { units: ["a"], follow: true, everyMs: 1 }],
  ["start", { names: ["a", "b"], wait: true, timeoutMs: 1_000, noDeps: false }],
  ["stop", { names: [], all: true, withDependents: true, only: false, prune: true }],
  ["logs", { units: ["a"], follow: true, lines: 10, since: 1, grep: "x" }],
  ["wait", { names: ["a"], for: "up" }],
  ["history", { unit: "a", runs: 3 }],
];

test("frames", { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(mutated(asks.map(([name, ask]) => frame(name, JSON.stringify(ask)))), async (text) => {
      await send(text);
      expect(errors.splice(0)).toEqual([]);
    }),
    { numRuns: runs },
  );
  expect(await request(socket, "list", {})).toEqual([]);
});

test("what is asked", { timeout }, () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...asks.map(([name]) => name)),
      mutated(asks.map(([, ask]) => JSON.stringify(ask))),
      (name, text) => {
        let ask: unknown;
        try {
          ask = JSON.parse(text);
        } catch {
          return;
        }
        const problem = askProblem(name, ask);
        expect(problem === null || problem !== "").toBe(true);
      },
    ),
    { numRuns: runs * 10 },
  );
});

/** Hangs up after the first answer, or when half a frame was all there is. */
function send(text: string): Promise<void> {
  return new Promise((resolve) => {
    const client = connect(socket);
    const end = (): void => {
      client.destroy();
      resolve();
    };
    client.on("error", end).on("close", end).on("data", end);
    client.end(text);
  });
}
