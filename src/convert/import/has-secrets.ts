import { parseDocument } from "yaml";
import { isSecretName, secretsIn } from "../../unit/secrets.ts";

/** A narrow mode costs nothing, so more names count than those that svc check warns of. */
const mayBeSecret = /PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|PRIVATE|DSN|DATABASE_URL/i;

/** Whether a secret seems to stand in a unit file, in the comments of what was not understood too. */
export function hasSecrets(text: string): boolean {
  const isSecret = (name: string): boolean => isSecretName(name) || mayBeSecret.test(name);
  const inComments = text.match(/^\s*#.*$/gm)?.join("\n") ?? "";
  const assigned = [...inComments.matchAll(/\b([A-Za-z_]\w*)=[^\s$]/g)].map(([, name = ""]) => name);
  return assigned.some(isSecretName) || secretsIn(parseDocument(text, { merge: true }), text, isSecret).length > 0;
}
