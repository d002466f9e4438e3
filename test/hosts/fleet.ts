import { afterAll, beforeAll, expect } from "vitest";
import type { DeployRecord } from "../../src/control/request.ts";
import { must, type Ran } from "../support/real-engine.ts";
import { type Registry, startRegistry } from "../support/registry.ts";
import { until } from "../support/until.ts";
import { startHost, type TestHost } from "./test-host.ts";

export type HostName = (typeof names)[number];

/** Three hosts with an app each, and a registry. The first reaches all of them, itself too, by ssh. */
export type Fleet = {
  readonly registry: Registry;
  readonly hosts: { readonly [name in HostName]: TestHost };
  /** Clean hosts with the app up on v1, which came after v0. */
  begin(): Promise<void>;
  /** `svc deploy` on the first host, to its end. */
  deploy(...args: string[]): Promise<Ran>;
  /** The same; its end is the promise, and until then it can be killed. */
  deployer(...args: string[]): Deployer;
  /** `TAG REVERT`, of the host. */
  tags(name: HostName): Promise<string>;
  /** Resolves when all units of the host are up with this tag and TAG and REVERT say this. */
  is(name: HostName, tags: string, within?: number): Promise<void>;
  /** All of them. */
  are(tags: string, within?: number): Promise<void>;
  /** Resolves as soon as TAG says so: the switch has begun, and no unit is ready yet. */
  hasTag(name: HostName, tag: string): Promise<void>;
  /** Resolves when somebody has the lock there. */
  isLocked(name: HostName): Promise<void>;
  /** Nobody has the lock any more, on any host. */
  areUnlocked(): Promise<void>;
  /** kill -9 of all sessions of its sshd, which itself goes on. */
  cutSessions(name: HostName): Promise<void>;
  /** The containers of tasks that run on the first host. */
  tasks(): Promise<readonly string[]>;
  /** Of that deploy, what the host's journal has. */
  record(name: HostName, id: string): Promise<DeployRecord | undefined>;
  /** The builds that migrated, in order; each once. */
  migrated(): Promise<readonly string[]>;
  /** Where each host is, for ssh of the first; anew after a boot. */
  findEachOther(): Promise<void>;
};

export type Deployer = {
  readonly ended: Promise<Ran>;
  /** The id that is printed first. */
  id(): Promise<string>;
  /** What it has printed. */
  said(): Promise<string>;
  /** The deployer alone: what it has started gets no signal. */
  kill(signal: string): Promise<void>;
};

const names = ["one", "two", "three"] as const;
const units = ["antisocial", "antisocial-worker", "antisocial-beat"];

/** What each build does, by the environment of its image. */
const builds = {
  v0: {},
  v1: {},
  v2: {},
  "bad-migrate": { BEHAVIOUR: "no-migrate" },
  "slow-migrate": { BEHAVIOUR: "slow-migrate" },
  "bad-on-two": { BEHAVIOUR: "never-ready-two" },
  slow: { BEHAVIOUR: "slow-start" },
  /** Of one scenario alone: what is on a host already needs no registry. */
  "never-pulled": {},
};

/** WHERE is in the env file of each host. */
const entrypoint = `
case $1:$BEHAVIOUR in
migrate:no-migrate) echo "no such column"; exit 9 ;;
migrate:slow-migrate) sleep 20 ;;
esac
case $1 in
migrate) echo "migrates $BUILD"; echo "$BUILD" >>/shared/migrations; exit 0 ;;
esac
trap 'exit 0' TERM
case $1:$BEHAVIOUR in
serve:never-ready-$WHERE) echo "no cache at $WHERE" ;;
serve:slow-start) sleep 6; httpd -p 8000 -h /www ;;
serve:*) httpd -p 8000 -h /www ;;
esac
echo "$1 of $BUILD"
while :; do sleep 0.2; done
`;

