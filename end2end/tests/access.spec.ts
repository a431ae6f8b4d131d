// Nobody is left out: axe without a violation on every page and state, the keyboard alone, 320 pixels wide.
import { expectGood, expectNoSidewaysScroll } from '../fixtures/access.ts';
import { type Language, emptyPages, personalPages, publicPages, reportPages, settled, speak } from '../fixtures/pages.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { DEVICES, beRecognised, pick } from '../fixtures/login.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

// Each look sees both themes (fixtures/access.ts): with two languages, all four pairs of every page. A quick run reads Italian on the
// phone and English on the desktop; all of it runs with FILO_FULL=1.
for (const language of ['it', 'en'] as Language[]) {
  test.describe(language, () => {
    test.describe.configure({ timeout: 240_000 });
    test.skip(({ isMobile }) => !process.env.FILO_FULL && isMobile !== (language === 'it'), 'in this language on the other device');

    test('pages for everybody', async ({ page }) => {
      await publicPages(page, language, (name) => expectGood(page, name));
    });

    test('pages of a person', async ({ openAs }) => {
      const page = await openAs('maria-rossi', '/');
      await personalPages(page, language, (name) => expectGood(page, name));
    });

    test('pages of somebody who has nothing yet', async ({ openAs }) => {
      const page = await openAs('nora-gelli', '/');
      await emptyPages(page, language, (name) => expectGood(page, name));
    });

    test('writing a report', async ({ openAs }) => {
      const page = await openAs('giulia-ferri', '/');
      await reportPages(page, language, (name) => expectGood(page, name));
    });

    test('what comes up when something goes wrong, and what comes after sending', async ({ page, loginAs }) => {
      const told = (address: string) => say(address, {}, language);
      await page.clock.install();
      await loginAs(page, 'ionut-popescu', { from: '/reports/new' });
      await acknowledge(page);
      await tell(page, { title: `Buca ${Date.now()}` });
      await review(page);
      await send(page);
      await received(page);
      await speak(page, language);
      await expectGood(page, 'report sent');
      await page.getByRole('link', { name: told('reports.sent_case') }).click();
      await expect(page.getByRole('region', { name: told('cases.report') })).toBeVisible();
      await expectGood(page, 'case of a report');
      await page.route('**/api/v1/cases?*', (route) => route.fulfill({ status: 500, body: 'no' }));
      await page.getByRole('link', { name: told('common.tab_activity') }).click();
      await expect(page.getByRole('alert').filter({ hasText: told('error.title') })).toBeVisible();
      await expectGood(page, 'a list that cannot be read');
      await page.unroute('**/api/v1/cases?*');
      await page.getByRole('button', { name: told('common.try_again') }).click();
      await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
      await page.locator('summary').filter({ hasText: 'Popescu' }).click();
      await expectGood(page, 'the person\'s menu');
      await page.waitForLoadState('networkidle');
      await page.clock.fastForward('28:30');
      await expect(page.getByRole('dialog', { name: told('login.warning_title') })).toBeVisible();
      await expectGood(page, 'warning before the end');
      await page.clock.fastForward('02:00');
      await expect(page.getByRole('dialog', { name: told('login.expired_title') })).toBeVisible();
      await expectGood(page, 'session expired');
    });
  });
}

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
  await reach(page.getByRole('link', { name: say('reports.way_login_button') }));
  await page.keyboard.press('Enter');
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

// A tablet held upright; a desktop of 1280 pixels at 400 %.
for (const [width, height] of [[768, 1024], [320, 256]]) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height } });
    test.skip(({ isMobile }) => isMobile, 'a desktop or a tablet');

    test('nothing scrolls sideways, and what matters is there', async ({ page, openAs }) => {
      test.setTimeout(240_000);
      const look = async (name: string) => {
        await expectNoSidewaysScroll(page, name);
        await expect(page.getByRole('heading', { level: 1 }), name).toBeVisible();
        await expect(page.getByRole('region', { name: 'Contatta il comune' }).getByRole('link', { name: /Chiama/ }), name).toBeVisible();
      };
      await publicPages(page, 'it', look);
      await openAs('maria-rossi', '/');
      const tabs = page.getByRole('navigation', { name: 'Area personale' }).getByRole('link');
      await personalPages(page, 'it', async (name) => {
        await look(name);
        await expect(tabs, name).toHaveText(['Scrivania', /^Messaggi/, 'Attività', 'Segnala disservizio']);
        for (const tab of await tabs.all()) await expect(tab, name).toBeVisible();
      });
      await reportPages(page, 'it', (name) => expectNoSidewaysScroll(page, name));
    });
  });
}

test('forced colours: what a background said, a border says', async ({ page, openAs }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto('/');
  await pick(page, DEVICES.mine);
  const chosen = await page.locator('.filo-choice input:checked + label').evaluate((label) => getComputedStyle(label).outlineStyle);
  expect(chosen).not.toBe('none');
  await openAs('maria-rossi', '/');
  for (const path of ['/', '/cases', '/reports/new/data']) {
    await page.goto(path);
    await settled(page);
    const bare = await page.locator('.btn, .filo-badge, .filo-chip, input.form-control, select, textarea').evaluateAll((found) =>
      found
        .filter((element) => element.getBoundingClientRect().height > 0 && getComputedStyle(element).visibility !== 'hidden')
        .filter((element) => Number.parseFloat(getComputedStyle(element).borderTopWidth) < 1 && !element.classList.contains('btn-link'))
        .map((element) => `${element.tagName}.${element.className}`),
    );
    expect(bare, path).toEqual([]);
  }
  await page.goto('/cases');
  const chip = page.getByRole('button', { name: 'Tocca a te' });
  const plain = await chip.evaluate((element) => getComputedStyle(element).backgroundColor);
  await chip.click();
  await expect(chip).toHaveAttribute('aria-pressed', 'true');
  expect(await chip.evaluate((element) => getComputedStyle(element).backgroundColor)).not.toBe(plain);
});

test('who wants less motion gets none', async ({ page, openAs }) => {
  await openAs('maria-rossi', '/reports/new');
  await page.route('**/api/v1/cases?*', () => {});
  const moving = () => page.evaluate(() => document.getAnimations().length);
  const wait = async () => {
    await page.goto('/cases');
    await expect(page.locator('.filo-skeleton').first()).toBeAttached();
  };
  await wait();
  await expect.poll(moving, 'by itself the page breathes while it waits').toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await wait();
  expect(await moving()).toBe(0);
});
