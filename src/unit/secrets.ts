import { type Document, isAlias, isScalar, visit } from "yaml";

/** The last of a name's words; a key may be a public one, or one that opens nothing. */
const secretName =
  /(PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET_KEY_BASE|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)s?$|(^|[_.-])(PASS|PWD)$|[_.-]KEY$/i;
const openKey =
  /(^|[_.-])(PUBLIC|PUB|PUBLISHABLE|SITE|GPG|PRIMARY|FOREIGN|UNIQUE|PARTITION|SORT|SHARD|ROUTING|CACHE|HASH|KNOWN)[_.-]?KEY$/i;

/** What stands for a value: nothing, a variable, a yes or no, what is to be filled in, a file. */
const noSecret = /^$|^\$|^(true|false|yes|no|null|none|~)$|^(change[ _-]?me|x+|\.+|…|<.*>)$/i;
const path = /^(~|\.{0,2})(\/[\w.@-]+){2,}\/?$|^\/[\w-]+\.\w+$/;

const passwordInUrl = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@$][^\s/@]*)@/i;

/** What of a variable is a secret, in words that do not show it; null: nothing is, by its name and by how it is written. */
export function secretOf(name: string, value: string): string | null {
  if (passwordInUrl.test(value)) return `the password in ${name}`;
  const isSecret = secretName.test(name) && !openKey.test(name) && !noSecret.test(value) && !path.test(value);
  return isSecret ? `the value of ${name}` : null;
}

/** Every NAME=VALUE of a text, in the value of another too, as in `--env=NAME=VALUE`. */
export function variablesIn(
  text: string,
): readonly { readonly name: string; readonly value: string; readonly index: number }[] {
  const found = text.matchAll(/\b([A-Za-z_]\w*)=(?=(["'])(.*?)\2|["']?([^\s"',]*))/g);
  return [...found].map(({ 1: name = "", 3: quoted, 4: bare = "", index }) => ({ name, value: quoted ?? bare, index }));
}

export type Secret = { readonly name: string; readonly secret: string; readonly offset: number };

/** Where names of secrets stand with a value in a unit file: of pairs, and of NAME=VALUE in whatever text. Values are never given out. */
export function secretsIn(document: Document, text: string, tell = secretOf): readonly Secret[] {
  const found: Secret[] = [];
  const look = (name: string, value: string, offset: number): void => {
    const secret = tell(name, value);
    if (secret !== null) found.push({ name, secret, offset });
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
      for (const { name, value, index } of variablesIn(written)) look(name, value, range[0] + index);
    },
  });
  return found;
}
