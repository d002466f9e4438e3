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
    ...Object.keys(unsuitedKeys).map((name) => `${name}: x`),
  ];
  expect(wrong.filter((yaml) => refusedBy(schema, read(yaml)).length === 0)).toEqual([]);
});
