import type { Supervise } from "./supervised.ts";

/** The calls that a new container of the same name cannot do without. */
export const rawApi: Supervise = async ({ host, raw }, container) => {
  const body = { Image: host.engine.image, Cmd: ["sleep", "3600"] };
  let open = true;
  const again = async (): Promise<void> => {
    await raw.create(container, body);
    const gone = raw.removed(container);
    await raw.start(container);
    void gone
      .then(() => (open ? again() : undefined))
      .catch(() => {
        open = false;
      });
  };
  await again();
};
