import { afterEach } from "vitest";
import { tellers } from "./tellers.ts";

/** Tells what a failed test's hosts said, which is gone after it. For `setupFiles`. */
afterEach(({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const tell of tellers) console.error(`${task.name}: ${tell()}`);
});
