import * as z from "zod";
import { durationMs, sizeBytes, sizeForm, timeForm } from "./quantities.ts";

/**
 * The kinds of values that keys take. The words of a kind are what help shows as its type, and what a problem says that the
 * key takes: `tty: "maybe" is not true or false`.
 */
export function kind<T extends z.ZodType>(words: string, make: (error: string) => T): T {
  return make(words).meta({ takes: words });
}

export function wordsOf(type: z.ZodType): string {
  return String(type.meta()?.takes ?? (type instanceof z.ZodOptional ? wordsOf(type.unwrap() as z.ZodType) : ""));
}

/** A key: what it takes, its sentence, an example as YAML (what stands after `KEY: `), and what holds without it. */
export function key<T extends z.ZodType>(type: T, sentence: string, example: string, fallback?: string) {
  const { takes } = type.meta() ?? {};
  return type.optional().meta({ takes, description: sentence, example, fallback });
}

export const text = kind("a text", (error) => z.string({ error }));

export function textLike(words: string, pattern: RegExp): z.ZodType<string, string> {
  return kind(words, (error) => z.string({ error }).regex(pattern, { error }));
}

/** A text that may look like a number to YAML. */
export function word(words: string): z.ZodType<string, string | number> {
  return kind(words, (error) => z.union([z.string(), z.number()], { error }).transform(String));
}

export function choice<const T extends readonly string[]>(...options: T): z.ZodEnum<{ [K in T[number]]: K }> {
  const words = options.length < 3 ? options.join(" or ") : `${options.slice(0, -1).join(", ")} or ${options.at(-1)}`;
  return kind(words, (error) => z.enum(options, { error }));
}

// Compose reads yes, no, on and off too; YAML 1.2 takes them for texts.
const spoken = { true: true, yes: true, on: true, false: false, no: false, off: false } as const;
export const flag = kind("true or false", (error) =>
  z
    .union([z.boolean(), z.enum(["true", "yes", "on", "false", "no", "off"])], { error })
    .transform((value) => (typeof value === "boolean" ? value : spoken[value])),
);

export const whole = kind("a whole number", (error) =>
  z.union([z.int(), z.string().regex(/^-?\d+$/, { error })], { error }).transform(Number),
);

export const wholeFromZero = kind("a whole number, 0 or more", (error) =>
  z.union([z.int().min(0, { error }), z.string().regex(/^\d+$/, { error })], { error }).transform(Number),
);

export const time = kind("a time such as 10s, 1m30s or 500ms; a bare number is seconds", (error) =>
  quantity(timeForm, error).refine((value) => durationMs(value) !== null, { error }),
);

export const size = kind("a size such as 512m or 1.5g; a bare number is bytes", (error) =>
  quantity(sizeForm, error).refine((value) => sizeBytes(value) !== null, { error }),
);

export const sizeAboveZero = kind("a size above 0, such as 10m", (error) =>
  quantity(sizeForm, error).refine((value) => (sizeBytes(value) ?? 0) > 0, { error }),
);

export const sizeOrUnlimited = kind("a size such as 1g, or -1 for no limit", (error) =>
  z
    .union([quantity(sizeForm, error), z.literal([-1, "-1"])], { error })
    .refine((value) => sizeBytes(value) !== null || String(value) === "-1", { error }),
);

/** What is not of the form is told once, not looked at further. */
function quantity(form: RegExp, error: string) {
  const abort = true;
  return z.union([z.string().regex(form, { error, abort }), z.number().min(0, { error, abort })], { error });
}

export function listOf<T extends z.ZodType>(item: T, words: string): z.ZodArray<T> {
  return kind(words, (error) => z.array(item, { error }));
}

/** One, or a list of them; read as a list. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  const words = `${wordsOf(item)}, or a list of such`;
  return kind(words, (error) => z.union([item.transform((one) => [one]), z.array(item, { error })], { error }));
}

export function mapOf<T extends z.ZodType>(value: T, words: string): z.ZodRecord<z.ZodString, T> {
  return kind(words, (error) => z.record(z.string(), value, { error }));
}

/** A map with these fields. `x-…` may stand in it; the reader of the file takes it out. */
export function fields<T extends z.core.$ZodLooseShape>(
  shape: T,
  words = `a map with ${Object.keys(shape).join(", ")}`,
) {
  return kind(words, (error) => z.strictObject(shape, { error }));
}

/** Compose's two ways to write pairs: a list of NAME=VALUE, or a map. */
export function pairs(what: string) {
  const value = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: "a text, a number, true or false" });
  const words = `a map of ${what}, or a list of NAME=VALUE`;
  return kind(words, (error) =>
    z.union([z.array(z.string({ error: "NAME=VALUE" })), z.record(z.string(), value)], { error }),
  );
}

export const names = kind("names of units, as a list or in one text", (error) =>
  z.union([z.string().transform((all) => all.split(/[\s,]+/).filter(Boolean)), z.array(text)], { error }),
);

/** A text is split into words as a shell does it; a list holds the words. */
export const command = kind("a text that is split into words, or a list of words", (error) =>
  z.union([z.string(), z.array(word("a word")), z.null().transform(() => undefined)], { error }),
);
