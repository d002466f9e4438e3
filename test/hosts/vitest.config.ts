import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["scenarios/**/*.test.ts"],
    globalSetup: ["../support/node-version.ts", "../support/program.ts", "./image.ts"],
    reporters: ["default", "./table-reporter.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What one scenario does to a machine of two cores would be felt by another.
    maxWorkers: Number(process.env.SVC_HOSTS_WORKERS ?? 1),
  },
});
