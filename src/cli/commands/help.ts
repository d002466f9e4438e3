import type { Command } from "commander";
import { SvcError } from "../../svc-error.ts";
import { similar } from "../../unit/similar.ts";
import type { Cli } from "../context.ts";
import type { Run } from "./look.ts";

/** help: of svc, of one command, of unit files, of one key. */
export function addHelp(program: Command, run: Run): void {
  program
    .command("help [topic] [key]")
    .description("help on a command, on unit files (help unit), on one key (help unit KEY), or on deploy.yml")
    .action((topic: string | undefined, key: string | undefined) =>
      run(async (cli) => {
        if (cli.json)
          throw new SvcError("usage", "help has no JSON", { hint: "svc schema prints what unit files take" });
        if (topic === undefined) cli.out(program.helpInformation());
        else if (topic === "deploy.yml") await showDeployFile(cli);
        else if (topic !== "unit") cli.out(helpOn(topic, program));
        else if (key === undefined) await showKeys(cli);
        else await showOneKey(key, cli);
        return 0;
      }),
    );
}

function helpOn(topic: string, program: Command): string {
  const command = program.commands.find((one) => one.name() === topic);
  if (command) return command.helpInformation();
  const names = [...program.commands.map((one) => one.name()), "unit", "deploy.yml"];
  const near = similar(topic, names);
  throw new SvcError("usage", `there is no command ${topic}`, {
    hint: near ? `did you mean ${near}?  svc help ${near}` : "svc help shows all commands",
  });
}

async function showKeys(cli: Cli): Promise<void> {
  const { allKeyHelp } = await import("../../unit/keys/key-help.ts");
  const { showAllKeys } = await import("../show/unit-keys.ts");
  cli.out(showAllKeys(allKeyHelp()));
}

async function showDeployFile(cli: Cli): Promise<void> {
  const { deployKeyHelp } = await import("../../deploy/deploy-schema.ts");
  const { showDeployKeys } = await import("../show/deploys.ts");
  cli.out(showDeployKeys(deployKeyHelp));
}

async function showOneKey(key: string, cli: Cli): Promise<void> {
  const { allKeyHelp, keyHelp } = await import("../../unit/keys/key-help.ts");
  const help = keyHelp(key);
  if (help) {
    const { showKey } = await import("../show/unit-keys.ts");
    return cli.out(showKey(help));
  }
  const { unsuitedKeys } = await import("../../unit/keys/unsuited-keys.ts");
  const unsuited = Object.hasOwn(unsuitedKeys, key) ? unsuitedKeys[key] : undefined;
  if (unsuited)
    throw new SvcError("unknown-key", `${key} has no place in a unit file: ${unsuited.because}`, {
      hint: unsuited.hint,
    });
  const all = allKeyHelp().flatMap(({ keys }) => keys);
  const owners = all.filter(({ fields }) => fields.some(({ name }) => name === key)).map(({ name }) => name);
  if (owners.length > 0)
    throw new SvcError("unknown-key", `${key} is no key of its own, but a part of ${owners.join(", ")}`, {
      hint: owners.map((owner) => `svc help unit ${owner}`).join("; "),
    });
  const near = similar(
    key,
    all.map(({ name }) => name),
  );
  throw new SvcError("unknown-key", `there is no key ${key}`, {
    hint: near ? `did you mean ${near}?  svc help unit ${near}` : "svc help unit shows all keys",
  });
}
