import { type Document, isAlias, isScalar, visit } from "yaml";

/** The last of a name's words. A key is one by the word before it: of most, such as a cache's, anybody may know. */
const secretName =
  /(PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET_KEY_BASE|TOKEN|CREDENTIALS?|REQUIREPASS|MASTERAUTH)s?$|(^|[_.-])(PASS|PWD)$/i;
const secretKey =
  /(SECRET|API|ACCESS|PRIVATE|STRIPE|SIGN|SIGNING|ENCRYPT|ENCRYPTION|MASTER|APP|AUTH|LICEN[CS]E|ACCOUNT|SHARED|JWT|HMAC|AES|OPENAI|SENDGRID|MAILGUN)[_.-]?KEYs?$/i;

/** A number or a time says how many or how long, but of a password. */
const amount = /^\d{1,5}(\.\d+)?$|^\d+(ms|s|m|min|h|d)$/i;
const password = /(PASS|PWD|PASSWORD|PASSWD|PASSPHRASE)s?$/i;

/** What stands for a value or is none: nothing, a variable, a word of a choice, what is to be filled in. */
const noSecret =
  /^$|^\$|^(true|false|yes|no|on|off|null|none|~|default|optional|required|enabled|disabled)$|^(change[ _-]?me|x+|\*+|\.+|…|<.*>)$/i;
/** Where the secret is kept: a file, by a path of several names or one with an extension, or `vault:secret/shop`. */
const place =
  /^file:|^(~|\.{0,2})(\/[\w.@-]+){2,}\/?$|^\/[\w-]+\.\w+$|^([\w.@-]+\/)+[\w@-]+(\.\w{1,8})+$|^(?!https?:)[a-z][a-z0-9+.-]*:(\/\/)?[\w.-]+(\/[\w.@-]+)+(#[\w.-]+)?$/i;

/** What stands behind an = is the value of that name. */
const passwordInUrl = /(?<=^|[\s"'(])[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@$][^\s/@]*)@/gi;

/**
 * What of a variable is a secret, in words that do not show it; null: nothing is, by its name and by how it is written. Of
 * `${A:-b}` b is looked at.
 */
export function secretOf(name: string, written: string): string | null {
  const value = /^\$\{\w+:?-(.*)\}$/.exec(written)?.[1] ?? written;
  if (urlsIn(value).length > 0) return `the password in ${name}`;
  const isAmount = amount.test(value) && !password.test(name);
  const isNone = isAmount || noSecret.test(value) || place.test(value);
  return (secretName.test(name) || secretKey.test(name)) && !isNone ? `the value of ${name}` : null;
}

/** Each URL with a password: where it begins, and where the password stands. */
function urlsIn(text: string): readonly { readonly index: number; readonly from: number; readonly to: number }[] {
  return [...text.matchAll(passwordInUrl)].flatMap(({ 0: url, 1: password = "", index }) => {
    const to = index + url.length - 1;
    return noSecret.test(password) ? [] : [{ index, from: to - password.length, to }];
  });
}

/** Every NAME=VALUE of a text, in the value of another too, as in `--env=NAME=VALUE`, and every `--NAME VALUE`. */
export function variablesIn(
  text: string,
): readonly { readonly name: string; readonly value: string; readonly index: number }[] {
  const found = text.matchAll(
    /(?:\b([A-Za-z_]\w*)=|(?<=(?:^|[\s"'])--)([A-Za-z][\w-]*)[ \t]+(?!-))(?=(["'])(.*?)\3|["']?([^\s"',]*))/g,
  );
  return [...found].map(({ 1: variable, 2: option = "", 4: quoted, 5: bare = "", index }) => {
    return { name: variable ?? option, value: quoted ?? bare, index };
  });
}

/** `offset`: where its name stands; `from` and `to`: where its value does. */
export type Secret = {
  readonly name: string;
  readonly secret: string;
  readonly offset: number;
  readonly from: number;
  readonly to: number;
};

/**
 * Where names of secrets stand with a value in a unit file: of pairs, of NAME=VALUE and `--NAME VALUE` in whatever text, and of
 * `[--NAME, VALUE]`; and URLs with a password. Values are never given out.
 */
export function secretsIn(document: Document, text: string): readonly Secret[] {
  const found: Secret[] = [];
  const look = (name: string, value: string, at: Pick<Secret, "offset" | "from" | "to">): void => {
    const secret = secretOf(name, value);
    const urls = urlsIn(text.slice(at.from, at.to));
    if (secret === null) return;
    // Of a URL the password alone is hidden.
    if (urls.length === 0) found.push({ name, secret, ...at });
    for (const { from, to } of urls)
      found.push({ name, secret, offset: at.offset, from: at.from + from, to: at.from + to });
  };
  visit(document, {
    Pair(_, { key, value }) {
      const target = isAlias(value) ? value.resolve(document) : value;
      if (!isScalar(key) || !key.range || !isScalar(target) || !target.range) return;
      const quote = /["']/.test(text.charAt(key.range[0])) ? 1 : 0;
      const [from, to] = target.range;
      look(String(key.value), String(target.value ?? ""), { offset: key.range[0] + quote, from, to });
    },
    Seq(_, { items }) {
      for (const [at, word] of items.entries()) {
        const value = items[at + 1];
        if (!isScalar(word) || !word.range || !isScalar(value) || !value.range) continue;
        const name = /^--([A-Za-z][\w-]*)$/.exec(String(word.value))?.[1];
        if (name === undefined || String(value.value).startsWith("-")) continue;
        const [from, to] = value.range;
        look(name, String(value.value ?? ""), { offset: text.indexOf(name, word.range[0]), from, to });
      }
    },
    Scalar(position, { range }) {
      if (position === "key" || !range) return;
      const written = text.slice(range[0], range[1]);
      for (const { name, value, index } of variablesIn(written)) {
        const offset = range[0] + index;
        const from = text.indexOf(value, offset + name.length + 1);
        look(name, value, { offset, from, to: from + value.length });
      }
      for (const { index, from, to } of urlsIn(written)) {
        const at = { offset: range[0] + index, from: range[0] + from, to: range[0] + to };
        const isKnown = found.some((one) => one.from < at.to && at.from < one.to);
        const name = written.slice(index, written.indexOf("://", index) + 3);
        if (!isKnown) found.push({ name, secret: "the password in a URL", ...at });
      }
    },
  });
  return found;
}
