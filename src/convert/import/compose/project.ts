import { basename } from "node:path";
import { isMap, isScalar, type Pair } from "yaml";

/** What Compose makes of the names in a file. */
export type Project = {
  readonly name: string;
  /** The network that a service joins which names none; null: the engine's bridge. */
  readonly defaultNetwork: string | null;
  readonly network: (key: string) => Named;
  readonly volume: (key: string) => Named;
};

/** The engine's name, and whether somebody has to make it by hand. */
export type Named = { readonly name: string; readonly options: readonly string[] };

type Asked = {
  readonly top: ReadonlyMap<string, Pair>;
  readonly folder: string;
  readonly known: ReadonlyMap<string, string>;
  /** Services at the top of the file: before Compose had networks and volumes of its own. */
  readonly isFirstFormat: boolean;
  readonly count: number;
};

export function projectOf({ top, folder, known, isFirstFormat, count }: Asked): Project {
  const named = scalar(top.get("name")?.value) ?? known.get("COMPOSE_PROJECT_NAME") ?? basename(folder);
  const name = named.toLowerCase().replace(/[^a-z0-9_-]/g, "");
  const within = (section: string) => (key: string) => {
    const map = top.get(section)?.value;
    const entry = isMap(map) ? map.get(key) : undefined;
    if (isFirstFormat) return { name: key, options: [] };
    const given = isMap(entry) ? scalar(entry.get("name", true)) : null;
    const external = isMap(entry) ? entry.get("external") : undefined;
    const older = isMap(external) ? scalar(external.get("name", true)) : null;
    const isExternal = external !== undefined && external !== false;
    const options = isMap(entry)
      ? entry.items
          .map(({ key: option }) => String(isScalar(option) ? option.value : option))
          .filter((one) => !/^(name|external|x-.*)$/.test(one))
      : [];
    return { name: given ?? older ?? (isExternal ? key : `${name}_${key}`), options };
  };
  const network = within("networks");
  return {
    name,
    defaultNetwork: isFirstFormat || count < 2 ? null : network("default").name,
    network,
    volume: within("volumes"),
  };
}

function scalar(node: unknown): string | null {
  return isScalar(node) && node.value !== null ? String(node.value) : null;
}
