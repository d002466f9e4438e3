import type { PullProgress } from "../engine.ts";

/** A line of what the engine tells of a pull. */
export type PullMessage = {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
};

type Layer = {
  readonly done: number;
  readonly total: number;
  readonly state: "known" | "fetched" | "here" | "there before";
};

const states: { readonly [status: string]: Layer["state"] } = {
  "Verifying Checksum": "fetched",
  "Download complete": "fetched",
  Extracting: "fetched",
  "Pull complete": "here",
  "Already exists": "there before",
};

/**
 * How far a pull is, message by message. The engine names all layers at once, and the size of each when its turn comes: until then it
 * is taken to be as large as the others are on average, or the first small one that is done would make it all.
 */
export function pulledLayers(): { after(message: PullMessage): PullProgress } {
  const layers = new Map<string, Layer>();
  return {
    after(message) {
      note(message);
      return progress(message.status ?? "");
    },
  };

  function note({ id, status = "", progressDetail }: PullMessage): void {
    if (id === undefined || status.startsWith("Pulling from")) return;
    const layer = layers.get(id) ?? { done: 0, total: 0, state: "known" };
    const state = states[status] ?? layer.state;
    const total = status === "Downloading" ? (progressDetail?.total ?? layer.total) : layer.total;
    const done = state !== "known" ? total : status === "Downloading" ? (progressDetail?.current ?? 0) : layer.done;
    layers.set(id, { done, total, state });
  }

  function progress(status: string): PullProgress {
    const all = [...layers.values()];
    const sum = (of: "done" | "total"): number => all.reduce((bytes, layer) => bytes + layer[of], 0);
    const sized = all.filter(({ total }) => total > 0).length;
    const unsized = all.filter(({ total, state }) => total === 0 && state === "known").length;
    return {
      doneBytes: sum("done"),
      totalBytes: sized === 0 ? 0 : Math.round((sum("total") * (sized + unsized)) / sized),
      layersDone: all.filter(({ state }) => state === "here" || state === "there before").length,
      layers: all.length,
      status,
    };
  }
}
