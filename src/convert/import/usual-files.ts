import { join } from "node:path";
import { type Draft, tell } from "./draft.ts";
import type { Host } from "./host.ts";

/** svc reads /etc/default/APP and /var/www/APP/TAG where they are, which those who ran the container without it did not. */
export function guardUsualFiles(draft: Draft, host: Host): void {
  // docker-runner did.
  if (draft.keys.app !== undefined) return;
  const app = draft.name.replace(/@.*$/, "");
  const [envFile, tagFile] = [join(host.defaultDir, app), join(host.wwwDir, app, "TAG")];
  const origin = { file: draft.file, line: null };
  if (draft.keys.env_file === undefined && host.readFile(envFile) !== null) {
    draft.keys.env_file = [];
    const because = "svc would read it by its name; an empty env_file keeps it out, as it was";
    tell(draft, "changed", origin, [envFile, because], { key: "env_file" });
  }
  if (draft.keys.tag_file === undefined && host.readFile(tagFile) !== null) {
    const because = "svc takes the image's tag from it at every start; move it away if that is not meant";
    tell(draft, "changed", origin, [tagFile, because], { key: "image" });
  }
}
