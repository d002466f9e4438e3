import type { Row } from "../row.ts";
import { boot } from "./boot.ts";
import { chain } from "./chain.ts";
import { growth } from "./growth.ts";
import { idle } from "./idle.ts";
import { logs } from "./logs.ts";
import { oneOff } from "./one-off.ts";
import { planner } from "./planner.ts";
import { quickDeaths } from "./quick-deaths.ts";
import { restart } from "./restart.ts";
import { status } from "./status.ts";
import { systemd } from "./systemd.ts";

/** In the order of the table. */
export const rows: readonly Row[] = [
  restart,
  systemd,
  quickDeaths,
  boot,
  chain,
  growth,
  idle,
  status,
  oneOff,
  logs,
  planner,
];
