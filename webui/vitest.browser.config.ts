/** The browser tests: Chromium against a real box, one file after the other. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/browser/**/*.test.ts"], environment: "node", fileParallelism: false, maxWorkers: 1, testTimeout: 300_000, hookTimeout: 120_000,
    teardownTimeout: 30_000, reporters: ["default", ["json", { outputFile: ".build/browser.json" }]],
  },
});
