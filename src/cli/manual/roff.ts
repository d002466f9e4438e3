/**
 * The few pieces of roff that the man pages are made of, in macros that both groff and mandoc know. In a text, `…` between
 * backquotes is bold and *…* is italic; everything else is taken as it is.
 */
export function title(name: string, section: number, version: string): string {
  return `.TH ${name.toUpperCase().replaceAll("-", "\\-")} ${section} "" "svc ${version}" "svc"\n`;
}

export function section(name: string, ...parts: readonly string[]): string {
  return `.SH ${name}\n${parts.join("")}`;
}

export function subsection(name: string, ...parts: readonly string[]): string {
  return `.SS ${inline(name)}\n${parts.join("")}`;
}

export function paragraph(text: string): string {
  return `.PP\n${line(text)}`;
}

/** A word or a signature, and under it, indented, what it means; `more` stands under that, indented once more. */
export function term(tag: string, text: string, more: readonly string[] = []): string {
  const nested = more.length > 0 ? `.RS\n${more.join("")}.RE\n` : "";
  return `.TP\n${line(tag)}${line(text)}${nested}`;
}

/** Lines as they are, indented. */
export function example(...lines: readonly string[]): string {
  return `.PP\n.RS 4\n.nf\n${lines.map((one) => (one === "" ? "\\&\n" : lineOf(escaped(one)))).join("")}.fi\n.RE\n`;
}

/** A line break inside a paragraph or a term. */
export function lineBreak(text: string): string {
  return `.br\n${line(text)}`;
}

function line(text: string): string {
  return lineOf(inline(text));
}

/** A dot or a quote at the start of a line would be read as a request. */
function lineOf(roff: string): string {
  return `${/^(\\f.)*[.']/.test(roff) ? "\\&" : ""}${roff}\n`;
}

function inline(text: string): string {
  return text
    .split(/(`[^`]+`|\*[^*\s][^*]*\*)/)
    .map((part) => {
      if (part.startsWith("`") && part.length > 1) return `\\fB${escaped(part.slice(1, -1))}\\fR`;
      if (part.startsWith("*") && part.endsWith("*") && part.length > 1) return `\\fI${escaped(part.slice(1, -1))}\\fR`;
      return escaped(part);
    })
    .join("");
}

const characters: { readonly [character: string]: string } = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  "…": "...",
  "±": "\\(+-",
  "×": "\\(mu",
};

/** ASCII only, so that no encoding has to be guessed; a minus stays a minus, so that options can be copied. */
function escaped(text: string): string {
  return [...text]
    .map((one) => {
      const code = one.codePointAt(0) ?? 0;
      return characters[one] ?? (code < 128 ? one : `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`);
    })
    .join("");
}
