import { expect } from "vitest";
import { aHost, scenario } from "../scenario.ts";

/** Values of -e and of env files must not be where others can read them. */
const host = aHost();
const secret = "hunter2-do-not-tell";

scenario(
  "a secret in OPTS, EXTRA, an env file and a unit file; everything that svc writes, prints and runs is searched for it",
  { survives: "it is nowhere but in those files and in the container's environment", short: true },
  async (told) => {
    await host.clean();
    await host.sh(
      `umask 077; printf 'IMAGE=small\\nOPTS="-e A=${secret}"\\nEXTRA="--env B=${secret}"\\nPASSWORD=${secret}\\n' >/etc/default/holder`,
    );
    const command = ["sh", "-c", "trap 'exit 0' TERM; echo started; sleep 3600 & wait"];
    await host.unit("holder", { image: undefined, environment: { C: secret }, command });
    await host.start("holder");
    expect(await host.sh("docker inspect holder")).toContain(secret);
    await host.tries("docker-runner holder sh -c 'sleep 3' & sleep 1; ps -ef >/run/ps.txt; wait");
    // Wrong in every place where it stands: problems must not quote it.
    await host.sh(
      `printf 'IMAGE=small\\nOPTS="-e A=${secret} --nonsense"\\nPASSWORD=$(${secret})\\n' >/etc/default/wrong`,
    );
    await host.sh(`printf 'image: small\\nenvironment: {C: ${secret}\\n' >/etc/svc/units/broken.yml`);
    await host.unit("wrong", { image: undefined, environment: { D: secret, E: [secret] } });
    const commands = [
      "status",
      "list --json",
      "logs",
      "history holder --json",
      "history -v holder",
      "events --json",
      "check",
      "reload",
      "restart holder",
      "restart wrong",
      "start broken",
      "help unit environment",
      "version --json",
    ];
    const said = await Promise.all(commands.map(async (words) => [words, await host.tries(`svc ${words}`)] as const));
    for (const [words, { stdout, stderr }] of said)
      expect([words, `${stdout}${stderr}`.includes(secret)]).toEqual([words, false]);
    for (const place of ["/var/log/svc", "/var/lib/svc", "/run"]) {
      expect([
        place,
        (await host.tries(`grep -rlIa --exclude-dir=containerd --exclude-dir=docker ${secret} ${place} 2>/dev/null`))
          .stdout,
      ]).toEqual([place, ""]);
    }
    expect(await host.sh("journalctl -b -o cat")).not.toContain(secret);
    expect(await host.sh("tr '\\0' ' ' </proc/$(systemctl show -P MainPID svc)/cmdline")).not.toContain(secret);
    told.fault();
    // Nothing of svc's is for everybody, but the program, its manual and its units' folder.
    const open = await host.sh("find /var/log/svc /var/lib/svc /run/svc -perm /o+rwx ! -type l ! -path /run/svc");
    expect(open).toBe("");
    expect((await host.sh("stat -c '%a %U %G' /run/svc/svc.sock")).trim()).toBe("660 root docker");
    const nobody = await host.tries("setpriv --reuid=65534 --regid=65534 --clear-groups svc status");
    expect(nobody.code).toBe(4);
    const inGroup = await host.tries(
      "setpriv --reuid=65534 --regid=$(getent group docker | cut -d: -f3) --clear-groups svc status",
    );
    expect(inGroup.code).toBe(0);
    expect(await host.sh("ss -Hlntu | grep -c svc || true")).toBe("0\n");
  },
);
