// How the suite runs: a phone and a desktop, the system's Chromium, two workers. No second chances but in CI, whose machine others slow down at times.
import { defineConfig, devices } from '@playwright/test';

/** What every browser of the suite is started with: nothing that talks to the world outside. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** What a wide window changes. The other files run on a phone each time, on a desktop too when everything is asked for. */
const WIDE = /(access|cases|cases_list|frame|help_desk|home|login|place|questionnaires|reports)\.spec\.ts$/;
const full = Boolean(process.env.FILO_FULL);

export default defineConfig({
  globalSetup: './town.ts',
  fullyParallel: false,
  workers: 2,
  // What needed its second chance is printed as flaky, by name.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['./fixtures/reporter.ts']],
  use: {
    locale: 'it-IT',
    timezoneId: 'Europe/Rome',
    // A page under a service worker answers to no route of a test: only the tests of the worker itself have it.
    serviceWorkers: 'block',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS },
  },
  projects: [
    // The bad network: a share of it each time, all of it with FILO_FULL=1.
    { name: 'faults', testDir: 'faults', timeout: 120_000, use: { ...devices['Pixel 7'] } },
    { name: 'phone', testDir: 'tests', use: { ...devices['Pixel 7'], viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
    { name: 'desktop', testDir: 'tests', testMatch: full ? /\.spec\.ts$/ : WIDE, use: { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 } } },
  ],
});
