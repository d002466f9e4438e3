import type { Clock } from "../clock/clock.ts";
import type { DaemonFolders } from "../control/request.ts";
import type { Engine, PullProgress } from "../engine/engine.ts";
import type { Unit } from "../unit/unit.ts";
import type { Leases } from "./deploy/app-lock.ts";
import type { DeployJournal } from "./deploy/deploy-journal.ts";
import type { UnderWay } from "./deploy/under-way.ts";
import type { EngineLink } from "./engine-link.ts";
import type { EventLog } from "./event-log.ts";
import type { UnitFronts } from "./front/keep-fronts.ts";
import type { Besides } from "./hand-over/besides.ts";
import type { HandOvers } from "./hand-over/hand-over.ts";
import type { ExitRecords } from "./output/exit-records.ts";
import type { Runs } from "./runs.ts";
import type { Save } from "./saving.ts";
import type { Supervisor } from "./supervisor.ts";
import type { Turns } from "./turns.ts";
import type { Uncut } from "./uncut.ts";
import type { UnitSource } from "./unit-source.ts";

/** What the handlers work with: the parts of a running daemon. */
export type Daemon = {
  readonly supervisor: Supervisor;
  readonly source: UnitSource;
  readonly events: EventLog;
  readonly runs: Runs;
  readonly records: ExitRecords;
  readonly link: EngineLink;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly folders: DaemonFolders;
  readonly version: string;
  /** ms since 1970. */
  readonly upSince: number;
  readonly enabled: {
    isEnabled(unit: Unit): boolean;
    set(unit: string, on: boolean): void;
  };
  readonly deploys: DeployJournal;
  readonly leases: Leases;
  readonly deploying: UnderWay;
  readonly save: Save;
  readonly pulls: ReadonlyMap<string, PullProgress>;
  /** Of all who watch what units use. */
  readonly usageReads: Turns;
  readonly besides: Besides;
  readonly fronts: UnitFronts;
  readonly handOver: HandOvers;
  readonly uncut: Uncut;
  /** Replaces the program, once whoever asked for it is answered. */
  readonly reexec: () => void;
};
