import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readKeys } from "../../../../src/cli/top/read-keys.ts";

/** What is told of what a terminal sends; an Esc that nothing follows is told a little later. */
async function keysOf(text: string, count: number): Promise<readonly string[]> {
  const typed = new PassThrough();
  const keys: string[] = [];
  const all = Promise.withResolvers<void>();
  const end = readKeys(typed, (key) => {
    keys.push(key);
    if (keys.length === count) all.resolve();
  });
  typed.write(text);
  await all.promise;
  end();
  return keys;
}

test("characters, and keys with names, in the ways of several terminals", async () => {
  const sent = "a/é日 \x1b[A\x1bOB\x1b[5~\x1b[6~\x1b[H\x1b[4~\x1b[1~\x1b[F\r\n\x7f\b\x03\x0c\x15\x1a";
  const keys = "a / é 日".split(" ");
  keys.push(" ", "up", "down", "pageup", "pagedown", "home", "end", "home", "end", "return", "return");
  keys.push("backspace", "backspace", "ctrl-c", "ctrl-l", "ctrl-u", "ctrl-z");
  expect(await keysOf(sent, keys.length)).toEqual(keys);
});

test("keys that mean nothing here are not told", async () => {
  expect(await keysOf("\x01\x02\t\x1b[15~\x1b[200~\x1b[2~q", 1)).toEqual(["q"]);
});

test("an Esc is told, alone, and before what comes with it in one piece", async () => {
  expect(await keysOf("\x1b", 1)).toEqual(["escape"]);
  expect(await keysOf("\x1b?", 2)).toEqual(["escape", "?"]);
  expect(await keysOf("\x1bG\x1b\r", 4)).toEqual(["escape", "G", "escape", "return"]);
  expect(await keysOf("\x1b\x1b[B", 2)).toEqual(["escape", "down"]);
  expect(await keysOf("\x1b[1;3B", 1)).toEqual(["down"]);
});
