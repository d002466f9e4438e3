/** An expression of events: `start on (started docker and runlevel [2345])`. */
export type Events =
  | { readonly is: "and" | "or"; readonly of: readonly Events[] }
  | { readonly is: "event"; readonly name: string; readonly args: readonly string[] };

/** null: it cannot be read. */
export function readEvents(text: string): Events | null {
  const tokens = text.match(/\(|\)|"[^"]*"|[^\s()]+/g) ?? [];
  let at = 0;
  const expression = any();
  return at === tokens.length ? expression : null;

  function any(): Events | null {
    return chain("or", all);
  }

  function all(): Events | null {
    return chain("and", one);
  }

  function chain(word: "and" | "or", next: () => Events | null): Events | null {
    const of: Events[] = [];
    for (;;) {
      const read = next();
      if (!read) return null;
      of.push(read);
      if (tokens[at] !== word) return of.length === 1 ? read : { is: word, of };
      at++;
    }
  }

  function one(): Events | null {
    const token = tokens[at++];
    if (token === "(") {
      const inner = any();
      return inner && tokens[at++] === ")" ? inner : null;
    }
    if (token === undefined || [")", "and", "or"].includes(token)) return null;
    const args: string[] = [];
    while (at < tokens.length && !["(", ")", "and", "or"].includes(tokens[at] ?? "")) args.push(tokens[at++] ?? "");
    return { is: "event", name: token, args };
  }
}
