/** Asks again until the answer is not false, null or undefined, and returns it; what was seen last is in the failure. */
export async function until<T>(
  ask: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  options: { readonly within?: number; readonly seen?: () => unknown } = {},
): Promise<T> {
  const deadline = Date.now() + (options.within ?? 90_000);
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (Date.now() > deadline) {
      throw new Error(`it never came: ${ask}${options.seen ? `; last seen: ${JSON.stringify(options.seen())}` : ""}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