/** Boots three hosts at once before the first scenario of a file, and takes them away after the last. */
export function aFleet(): Fleet {
  const started = new Map<string, TestHost>();
  let registry: Registry | null = null;
  beforeAll(async () => {
    const tags = Object.entries(builds).map(([tag, behaviour]) => [tag, { BUILD: tag, ...behaviour }]);
    registry = await startRegistry("antisocial", { tags: Object.fromEntries(tags), entrypoint });
    await all(async (name) => void started.set(name, await startHost()));
    await all((name) => host(name).sh(sshServer));
    await host("one").sh("ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519");
    const key = await host("one").sh("cat /root/.ssh/id_ed25519.pub");
    await all((name) => host(name).sh("cat >>/root/.ssh/authorized_keys", key));
    await fleet.findEachOther();
  });
  afterAll(async () => {
    for (const each of started.values()) await each.remove();
    await registry?.close();
  });

  const fleet: Fleet = {
    get registry() {
      if (!registry) throw new Error("the registry is started before the first scenario");
      return registry;
    },
    get hosts() {
      return { one: host("one"), two: host("two"), three: host("three") };
    },
    async begin() {
      await fleet.registry.behaves("well");
      await all(async (name) => {
        await host(name).clean();
        await host(name).sh(appOn(name, fleet.registry));
        await host(name).sh(`svc --quiet start ${units.join(" ")}`);
      });
      await fleet.are("v1 v0");
    },
    deploy: (...args) => fleet.deployer(...args).ended,
    deployer(...args) {
      const one = host("one");
      const run = `/run/deployer-${Math.random().toString(36).slice(2, 6)}`;
      const command = `svc deploy antisocial ${args.join(" ")} --hosts ${names.join(",")}`;
      const gate = "--min-healthy 2s --deadline 20s";
      const ended = one
        .tries(`echo $$ >${run}.pid; exec ${command} ${gate} >${run}.out 2>${run}.said`)
        .then(async (ran) => ({
          ...ran,
          // In files, as what it leaves behind when it is killed would hold a pipe open.
          stdout: await one.sh(`cat ${run}.out`),
          stderr: await one.sh(`cat ${run}.said`),
        }));
      const said = async (): Promise<string> => (await one.tries(`cat ${run}.said`)).stdout;
      return {
        ended,
        said,
        id: () => until(async () => /^deploy (\S+)\n/.exec(await said())?.[1]),
        kill: async (signal) => void (await one.sh(`kill -s ${signal} $(cat ${run}.pid)`)),
      };
    },
    async tags(name) {
      const text = await host(name).sh("cd /var/www/antisocial; cat TAG REVERT");
      return text
        .trim()
        .split("\n")
        .map((line) => line.replace("export TAG=", ""))
        .join(" ");
    },
    async is(name, tags, within) {
      const [tag = ""] = tags.split(" ");
      await host(name).are(Object.fromEntries(units.map((unit) => [unit, { phase: "up", tag }])), within);
      expect(await fleet.tags(name), name).toBe(tags);
      expect(await host(name).names()).toEqual([...units].sort());
    },
    async are(tags, within) {
      await all((name) => fleet.is(name, tags, within));
    },
    async hasTag(name, tag) {
      await until(async () => (await fleet.tags(name)).startsWith(`${tag} `));
    },
    async isLocked(name) {
      await until(() => hasLock(name), { within: 10_000 });
    },
    async areUnlocked() {
      await all((name) => until(async () => !(await hasLock(name)), { within: 10_000 }));
    },
    async cutSessions(name) {
      await host(name).sh("kill -s KILL $(pgrep -f '^sshd: root@')");
    },
    async tasks() {
      return (await host("one").sh("docker ps -q --filter label=svc.oneoff")).split("\n").filter(Boolean);
    },
    async record(name, id) {
      return (await host(name).ask("deploys", {})).find((one) => one.id === id);
    },
    async migrated() {
      return (await host("one").sh("cat /var/www/antisocial/migrations")).split("\n").filter(Boolean);
    },
    async findEachOther() {
      const addresses = await Promise.all(names.map(addressOf));
      const config = names.map((name, at) => `Host ${name}\n HostName ${addresses[at]}\n HostKeyAlias ${name}\n`);
      await host("one").sh("cat >/root/.ssh/config", config.join(""));
      const scan = names.map(
        (name, at) =>
          `until ssh-keyscan -t ed25519 ${addresses[at]} 2>/dev/null | sed 's/^[^ ]*/${name}/' | grep . ; do sleep 0.2; done`,
      );
      await host("one").sh(`{ ${scan.join("; ")}; } >/root/.ssh/known_hosts`);
    },
  };
  return fleet;

  function host(name: string): TestHost {
    const found = started.get(name);
    if (!found) throw new Error("the hosts are started before the first scenario");
    return found;
  }

  async function hasLock(name: HostName): Promise<boolean> {
    return (await host(name).ask("deploy-look", { app: "antisocial" })).lockedBy !== null;
  }

  async function addressOf(name: string): Promise<string> {
    return (await must("docker", ["inspect", "-f", "{{.NetworkSettings.IPAddress}}", host(name).name])).trim();
  }
}

async function all(work: (name: HostName) => Promise<unknown>): Promise<void> {
  const ended = await Promise.allSettled(names.map(work));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}

/** Debian's, which other scenarios have no use for; host keys and the deployer's are those of this run. */
const sshServer = `
rm -f /etc/systemd/system/ssh.service && systemctl daemon-reload
rm -f /etc/ssh/ssh_host_* && ssh-keygen -A >/dev/null && systemctl enable --quiet --now ssh
mkdir -p -m 0700 /root/.ssh
`;

/** Units as those of units/antisocial*.yml, without what they link to. */
function appOn(name: HostName, { address, image }: Registry): string {
  const env = `IMAGE=${image}\nWHERE=${name}\nOPTS="-v /var/www/antisocial:/shared"\n`;
  const of = { app: "antisocial", tag_file: "/var/www/antisocial/TAG", stop_grace_period: "5s", enabled: true };
  const files = {
    antisocial: { ...of, command: "serve", ready: { http: "8000/" }, start_timeout: "60s" },
    "antisocial-worker": {
      ...of,
      command: "worker",
      depends_on: { antisocial: { condition: "service_started" } },
    },
    "antisocial-beat": { ...of, command: "beat", depends_on: ["antisocial"] },
  };
  const write = ([file, text]: readonly [string, string]): string => `cat >${file} <<'END'\n${text}\nEND\n`;
  return [
    "mkdir -p /var/www/antisocial",
    ...(
      [
        ["/etc/docker/daemon.json", JSON.stringify({ "insecure-registries": [address] })],
        ["/etc/default/antisocial", env],
        ["/var/www/antisocial/TAG", "export TAG=v1"],
        ["/var/www/antisocial/REVERT", "export TAG=v0"],
        ...Object.entries(files).map(([unit, keys]) => [`/etc/svc/units/${unit}.yml`, JSON.stringify(keys)] as const),
      ] as const
    ).map(write),
    "rm -f /var/www/antisocial/migrations",
    "systemctl reload docker",
  ].join("\n");
}
