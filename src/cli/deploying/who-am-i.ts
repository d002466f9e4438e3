import { hostname, userInfo } from "node:os";
import type { Cli } from "../context.ts";

/** Who stands behind sudo is who people want to know. */
export function whoAmI({ environment }: Cli): string {
  return `${environment.SUDO_USER ?? userInfo().username}@${hostname()}`;
}
