import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

const shared = { globalSetup: ["test/global-setup.ts"], testTimeout: 60_000, hookTimeout: 180_000 };

/** `unit` needs nothing but Node; the others start real processes, or read material that lies beside the checkout. */
const config: ViteUserConfig = defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{conformance,oracles,e2e,brokers}/**"],
        },
      },
      { test: { ...shared, name: "conformance", include: ["test/{conformance,oracles}/**/*.test.ts"] } },
      { test: { ...shared, name: "e2e", include: ["test/e2e/**/*.test.ts"] } },
      { test: { ...shared, name: "brokers", include: ["test/brokers/**/*.test.ts"] } },
    ],
  },
});

export default config;
