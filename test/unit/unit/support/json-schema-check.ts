export type Schema = { readonly [key: string]: unknown };

/** The places in a value that a JSON Schema refuses; of draft 2020-12 what svc's schema uses, anything else throws. */
export function refusedBy(schema: Schema, value: unknown, path = ""): readonly string[] {
  for (const word of Object.keys(schema))
    if (!known.has(word)) throw new Error(`${word} at ${path} is not checked here`);
  const here = `${path || "/"}`;
  const branches = schema.anyOf as readonly Schema[] | undefined;
  if (branches && !branches.some((branch) => refusedBy(branch, value, path).length === 0)) return [`${here} fits none`];
  if ("const" in schema && schema.const !== value) return [`${here} is not ${String(schema.const)}`];
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return [`${here} is none of the words`];
  const types = [schema.type].flat().filter((type) => typeof type === "string");
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return [`${here} is no ${types.join(" or ")}`];
  if (typeof value === "string" && schema.pattern !== undefined && !new RegExp(schema.pattern as string).test(value))
    return [`${here} does not match`];
  if (typeof value === "string" && value.length < Number(schema.minLength ?? 0)) return [`${here} is too short`];
  if (typeof value === "number") {
    if (schema.minimum !== undefined && value < Number(schema.minimum)) return [`${here} is too small`];
    if (schema.maximum !== undefined && value > Number(schema.maximum)) return [`${here} is too big`];
  }
  if (Array.isArray(value) && schema.items)
    return value.flatMap((item, at) => refusedBy(schema.items as Schema, item, `${path}/${at}`));
  return isMap(value) ? refusedFields(schema, value, path) : [];
}

const known = new Set(
  "$schema title description examples type properties required additionalProperties patternProperties propertyNames items anyOf enum const pattern minLength format minimum maximum".split(
    " ",
  ),
);

function refusedFields(schema: Schema, value: Schema, path: string): readonly string[] {
  const properties = (schema.properties ?? {}) as { readonly [name: string]: Schema };
  const patterns = Object.entries((schema.patternProperties ?? {}) as { readonly [pattern: string]: Schema });
  const missing = ((schema.required ?? []) as readonly string[]).filter((name) => !(name in value));
  const wrong = Object.entries(value).flatMap(([name, field]) => {
    const own = properties[name];
    if (own) return refusedBy(own, field, `${path}/${name}`);
    const pattern = patterns.find(([regexp]) => new RegExp(regexp).test(name));
    if (pattern) return refusedBy(pattern[1], field, `${path}/${name}`);
    if (schema.additionalProperties === false) return [`${path}/${name} is not known`];
    return isMap(schema.additionalProperties) ? refusedBy(schema.additionalProperties, field, `${path}/${name}`) : [];
  });
  return [...missing.map((name) => `${path}/${name} is missing`), ...wrong];
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case "object":
      return isMap(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

function isMap(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
