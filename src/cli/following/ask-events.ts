import type { Ask, UnitEvent } from "../../control/request.ts";
import { askThroughReexec } from "./ask-through-reexec.ts";
import { shownBefore } from "./shown-before.ts";

/** What happened to units. When the daemon is replaced meanwhile it goes on where it was: no event is lost, none is told twice. */
export async function askEvents(
  socket: string,
  asked: Ask<"events">,
  onEvent: (event: UnitEvent) => void,
): Promise<void> {
  const shown = shownBefore(0);
  await askThroughReexec(socket, "events", {
    first: asked,
    rest() {
      shown.begin();
      return { ...asked, since: Math.max(asked.since ?? 0, shown.newest() ?? 0) };
    },
    onProgress(event) {
      const text = JSON.stringify(event);
      if (shown.comesAgain(text)) return;
      shown.add(text, Date.parse(event.time));
      onEvent(event);
    },
  });
}
