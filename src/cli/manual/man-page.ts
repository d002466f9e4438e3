import type { Command } from "commander";
import { ownVersion } from "../../control/own-program.ts";
import { runnerPage } from "./runner-page.ts";
import { svcPage } from "./svc-page.ts";
import { unitPage } from "./unit-page.ts";

/** The roff of one man page, made from what the help is made of. */
export function manPage(page: "svc" | "docker-runner" | "svc-unit", program: Command): string {
  const version = ownVersion;
  switch (page) {
    case "svc":
      return svcPage(program, version);
    case "docker-runner":
      return runnerPage(version);
    case "svc-unit":
      return unitPage(version);
  }
}
