import { afterEach } from "vitest";

/** Tells what a failed test's hosts said, which is gone after it. For `setupFiles`. */
afterEach(({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const tell of tellers) console.error(`${task.name}: ${tell()}`);
});

/** What is told of a host when a test fails. */
export const tellers = new Set<() => string>();
