import { program } from "../../support/program.ts";
import { must } from "../../support/real-engine.ts";
import { timed } from "../process.ts";
import { interleave } from "../rounds.ts";
import { type Row, svc } from "../row.ts";
import { inWorkshop } from "../workshop.ts";

const shellRunner = '. "$SVC_DEFAULT_DIR/$APP"; docker run --rm --init $OPTS "$IMAGE" true';

/** The task does nothing: all of it is what the runner takes. `docker run` gets the line that `docker-runner --print` says is the same. */
export const oneOff: Row = {
  name: "one-off",
  run: (rounds) =>
    inWorkshop(async ({ host }) => {
      const app = host.name("app");
      await host.write("default/PREFIX-app", 'IMAGE=IMG\nOPTS="-m 64m"\n');
      const env = { ...host.env, APP: app };
      const same = await must(program, ["run", "--print", app, "true"], env);
      const measured = await interleave(rounds(20), [
        { name: svc, once: () => timed(program, ["run", app, "true"], env) },
        { name: "docker run", once: () => timed("sh", ["-c", same], env) },
        { name: "shell docker-runner", once: () => timed("sh", ["-c", shellRunner], env) },
      ]);
      return [{ work: "docker-runner APP true", unit: "ms", ...measured, goals: [{ of: "docker run", atMost: 1.1 }] }];
    }),
};
