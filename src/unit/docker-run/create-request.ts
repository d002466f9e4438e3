/**
 * What POST /containers/create is given. `body` is the JSON of the Engine API (Config at the top level, HostConfig,
 * NetworkingConfig), with only the fields that were asked for.
 */
export type CreateRequest = {
  /** `?name=`; null lets the engine choose. */
  readonly name: string | null;
  /** `?platform=`. */
  readonly platform: string | null;
  readonly body: CreateBody;
};

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type CreateBody = {
  readonly Image: string;
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly Labels?: { readonly [key: string]: string };
  readonly Tty?: boolean;
  readonly OpenStdin?: boolean;
  readonly HostConfig?: JsonObject;
  readonly NetworkingConfig?: JsonObject;
} & { readonly [key: string]: Json | undefined };
