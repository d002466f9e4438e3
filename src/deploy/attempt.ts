import { isDaemonAway, messageOf } from "../svc-error.ts";
import { type DeployHost, type Switch, type Teller, tell } from "./deploy-host.ts";

/** `isLost`: the host cannot be reached any more, and nobody knows how far it came. */
export type Attempt = {
  readonly host: DeployHost;
  readonly result: Pick<Switch, "ok" | "because" | "lastLines">;
  readonly isLost: boolean;
};

/** One host is put on a tag, and how that went is told, of a failure with the last lines; a host that is lost is such a failure. */
export async function attempt(host: DeployHost, work: () => Promise<Switch>, say: Teller): Promise<Attempt> {
  try {
    const result = await work();
    tell(say, host, `${result.ok ? `is on ${result.to}` : "is not well"}: ${result.because}`);
    for (const line of result.ok ? [] : result.lastLines) tell(say, host, `| ${line}`);
    return { host, result, isLost: false };
  } catch (error) {
    const because = messageOf(error);
    tell(say, host, `is not well: ${because}`);
    return { host, result: { ok: false, because, lastLines: [] }, isLost: isDaemonAway(error) };
  }
}
