// Dove sei collegato: the devices on which somebody is signed in; one is closed, then all the others, and they are out.
import { expectGood } from '../fixtures/access.ts';
import { startCrm } from '../fixtures/crm.ts';
import { logIn } from '../fixtures/login.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

test.skip(({ isMobile }) => isMobile, 'a phone is among the devices here');

test('a device that is closed is out at its next step; the one in use stays', async ({ browser }) => {
  // A CRM of its own: other tests are somebody here too, and would be out.
  const crm = await startCrm();
  const phoneAgent = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';
  const window = async (userAgent?: string) =>
    (await browser.newContext({ locale: 'it-IT', serviceWorkers: 'block', baseURL: crm.url, ...(userAgent ? { userAgent } : {}) })).newPage();
  try {
    const [own, phone, shared] = [await window(), await window(phoneAgent), await window()];
    await logIn(phone, 'carlo-bernardi', { from: '/cases' });
    await logIn(shared, 'carlo-bernardi', { device: 'shared', from: '/cases' });
    await logIn(own, 'carlo-bernardi', { from: '/help_desk/log' });
    await own.getByRole('main').getByRole('link', { name: say('sessions.title') }).click();
    await expect(own.getByRole('heading', { level: 1, name: say('sessions.title') })).toBeFocused();
    const cards = own.getByRole('article');
    await expect(cards).toHaveCount(3);
    await expect(cards.filter({ hasText: say('sessions.this') })).toHaveCount(1);
    await expect(cards.first()).toContainText(say('sessions.this'));
    await expect(cards.filter({ hasText: say('sessions.this') }).getByRole('button')).toHaveCount(0);
    await expect(cards.filter({ hasText: say('sessions.shared') })).toHaveCount(1);
    await expectGood(own, 'where one is signed in');
    await cards.filter({ hasText: say('sessions.phone') }).getByRole('button').click();
    await expect(own.getByText(say('sessions.ended'))).toBeVisible();
    await expect(cards).toHaveCount(2);
    await phone.reload();
    await expect(phone.getByRole('button', { name: 'Entra con SPID' })).toBeVisible();
    await shared.reload();
    await expect(shared.getByRole('article').first()).toBeVisible();
    await own.getByRole('button', { name: say('sessions.end_all') }).click();
    await expect(own.getByText(say('sessions.ended_all'))).toBeVisible();
    await expect(cards).toHaveCount(1);
    await shared.reload();
    await expect(shared.getByRole('button', { name: 'Entra con SPID' })).toBeVisible();
    await own.reload();
    await expect(cards).toHaveCount(1);
  } finally {
    await crm.end();
  }
});
