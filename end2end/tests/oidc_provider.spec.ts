// Logging in through a provider we did not write: npm `oidc-provider`, by the CRM's configuration alone.
import { type Crm, startCrm } from '../fixtures/crm.ts';
import { BUTTONS, DEVICES, choose } from '../fixtures/login.ts';
import { freePort } from '../fixtures/programs.ts';
import { serveProvider } from '../fixtures/provider.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const SECRET = 'a secret that only the proxy and the CRM know';
let crm: Crm;
let end: () => Promise<void>;

test.beforeAll(async () => {
  const [crmPort, port] = [await freePort(), await freePort()];
  const issuer = `http://127.0.0.1:${port}`;
  const app = `http://localhost:${crmPort}`;
  end = await serveProvider(port, app, SECRET);
  crm = await startCrm({
    FILO_ADDRESS: `127.0.0.1:${crmPort}`,
    FILO_PUBLIC_URL: app,
    FILO_OIDC_ISSUER: issuer,
    FILO_OIDC_CIE_ISSUER: issuer,
    FILO_OIDC_CIE_CLIENT_ID: 'filo-cie',
    FILO_OIDC_CIE_CLIENT_SECRET: SECRET,
  });
});

test.afterAll(async () => {
  await crm?.end();
  await end?.();
});

for (const scheme of ['spid', 'cie'] as const) {
  test(`${scheme}: level 2 comes in and out, level 1 and turning back are told in words`, async ({ page }) => {
    const begin = async (path: string) => {
      await page.goto(`${crm.url}${path}`);
      await choose(page);
      await page.getByRole('radio', { name: DEVICES.mine }).check({ force: true });
      await page.getByRole('button', { name: BUTTONS[scheme] }).click();
    };
    await begin('/');
    await page.getByRole('link', { name: 'Back' }).click();
    await expect(page.getByRole('alert').filter({ hasText: say('login.problem_cancelled') })).toBeVisible();
    await begin('/');
    await page.getByRole('link', { name: 'Level 1' }).click();
    await expect(page.getByRole('alert').filter({ hasText: say('login.problem_level') })).toBeVisible();
    await page.context().clearCookies({ domain: '127.0.0.1' });
    await begin('/reports/new/data');
    await page.getByRole('link', { name: 'Level 2' }).click();
    await expect(page).toHaveURL(`${crm.url}/reports/new/data`);
    const author = page.getByRole('region', { name: 'Autore della segnalazione' });
    for (const fact of ['Elena Bianchi', 'BNCLNE90A41D612Z', 'elena.bianchi@example.org']) await expect(author).toContainText(fact);
    await page.locator('summary').filter({ hasText: 'Elena Bianchi' }).click();
    await page.getByRole('button', { name: 'Esci' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Accedi' })).toBeVisible();
  });
}
