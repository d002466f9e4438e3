import { until } from "../support/until.ts";
import type { TestHost } from "./test-host.ts";

/** Lines of the unit's container that the engine's own log has and ours has not; and lines that ours has twice. */
export async function compareWithEngine(
  host: TestHost,
  unit: string,
): Promise<{ readonly lost: number; readonly doubled: number }> {
  const theirs = (await host.sh(`docker logs ${unit}`)).trim().split("\n");
  const last = theirs.at(-1) ?? "";
  const ours = await until(async () => {
    const lines = await writtenLines(host, unit);
    return lines.includes(last) ? lines : null;
  });
  const lost = theirs.filter((line) => !ours.includes(line)).length;
  return { lost, doubled: ours.length - new Set(ours).size };
}

/** What containers of the unit wrote to stdout, by our log. */
export async function writtenLines(host: TestHost, unit: string): Promise<readonly string[]> {
  const lines = (await host.sh(`svc logs ${unit} --json`)).trim().split("\n").filter(Boolean);
  const parsed = lines.map((line) => JSON.parse(line) as { readonly text: string; readonly stream: string });
  return parsed.filter(({ stream }) => stream === "out").map(({ text }) => text);
}
