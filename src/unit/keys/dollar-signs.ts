import type { Node } from "yaml";
import { maskedAround, type PlaceInFile } from "../unit-problem.ts";
import { changeScalars, type YamlProblem, type YamlText } from "../yaml-text.ts";

/**
 * Compose replaces `${NAME}` in a file; svc leaves it as it is, for the container's shell, and says so. `$$` is read as `$`, as
 * Compose reads it, so that a pasted service means the same, and `$${NAME}` says that it is meant for the container.
 */
export function readDollarSigns(content: string, yaml: YamlText): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  changeScalars(yaml.document, (value, node) => {
    if (typeof value !== "string" || !value.includes("$")) return value;
    for (const { written, place } of expansions(content, node, yaml)) {
      const message = `${written} stays as it is: svc replaces no variables in unit files`;
      const hint = `write its value, or $${written} if the container is to see it`;
      problems.push({ severity: "warning", at: place, message, hint });
    }
    return value.replaceAll("$$", "$");
  });
  return problems;
}

type Expansion = { readonly written: string; readonly place: PlaceInFile };

function expansions(content: string, node: Node, yaml: YamlText): readonly Expansion[] {
  const [start, end] = node.range ?? [0, 0];
  const found = content.slice(start, end).matchAll(/\$\$|\$\{[A-Za-z_]\w*[^}\n]*\}/g);
  const variables = yaml.document.get("environment", true) as Node | undefined;
  return [...found].flatMap(({ 0: text, index }) => {
    if (text === "$$") return [];
    const place = yaml.at(start + index, text.length);
    const [first, last] = variables?.range ?? [0, 0];
    // A default that is a secret is masked in its line.
    const isShown = place.source.slice(place.column - 1, place.column - 1 + place.length) === text;
    const written = isShown ? text : text.replace(/(?<=:?[-=?+]).*(?=\})/, "…");
    return [{ written, place: start < first || start >= last ? place : maskedAround(place) }];
  });
}
