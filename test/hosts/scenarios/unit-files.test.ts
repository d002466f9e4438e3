import { expect } from "vitest";
import { until } from "../../support/until.ts";
import { aHost, scenario, timed } from "../scenario.ts";
import { siteUp, startSite } from "../site.ts";

/** The unit folder changes under a running svc (R11, B61 to B64). */
const host = aHost();
const description = async (unit: string): Promise<string | null | undefined> =>
  (await host.list()).find(({ name }) => name === unit)?.description;

scenario(
  "unit files written in place, moved into place, deleted, broken, with editors' droppings; the folder gone and back (B61 to B64)",
  { survives: "each change seen once; the last good definition stays in force; no container is touched", short: true },
  async (told) => {
    await startSite(host);
    const before = await host.containers();
    const file = "/etc/svc/units/mail.yml";
    const good = (await host.sh(`cat ${file}`)).trim();
    const described = (words: string): string => JSON.stringify({ ...JSON.parse(good), description: words });
    const sees = (words: string) => timed(() => until(async () => (await description("mail")) === words));
    await host.sh(`cat >${file}`, described("written in place"));
    told.fault(await sees("written in place"));
    await host.sh(`cat >/etc/svc/mail.new; mv /etc/svc/mail.new ${file}`, described("moved into place"));
    told.fault(await sees("moved into place"));
    await host.sh(
      `cp ${file} /etc/svc/units/.mail.yml.swp; cp ${file} ${file}~; cp ${file} /etc/svc/units/4913; cp ${file} /etc/svc/units/x.yaml`,
    );
    await host.sh(`echo 'image: [' >${file}`);
    await until(async () =>
      (await host.list())
        .find(({ name }) => name === "mail")
        ?.stale.join()
        .includes("errors"),
    );
    expect(await description("mail")).toBe("moved into place");
    expect((await host.tries("svc restart mail")).code).toBe(2);
    await host.sh("kill -9 $(docker inspect -f '{{.State.Pid}}' cache)");
    await host.are({ cache: { phase: "up", restarts: 1 }, site: { phase: "up" } });
    told.fault();
    await host.sh(`rm ${file}`);
    await until(async () =>
      (await host.list())
        .find(({ name }) => name === "mail")
        ?.stale.join()
        .includes("gone"),
    );
    told.fault();
    await host.sh("mv /etc/svc/units /etc/svc/away; sleep 1; svc reload || true");
    await host.are({ site: { phase: "up" } });
    await host.sh("mv /etc/svc/away /etc/svc/units");
    await host.sh(`cat >${file}`, good);
    await host.sh("svc reload");
    told.fault(await timed(() => host.are({ mail: siteUp.mail, site: siteUp.site })));
    const after = await host.containers();
    expect([after.mail, after.site]).toEqual([before.mail, before.site]);
    expect((await host.list()).map(({ name }) => name).sort()).toEqual(["cache", "mail", "site"]);
  },
);
