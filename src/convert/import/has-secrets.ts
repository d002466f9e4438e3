import { parseDocument } from "yaml";
import { secretOf, secretsIn, variablesIn } from "../../unit/secrets.ts";

/** A narrow mode costs nothing, so more names count than those that svc check warns of. */
const mayBeSecret = /PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|PRIVATE|DSN|DATABASE_URL/i;
const noValue = /^$|^\$|^(true|false|null|~)$/;

/** Whether a secret seems to stand in a unit file, in the comments of what was not understood too. */
export function hasSecrets(text: string): boolean {
  const inComments = text.match(/^\s*#.*$/gm)?.join("\n") ?? "";
  return (
    variablesIn(inComments).some(({ name, value }) => secretOf(name, value) !== null) ||
    secretsIn(parseDocument(text, { merge: true }), text, whatMayBeSecret).length > 0
  );
}

function whatMayBeSecret(name: string, value: string): string | null {
  return mayBeSecret.test(name) && !noValue.test(value) ? name : secretOf(name, value);
}
