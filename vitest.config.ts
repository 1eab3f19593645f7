import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    // For tests that hang, and no measure of speed: files run side by side, and many start programs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      { extends: true, test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'] } },
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { extends: true, test: { name: 'property', include: ['test/property/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['./test/support/global-setup.ts'],
          // What a test waits for has limits of its own; these are for one that hangs, on however slow a machine.
          testTimeout: 180_000,
          hookTimeout: 240_000,
          // A controller serves every namespace, so two test files at once would reconcile each other's objects.
          fileParallelism: false,
        },
      },
    ],
  },
});
