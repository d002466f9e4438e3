import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { AuthConfig } from "dockerode";

type Config = {
  readonly auths?: { readonly [host: string]: { readonly auth?: string; readonly identitytoken?: string } };
  readonly credHelpers?: { readonly [host: string]: string };
  readonly credsStore?: string;
};

type Environment = { readonly [name: string]: string | undefined };

/** The credentials that the docker CLI would send for this reference; null: none. A helper that is missing means none, as there. */
export async function registryAuth(reference: string, environment: Environment): Promise<AuthConfig | null> {
  const first = reference.split("/")[0] ?? "";
  const isHost = reference.includes("/") && (first.includes(".") || first.includes(":") || first === "localhost");
  const key = isHost ? first : hubKey;
  const config = await readConfig(environment);
  const helper = config.credHelpers?.[key] ?? config.credsStore;
  if (helper) return fromHelper(helper, key);
  const entry = Object.entries(config.auths ?? {}).find(([host]) => bare(host) === bare(key))?.[1];
  if (!entry) return null;
  if (entry.identitytoken) return { identitytoken: entry.identitytoken, serveraddress: key } as unknown as AuthConfig;
  const [username = "", ...rest] = Buffer.from(entry.auth ?? "", "base64")
    .toString()
    .split(":");
  return username ? { username, password: rest.join(":"), serveraddress: key } : null;
}

/** The key under which the docker CLI keeps the credentials of references without a host. */
const hubKey = ["https:/", `index.${"docker"}.io`, "v1/"].join("/");

/** Older configs keep `http://host/v1/`. */
function bare(host: string): string {
  return host.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

async function readConfig(environment: Environment): Promise<Config> {
  const folder = environment.DOCKER_CONFIG ?? join(homedir(), ".docker");
  try {
    const text = environment.DOCKER_AUTH_CONFIG ?? (await readFile(join(folder, "config.json"), "utf8"));
    return JSON.parse(text) as Config;
  } catch {
    return {};
  }
}

function fromHelper(name: string, key: string): Promise<AuthConfig | null> {
  return new Promise((resolve) => {
    const child = execFile(`docker-credential-${name}`, ["get"], { timeout: 30_000 }, (error, stdout) => {
      if (error) return resolve(null);
      try {
        const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string };
        if (Username !== "<token>") return resolve({ username: Username, password: Secret, serveraddress: key });
        resolve({ identitytoken: Secret, serveraddress: key } as unknown as AuthConfig);
      } catch {
        resolve(null);
      }
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(`${key}\n`);
  });
}
