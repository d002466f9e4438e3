import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["test/support/node-version.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          setupFiles: ["test/support/fixed-chance.ts"],
          globalSetup: ["test/support/program.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "install",
          include: ["test/install/**/*.test.ts"],
          globalSetup: ["test/support/program.ts"],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts", "test/product/**/*.test.ts"],
          setupFiles: ["test/support/tell-on-failure.ts"],
          globalSetup: ["test/support/program.ts"],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
