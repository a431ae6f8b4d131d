// Pictures of the main pages, for looking at: `SHOTS=folder npm run shots`.
import { defineConfig } from '@playwright/test';
import suite from './playwright.config.ts';

const sizes = { '360': [360, 740], '768': [768, 1024], '1280': [1280, 800] } as const;

export default defineConfig({
  ...suite,
  testDir: 'shots',
  testMatch: '*.shots.ts',
  projects: (['light', 'dark'] as const).flatMap((colorScheme) =>
    Object.entries(sizes).map(([name, [width, height]]) => ({
      name: colorScheme === 'light' ? name : `${name}-dark`,
      use: { ...suite.projects?.[1].use, colorScheme, viewport: { width, height }, isMobile: width < 500, hasTouch: width < 800, deviceScaleFactor: 1 },
    })),
  ),
});
