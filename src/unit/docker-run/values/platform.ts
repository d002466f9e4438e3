import { arch } from "node:process";
import { say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";

const systems = [
  "linux",
  "windows",
  "darwin",
  "freebsd",
  "netbsd",
  "openbsd",
  "solaris",
  "aix",
  "android",
  "dragonfly",
  "plan9",
  "js",
  "wasip1",
  "illumos",
  "ios",
];
const architectures = [
  "386",
  "amd64",
  "arm",
  "arm64",
  "loong64",
  "mips",
  "mips64",
  "mips64le",
  "mipsle",
  "ppc64",
  "ppc64le",
  "riscv64",
  "s390x",
  "wasm",
];

/** `os[/architecture[/variant]]`, or an architecture alone, with the architecture's usual name; null for nothing. */
export function readPlatform(text: string): string | null {
  if (text === "") return null;
  const parts = text.toLowerCase().split("/");
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part)))
    throw new BadValue(say`"${text}" is not OS/ARCHITECTURE`);
  const [first = "", second, third = ""] = parts;

  if (second === undefined) {
    if (systems.includes(systemName(first))) return `${systemName(first)}/${arch === "x64" ? "amd64" : arch}`;
    const own = usualName(first, "");
    if (!architectures.includes(own.architecture))
      throw new BadValue(say`"${text}" is neither a system nor an architecture`);
    return join("linux", own.architecture, own.architecture === "arm" && own.variant === "v7" ? "" : own.variant);
  }
  const { architecture, variant } = usualName(second, third);
  if (third === "")
    return join(systemName(first), architecture, architecture === "arm" && variant === "v7" ? "" : variant);
  return join(systemName(first), architecture, architecture === "arm64" && variant === "" ? "v8" : variant);
}

function systemName(text: string): string {
  return text === "macos" ? "darwin" : text;
}

function usualName(architecture: string, variant: string): { readonly architecture: string; readonly variant: string } {
  switch (architecture) {
    case "i386":
      return { architecture: "386", variant: "" };
    case "x86_64":
    case "x86-64":
    case "amd64":
      return { architecture: "amd64", variant: variant === "v1" ? "" : variant };
    case "aarch64":
    case "arm64":
      return { architecture: "arm64", variant: variant === "8" || variant === "v8" ? "" : variant };
    case "armhf":
      return { architecture: "arm", variant: "v7" };
    case "armel":
      return { architecture: "arm", variant: "v6" };
    case "arm":
      if (variant === "" || variant === "7") return { architecture, variant: "v7" };
      return { architecture, variant: ["5", "6", "8"].includes(variant) ? `v${variant}` : variant };
    default:
      return { architecture, variant };
  }
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("/");
}
