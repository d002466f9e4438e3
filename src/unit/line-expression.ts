import { setFlagsFromString } from "node:v8";
import { messageOf } from "../svc-error.ts";

/** With these V8 cannot go over to its engine that takes no longer than the text is. */
const unbounded = /\\[1-9]|\\k<|\(\?<?[=!]/;

/**
 * What somebody looks for in lines of output. Expressions such as `(a+)+$` would keep the daemon busy for ever: V8 is told to go over to its linear
 * engine where one takes long, and what only the other engine can do is refused. A string: what is wrong.
 */
export function lineExpression(text: string): RegExp | string {
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
  if (unbounded.test(text)) return "looks around or back, which could take for ever";
  try {
    return new RegExp(text);
  } catch (error) {
    return `is no regular expression: ${messageOf(error)}`;
  }
}
