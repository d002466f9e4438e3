import type { Supervise } from "./supervised.ts";

export const enginePolicy: Supervise = async ({ host }, container) => {
  await host.engine.docker("run", "-d", "--restart=always", "--name", container, host.engine.image, "sleep", "3600");
};
