// `npm test`: the pure layers, then the product on a real engine, which is started if none answers. The last line counts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEngine } from "./support/start-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "svc-test-"));
const stopEngine = await startEngine().catch(({ message }) => {
  console.error(message);
  console.log("0 passed, 1 failed");
  process.exit(1);
});
let counts = { passed: 0, failed: 1, skipped: 0 };
let code = 1;
try {
  const report = join(folder, "report.json");
  const vitest = spawn(
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
    {
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  [code] = await once(vitest, "exit");
  counts = count(report);
} finally {
  await stopEngine();
  rmSync(folder, { recursive: true, force: true });
}
if (code !== 0 && counts.failed === 0) counts.failed = 1;
process.exitCode = counts.failed > 0 ? 1 : 0;
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`,
);

function count(report) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  return {
    passed: numPassedTests,
    failed: Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0),
    skipped: numPendingTests,
  };
}
