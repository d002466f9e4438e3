import { instant } from "../engine-events.ts";
import { type Commander, chains, type Fleet, layers } from "../peers/fleet.ts";
import { fleetByCompose1, fleetByCompose2 } from "../peers/fleet-by-compose.ts";
import { fleetByRawApi } from "../peers/fleet-by-raw-api.ts";
import { fleetBySvc } from "../peers/fleet-by-svc.ts";
import { Absent, absent, interleave, type Subject } from "../rounds.ts";
import { floor, type Line, type Row } from "../row.ts";
import { inWorkshop } from "../workshop.ts";

/** More at once, or fewer, are no quicker. */
const bestAtOnce = 10;

const shapes: readonly {
  readonly words: string;
  readonly fleet: Fleet;
  readonly rounds: number;
  readonly all: boolean;
}[] = [
  { words: "30 units in 10 chains", fleet: chains(10, 3), rounds: 3, all: true },
  { words: "100 units, none needs another", fleet: chains(100, 1), rounds: 1, all: false },
  { words: "100 units in 5 layers", fleet: layers(5, 20), rounds: 1, all: false },
];

/** Up: from the command, or the start of the daemon, to the last `start`; down: to the last `destroy`. */
export const boot: Row = {
  name: "boot",
  async run(rounds) {
    const lines: Line[] = [];
    for (const { words, fleet, rounds: usual, all } of shapes) {
      const commanders = [
        fleetByRawApi(floor, bestAtOnce),
        fleetBySvc,
        fleetByCompose2,
        ...(all ? [fleetByCompose1] : []),
      ];
      lines.push(...(await upAndDown(words, fleet, commanders, rounds(usual))));
    }
    return lines;
  },
};

function upAndDown(
  words: string,
  fleet: Fleet,
  commanders: readonly Commander[],
  rounds: number,
): Promise<readonly Line[]> {
  return inWorkshop(async (workshop) => {
    const downs = new Map<string, number[]>();
    const subjects: Subject[] = [];
    for (const commander of commanders) {
      const { name } = commander;
      try {
        const { containers, up, down } = await commander.prepare(workshop, fleet);
        const timed = async (action: string, work: () => Promise<unknown>): Promise<number> => {
          const last = workshop.events.last(action, containers);
          last.catch(() => undefined);
          const begun = instant();
          await work();
          return (await last) - begun;
        };
        const once = async (): Promise<number> => {
          const took = await timed("start", up);
          downs.set(name, [...(downs.get(name) ?? []), await timed("destroy", down)]);
          return took;
        };
        subjects.push({ name, once });
      } catch (error) {
        if (!(error instanceof Absent)) throw error;
        subjects.push(absent(name, error));
      }
    }
    const { measured, skipped } = await interleave(rounds, subjects);
    return [
      {
        work: `boot: ${words}`,
        unit: "ms",
        measured,
        skipped,
        goals: [
          { of: floor, atMost: 1.05 },
          { of: "compose 2", atMost: 0.95 },
        ],
      },
      {
        work: `ordered stop: ${words}`,
        unit: "ms",
        measured: Object.fromEntries(downs),
        goals: [{ of: floor, atMost: 1.1 }],
      },
    ];
  });
}
