import { expect, test } from "vitest";
import { readAddress, showAddress } from "../../../src/front/address.ts";
import { readProxyOptions } from "../../../src/front/proxy-options.ts";
import type { SvcError } from "../../../src/svc-error.ts";

function problem(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    const { code, message, hint } = error as SvcError;
    return `${code}: ${message}; ${hint}`;
  }
  return "none";
}
const serve = (words: string, environment = {}) => {
  const options = readProxyOptions(words.split(" "), environment, 7);
  if (options.does !== "serve") throw new Error("it would not serve");
  return options;
};

test.each([
  ["web:80", "web", 80],
  ["web_1.example.com.:80", "web_1.example.com.", 80],
  ["127.0.0.1:65535", "127.0.0.1", 65_535],
  ["[::1]:80", "::1", 80],
  ["8000", "localhost", 8_000],
])("%s is an address", (text, host, port) => {
  expect(readAddress(text, "-r")).toEqual({ host, port });
  expect(readAddress(showAddress({ host, port }), "-r")).toEqual({ host, port });
});

test.each([
  ["", "write HOST:PORT, [IPV6]:PORT, or a PORT of this host alone"],
  ["web", "write HOST:PORT, [IPV6]:PORT, or a PORT of this host alone"],
  ["http://web:80", "write HOST:PORT, [IPV6]:PORT, or a PORT of this host alone"],
  ["::1:80", "write HOST:PORT, [IPV6]:PORT, or a PORT of this host alone"],
  ["we b:80", "write HOST:PORT, [IPV6]:PORT, or a PORT of this host alone"],
  ["-web:80", "write HOST:PORT, [IPV6]:PORT, or a PORT of this host alone"],
  ["web:65536", "the highest port is 65535"],
  [":80", "write 80 for this host alone, 0.0.0.0:80 or [::]:80 for all"],
  ["*:80", "write 80 for this host alone, 0.0.0.0:80 or [::]:80 for all"],
  ["[web]:80", "in brackets stands an IPv6 address"],
  ["1.2.3:80", "an IPv4 address is four numbers to 255"],
  ["1.2.3.256:80", "an IPv4 address is four numbers to 255"],
])("%s is none", (text, hint) => {
  expect(problem(() => readAddress(text, "-r"))).toBe(`usage: -r: "${text}" is no address; ${hint}`);
});

test("localhost and a bare port listen on both loopback addresses and on nothing else", () => {
  const loopback = [
    { kind: "address", host: "127.0.0.1", port: 8_000, mayLack: false },
    { kind: "address", host: "::1", port: 8_000, mayLack: true },
  ];
  expect(serve("-l localhost:8000 -r web:80").places).toEqual(loopback);
  expect(serve("-l 8000 -r web:80").places).toEqual(loopback);
  expect(serve("-l 0.0.0.0:8000 -r web:80").places).toMatchObject([{ host: "0.0.0.0" }]);
});

test("the command of the README is read, and what is not said is .5, 20, 2 s and 30 s", () => {
  expect(serve("-l localhost:8000 -r web:80 -t .05").rules).toEqual({ threshold: 0.05, minimumSamples: 20 });
  expect(serve("-l 8000 -r web:80 -r [::1]:81")).toMatchObject({
    targets: [
      { host: "web", port: 80 },
      { host: "::1", port: 81 },
    ],
    rules: { threshold: 0.5, minimumSamples: 20 },
    dialTimeoutMs: 2_000,
    drainMs: 30_000,
    statusSocket: null,
  });
});

test("sockets that systemd passes on to this process are taken, in place of --listen", () => {
  const passedOn = { LISTEN_PID: "7", LISTEN_FDS: "2" };
  const two = [
    { kind: "descriptor", descriptor: 3 },
    { kind: "descriptor", descriptor: 4 },
  ];
  expect(serve("-r web:80", passedOn).places).toEqual(two);
  expect(serve("-l 8000 -r web:80", passedOn).places).toEqual(two);
  expect(problem(() => serve("-r web:80", { ...passedOn, LISTEN_PID: "8" }))).toContain("--listen is missing");
});

test.each([
  ["2", 2_000],
  [".5s", 500],
  [".5", 500],
  ["1.5s", 1_500],
  ["500ms", 500],
  ["1m30s", 90_000],
])("--drain %s", (text, ms) => {
  expect(serve(`-l 8000 -r web:80 --drain ${text}`).drainMs).toBe(ms);
});

test.each([
  ["-l 8000", "usage: --remote is missing; svc proxy -r HOST:80 …; svc help proxy"],
  ["-l 8000 -r a:1 -t 5", 'usage: --threshold: "5" will not do; a share above 0 and up to 1: .05 is 5 %'],
  ["-l 8000 -r a:1 -t 0", 'usage: --threshold: "0" will not do; a share above 0 and up to 1: .05 is 5 %'],
  ["-l 8000 -r a:1 --minimum-samples .5", 'usage: --minimum-samples: ".5" will not do; a whole number above 0'],
  ["-l 8000 -r a:1 --drain soon", 'usage: --drain: "soon" is no duration; write 500ms, 30s or 2m'],
  [
    "-l web:8000 -r a:1",
    'usage: --listen: "web" is a name; write localhost:8000 or one of this host\'s addresses; ip address shows them',
  ],
  [
    "-l 0.0.0.0:80 -r localhost:80",
    "usage: --remote localhost:80 leads back to --listen; a connection would go round for ever",
  ],
])("%s is refused", (words, expected) => {
  expect(problem(() => serve(words))).toBe(expected);
});
