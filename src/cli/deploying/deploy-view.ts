import type { Deploy } from "../../deploy/deploy.ts";
import { partOf } from "../../runner/pull-words.ts";
import type { Cli } from "../context.ts";
import { pullBar } from "../show/pull-bar.ts";
import { redrawnRows } from "../show/redrawn-rows.ts";
import { table } from "../show/table.ts";

/**
 * What a deploy tells, on stderr, a line each. How far hosts have pulled stands below them on a terminal, redrawn in place, a row a host;
 * else a line is told for each quarter of it.
 */
export function deployView(cli: Pick<Cli, "quiet" | "json" | "terminal" | "err">): Pick<Deploy, "say" | "pulling"> {
  if (cli.quiet || cli.json) return { say: () => undefined, pulling: () => undefined };
  const rows = new Map<string, string>();
  const quarters = new Map<string, number>();
  const redraw = redrawnRows(cli.err);
  const draw = (line = ""): void => redraw(table([...rows].map(([host, row]) => [`${host}:`, "pulls", row])), line);
  return {
    say(host, line) {
      draw(`${host === null ? "" : `${host}: `}${line}\n`);
    },
    pulling(host, progress) {
      if (progress === null) {
        quarters.delete(host);
        if (rows.delete(host)) draw();
      } else if (progress.totalBytes > 0 && cli.terminal) {
        const row = pullBar(progress);
        if (rows.get(host) === row) return;
        rows.set(host, row);
        draw();
      } else if (progress.totalBytes > 0) {
        // A total that grows makes the part smaller: what was told stays told.
        const quarter = Math.floor(partOf(progress) * 4);
        if (quarter <= (quarters.get(host) ?? -1)) return;
        quarters.set(host, quarter);
        cli.err(`${host}: pulls: ${quarter * 25} %, ${progress.layersDone} of ${progress.layers} layers\n`);
      }
    },
  };
}
