import { SvcError } from "../../svc-error.ts";
import { lineExpression } from "../../unit/line-expression.ts";

/** What somebody looks for in logs. */
export function grepExpression(text: string): RegExp {
  const expression = lineExpression(text);
  if (typeof expression !== "string") return expression;
  throw new SvcError("bad-request", `${JSON.stringify(text)} ${expression}`, {
    hint: "svc logs UNIT --grep 'error|warn'",
  });
}
