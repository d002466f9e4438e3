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
