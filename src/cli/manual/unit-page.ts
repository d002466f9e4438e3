import { allKeyHelp, type KeyHelp } from "../../unit/keys/key-help.ts";
import { fileTerms } from "./places-terms.ts";
import { example, lineBreak, paragraph, section, subsection, term, title } from "./roff.ts";

/** svc-unit(5): every key, from the schema. */
export function unitPage(version: string): string {
  return [
    title("svc-unit", 5, version),
    section("NAME", "svc\\-unit \\- unit files of svc\n"),
    section("SYNOPSIS", paragraph("*/etc/svc/units/NAME.yml*"), paragraph("*/etc/svc/units/NAME@.yml*")),
    section("DESCRIPTION", ...description),
    section(
      "KEYS",
      paragraph("No key is required."),
      ...allKeyHelp().map((group) => subsection(group.title, ...group.keys.map(keyTerm))),
    ),
    section("ENV FILES", ...envFiles),
    section("TEMPLATES", ...templates),
    section("FILES", ...fileTerms(["units", "default-dir", "www-dir"])),
    section("EXAMPLES", ...examples),
    section("SEE ALSO", paragraph("`svc`(1), `docker-runner`(1), `docker-run`(1)")),
  ].join("");
}

const description = [
  paragraph(
    "A unit file is YAML and says what one container is. Its name, without .yml, is the unit's name and, unless it says " +
      "otherwise, the container's. Keys that Compose has keep Compose's name and grammar, so that a service can be pasted from " +
      "a compose.yaml; keys that begin with `x-` are passed over.",
  ),
  paragraph(
    "Where a thing is said twice, the later of these wins: the image, `OPTS` of the env file, the env file's variables, the " +
      "unit's keys, `EXTRA` of the env file.",
  ),
  paragraph(
    "`svc check` shows every problem of all files with line and column; `svc check web` or `svc check web.yml` those " +
      "of one. A file that is wrong keeps its own unit down and no other. `svc reload` reads the files again; the daemon also sees for " +
      "itself that they changed. No container is touched by it.",
  ),
  paragraph("`svc schema` prints a JSON Schema, with which an editor completes and checks unit files."),
];

const envFiles = [
  paragraph(
    "/etc/default/*APP* is read as the shell reads plain assignments: with `export` or without, quotes, a backslash at the " +
      "end of a line, comments. Nothing in it is executed: `$(...)` is an error with its place. These variables are svc's own, " +
      "all others go into the container:",
  ),
  term("`IMAGE`", "The image, with its tag or without."),
  term("`TAG`", "The tag, if there is no TAG file."),
  term("`REPOSITORY`", "What stands before the image's name: registry.example."),
  term("`OPTS`", "`docker run` flags; the unit's keys win over them."),
  term("`EXTRA`", "`docker run` flags that win over everything else."),
  paragraph("/var/www/*APP*/TAG holds the tag that is deployed: `export TAG=build-42`, `TAG=build-42` or `build-42`."),
];

const templates = [
  paragraph(
    "`worker@.yml` is no unit by itself. `svc start worker@mail`, or a unit that needs worker@mail, makes one of it, " +
      "in which `%i` stands for mail.",
  ),
];

const examples = [
  paragraph("/etc/svc/units/antisocial.yml, a site that needs a mail relay, which it finds as mail:"),
  example("description: the site", "links: [postfix:mail]", "ready: {http: 8000/}", "stop_grace_period: 20s"),
  paragraph("/etc/default/antisocial:"),
  example("IMAGE=registry.example/antisocial", 'OPTS="-m 512m --log-opt max-size=10m"', "export DATABASE_URL=..."),
  paragraph("/var/www/antisocial/TAG, which the deploy job writes:"),
  example("export TAG=build-42"),
];

function keyTerm({
  name,
  type,
  description: sentence,
  default: usual,
  example: lines,
  fields,
  related,
}: KeyHelp): string {
  const more = [`Takes: ${type}.`];
  if (usual !== null) more.push(`Default: ${usual}.`);
  if (fields.length > 0) more.push(`As a map: ${fields.map((field) => `\`${field.name}\``).join(", ")}.`);
  if (related.length > 0) more.push(`See also: ${related.map((other) => `\`${other}\``).join(", ")}.`);
  return [term(`\`${name}\``, sentence), ...more.map(lineBreak), example(...lines.split("\n"))].join("");
}
