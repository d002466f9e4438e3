/** `1m30s`, `500ms`, `10` (seconds) in ms; null: no duration. */
export function durationMs(text: string | number): number | null {
  if (typeof text === "number") return Number.isFinite(text) && text >= 0 ? Math.round(text * 1000) : null;
  const plain = text.trim().replace(/\s+/g, "");
  if (/^(\d+(\.\d+)?|\.\d+)$/.test(plain)) return Math.round(Number(plain) * 1000);
  if (!/^((\d+(\.\d+)?|\.\d+)(ms|us|s|min|m|h|d))+$/.test(plain)) return null;
  let total = 0;
  for (const [, count, unit] of plain.matchAll(/(\d+(?:\.\d+)?|\.\d+)(ms|us|s|min|m|h|d)/g)) {
    total += Number(count) * (msOf[unit ?? ""] ?? 0);
  }
  return Math.round(total);
}

const msOf: { readonly [unit: string]: number } = { us: 0.001, ms: 1, s: 1e3, m: 6e4, min: 6e4, h: 36e5, d: 864e5 };

/** What a time in words is made of; whether it is one only `durationMs` knows. */
export const timeForm = /^\s*\d[\d.\sdhimnsu]*$/;

/** JSON Schema, which is made from it, knows no flags. */
export const sizeForm = /^\s*(\d+(?:\.\d+)?)\s*([kmgtpKMGTP]?)(?:[iI]?[bB])?\s*$/;

/** `512m`, `10k`, `1.5g`, `100` in bytes, 1024-based as docker's; null: no size. */
export function sizeBytes(text: string | number): number | null {
  const match = sizeForm.exec(String(text));
  if (!match) return null;
  return Math.floor(Number(match[1]) * 1024 ** " kmgtp".indexOf((match[2] || " ").toLowerCase()));
}
