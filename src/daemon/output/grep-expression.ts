import { setFlagsFromString } from "node:v8";
import { messageOf, SvcError } from "../../svc-error.ts";

/** With these V8 cannot go over to its engine that takes no longer than the text is. */
const unbounded = /\\[1-9]|\\k<|\(\?<?[=!]/;
const hint = "svc logs UNIT --grep 'error|warn'";

/**
 * What somebody looks for in logs. Expressions such as `(a+)+$` would keep the daemon busy for ever: V8 is told to go over to its linear
 * engine where one takes long, and what only the other engine can do is refused.
 */
export function grepExpression(text: string): RegExp {
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
  if (unbounded.test(text))
    throw new SvcError("bad-request", `${JSON.stringify(text)} looks around or back, which could take for ever`, {
      hint,
    });
  try {
    return new RegExp(text);
  } catch (error) {
    throw new SvcError("bad-request", `${JSON.stringify(text)} is no regular expression: ${messageOf(error)}`, {
      hint,
      cause: error,
    });
  }
}
