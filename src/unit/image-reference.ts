import type { AppFiles } from "./app-files/app-files.ts";
import { isReference } from "./docker-run/values/reference.ts";
import type { UnitKeys } from "./keys/schema.ts";
import type { LaunchProblem } from "./unit.ts";

export type ImageReference = { readonly ok: true; readonly image: string; readonly tag: string | null };

/**
 * [REPOSITORY/]IMAGE[:TAG]; the TAG file wins over TAG in the env file, and that over a tag in the reference. REPOSITORY and TAG
 * of the env file belong to its IMAGE, not to an image that the unit names. A digest stands by itself.
 */
export function imageReference(keys: UnitKeys, files: AppFiles): ImageReference | LaunchProblem {
  const { variables, tag: read, tagFile } = files;
  if (read && !read.ok) {
    return problem("invalid-tag-file", `${tagFile}: ${read.message}`, "write: export TAG=build-42");
  }
  const named = keys.image ?? inRepository(variables.get("IMAGE")?.value ?? "", variables.get("REPOSITORY")?.value);
  if (named === "") {
    return problem("missing-image", "no image is named", "set image: in the unit file, or IMAGE in the env file");
  }
  if (keys.tag_file !== undefined && !read) {
    return problem("missing-tag", `there is no tag in ${tagFile}`, `echo "export TAG=…" > ${tagFile}`);
  }
  const { bare, tag: ownTag, digest } = splitReference(named);
  const given = read?.tag ?? (keys.image === undefined ? variables.get("TAG")?.value || null : null);
  const tag = digest ? ownTag : (given ?? ownTag);
  const image = digest ? named : tag === null ? bare : `${bare}:${tag}`;
  if (isReference(image)) return { ok: true, image, tag };
  const said = keys.image === undefined ? "what IMAGE, REPOSITORY and TAG of the env file say" : image;
  return problem("missing-image", `${said} is no image reference`, "write [host[:port]/]name[:tag], in lower case");
}

/** The parts of `host:5000/name:tag@sha256:…`. */
export function splitReference(reference: string): {
  readonly bare: string;
  readonly tag: string | null;
  readonly digest: string | null;
} {
  const [, bare = reference, tag = null, digest = null] =
    /^(.*?)(?::([^/:@]+))?(@sha256:[0-9a-f]{64})?$/.exec(reference) ?? [];
  return { bare, tag, digest };
}

function inRepository(image: string, repository = ""): string {
  const folder = repository.replace(/\/+$/, "");
  return folder === "" || image === "" || image.startsWith(`${folder}/`) ? image : `${folder}/${image}`;
}

function problem(code: string, message: string, hint: string): LaunchProblem {
  return { ok: false, code, message, hint };
}
