import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { unitJsonSchema } from "../../../src/unit/keys/json-schema.ts";
import { allKeyHelp } from "../../../src/unit/keys/key-help.ts";
import { unsuitedKeys } from "../../../src/unit/keys/unsuited-keys.ts";
import { refusedBy, type Schema } from "./support/json-schema-check.ts";
import { keyTable } from "./support/key-table.ts";

const schema = unitJsonSchema() as Schema & { readonly properties: { readonly [key: string]: Schema } };
const shipped = join(import.meta.dirname, "../../../units");
const read = (yaml: string): unknown => parse(yaml, { merge: true });

test("it is of draft 2020-12, and every key has a description and an example that it takes itself", () => {
  expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
  for (const { name } of allKeyHelp().flatMap(({ keys }) => keys)) {
    const { description, examples } = schema.properties[name] as { description: string; examples: readonly unknown[] };
    expect(description, name).toMatch(/Takes /);
    expect(examples, name).toHaveLength(1);
    expect(refusedBy(schema, { [name]: examples[0] }), name).toEqual([]);
  }
});

test("nothing of it is but for JSON Schema", () => {
  expect(JSON.stringify(schema)).not.toMatch(/"(takes|example|fallback)":/);
});

test.each(readdirSync(shipped).filter((name) => name.endsWith(".yml")))("it takes the shipped %s", (name) => {
  expect(refusedBy(schema, read(readFileSync(join(shipped, name), "utf8")))).toEqual([]);
});

test("it takes all that the table of keys has", () => {
  for (const { yaml } of keyTable) expect(refusedBy(schema, read(yaml)), yaml).toEqual([]);
});

test("it takes every way to write a time and a size that the reader takes", () => {
  const times = ["90", "1m30s", "1.5h", "500ms", "2min", "1d", "'10us'", "' 1 m 30 s '", "2.5", "'%i'", "'1%i'"];
  const sizes = ["100", "512m", "1.5G", "10 kB", "1GiB", "' 3p '", "7b", "2.5", "'%im'"];
  const right = [
    ...times.map((time) => `stop_grace_period: ${time}`),
    ...sizes.flatMap((size) => [`mem_limit: ${size}`, `memswap_limit: ${size}`, `log: {max_size: ${size}}`]),
    ...["-1", "'-1'"].map((none) => `memswap_limit: ${none}`),
  ];
  expect(right.filter((yaml) => refusedBy(schema, read(yaml)).length > 0)).toEqual([]);
});

test("it takes the %i of templates", () => {
  expect(refusedBy(schema, read('container_name: "queue-%i"\ncpu_shares: "%i"'))).toEqual([]);
});

test("it refuses what the reader refuses by its form", () => {
  const wrong = [
    "linsk: [a]",
    "ports: 80",
    "ports: [{published: 80}]",
    "ports: [{target: 80, publishd: 81}]",
    "tty: maybe",
    "type: daemon",
    "healthcheck: {tset: x}",
    "depends_on: {db: {condition: started}}",
    "networks: {a: {mac_address: x}}",
    "ulimits: {nofile: {soft: 1}}",
    "ready: soon",
    "volumes: [{type: blind, target: /a}]",
    "log: {max_files: few}",
    "log: {max_files: -1}",
    "start_timeout: x",
    "start_timeout: -1",
    "healthcheck: {interval: 10 sec}",
    "mem_limit: lots",
    "memswap_limit: -2",
    "memswap_limit: 5x",
    ...Object.keys(unsuitedKeys).map((name) => `${name}: x`),
  ];
  expect(wrong.filter((yaml) => refusedBy(schema, read(yaml)).length === 0)).toEqual([]);
});
