/** As long as it is held the library stays loaded. */
export type Library<Functions> = { readonly functions: Functions };

type Signature = { readonly arguments: readonly string[]; readonly return: string };

/** A shared library, by node:ffi, which the executable brings; throws where either lacks. */
export function loadLibrary<Functions>(
  name: string,
  functions: { readonly [one in keyof Functions]: Signature },
): Library<Functions> {
  const ffi = process.getBuiltinModule("node:ffi" as "node:fs") as unknown as {
    dlopen(name: string, functions: object): Library<Functions>;
  };
  return ffi.dlopen(name, functions);
}
