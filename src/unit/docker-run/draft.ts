import type { Json } from "./create-request.ts";

export type Fields = { [key: string]: Json };
/** Fields of the container and of its host config, in the making. */
export type Draft = { readonly top: Fields; readonly host: Fields; readonly endpoints: Fields };

/** Sets a field, unless to nothing: an empty list or map. */
export function put(fields: Fields, name: string, value: Json): void {
  if (!isEmpty(value)) fields[name] = value;
}

export function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
