import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cause } from "../../src/control/request.ts";
import { type Host, makeHost } from "../support/host.ts";
import { until } from "../support/until.ts";

/** `svc why`, of real containers. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

const why = async (short: string): Promise<readonly Cause[]> =>
  JSON.parse((await host.svc("why", `PREFIX-${short}`, "--json")).stdout);

describe("why", () => {
  test("a new TAG whose container keeps dying is found behind the unit that links to it", async () => {
    await host.engine.docker("tag", host.engine.image, `${host.engine.prefix}-mail:good`);
    await host.engine.docker("create", "--name", host.name("form"), host.engine.image, "true");
    await host.engine.docker("commit", "--change", "ENV KIND=bad", host.name("form"), `${host.engine.prefix}-mail:bad`);
    await host.write("www/PREFIX-mail/TAG", "export TAG=good\n");
    const script = '[ "$KIND" = bad ] && exit 9; trap "exit 0" TERM; sleep 3600 & wait';
    // One that dies at once must not count as ready for an instant, or the site would be started then.
    await host.unit("mail", {
      image: "PREFIX-mail",
      command: ["sh", "-c", script],
      ready: { after: "3s" },
      on_bad_tag: "ignore",
    });
    await host.unit("site", { links: ["PREFIX-mail"] });
    expect((await host.svc("start", "PREFIX-site")).code).toBe(0);
    expect((await host.svc("why", "PREFIX-site")).stdout).toMatch(/^\S+-site is up since [\d:]+Z: it is ready\.\n/);

    await host.write("www/PREFIX-mail/TAG", "export TAG=bad\n");
    await host.svc("restart", "PREFIX-mail");
    await host.reaches("PREFIX-site", { phase: "waiting" });
    await host.reaches("PREFIX-mail", { phase: "backoff" });
    const { stdout } = await host.svc("why", "PREFIX-site");
    expect(stdout).toMatch(
      /^\S+-site is waiting since [\d:]+Z because it links to \S+-mail; \S+-mail is (in back-off|being started again) \(\d+ of 10\) since [\d:]+Z: exit 9, after tag good -> bad at [\d:]+Z\.\n/,
    );
    expect(await why("site")).toMatchObject([
      { unit: host.name("site"), tie: null },
      { unit: host.name("mail"), tie: "links to", change: { what: ["tag good -> bad"] } },
    ]);
    // Where a bad tag is held, as is usual, that is said.
    await host.unit("mail", { image: "PREFIX-mail", command: ["sh", "-c", script], ready: { after: "3s" } });
    await host.svc("start", "PREFIX-mail");
    await host.reaches("PREFIX-mail", { phase: "failed" });
    expect((await host.svc("why", "PREFIX-site")).stdout).toMatch(
      /^\S+-site is waiting since .* links to \S+-mail; \S+-mail has failed \(3 of 10\) since [\d:]+Z: tag bad ended 3 times within \S+ s; good was up before it; held\b/,
    );
  });

  test("what a healthcheck said last is told, while its unit starts and once it is unhealthy", async () => {
    const test = "[ -e /tmp/well ] || { echo looking; printf 'db \\033[31mgone away\\033[0m\\r\\n'; exit 3; }";
    const healthcheck = { test: ["CMD-SHELL", test], interval: "300ms", retries: 1 };
    await host.unit("sick", { ready: "healthy", healthcheck: { ...healthcheck, retries: 1_000 } });
    const starting = host.svc("start", "-q", "PREFIX-sick");
    const written = () => host.inspect("PREFIX-sick", "{{range .State.Health.Log}}{{.Output}}{{end}}");
    await until(async () => (await written()) !== "");
    expect((await host.svc("why", "PREFIX-sick")).stdout).toMatch(
      /^\S+-sick is starting since [\d:]+Z: its healthcheck has not passed yet: exit 3: db gone away\.\n/,
    );
    await host.svc("stop", "PREFIX-sick");
    await starting;

    const command = ["sh", "-c", "echo > /tmp/well; trap 'exit 0' TERM; sleep 3600 & wait"];
    await host.unit("ill", { ready: "healthy", healthcheck, command });
    expect((await host.svc("start", "PREFIX-ill")).code).toBe(0);
    await host.engine.docker("exec", host.name("ill"), "/bin/busybox", "rm", "/tmp/well");
    const because = "its healthcheck says unhealthy: exit 3: db gone away";
    await host.reaches("PREFIX-ill", { phase: "degraded", because });
    expect(await why("ill")).toMatchObject([{ because }]);
  });

  test("one that nobody knows is an error like any other", async () => {
    const asked = await host.svc("why", "PREFIX-sit");
    expect(asked).toMatchObject({ code: 2, stdout: "" });
    expect(asked.stderr).toContain(`did you mean ${host.name("site")}?`);
  });
});
