// Nobody is left out: axe without a violation on every page and state, the keyboard alone, 320 pixels wide.
import { expectGood, expectNoSidewaysScroll } from '../fixtures/access.ts';
import { type Language, personalPages, publicPages, reportPages, settled } from '../fixtures/pages.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { beRecognised } from '../fixtures/login.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

// Structure depends on the language and not on the colours, contrast on the colours and not on the language: two pairs see both.
for (const [language, colorScheme] of [['it', 'light'], ['en', 'dark']] as [Language, 'light' | 'dark'][]) {
  test.describe(`${language}, ${colorScheme}`, () => {
    test.use({ colorScheme });
    test.describe.configure({ timeout: 120_000 });

    test('pages for everybody', async ({ page }) => {
      await publicPages(page, language, (name) => expectGood(page, name));
    });

    test('pages of a person', async ({ openAs }) => {
      const page = await openAs('maria-rossi', '/');
      await personalPages(page, language, (name) => expectGood(page, name));
    });

    test('writing a report', async ({ openAs }) => {
      const page = await openAs('giulia-ferri', '/');
      await reportPages(page, language, (name) => expectGood(page, name));
    });
  });
}

test('what comes up when something goes wrong, and what comes after sending', async ({ page, loginAs }) => {
  test.setTimeout(120_000);
  await page.clock.install();
  await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
  await acknowledge(page);
  await tell(page, { title: `Buca ${Date.now()}` });
  await review(page);
  await send(page);
  await received(page);
  await expectGood(page, 'report sent');
  await page.getByRole('link', { name: say('reports.sent_case') }).click();
  await expect(page.getByRole('region', { name: say('cases.report') })).toBeVisible();
  await expectGood(page, 'case of a report');
  await page.route('**/api/v1/cases?*', (route) => route.fulfill({ status: 500, body: 'no' }));
  await page.getByRole('link', { name: 'Attività' }).click();
  await expect(page.getByRole('alert').filter({ hasText: say('error.title') })).toBeVisible();
  await expectGood(page, 'a list that cannot be read');
  await page.unroute('**/api/v1/cases?*');
  await page.getByRole('button', { name: say('common.try_again') }).click();
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
  await page.locator('summary').filter({ hasText: 'Popescu' }).click();
  await expectGood(page, 'the person\'s menu');
  await page.waitForLoadState('networkidle');
  await page.clock.fastForward('28:30');
  await expect(page.getByRole('dialog', { name: say('login.warning_title') })).toBeVisible();
  await expectGood(page, 'warning before the end');
  await page.clock.fastForward('02:00');
  await expect(page.getByRole('dialog', { name: say('login.expired_title') })).toBeVisible();
  await expectGood(page, 'session expired');
});

test('the keyboard alone: from the login to a report that has been sent', async ({ page }) => {
  const reach = async (what: ReturnType<typeof page.getByRole>) => {
    for (let presses = 0; presses < 80; presses += 1) {
      if (await what.evaluate((element) => element === document.activeElement)) {
        const seen = await what.evaluate((element) => {
          const { outlineStyle, boxShadow } = getComputedStyle(element);
          const around = element.nextElementSibling ? getComputedStyle(element.nextElementSibling) : undefined;
          return outlineStyle !== 'none' || boxShadow !== 'none' || (around && (around.outlineStyle !== 'none' || around.boxShadow !== 'none'));
        });
        expect(seen, `the focus on ${what} can be seen`).toBe(true);
        return;
      }
      await page.keyboard.press('Tab');
    }
    throw new Error(`${what} is not reached by Tab`);
  };
  await page.goto('/reports/new');
  await settled(page);
  await reach(page.getByRole('radio', { name: 'È il mio dispositivo' }));
  await page.keyboard.press('Space');
  await reach(page.getByRole('button', { name: 'Entra con SPID' }));
  await page.keyboard.press('Enter');
  await beRecognised(page, 'ionut-popescu');
  await settled(page);
  await reach(page.getByRole('checkbox', { name: /Ho letto e compreso/ }));
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: /Dati di segnalazione/ })).toBeFocused();
  await reach(page.getByRole('combobox', { name: /Cerca un luogo/ }));
  await page.keyboard.type('via magg');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await reach(page.getByLabel('Tipo di disservizio') as never);
  await page.keyboard.type('Parchi');
  await reach(page.getByLabel('Che cosa non va?') as never);
  await page.keyboard.type('Erba');
  await reach(page.getByLabel('Titolo') as never);
  await page.keyboard.type('Erba alta nel giardino');
  await reach(page.getByLabel('Dettagli') as never);
  await page.keyboard.type('I bambini non ci giocano più.');
  await reach(page.getByLabel('Carica file') as never);
  await reach(page.getByRole('button', { name: 'Avanti' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: /Riepilogo/ })).toBeFocused();
  await reach(page.getByRole('button', { name: 'Invia', exact: true }));
  await page.keyboard.press('Enter');
  await reach(page.getByRole('dialog').getByRole('button', { name: 'Conferma e invia' }));
  await page.keyboard.press('Enter');
  await received(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Segnalazione inviata' })).toBeFocused();
});

test.describe('320 pixels wide, as a desktop at 400 %', () => {
  test.use({ viewport: { width: 320, height: 256 } });
  test.skip(({ isMobile }) => isMobile, 'a desktop zoomed in');

  test('nothing scrolls sideways', async ({ page, openAs }) => {
    test.setTimeout(120_000);
    await publicPages(page, 'it', (name) => expectNoSidewaysScroll(page, name));
    await openAs('maria-rossi', '/');
    await personalPages(page, 'it', (name) => expectNoSidewaysScroll(page, name));
    await reportPages(page, 'it', (name) => expectNoSidewaysScroll(page, name));
  });
});
