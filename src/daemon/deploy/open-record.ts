import type { Ask, DeployRecord } from "../../control/request.ts";
import type { Daemon } from "../context.ts";
import { isoNow } from "../iso-now.ts";
import { type App, tagIn } from "./app-units.ts";

/** What the journal has of that deploy, or its first entry: what this host was on before anything is touched. */
export async function openRecord(
  { id, who, tag }: Pick<Ask<"deploy-switch">, "id" | "who" | "tag">,
  app: App,
  { deploys, clock }: Pick<Daemon, "deploys" | "clock">,
): Promise<DeployRecord> {
  const known = deploys.of(id);
  if (known) return known;
  return {
    id,
    app: app.name,
    who,
    from: await tagIn(app.tagFile),
    to: tag,
    revertBefore: await tagIn(app.revertFile),
    digest: null,
    startedAt: isoNow(clock),
    endedAt: null,
    result: "running",
    because: "",
    tasks: [],
  };
}
