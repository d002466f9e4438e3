import * as z from "zod";
import { fields, key, kind, mapOf, oneOrMore, text, time, whole } from "../unit/keys/key-types.ts";
import type { Grammar } from "../unit/keys/schema-problems.ts";

const listed = (words: string) =>
  kind(words, (error) =>
    z.union([z.string().transform((all) => all.split(/[\s,]+/).filter(Boolean)), z.array(text)], { error }),
  );
const hosts = listed("names of hosts, as a list or in one text");
const units = listed("names of units, as a list or in one text");

const role = fields({
  hosts: hosts.meta({ description: "The hosts with this role." }),
  units: units.meta({ description: "The units of the app that run there." }),
});

const command = kind("a text that the shell runs", (error) => z.string({ error }).min(1, { error }));
const hookMap = fields({
  command: command.meta({ description: "What is run." }),
  timeout: time.optional().meta({ description: "How long it may take. Default: 30s." }),
});
const hook = kind("a text that the shell runs, or a map with command and timeout", (error) =>
  z.union([command, hookMap], { error }),
);
const hooks = fields({
  before: oneOrMore(hook).optional().meta({ description: "Before anything is touched; a failure ends the deploy." }),
  after: oneOrMore(hook).optional().meta({ description: "When every host is on the new tag." }),
  failed: oneOrMore(hook).optional().meta({ description: "When it failed, after the way back." }),
});

/** Every key of a deploy.yml. Help and the JSON Schema are made from this. */
const deploySchema = z.strictObject({
  app: key(text, "The app, where the command line names none.", "antisocial"),
  hosts: key(hosts, "Hosts that have all units of the app, in this order.", "[web1, web2]", "this one"),
  roles: key(
    mapOf(role, "a map of roles, each a map with hosts and units"),
    "Which units of the app run on which hosts; the others there are left alone.",
    "\n  web: {hosts: [web1, web2], units: antisocial}\n  worker: {hosts: worker1, units: [antisocial-worker, antisocial-beat]}",
  ),
  tasks: key(
    oneOrMore(text),
    "Tasks, run once, on the first host, before any TAG is touched.",
    "[migrate, collectstatic --noinput]",
  ),
  batch: key(whole, "So many hosts at once.", "2", "1"),
  pause: key(time, "Between two batches.", "30s", "0s"),
  min_healthy: key(time, "How long all units must have been ready.", "10s", "10s"),
  deadline: key(time, "By when they must be ready.", "2m", "60s"),
  keep: key(whole, "So many of the newest images of the app stay on each host.", "5", "5"),
  hooks: key(
    hooks,
    "Commands of the deployer's machine, which get the deploy as JSON on stdin.",
    "{before: ./announce, failed: ./page-me}",
  ),
});

export type DeployKeys = z.output<typeof deploySchema>;

export const deployGrammar: Grammar<DeployKeys> = {
  schema: deploySchema,
  file: "a deploy.yml",
  help: () => "svc help deploy.yml",
  unsuited: {},
};

type Meta = {
  readonly takes?: string;
  readonly description?: string;
  readonly fallback?: string;
  readonly example?: string;
};

/** Each key with its sentence, what it takes, what holds without it, and an example. */
export const deployKeyHelp = Object.entries(deploySchema.shape).map(([name, type]) => {
  const { takes = "", description = "", fallback = null, example = "" } = (type.meta() ?? {}) as Meta;
  return { name, sentence: description, takes, fallback, example };
});

/** The JSON Schema of a deploy.yml, for editors. */
export function deployJsonSchema(): object {
  const schema = z.toJSONSchema(deploySchema, {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
    override,
  });
  return { ...schema, title: "svc deploy file" };
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>["override"]>;

const override: Override = ({ jsonSchema }) => {
  const { takes } = jsonSchema as { readonly takes?: string };
  for (const name of ["takes", "example", "fallback"]) delete (jsonSchema as { [key: string]: unknown })[name];
  if (jsonSchema.type === "object" && jsonSchema.additionalProperties === false)
    jsonSchema.patternProperties = { "^x-": {} };
  if (takes !== undefined)
    jsonSchema.description = jsonSchema.description === undefined ? takes : `${jsonSchema.description} Takes ${takes}.`;
};
