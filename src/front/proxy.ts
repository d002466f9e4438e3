import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { systemClock } from "../clock/system-clock.ts";
import type { Address } from "./address.ts";
import { type ProxyOptions, readProxyOptions } from "./proxy-options.ts";
import { type Front, serveFront } from "./serve-front.ts";
import type { FrontStatus } from "./status.ts";
import { askStatus, serveStatus } from "./status-socket.ts";

/** `svc proxy`: a front in the foreground, until SIGTERM; or how one is. Returns the exit code. */
export async function proxy(
  args: readonly string[],
  given: {
    readonly environment: { readonly [name: string]: string | undefined };
    readonly showStatus: (status: FrontStatus) => Promise<string>;
  },
): Promise<number> {
  const options = readProxyOptions(args, given.environment, process.pid);
  if (options.does === "serve") return serve(options);
  const status = await askStatus(options.path);
  process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : await given.showStatus(status));
  return 0;
}

async function serve(options: ProxyOptions & { readonly does: "serve" }): Promise<number> {
  const { statusSocket, drainMs } = options;
  const front = await serveFront({ ...options, clock: systemClock(), chance: Math.random, tell });
  process.on("SIGUSR1", () => process.stderr.write(`${JSON.stringify(front.status())}\n`));
  const telling = statusSocket === null ? null : await serveStatus(statusSocket, front.status);
  const asked = untilAskedToEnd(front, drainMs);
  tell(`listening on ${front.addresses.join(", ")}`);
  warnOfUnknownNames(options.targets);
  await asked;
  telling?.close();
  return 0;
}

/** The first SIGTERM lets connections end, the second ends them. */
async function untilAskedToEnd(front: Front, drainMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let span = drainMs;
  const end = (): void => {
    void front.close(span).then(resolve);
    span = 0;
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  await promise;
}

/** A target may come later, and its name is asked for at each dial. */
function warnOfUnknownNames(targets: readonly Address[]): void {
  for (const { host } of targets)
    if (isIP(host) === 0)
      lookup(host).catch(({ code }: NodeJS.ErrnoException) =>
        tell(`warning: the name ${host} leads nowhere yet (${code}); it is asked for again at each connection`),
      );
}

function tell(line: string): void {
  process.stderr.write(`svc proxy: ${line}\n`);
}
