import { families, keyGroups, unitSchema } from "./schema.ts";

/** All that help says of a key, or of a field of its long form. */
export type KeyHelp = {
  readonly name: string;
  /** What it takes, in words. */
  readonly type: string;
  readonly description: string;
  readonly default: string | null;
  /** As it stands in a unit file. */
  readonly example: string;
  /** Of its long form, `name` with what holds it: `bind.propagation`. */
  readonly fields: readonly { readonly name: string; readonly type: string; readonly description: string }[];
  readonly related: readonly string[];
};

export function keyHelp(name: string): KeyHelp | null {
  const type = (unitSchema.shape as { readonly [key: string]: Type | undefined })[name];
  if (!type) return null;
  const { takes = "", description = "", example = "", fallback = null } = metaOf(type);
  const related = families.filter((family) => family.includes(name)).flat();
  return {
    name,
    type: takes,
    description,
    default: fallback,
    example: `${name}:${example.startsWith("\n") ? "" : " "}${example}`,
    fields: fieldsOf(type, ""),
    related: [...new Set(related)].filter((other) => other !== name),
  };
}

/** The keys in groups, as help shows them. */
export function allKeyHelp(): readonly { readonly title: string; readonly keys: readonly KeyHelp[] }[] {
  return keyGroups.map(([title, names]) => ({ title, keys: names.flatMap((name) => keyHelp(name) ?? []) }));
}

type Meta = {
  readonly takes?: string;
  readonly description?: string;
  readonly example?: string;
  readonly fallback?: string | null;
};
type Type = {
  readonly meta: () => unknown;
  readonly _zod: { readonly def: unknown };
};

function metaOf(type: Type): Meta {
  const { innerType, in: input } = type._zod.def as { readonly innerType?: Type; readonly in?: Type };
  const inner = innerType ?? input;
  return { ...(inner ? metaOf(inner) : {}), ...(type.meta() as Meta | undefined) };
}

/** The fields of every map within, however deep: those of list elements and of maps of them too. */
function fieldsOf(type: Type, above: string): KeyHelp["fields"] {
  const {
    shape,
    options,
    innerType,
    element,
    valueType,
    in: input,
  } = type._zod.def as {
    readonly shape?: { readonly [name: string]: Type };
    readonly options?: readonly Type[];
    readonly innerType?: Type;
    readonly element?: Type;
    readonly valueType?: Type;
    readonly in?: Type;
  };
  if (shape) {
    return Object.entries(shape).flatMap(([name, field]) => {
      const path = above === "" ? name : `${above}.${name}`;
      const { takes = "", description = "" } = metaOf(field);
      const deeper = fieldsOf(field, path);
      return deeper.length > 0 ? deeper : [{ name: path, type: takes, description }];
    });
  }
  const within = [...(options ?? []), innerType, element, valueType, input];
  return within.flatMap((one) => (one ? fieldsOf(one, above) : []));
}
