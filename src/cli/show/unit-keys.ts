import type { KeyHelp } from "../../unit/keys/key-help.ts";
import { table } from "./table.ts";

type Group = { readonly title: string; readonly keys: readonly KeyHelp[] };

/** All keys of a unit file, in groups, in columns that are the same for all of them. */
export function showAllKeys(groups: readonly Group[]): string {
  const rows = groups.flatMap(({ keys }) => keys.map(({ name, description }) => [`  ${name}`, description]));
  const lines = table(rows).split("\n");
  const parts = groups.map(({ title, keys }) => `${title}\n${lines.splice(0, keys.length).join("\n")}\n`);
  return `${head}\n${parts.join("\n")}\n${foot}`;
}

const head = `A unit file is /etc/svc/units/NAME.yml. NAME@.yml is a template: %i is the instance, %p NAME, %n the unit.
`;
const foot = `Keys that Compose has keep its name and grammar; x-… and YAML anchors too.
A variable \${NAME} is not replaced; $$ stands for $.
svc help unit KEY shows what a key takes, its default and an example.
`;

/** One key: what it takes, its default, its sentence, an example and what to read beside it. */
export function showKey({ name, type, description, default: usual, example, fields, related }: KeyHelp): string {
  const rows = [
    ["  takes", type],
    ["  default", usual ?? "none"],
    ...(related.length > 0 ? [["  see also", related.join(", ")]] : []),
  ];
  const long = fields.flatMap((field) => [
    [`    ${field.name}`, field.type],
    ["", field.description],
  ]);
  return [
    `${name}\n  ${description}\n\n${table(rows)}`,
    `\n  example\n${example.replace(/^/gm, "    ")}\n`,
    ...(long.length > 0 ? [`\n  as a map\n${table(long)}`] : []),
  ].join("");
}
