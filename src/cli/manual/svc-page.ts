import type { Command, Option } from "commander";
import { exitStatuses } from "../../svc-error.ts";
import { places } from "../../unit/places.ts";
import { keyList } from "../top/key-list.ts";
import { environmentTerms, fileTerms } from "./places-terms.ts";
import { example, paragraph, section, subsection, term, title } from "./roff.ts";

/** svc(1): every command with its options, from the command tree. */
export function svcPage(program: Command, version: string): string {
  return [
    title("svc", 1, version),
    section("NAME", `svc \\- ${program.description()}\n`),
    section(
      "SYNOPSIS",
      paragraph("`svc` [*options*] *command* [*command options*] [*UNIT* ...]"),
      paragraph("`svc help` [*command* | `unit` [*key*]]"),
    ),
    section("DESCRIPTION", ...description),
    section(
      "OPTIONS",
      paragraph("Options of svc itself stand before the command."),
      ...program.options.map(optionTerm),
    ),
    section("COMMANDS", ...commands(program)),
    section("KEYS", ...keys),
    section(
      "EXIT STATUS",
      ...Object.entries(exitStatuses).map(([status, meaning]) => term(`\`${status}\``, sentence(meaning))),
    ),
    section("ENVIRONMENT", ...environmentTerms(["socket", "units", "default-dir", "www-dir"]), ...otherVariables),
    section("FILES", ...fileTerms()),
    section("EXAMPLES", ...examples),
    section("SEE ALSO", paragraph("`docker-runner`(1), `svc-unit`(5), `docker`(1), `systemctl`(1), `journalctl`(1)")),
  ].join("");
}

const description = [
  paragraph(
    "svc keeps Docker containers running on one host, in the manner of an init. A unit is a file that says what should run; " +
      "the daemon, which systemd starts, sees to it that it does. The commands below ask the daemon over a unix socket.",
  ),
  paragraph(
    "Before each start a container of the unit's name, whoever made it and in whatever state, is stopped and removed. A service " +
      "that ends is started again, whatever its exit code: three times at once, then after 1, 2, 4 ... 60 seconds. A unit is " +
      "started when the units that it needs are ready, and stopped after the units that need it. When a unit is recreated, " +
      "those that link to it are restarted after it, since their link would lead to the old address.",
  ),
  paragraph(
    "What a unit is made of is read at every start: its file, its env file and its TAG file. An edited file changes nothing " +
      "by itself; `svc status` shows what a restart would bring in.",
  ),
  paragraph("Every time that svc shows is UTC, and says so with a Z; `--since` takes one as it is shown."),
  paragraph(
    "If the daemon dies, or is replaced by `svc reexec`, containers run on and are adopted. On `SIGTERM`, which is what " +
      "`systemctl stop svc` and a shutdown of the host send, it stops everything in reverse order.",
  ),
];

const keys = [
  paragraph(
    "`svc top` shows all units until it is left. 100 % of CPU is one core; memory is what `docker stats` shows, and behind a " +
      "slash the container's limit if it has one. These keys are known:",
  ),
  ...keyList.map(([names, meaning]) => term(`\`${names}\``, sentence(meaning))),
];

function commands(program: Command): string[] {
  const groups = new Map<string, Command[]>();
  for (const command of program.createHelp().visibleCommands(program)) {
    const group = command.helpGroup() || "Commands:";
    groups.set(group, [...(groups.get(group) ?? []), command]);
  }
  return [...groups].map(([group, members]) => subsection(group.replace(/:$/, ""), ...members.map(commandTerm)));
}

function commandTerm(command: Command): string {
  const usages = command
    .usage()
    .split("\n")
    .map((usage) => {
      const words = usage
        .trim()
        .replace(`svc ${command.name()} `, "")
        .replace(/\[options\] ?/, "");
      return `\`${command.name()}\`${words === "" ? "" : ` ${italic(words)}`}`;
    });
  return term(usages.join(", "), sentence(command.description()), command.options.map(optionTerm));
}

function optionTerm(option: Option): string {
  const flags = option.flags.replace(/(--?[\w-]+)|[<[]([\w-]+)[\]>]/g, (_, flag, value) =>
    flag ? `\`${flag}\`` : `*${value}*`,
  );
  const among = option.argChoices ? `: ${option.argChoices.join(", ")}` : "";
  const fallback =
    typeof option.defaultValue === "string" && option.defaultValue !== "" ? ` Default: ${option.defaultValue}.` : "";
  return term(flags, `${sentence(option.description + among)}${fallback}`);
}

/** `<units...>` as *UNITS* ..., and what may be left out in brackets; an option and the name of a file stay as they are. */
function italic(usage: string): string {
  return usage
    .split(" ")
    .map((word) => {
      if (word.startsWith("-")) return `\`${word}\``;
      const own = word.replace(/[<>[\]]|\.{3}/g, "");
      const name = own.includes(".") ? own : own.toUpperCase();
      const many = word.includes("...") ? " ..." : "";
      return word.startsWith("[") ? `[*${name}*${many}]` : `*${name}*${many}`;
    })
    .join(" ");
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.)]$/.test(text) && !text.endsWith(")") ? "" : "."}`;
}

const otherVariables = [
  term(
    "`DOCKER_HOST`",
    "The engine, if it is not on /var/run/docker.sock. For the daemon it is set in /etc/default/svc.",
  ),
  term("`NO_COLOR`", "If it is set and not empty there are no colours."),
];

const examples = [
  paragraph("Start the site and what it needs, and wait until it is ready:"),
  example("svc start antisocial"),
  paragraph("See how everything is, and why:"),
  example("svc status"),
  paragraph("Deploy another build: write its tag, restart what is made of it."),
  example("echo export TAG=build-43 > /var/www/antisocial/TAG", "svc restart antisocial antisocial-worker"),
  paragraph("Follow what two units write:"),
  example("svc logs -f -n 20 antisocial postfix"),
  paragraph("In a script, wait until the relay is up:"),
  example("svc wait --timeout 30s postfix || exit 1"),
  paragraph("Ask the daemon without svc:"),
  example(`curl --unix-socket ${places.socket.path} -X POST localhost/v1/list -d '{}'`),
];
