import type { AppFiles } from "./app-files/app-files.ts";
import { isReference } from "./docker-run/values/reference.ts";
import type { UnitKeys } from "./keys/schema.ts";
import type { Obstacle, Obstacles } from "./obstacle.ts";
import { type PlaceInFile, wholeFile } from "./unit-problem.ts";
import type { Place } from "./yaml-text.ts";

export type ImageReference = {
  readonly ok: true;
  readonly image: string;
  readonly tag: string | null;
  readonly isTagOfFile: boolean;
};

type Asked = { readonly keys: UnitKeys; readonly files: AppFiles; readonly file: string; readonly place: Place };

/**
 * [REPOSITORY/]IMAGE[:TAG]; the TAG file wins over TAG in the env file, and that over a tag in the reference. REPOSITORY and TAG
 * of the env file belong to its IMAGE, not to an image that the unit names. A digest stands by itself.
 */
export function imageReference({ keys, files, file, place }: Asked): ImageReference | Obstacles {
  const { variables, tag: read, tagFile } = files;
  const obstacles: Obstacle[] = [];
  const inEnvFile = inRepository(variables.get("IMAGE")?.value ?? "", variables.get("REPOSITORY")?.value);
  const named = keys.image ?? inEnvFile;
  const bareImage = named === "" ? {} : { bareImage: splitReference(named).bare };
  const tell = (code: string, at: PlaceInFile, message: string, hint: string) =>
    obstacles.push({ ...at, code, message, hint, ...(ofTag.has(code) ? bareImage : {}) });
  if (read && !read.ok) {
    const at = { ...wholeFile(tagFile), line: read.line };
    tell("invalid-tag-file", at, `${tagFile}: ${read.message}`, "write: export TAG=build-42");
  }
  if (named === "") {
    const hint = "set image: in the unit file, or IMAGE in the env file";
    tell("missing-image", wholeFile(file), "no image is named", hint);
  }
  if (keys.tag_file !== undefined && !read) {
    const hint = `echo "export TAG=…" > ${tagFile}`;
    tell("missing-tag", place(["tag_file"], "value"), `there is no tag in ${tagFile}`, hint);
  }
  const [first, ...others] = obstacles;
  if (first) return [first, ...others];
  const { bare, tag: ownTag, digest } = splitReference(named);
  const given = (read?.ok ? read.tag : null) ?? (keys.image === undefined ? variables.get("TAG")?.value || null : null);
  const tag = digest ? ownTag : (given ?? ownTag);
  const image = digest ? named : tag === null ? bare : `${bare}:${tag}`;
  if (isReference(image)) return { ok: true, image, tag, isTagOfFile: !digest && read?.ok === true };
  const said = keys.image === undefined ? "what IMAGE, REPOSITORY and TAG of the env file say" : image;
  const wrong = variables.get(isReference(inEnvFile) ? "TAG" : "IMAGE");
  const at = keys.image === undefined ? wrong?.placeOfText(0, wrong.value.length) : place(["image"], "value");
  const message = `${said} is no image reference`;
  return [{ ...(at ?? wholeFile(file)), code: "invalid-image", message, hint: referenceHint }];
}

const ofTag = new Set(["invalid-tag-file", "missing-tag"]);

/** What a unit file names as its image must be one, whatever the tag. */
export const referenceHint = "write [host[:port]/]name[:tag], in lower case";

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
