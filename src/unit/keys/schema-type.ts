/** What zod knows of a type, as far as this folder walks it: a type by itself, or what it is made of. */
export type SchemaType = {
  readonly meta: () => unknown;
  readonly _zod: {
    readonly def: {
      /** Of a map: its fields. */
      readonly shape?: { readonly [name: string]: SchemaType };
      /** Of a union. */
      readonly options?: readonly SchemaType[];
      /** Of an optional one, and of one that is made of another by a function. */
      readonly innerType?: SchemaType;
      readonly in?: SchemaType;
      /** Of a list, and of a map with any names. */
      readonly element?: SchemaType;
      readonly valueType?: SchemaType;
    };
  };
};
