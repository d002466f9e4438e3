import type { ContainerDetail } from "../engine/engine.ts";
import type { Container } from "../plan/world.ts";
import type { CreateRequest } from "../unit/docker-run/create-request.ts";
import type { Launch, Unit } from "../unit/unit.ts";

/**
 * What svc writes on its containers, so that they can be found again and understood with no other memory:
 * whose it is, of which wish, made from what, and which very containers it is bound to.
 */
export function withLabels(
  unit: Unit,
  launch: Launch,
  about: { readonly generation: number; readonly bound: { readonly [unit: string]: string }; readonly boot: string },
): CreateRequest {
  const { create } = launch;
  const labels = {
    ...create.body.Labels,
    "svc.unit": unit.name,
    "svc.generation": String(about.generation),
    "svc.revision": launch.revision,
    "svc.parts": JSON.stringify(launch.parts),
    "svc.bound": JSON.stringify(about.bound),
    "svc.tag": launch.tag ?? "",
    "svc.boot": about.boot,
  };
  return { ...create, name: unit.container, body: { ...create.body, Labels: labels } };
}

/** The plan's view of a container; `times` are monotonic. */
export function containerOf(
  detail: ContainerDetail,
  times: { readonly startedAt: number; readonly watchedSince: number; readonly adopted: boolean },
): Container {
  const { labels } = detail;
  return {
    id: detail.id,
    name: detail.name,
    state: detail.state,
    unit: labels["svc.unit"] ?? null,
    generation: Number(labels["svc.generation"] ?? 0) || 0,
    revision: labels["svc.revision"] ?? "",
    bound: jsonOf(labels["svc.bound"]),
    made: {
      image: detail.image,
      imageId: detail.imageId,
      tag: labels["svc.tag"] || null,
      parts: jsonOf(labels["svc.parts"]),
    },
    startedAt: times.startedAt,
    watchedSince: times.watchedSince,
    adopted: times.adopted,
    health: detail.health,
    lastCheck: detail.lastCheck,
    probedReadyAt: null,
    stopping: null,
  };
}

/** What a label holds; a label that somebody spoilt says nothing. */
export function jsonOf(label: string | undefined): { readonly [key: string]: string } {
  try {
    const value: unknown = JSON.parse(label ?? "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as { [key: string]: string })
      : {};
  } catch {
    return {};
  }
}
