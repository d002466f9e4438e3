import { flagsOf, type RunnerOption, runnerOptions } from "../../runner/runner-options.ts";
import { environmentTerms, fileTerms } from "./places-terms.ts";
import { example, paragraph, section, term, title } from "./roff.ts";
import { sentence } from "./svc-page.ts";

/** docker-runner(1). */
export function runnerPage(version: string): string {
  return [
    title("docker-runner", 1, version),
    section("NAME", "docker\\-runner \\- runs a one\\-off task with the image and the environment of an app\n"),
    section(
      "SYNOPSIS",
      paragraph("`docker-runner` [*options*] *APP* [*ARGS* ...]"),
      paragraph("`svc run` [*options*] *APP* [*ARGS* ...]"),
    ),
    section(
      "DESCRIPTION",
      paragraph(
        "Runs one container with the image, tag, variables, links, volumes, networks, limits and user of *APP*, which is a " +
          "unit (see `svc-unit`(5)), or only an env file. *ARGS* are the command of the image, or arguments of its entrypoint. " +
          "The daemon is not needed.",
      ),
      paragraph(
        "The container has a name of its own, no published ports, no `SERVICE_*` variables, no healthcheck, no host name, " +
          "fixed address or alias: it never takes the place of the service that runs beside it, and several may run at once. " +
          "It is gone when the task ends, also when docker-runner is killed or its terminal is lost.",
      ),
      paragraph(
        "Where stdin and stdout are a terminal, the task has one too. Otherwise stdin is passed on to its end, and stdout and " +
          "stderr stay apart. Signals are passed on to the task.",
      ),
    ),
    section(
      "OPTIONS",
      paragraph("They stand before *APP*; all that follows it is the task's."),
      ...runnerOptions.map(optionTerm),
    ),
    section(
      "EXIT STATUS",
      paragraph("That of the task, or"),
      term("`125`", "The task could not be started."),
      term("`126`", "Its command cannot be run."),
      term("`127`", "There is no such command."),
    ),
    section(
      "ENVIRONMENT",
      ...environmentTerms(["units", "default-dir", "www-dir"]),
      term("`DOCKER_HOST`", "The engine, if it is not on /var/run/docker.sock."),
    ),
    section("FILES", ...fileTerms(["units", "default-dir", "www-dir"])),
    section(
      "EXAMPLES",
      paragraph("Migrate the database of the site, with the build that is deployed:"),
      example("docker-runner antisocial migrate"),
      paragraph("The same with the build that is to be deployed:"),
      example("docker-runner --tag build-43 antisocial migrate"),
      paragraph("Feed it a file, and keep what it prints:"),
      example("docker-runner antisocial import < users.csv > report.txt"),
      paragraph("See what would be run:"),
      example("docker-runner --print antisocial migrate"),
    ),
    section("SEE ALSO", paragraph("`svc`(1), `svc-unit`(5), `docker-run`(1)")),
  ].join("");
}

function optionTerm(option: RunnerOption): string {
  const flags = flagsOf(option).replace(/--?[\w-]+/g, "`$&`");
  return term(
    option.value === null ? flags : flags.replace(option.value, `*${option.value}*`),
    sentence(option.description),
  );
}
