import { svc } from "../row.ts";
import { type Commander, idle } from "./fleet.ts";

/** A boot of svc, from the start of its daemon, and its end by SIGTERM, which stops all in reverse order. */
export const fleetBySvc: Commander = {
  name: svc,
  async prepare({ host }, fleet) {
    for (const [name, needs] of fleet) {
      const depends_on = needs.map((need) => host.name(need));
      await host.unit(name, { command: idle, ready: { after: "0s" }, ...(needs.length > 0 ? { depends_on } : {}) });
    }
    return {
      containers: [...fleet.keys()].map((name) => host.name(name)),
      up: () => host.startDaemon(),
      down: () => host.endDaemon("SIGTERM"),
    };
  },
};
