import { program } from "../../support/program.ts";
import { idle } from "../peers/fleet.ts";
import { timed } from "../process.ts";
import { interleave } from "../rounds.ts";
import { type Row, svc } from "../row.ts";
import { inWorkshop } from "../workshop.ts";

const units = 50;

/** The command, from its start to its end. */
export const status: Row = {
  name: "status",
  run: (rounds) =>
    inWorkshop(async ({ host, events }) => {
      const names = Array.from({ length: units }, (_, number) => `unit-${number}`);
      for (const name of names) await host.unit(name, { command: idle, ready: { after: "0s" }, network_mode: "none" });
      const up = events.last(
        "start",
        names.map((name) => host.name(name)),
      );
      await host.startDaemon();
      await up;
      const measured = await interleave(rounds(40), [
        { name: svc, once: () => timed(program, ["status"], host.env) },
        { name: "docker ps", once: () => timed("docker", ["ps"], host.env) },
      ]);
      return [
        {
          work: `svc status with ${units} units`,
          unit: "ms",
          ...measured,
          goals: [{ of: "docker ps", atMost: 2 }],
        },
      ];
    }),
};
