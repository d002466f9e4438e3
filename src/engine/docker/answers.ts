import type Docker from "dockerode";
import type {
  ContainerDetail,
  ContainerStateName,
  ContainerSummary,
  EngineInfo,
  Health,
  ImageDetail,
} from "../engine.ts";
import { lastCheckOf, type RawHealth } from "./last-check.ts";

/** The engine's answers, in svc's words. Fields that an engine's version does not have are null or empty. */
export function summaryOf(info: Docker.ContainerInfo): ContainerSummary {
  // A container that others link to has their names for it too, as `/other/alias`.
  const own = (info.Names ?? []).find((name) => name.lastIndexOf("/") === 0) ?? info.Names?.[0] ?? "";
  return {
    id: info.Id,
    name: own.slice(1),
    state: info.State as ContainerStateName,
    image: info.Image,
    imageId: info.ImageID,
    labels: info.Labels ?? {},
  };
}

/** What @types/dockerode leaves untyped of `GET /info`. */
export type RawInfo = {
  readonly ServerVersion: string;
  readonly CgroupVersion?: string;
  readonly LoggingDriver?: string;
  readonly LiveRestoreEnabled?: boolean;
  readonly DockerRootDir?: string;
  readonly SystemTime?: string;
  readonly Warnings?: readonly string[] | null;
};

export function infoOf(info: RawInfo): EngineInfo {
  return {
    engine: info.ServerVersion,
    cgroupVersion: Number(info.CgroupVersion ?? 1),
    logDriver: info.LoggingDriver ?? "",
    liveRestore: info.LiveRestoreEnabled === true,
    rootFolder: info.DockerRootDir ?? "/var/lib/docker",
    date: Date.parse(info.SystemTime ?? ""),
    warnings: info.Warnings ?? [],
  };
}

export function detailOf(info: Docker.ContainerInspectInfo): ContainerDetail {
  const { State: state, Config: config, HostConfig: host } = info;
  const networks = Object.entries(info.NetworkSettings?.Networks ?? {});
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ""),
    state: state.Status as ContainerStateName,
    image: config.Image,
    imageId: info.Image,
    labels: config.Labels ?? {},
    tty: config.Tty === true,
    exitCode:
      state.Status === "exited" || state.Status === "dead" || state.Status === "removing" ? state.ExitCode : null,
    oomKilled: state.OOMKilled === true,
    error: state.Error ?? "",
    startedAt: dateOf(state.StartedAt),
    finishedAt: dateOf(state.FinishedAt),
    health: healthOf(state.Health?.Status),
    lastCheck: lastCheckOf(state.Health as RawHealth | undefined),
    memoryLimitBytes: host.Memory ?? 0,
    stopSignal: (config as { StopSignal?: string }).StopSignal ?? null,
    autoRemove: host.AutoRemove === true,
    addresses: Object.fromEntries(networks.map(([name, network]) => [name, network?.IPAddress ?? ""])),
    logDriver: host.LogConfig?.Type ?? "",
  };
}

export function imageOf(info: Docker.ImageInspectInfo): ImageDetail {
  const config = info.Config as { Healthcheck?: { Test?: readonly string[] }; StopSignal?: string } | undefined;
  const check = config?.Healthcheck?.Test?.[0];
  return {
    id: info.Id,
    digests: info.RepoDigests ?? [],
    hasHealthcheck: check !== undefined && check !== "NONE",
    stopSignal: config?.StopSignal ?? null,
  };
}

export function healthOf(status: string | undefined): Health {
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : "none";
}

/** The engine's zero time means that it has not happened. */
function dateOf(text: string | undefined): number | null {
  const date = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) || date <= 0 ? null : date;
}
