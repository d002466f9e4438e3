import { parse } from "yaml";
import { z } from "zod";
import { keyHelp } from "./key-help.ts";
import { unitSchema } from "./schema.ts";

/** The JSON Schema of unit files, for editors. It takes what the reader takes, but for what only docker's grammar refuses. */
export function unitJsonSchema(): object {
  const schema = z.toJSONSchema(unitSchema, { io: "input", target: "draft-2020-12", unrepresentable: "any", override });
  return { ...schema, title: "svc unit file" };
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>["override"]>;

const override: Override = ({ jsonSchema, path }) => {
  const { takes, example, fallback, ...kept } = jsonSchema as { [key: string]: unknown };
  for (const name of ["takes", "example", "fallback"]) delete (jsonSchema as { [key: string]: unknown })[name];
  // In a template any text may have the instance in it.
  if (typeof kept.pattern === "string") jsonSchema.pattern = `%[ipn]|${kept.pattern}`;
  // Compose allows `x-…` wherever the fields of a map are known.
  if (kept.type === "object" && kept.additionalProperties === false) jsonSchema.patternProperties = { "^x-": {} };
  const name = String(path.at(-1));
  const help = path.length === 2 && path[0] === "properties" ? keyHelp(name) : null;
  if (!help) {
    if (jsonSchema.description === undefined && typeof takes === "string") jsonSchema.description = takes;
    return;
  }
  const usual = help.default === null ? "" : ` Default: ${help.default}.`;
  jsonSchema.description = `${help.description} Takes ${help.type}.${usual}`;
  jsonSchema.examples = [(parse(help.example) as { readonly [key: string]: never })[name]];
};
