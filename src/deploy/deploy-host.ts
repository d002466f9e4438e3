import type { AppOnHost, PullProgress, Switched } from "../control/request.ts";
import type { Deploy, Errand } from "./deploy.ts";

export type Switch = Switched;

/** One host as a deploy sees it. */
export type DeployHost = {
  readonly name: string;
  look(deploy: Pick<Deploy, "app"> & Partial<Pick<Deploy, "tag" | "id">>): Promise<AppOnHost>;
  /** Resolves once the lock is held, with what gives it back; lost connections give it back by themselves. */
  lock(errand: Errand, why: string): Promise<() => void>;
  /** The digest of what is there now. Rejects when `signal` of the deploy is aborted. */
  pull(deploy: Deploy, onProgress: (progress: PullProgress) => void): Promise<string>;
  tasksDone(id: string): Promise<readonly string[]>;
  /** Those that run there now, begun by a deployer that may be gone. */
  tasksRunning(app: string): Promise<readonly string[]>;
  /** Its exit code. */
  runTask(deploy: Deploy, task: readonly string[]): Promise<number>;
  noteTask(deploy: Deploy, task: string): Promise<void>;
  switchTo(deploy: Deploy): Promise<Switch>;
  putBack(deploy: Deploy): Promise<Switch>;
  /** TAG becomes what REVERT says. */
  revert(errand: Errand): Promise<Switch>;
  /** Keeps the newest images of the app, and those of TAG and REVERT. */
  prune(deploy: Deploy): Promise<void>;
};

/** A line of what happens; null: of the deploy itself. */
export type Teller = (host: string | null, line: string) => void;

export function tell(say: Teller, host: DeployHost | null, line: string): void {
  say(host?.name ?? null, line);
}
