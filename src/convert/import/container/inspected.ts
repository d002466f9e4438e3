import * as z from "zod";
import type { Json, JsonObject } from "../../../unit/docker-run/create-request.ts";

/** What docker inspect says of a container and of an image, as far as it is read. */
export type Container = {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Config: JsonObject;
  readonly HostConfig: JsonObject;
  readonly NetworkSettings?: JsonObject;
};
export type Image = { readonly Id: string; readonly RootFS: Json; readonly Config?: JsonObject | null };

/** The containers and images of an answer of docker inspect; null: it is none. */
export function readInspected(text: string): {
  readonly containers: readonly Container[];
  readonly images: readonly Image[];
  readonly all: readonly unknown[];
} | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const all = [value].flat();
  const containers = all.filter((one): one is Container => container.safeParse(one).success);
  const images = all.filter((one): one is Image => image.safeParse(one).success);
  return { containers, images, all };
}

const texts = z.array(z.string()).nullish();
const map = z.record(z.string(), z.json()).nullish();
const pairs = z.record(z.string(), z.string()).nullish();
const text = z.string().nullish();
const number = z.number().nullish();

const config = z.looseObject({
  Hostname: text,
  Image: text,
  Env: texts,
  Cmd: texts,
  Entrypoint: texts,
  Labels: pairs,
  Volumes: map,
  ExposedPorts: map,
  User: text,
  WorkingDir: text,
  StopSignal: text,
  Domainname: text,
  StopTimeout: number,
  Healthcheck: z
    .looseObject({ Test: texts, Interval: number, Timeout: number, StartPeriod: number, Retries: number })
    .nullish(),
});
const device = z.looseObject({ PathOnHost: z.string(), PathInContainer: z.string() });
const host = z.looseObject({
  Binds: texts,
  Links: texts,
  CapAdd: texts,
  CapDrop: texts,
  Dns: texts,
  DnsOptions: texts,
  DnsSearch: texts,
  ExtraHosts: texts,
  GroupAdd: texts,
  SecurityOpt: texts,
  VolumesFrom: texts,
  DeviceCgroupRules: texts,
  Mounts: z.array(z.looseObject({ Type: z.string() })).nullish(),
  Devices: z.array(device).nullish(),
  DeviceRequests: z
    .array(z.looseObject({ Capabilities: z.array(z.array(z.string())).nullish(), DeviceIDs: texts }))
    .nullish(),
  Ulimits: z.array(z.looseObject({ Name: z.string() })).nullish(),
  Tmpfs: pairs,
  Sysctls: pairs,
  StorageOpt: pairs,
  Annotations: pairs,
  PortBindings: z.record(z.string(), z.array(z.looseObject({ HostIp: text, HostPort: text })).nullable()).nullish(),
  LogConfig: z.looseObject({ Type: text, Config: pairs }).nullish(),
  RestartPolicy: z.looseObject({ Name: text, MaximumRetryCount: number }).nullish(),
});
const endpoint = z.looseObject({ Aliases: texts, Links: texts, DriverOpts: pairs, IPAMConfig: map });
const container = z.looseObject({
  Id: z.string(),
  Name: z.string().regex(/^\/?[A-Za-z0-9]/),
  Image: z.string(),
  Config: config,
  HostConfig: host,
  NetworkSettings: z.looseObject({ Networks: z.record(z.string(), endpoint).nullish() }).nullish(),
});
const image = z.looseObject({ Id: z.string(), RootFS: z.json(), Config: config.nullish() });
