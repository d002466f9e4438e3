import type { Clock } from "../../clock/clock.ts";
import type { Engine } from "../../engine/engine.ts";
import { lines, runOnHost } from "../../host/run-on-host.ts";
import { messageOf } from "../../svc-error.ts";
import { type HookKey, hookKeys } from "../../unit/hooks.ts";
import type { Hook, HookTime, Unit } from "../../unit/unit.ts";
import { runAsTask } from "./run-as-task.ts";

export type Hooks = {
  /**
   * Runs the hooks of that time one after the other, each within its own time; null: all went well, else what went wrong with the
   * first that failed, after which none is run. `about`: more variables, `NAME=VALUE`.
   */
  run(when: HookTime, unit: Unit, container: string | null, about?: readonly string[]): Promise<string | null>;
};

/** What a unit wants done around its container's life (supervision.md R20). What hooks write goes to the unit's log. */
export function runHooks(options: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly remark: (unit: Unit, text: string) => void;
  readonly failed: (unit: string, because: string) => void;
  /** All of that time went well, and took so long. */
  readonly done: (unit: string, what: HookKey, ms: number) => void;
}): Hooks {
  const { engine, clock } = options;
  return {
    async run(when, unit, container, about = []) {
      if (unit.hooks[when].length === 0) return null;
      const beganAt = clock.now();
      for (const hook of unit.hooks[when]) {
        const wrong = await one(hook, when, unit, container, about).catch((error: unknown) => messageOf(error));
        if (wrong === null) continue;
        const because = `${hookKeys[when]} failed: ${wrong}`;
        options.remark(unit, because);
        options.failed(unit.name, because);
        return because;
      }
      options.done(unit.name, hookKeys[when], Math.round(clock.now() - beganAt));
      return null;
    },
  };

  async function one(
    hook: Hook,
    when: HookTime,
    unit: Unit,
    container: string | null,
    about: readonly string[],
  ): Promise<string | null> {
    const environment = [...variablesOf(unit, when, container), ...about];
    let last = "";
    const onLine = (line: string): void => {
      last = line;
      options.remark(unit, `${hookKeys[when]}: ${line}`);
    };
    if (hook.where === "host") {
      const { command, timeoutMs, workingDir } = hook;
      return runOnHost({
        command,
        timeoutMs,
        workingDir,
        environment: [...environment, ...hook.environment],
        clock,
        onLine,
      });
    }
    const late = new AbortController();
    const cancel = clock.after(hook.timeoutMs, () => late.abort());
    const take = { out: lines(onLine), err: lines(onLine) };
    const onOutput = (stream: "out" | "err", chunk: Buffer): void => take[stream].take(chunk);
    try {
      if (hook.where === "task") {
        if (!unit.launch.ok) return unit.launch.message;
        const { launch } = unit;
        const { name } = unit;
        const about = { unit: name, container: unit.container, launch, environment, engine, onOutput };
        const ended = await runAsTask(hook, { ...about, abort: late.signal });
        return typeof ended === "number" ? howItEnded(ended) : ended;
      }
      if (container === null) return "its container is not there";
      const { command, user, workingDir, privileged } = hook;
      const code = await engine.exec(container, {
        command,
        user,
        workingDir,
        privileged,
        environment: [...environment, ...hook.environment],
        onOutput,
        abort: late.signal,
      });
      return howItEnded(code);
    } catch (error) {
      if (late.signal.aborted) return `it took longer than ${hook.timeoutMs / 1000} s`;
      throw error;
    } finally {
      take.out.end();
      take.err.end();
      cancel();
    }

    function howItEnded(code: number): string | null {
      if (code === 0) return null;
      take.out.end();
      take.err.end();
      return last === "" ? `exit ${code}` : `exit ${code}: ${last}`;
    }
  }
}

function variablesOf(unit: Unit, when: HookTime, container: string | null): readonly string[] {
  const launch = unit.launch.ok ? unit.launch : null;
  return [
    `SVC_HOOK=${hookKeys[when]}`,
    `SVC_UNIT=${unit.name}`,
    `SVC_APP=${unit.app}`,
    `SVC_CONTAINER=${unit.container}`,
    `SVC_CONTAINER_ID=${container ?? ""}`,
    `SVC_IMAGE=${launch?.image ?? ""}`,
    `SVC_TAG=${launch?.tag ?? ""}`,
  ];
}
