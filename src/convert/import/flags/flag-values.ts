import { type Attachment, readNetwork } from "../../../unit/docker-run/values/networks.ts";
import type { Value } from "../draft.ts";

/** Flags of one group, in the order in which they were given. */
export type Given = readonly { readonly name: string; readonly value: string }[];

export const number = (text: string): Value => (String(Number(text)) === text ? Number(text) : text);
export const isSwitchedOn = (text: string): Value =>
  /^(1|t|true)$/i.test(text) ? true : /^(0|f|false)$/i.test(text) ? false : text;

export function ulimits(given: Given): Value {
  return Object.fromEntries(
    given.map(({ value }) => {
      const [, name = "", soft = "", hard] = /^([^=]*)=([^:]*)(?::(.*))?$/.exec(value) ?? [];
      return [name, hard === undefined ? number(soft) : { soft: number(soft), hard: number(hard) }];
    }),
  );
}

export function logging(given: Given): Value {
  const driver = given.findLast(({ name }) => name === "log-driver")?.value;
  const options = given.filter(({ name }) => name === "log-opt").map(({ value }) => /^([^=]*)=?(.*)$/s.exec(value));
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(options.length === 0 ? {} : { options: Object.fromEntries(options.map((one) => [one?.[1], one?.[2]])) }),
  };
}

export function healthcheck(given: Given): Value {
  const last = (flag: string): string | undefined => given.findLast(({ name }) => name === flag)?.value;
  if (isSwitchedOn(last("no-healthcheck") ?? "") === true) return { disable: true };
  const words = {
    test: "cmd",
    interval: "interval",
    timeout: "timeout",
    start_period: "start-period",
    start_interval: "start-interval",
  };
  const retries = last("health-retries");
  return {
    ...Object.fromEntries(
      Object.entries(words).flatMap(([field, flag]) => {
        const value = last(`health-${flag}`);
        return value === undefined ? [] : [[field, value]];
      }),
    ),
    ...(retries === undefined ? {} : { retries: number(retries) }),
  };
}

/** A name of its own, or one of the engine's words. */
export function networkMode(given: Given): Value | undefined {
  const [only, ...others] = given;
  const isMode = /^(host|none|bridge|default|container:.*)$/.test(only?.value ?? "");
  return isMode && others.length === 0 ? only?.value : undefined;
}

/** The first network has its details from flags of their own, each other from its value. */
export function networks(given: Given): Value | undefined {
  const values = (flag: string): readonly string[] =>
    given.flatMap(({ name, value }) => (name === flag ? [value] : []));
  const [first, ...others] = values("network").map(attachmentOf);
  if (!first || others.includes(null)) return undefined;
  const own = {
    ...first,
    aliases: [...first.aliases, ...values("network-alias")],
    linkLocal: [...first.linkLocal, ...values("link-local-ip")],
    ip: values("ip").at(-1) ?? first.ip,
    ip6: values("ip6").at(-1) ?? first.ip6,
  };
  const all = [own, ...others].flatMap((one) => (one ? [[one.name, endpointOf(one)] as const] : []));
  const isPlain = all.every(([, endpoint]) => endpoint === null);
  return isPlain ? all.map(([name]) => name) : Object.fromEntries(all);
}

function attachmentOf(text: string): Attachment | null {
  try {
    return readNetwork(text);
  } catch {
    return null;
  }
}

function endpointOf({ aliases, ip, ip6, linkLocal, macAddress, driverOptions, gatewayPriority }: Attachment): Value {
  const endpoint = {
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(ip === "" ? {} : { ipv4_address: ip }),
    ...(ip6 === "" ? {} : { ipv6_address: ip6 }),
    ...(linkLocal.length === 0 ? {} : { link_local_ips: linkLocal }),
    ...(macAddress === "" ? {} : { mac_address: macAddress }),
    ...(Object.keys(driverOptions).length === 0 ? {} : { driver_opts: driverOptions }),
    ...(gatewayPriority === 0 ? {} : { gw_priority: gatewayPriority }),
  };
  return Object.keys(endpoint).length === 0 ? null : endpoint;
}
