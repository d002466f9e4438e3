import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { echoes, freePort, isSilent, resets, says, talk } from "../../support/tcp.ts";
import { until } from "../../support/until.ts";
import { front, target } from "./support.ts";

const well = (heard: string) => ({ heard, ended: "end" });
const refused = { heard: "", ended: "ECONNRESET" };

test("a client that ends its side gets the whole answer to all it said", async () => {
  const hashed = await target((socket) => {
    const hash = createHash("sha256");
    socket.on("data", (chunk) => hash.update(chunk));
    socket.on("end", () => socket.end(hash.digest("hex") + "x".repeat(5_000_000)));
  });
  const { port } = await front(hashed);
  const said = Buffer.alloc(3_000_000, "y");
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  client.end(said);
  let heard = "";
  for await (const chunk of client.setEncoding("latin1")) heard += chunk;
  expect(heard.slice(0, 64)).toBe(createHash("sha256").update(said).digest("hex"));
  expect(heard).toHaveLength(5_000_064);
});

test("a target that ends its side still hears the client", async () => {
  let heard = "";
  const early = await target((socket) => {
    socket.end("bye");
    socket.setEncoding("latin1").on("data", (chunk) => {
      heard += chunk;
    });
  });
  const { port, at } = await front(early);
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  client.resume();
  await once(client, "end");
  client.end("and yet");
  await until(() => heard === "and yet" && at().connections === 0);
});

test("who does not read stops the target, and memory does not grow", async () => {
  const megabytes = 192;
  let written = 0;
  const eager = await target((socket) => {
    const chunk = Buffer.alloc(1 << 20, "z");
    const write = (): void => {
      while (written++ < megabytes) if (!socket.write(chunk)) return void socket.once("drain", write);
      socket.end();
    };
    write();
  });
  const { port } = await front(eager);
  const client = connect(port, "127.0.0.1");
  client.pause();
  let last = -1;
  await until(() => {
    const stands = written > 0 && written === last;
    last = written;
    return stands;
  });
  // The kernel's own buffers of four sockets are all that was filled.
  expect(written).toBeLessThan(64);
  let heard = 0;
  for await (const chunk of client) heard += chunk.length;
  expect(heard).toBe(megabytes << 20);
});

test("five hundred at once hear what is theirs, and nothing of them is left", async () => {
  const echo = await target(echoes);
  const { port, at, clock } = await front(echo);
  const all = await Promise.all(
    Array.from({ length: 500 }, (_, number) => {
      const words = `${number} `.repeat(1_000);
      const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      client.end(words);
      return new Promise((resolve, reject) => {
        let heard = "";
        client.on("error", reject);
        client.setEncoding("latin1").on("data", (chunk) => {
          heard += chunk;
        });
        client.on("close", () => resolve(heard === words));
      });
    }),
  );
  expect(all.filter((isWhole) => isWhole !== true)).toEqual([]);
  await until(() => at().connections === 0 && echo.open() === 0);
  expect([at().dials, at().breaker.successes, clock.waiting()]).toEqual([500, 500, 0]);
});

test("a reset in the middle of an answer is passed on: half an answer does not look whole", async () => {
  const breaks = await target((socket) => socket.write("half", () => setImmediate(() => socket.resetAndDestroy())));
  const { port, at } = await front(breaks);
  expect((await talk(port)).ended).toBe("ECONNRESET");
  expect(at()).toMatchObject({ resets: 0, breaker: { successes: 1 } });
});

test("a client's reset reaches the target and says nothing about it", async () => {
  const silent = await target(isSilent);
  const { port, at } = await front(silent);
  const client = connect(port, "127.0.0.1");
  await until(() => silent.open() === 1);
  client.resetAndDestroy();
  await until(() => silent.open() === 0 && at().connections === 0);
  expect(at().breaker).toMatchObject({ failures: 0, successes: 0 });
});

test("a target that holds a connection for ten seconds is well, one that ends first without a word says nothing", async () => {
  const silent = await target(isSilent);
  const { port, at, clock } = await front(silent);
  connect(port, "127.0.0.1").on("error", () => undefined);
  await until(() => silent.open() === 1 && clock.waiting() === 1);
  clock.pass(10_000);
  await until(() => at().breaker.successes === 1);
  silent.behave((socket) => socket.end());
  await talk(port);
  expect(at().breaker).toMatchObject({ failures: 0, successes: 1 });
});

test("targets take turns; a dead one costs no client anything and is not dialled once its breaker is open", async () => {
  const [one, other] = [await target(says("one")), await target(says("other"))];
  const dead = { address: { host: "127.0.0.1", port: await freePort() } };
  const { port, at } = await front(one, dead, other);
  const heard = { one: 0, other: 0 };
  for (let client = 0; client < 90; client++) {
    const { heard: word, ended } = await talk(port);
    expect(ended).toBe("end");
    heard[word as "one" | "other"]++;
  }
  expect(heard.one + heard.other).toBe(90);
  expect(Math.min(heard.one, heard.other)).toBeGreaterThan(20);
  expect(at(1)).toMatchObject({ dials: 20, failures: 20, breaker: { state: "open" } });
});

test("a client is tried once on each target, and then reset", async () => {
  const [one, other] = [await freePort(), await freePort()].map((port) => ({ address: { host: "127.0.0.1", port } }));
  if (!one || !other) throw new Error("there are two");
  const { port, at } = await front(one, other);
  expect(await talk(port)).toEqual(refused);
  expect([at(0), at(1)]).toMatchObject([
    { dials: 1, failures: 1, refused: 0 },
    { dials: 1, failures: 1, refused: 0 },
  ]);
});

test("a target that resets is dialled twenty times; then clients are refused without a dial, and one at a time tries it", async () => {
  const shaky = await target(resets);
  const { port, at, clock, told } = await front(shaky);
  for (let client = 0; client < 20; client++) expect(await talk(port)).toEqual(refused);
  for (let client = 0; client < 100; client++) expect(await talk(port)).toEqual(refused);
  expect([shaky.accepted(), at().dials, at().resets, at().refused]).toEqual([20, 20, 20, 100]);
  expect(at().breaker).toMatchObject({ state: "open", until: "1970-01-01T00:00:01.000Z" });
  for (const [failures, delay] of [1_000, 2_000, 4_000].entries()) {
    clock.pass(delay - 1);
    expect(await talk(port)).toEqual(refused);
    expect(shaky.accepted()).toBe(20 + failures);
    clock.pass(1);
    expect(await talk(port)).toEqual(refused);
    expect(shaky.accepted()).toBe(21 + failures);
  }
  clock.pass(8_000);
  shaky.behave(isSilent);
  const trial = connect(port, "127.0.0.1");
  await until(() => shaky.open() === 1);
  for (let client = 0; client < 20; client++) expect(await talk(port)).toEqual(refused);
  expect([shaky.accepted(), at().breaker.state]).toEqual([24, "half-open"]);
  trial.resetAndDestroy();
  await until(() => at().connections === 0);
  shaky.behave(says("back"));
  expect(await talk(port)).toEqual(well("back"));
  expect(at().breaker).toMatchObject({ state: "closed", failures: 0 });
  expect(told.map((line) => line.replace(/^\S+ /, ""))).toEqual([
    "is not dialled for 1.0 s: reset before the first byte",
    "is not dialled for 2.0 s: reset before the first byte",
    "is not dialled for 4.0 s: reset before the first byte",
    "is not dialled for 8.0 s: reset before the first byte",
    "is well again",
  ]);
});
