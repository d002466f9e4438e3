import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { run } from "../../support/real-engine.ts";
import { until } from "../../support/until.ts";
import { aHost, isShort, scenario, timed } from "../scenario.ts";
import { siteUp, startSite } from "../site.ts";

/** Somebody who may use the socket abuses it. */
const host = aHost();
const requests = 10_000;

scenario(
  `${requests} garbage, half and huge requests, and 200 clients that stall`,
  {
    survives:
      "others get their answers (the time is that of the slowest); no unit is touched; memory and files are given back",
    short: true,
  },
  async (told) => {
    await startSite(host);
    const before = await host.containers();
    const path = await host.socket();
    const stalled: Socket[] = [];
    for (let client = 0; client < 200; client++) {
      const socket = connect(path).on("error", () => undefined);
      socket.write("POST /v1/list HTTP/1.1\r\nContent-Le");
      stalled.push(socket);
    }
    let over = false;
    const abuse = run(process.execPath, [join(import.meta.dirname, "../abuse-socket.ts"), path, String(requests)]);
    abuse.finally(() => {
      over = true;
    });
    const took: number[] = [];
    while (!over) {
      took.push(await timed(() => host.list()));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await abuse).code).toBe(0);
    for (let request = 0; request < requests; request++) told.fault();
    took.sort((a, b) => a - b);
    told.fault(took.at(-1));
    console.log(`${took.length} answers meanwhile: median ${took[took.length >> 1]} ms, slowest ${took.at(-1)} ms`);
    // Beside another scenario on two cores the slowest are slower.
    if (!isShort) expect(took[took.length >> 1]).toBeLessThan(100);
    await host.are(siteUp);
    expect(await host.containers()).toEqual(before);
    for (const socket of stalled) socket.destroy();
    const pid = await host.pid();
    await until(async () => Number(await host.sh(`ls /proc/${pid}/fd | wc -l`)) < 60);
  },
);
