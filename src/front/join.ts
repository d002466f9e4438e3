import type { Socket } from "node:net";

/**
 * Passes on what each side sends, no faster than the other takes it, and the end of one side without ending the other.
 * Resolves when both are closed.
 */
export async function join(client: Socket, target: Socket): Promise<void> {
  client.pipe(target).pipe(client);
  await Promise.all([endWith(client, target), endWith(target, client)]);
}

/** How `one` is closed is how `other` gets closed. */
function endWith(one: Socket, other: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (one.closed) closed(one.errored !== null);
    else one.once("close", closed);

    function closed(byError: boolean): void {
      // One that said all it had to say before it was reset has been heard: what waits for the other still reaches it.
      if (byError && !one.readableEnded) other.resetAndDestroy();
      else other.destroySoon();
      resolve();
    }
  });
}
