import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must, run } from "../support/real-engine.ts";

/** What a host has before svc is installed on it: Debian 12 with systemd, an ssh server, and Debian's engine. */
const packages = [
  "systemd,systemd-sysv,dbus,procps,iproute2,ca-certificates",
  "docker.io,iptables,busybox-static,libatomic1",
  "openssh-server,faketime",
].join(",");

/**
 * A host in a container has the kernel of this machine, which does not boot anew with it: each boot gets an id of its own.
 */
const settleIn = String.raw`
set -e
rm -rf "$ROOT"/var/cache/apt/archives/*.deb "$ROOT"/var/lib/apt/lists/* "$ROOT"/usr/share/doc/* "$ROOT"/usr/share/locale/*
cat >"$ROOT/etc/systemd/system/boot-id.service" <<'UNIT'
[Unit]
Description=a boot id of this host's own
DefaultDependencies=no
Before=sysinit.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'cat /proc/sys/kernel/random/uuid >/run/boot_id && mount --bind /run/boot_id /proc/sys/kernel/random/boot_id'
[Install]
WantedBy=sysinit.target
UNIT
# svc has a view of /proc/sys of its own.
mkdir -p "$ROOT/usr/lib/systemd/system/svc.service.d"
printf '[Service]\nBindReadOnlyPaths=/run/boot_id:/proc/sys/kernel/random/boot_id\n' \
  >"$ROOT/usr/lib/systemd/system/svc.service.d/boot-id.conf"
mkdir -p "$ROOT/etc/systemd/system/sysinit.target.wants"
ln -s ../boot-id.service "$ROOT/etc/systemd/system/sysinit.target.wants/boot-id.service"
# Timers and consoles that a host in a container has no use for.
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer getty.target ssh.service; do
  ln -sf /dev/null "$ROOT/etc/systemd/system/$unit"
done
`;

/** Before the first scenario: several hosts are started at once, and one makes the image for all. */
export default async function setup(): Promise<void> {
  await hostImage();
}

/** The image of a host without svc; made once a machine, in about two minutes, and kept. */
export async function hostImage(): Promise<string> {
  const recipe = createHash("sha256").update(packages).update(settleIn).digest("hex").slice(0, 12);
  const image = `svc-test-host:${recipe}`;
  if ((await run("docker", ["image", "inspect", image])).code === 0) return image;
  const folder = await mkdtemp(join(tmpdir(), "svc-test-host-"));
  const root = join(folder, "root");
  try {
    await must("sh", [
      "-c",
      `command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap; }`,
    ]);
    await must("debootstrap", ["--variant=minbase", `--include=${packages}`, "bookworm", root, ...(await mirror())]);
    // The host reaches Debian's packages the way this machine does.
    await must("sh", ["-c", `cp -r /etc/apt/apt.conf.d /etc/apt/sources.list* ${root}/etc/apt/; true`]);
    await must("sh", ["-c", settleIn], { ...process.env, ROOT: root });
    await must("sh", ["-c", `tar -C ${root} -c . | docker import -c 'CMD ["/lib/systemd/systemd"]' - ${image}`]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return image;
}

/** Where this machine has Debian's packages from, for debootstrap, which does not read the sources of apt. */
async function mirror(): Promise<readonly string[]> {
  const { stdout } = await run("apt-get", ["indextargets", "--format", "$(RELEASE) $(REPO_URI)"]);
  const uri = stdout
    .split("\n")
    .find((line) => line.startsWith("bookworm "))
    ?.split(" ")[1];
  return uri ? [uri] : [];
}
