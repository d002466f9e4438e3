import { expect, test } from "vitest";
import type { PullProgress } from "../../../src/engine/engine.ts";
import { pullView } from "../../../src/runner/pull-view.ts";

const progress = (doneBytes: number, layersDone: number): PullProgress => ({
  doneBytes,
  totalBytes: 1_000,
  layersDone,
  layers: 2,
  status: "Downloading",
});
const all = [progress(0, 0), progress(1, 0), progress(500, 1), progress(500, 1), progress(1_000, 2)];

function shown(isTTY: boolean): string {
  let text = "";
  const write = (chunk: string): boolean => {
    text += chunk;
    return true;
  };
  const view = pullView("site:1", { isTTY, write } as unknown as NodeJS.WriteStream);
  for (const one of all) view.show(one);
  view.end();
  return text;
}

test("off a terminal a pull is told in plain lines, one for each layer", () => {
  expect(shown(false)).toBe(`docker-runner: pulling site:1
docker-runner: pulling site:1: 0 of 2 layers
docker-runner: pulling site:1: 1 of 2 layers
docker-runner: pulling site:1: 2 of 2 layers
`);
});

test("on a terminal it is one line, drawn anew when the percentage changes, and gone at the end", () => {
  expect(shown(true).split("\r\x1b[K")).toEqual([
    "",
    "docker-runner: pulling site:1",
    "docker-runner: pulling site:1: 0 %, 0 of 2 layers",
    "docker-runner: pulling site:1: 50 %, 1 of 2 layers",
    "docker-runner: pulling site:1: 100 %, 2 of 2 layers",
    "",
  ]);
});
