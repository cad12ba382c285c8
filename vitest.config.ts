import { defineConfig } from 'vitest/config';

/** Suites that need a server from a Debian package, or minutes. `npm run test:services` runs them. */
const services = ['packages/**/*.services.test.ts'];

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: services,
          testTimeout: 30_000,
          // Files of one process share their modules: half of the work was to load them anew for each.
          isolate: false,
        },
      },
      { test: { name: 'services', include: services, testTimeout: 300_000 } },
    ],
  },
});
