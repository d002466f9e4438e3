import { type Document, isAlias, isScalar, visit } from "yaml";

const secretName = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)s?$/i;

/** Whether a variable of this name most likely holds a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

export type Secret = { readonly name: string; readonly offset: number };

/** Where names of secrets stand with a value in a unit file: of pairs, and of NAME=VALUE in whatever text. Values are never given out. */
export function secretsIn(document: Document, text: string, isSecret = isSecretName): readonly Secret[] {
  const found: Secret[] = [];
  const look = (name: string, value: string, offset: number): void => {
    const isLiteral = value !== "" && !value.startsWith("$") && !/^(true|false|null|~)$/.test(value);
    if (isSecret(name) && isLiteral) found.push({ name, offset });
  };
  visit(document, {
    Pair(_, { key, value }) {
      const target = isAlias(value) ? value.resolve(document) : value;
      if (!isScalar(key) || !key.range || !isScalar(target)) return;
      const quote = /["']/.test(text.charAt(key.range[0])) ? 1 : 0;
      look(String(key.value), String(target.value ?? ""), key.range[0] + quote);
    },
    Scalar(position, { range }) {
      if (position === "key" || !range) return;
      const written = text.slice(range[0], range[1]);
      // The value of --env=NAME=VALUE is a pair too.
      for (const { 1: name = "", 2: value = "", index } of written.matchAll(/\b([A-Za-z_]\w*)=(?=["']?([^\s"',]*))/g))
        look(name, value, range[0] + index);
    },
  });
  return found;
}
