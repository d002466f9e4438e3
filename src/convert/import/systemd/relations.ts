import { type Draft, type Edge, tell } from "../draft.ts";
import { hostUnits } from "./left-out.ts";
import type { Directive } from "./unit-lines.ts";

type Kind = Pick<Edge, "how" | "onLoss">;

const kinds: { readonly [name: string]: Kind } = {
  After: { how: "after", onLoss: "keep" },
  Before: { how: "before", onLoss: "keep" },
  Conflicts: { how: "conflicts", onLoss: "keep" },
  Wants: { how: "wants", onLoss: "keep" },
  Upholds: { how: "wants", onLoss: "keep" },
  Requires: { how: "needs", onLoss: "keep" },
  Requisite: { how: "needs", onLoss: "keep" },
  BindsTo: { how: "needs", onLoss: "stop" },
  BindTo: { how: "needs", onLoss: "stop" },
  PartOf: { how: "part of", onLoss: "restart" },
};

/** After=, Requires= and the like, and what [Install] says. false: it is none of these. */
export function takeRelation(draft: Draft, directive: Directive, text: string): boolean {
  const { section, name, file, line } = directive;
  const origin = { file, line };
  const targets = text.split(/\s+/).filter((one) => one !== "");
  if (section === "Install" && /^(WantedBy|RequiredBy|UpheldBy)$/.test(name)) {
    takeInstall(draft, directive, targets);
    return true;
  }
  const kind = section === "Unit" ? kinds[name] : undefined;
  if (!kind) return false;
  for (const target of targets) {
    if (!isService(target)) {
      const isEngine = /^docker\.|^containerd\./.test(target);
      const because = isEngine
        ? "svc waits while the engine is away"
        : "svc starts no units of the host, and is started by it";
      tell(draft, "changed", origin, [`${name}=${target}`, `${because}; left out`]);
    } else {
      const to = target.replace(/\.service$/, "");
      draft.edges.push({ ...kind, to, until: "ready", origin, what: `${name}=${target}` });
    }
  }
  if (name === "Requisite" || name === "Upholds")
    tell(draft, "changed", origin, [`${name}=`, "svc starts what is needed"], {
      key: kind.how === "wants" ? "wants" : "depends_on",
    });
  return true;
}

function isService(target: string): boolean {
  return target.endsWith(".service") && !hostUnits.test(target);
}

function takeInstall(draft: Draft, { name, file, line, source }: Directive, targets: readonly string[]): void {
  for (const target of targets) {
    if (/\.target$/.test(target)) tell(draft, "taken", { file, line }, [`${name}=${target}`, "started at boot"]);
    else {
      const because = `write wants: ${draft.name} in the unit of ${target}`;
      tell(draft, "not understood", { file, line }, [`${name}=${target}`, because], { source });
    }
  }
}
