import type { Ask, DeployRecord } from "../../control/request.ts";
import { SvcError } from "../../svc-error.ts";
import type { Daemon } from "../context.ts";
import { isoNow } from "../iso-now.ts";
import { type App, tagIn } from "./app-units.ts";

/** What the journal has of that deploy, or its first entry: what this host was on before anything is touched. */
export async function openRecord(
  { id, who, tag }: Pick<Ask<"deploy-switch">, "id" | "who" | "tag">,
  app: App,
  { deploys, clock }: Pick<Daemon, "deploys" | "clock">,
): Promise<DeployRecord> {
  const revert = await tagIn(app.revertFile);
  const known = deploys.of(id);
  // The way back of one that is resumed leads to how it is now.
  if (known) return revert === known.from ? known : { ...known, revertBefore: revert };
  return {
    id,
    app: app.name,
    who,
    from: await tagIn(app.tagFile),
    to: tag,
    revertBefore: revert,
    digest: null,
    startedAt: isoNow(clock),
    endedAt: null,
    result: "running",
    because: "",
    tasks: [],
  };
}

/** A deploy that is resumed is of the same app, to the tag that it was to, and nobody has deployed, reverted or written another since. */
export async function refuseOvertaken(
  { id, tag: to }: { readonly id: string; readonly tag: string },
  { name, tagFile }: App,
  { deploys }: Pick<Daemon, "deploys">,
): Promise<void> {
  const record = deploys.of(id);
  if (!record) return;
  const refuse = (words: string): never => {
    throw new SvcError("failed", words, { hint: "deploy anew, without --resume" });
  };
  if (record.app !== name) refuse(`deploy ${id} is of ${record.app}, not of ${name}`);
  if (record.to !== to) refuse(`deploy ${id} is to ${record.to}, not to ${to}`);
  const later = deploys.all(name).find((one) => one.id !== id && one.startedAt > record.startedAt);
  if (later) refuse(`deploy ${id} was overtaken by ${later.from} -> ${later.to} of ${later.who} at ${later.startedAt}`);
  const tag = await tagIn(tagFile);
  if (tag !== record.from && tag !== to)
    refuse(`TAG says ${tag ?? "nothing"} by now, which deploy ${id} (${record.from} -> ${to}) knows nothing of`);
}
