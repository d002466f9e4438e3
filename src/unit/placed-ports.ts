import type { ParsedFlag } from "./docker-run/parse-flags.ts";
import { BadValue } from "./docker-run/values/bad-value.ts";
import { readPublish } from "./docker-run/values/ports.ts";
import type { LayeredWord } from "./flag-layers.ts";
import { boundPort, type PublishedPort } from "./published-ports.ts";
import type { Listen } from "./unit.ts";
import type { PlaceInFile } from "./unit-problem.ts";
import type { Place } from "./yaml-text.ts";

/** Ports of the host that one flag or key says, and where it stands. */
export type PlacedPorts = {
  readonly does: "publishes" | "listens on";
  readonly ports: readonly PublishedPort[];
  readonly at: PlaceInFile;
};

type Said = {
  readonly flags: readonly ParsedFlag[];
  readonly words: readonly LayeredWord[];
  readonly listen: readonly Listen[];
  readonly place: Place;
};

/** All that a unit says of ports of the host, also where its files are wrong otherwise. Without a network of its own it publishes none. */
export function placedPorts({ flags, words, listen, place }: Said): readonly PlacedPorts[] {
  const network = flags.find(({ name }) => name === "network")?.value ?? "";
  const isOwn = !/^(host|none|container:.*)$/.test(network);
  const published = flags.filter(({ name }) => isOwn && name === "publish");
  return [
    ...published.map(({ value, word }): PlacedPorts => {
      return { does: "publishes", ports: portsIn(value), at: words[word]?.place() ?? place([], "value") };
    }),
    ...listen.map((one, index): PlacedPorts => {
      return { does: "listens on", ports: [listenedPort(one)], at: place(["listen", index], "value") };
    }),
  ];
}

function listenedPort({ address, port }: Listen): PublishedPort {
  return boundPort(`${port}/tcp`, address === "localhost" ? "127.0.0.1" : address, String(port));
}

/** None where the value is wrong, which is told elsewhere. */
function portsIn(value: string): readonly PublishedPort[] {
  try {
    return readPublish(value).map(({ port, HostIp, HostPort }) => boundPort(port, HostIp, HostPort));
  } catch (error) {
    if (error instanceof BadValue) return [];
    throw error;
  }
}
