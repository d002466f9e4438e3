import { hostname } from "node:os";
import { systemClock } from "../clock/system-clock.ts";
import { runOnHost } from "../host/run-on-host.ts";
import type { DeployHookTime, DeployNow } from "./deploy.ts";

/** A text for the shell of the deployer's machine. */
export type DeployHook = { readonly command: string; readonly timeoutMs: number };

export type DeployHooks = { readonly [when in DeployHookTime]: readonly DeployHook[] };

type Environment = { readonly [name: string]: string | undefined };

/**
 * Runs the hooks of that time one after the other, none after one that failed, as the one who deploys and with his variables; each gets the
 * deploy as JSON on stdin. null: all went well, else what went wrong.
 */
export function deployHooks(
  hooks: DeployHooks,
  about: { readonly environment: Environment; readonly onLine: (line: string) => void },
): (when: DeployHookTime, now: DeployNow, signal?: AbortSignal) => Promise<string | null> {
  const clock = systemClock();
  return async (when, now, signal) => {
    const told = { event: when, ...now, host: hostname(), time: new Date(clock.date()).toISOString() };
    const own = { SVC_EVENT: when, SVC_APP: now.app, SVC_TAG: now.to, SVC_DEPLOY: now.id };
    const environment = Object.entries({ ...about.environment, ...own }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    );
    for (const { command, timeoutMs } of hooks[when]) {
      const input = `${JSON.stringify(told)}\n`;
      const onLine = (line: string): void => about.onLine(`${when}: ${line}`);
      const wrong = await runOnHost({
        command: [command],
        environment,
        input,
        timeoutMs,
        clock,
        onLine,
        ...(signal ? { signal } : {}),
      });
      if (wrong !== null) return `the hook ${when} failed: ${wrong}`;
    }
    return null;
  };
}
