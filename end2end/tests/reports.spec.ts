// A street report from the first step to the case it becomes.
import { readFileSync } from 'node:fs';
import { casesWith } from '../fixtures/api.ts';
import { asTakenByPhone, jpeg, pdf, tellsMore } from '../fixtures/photos.ts';
import { acknowledge, received, review, send, tell } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { like, say, state } from '../fixtures/words.ts';

test('three steps from the notice to the number, with a photo and a document; the case is in the list', async ({ openAs, context }) => {
  const photo = asTakenByPhone(await jpeg(context, 3000, 1500));
  expect(tellsMore(photo)).toBe(true);
  const page = await openAs('giulia-ferri', '/');
  await page.getByRole('main').getByRole('link', { name: 'Segnala disservizio' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Autorizzazioni e condizioni/ })).toBeFocused();
  await acknowledge(page);
  await tell(page, { title: 'Lampione spento davanti alla scuola' });
  await page.getByLabel('Numero civico o punto preciso').fill('12 rosso');
  await page.getByLabel('Carica file').setInputFiles({ name: 'IMG_0001.jpeg', mimeType: 'image/jpeg', buffer: photo });
  const row = page.getByRole('listitem').filter({ hasText: 'IMG_0001.jpg' });
  await expect(row).toContainText(/File caricato:.*IMG_0001\.jpg\s*[\d.,]+ (kB|MB)/);
  const upright = await row.locator('img').evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const paint = canvas.getContext('2d')!;
    paint.drawImage(image, 0, 0);
    const at = (y: number) => [...paint.getImageData(canvas.width / 2, canvas.height * y, 1, 1).data];
    return { width: image.naturalWidth, height: image.naturalHeight, top: at(0.04), bottom: at(0.96) };
  });
  expect([upright.width, upright.height]).toEqual([1024, 2048]);
  expect(upright.top[0], 'red is on top').toBeGreaterThan(upright.top[2] + 60);
  expect(upright.bottom[2], 'blue is below').toBeGreaterThan(upright.bottom[0] + 60);
  await page.getByLabel('Carica documento').setInputFiles({ name: 'preventivo.pdf', mimeType: 'application/pdf', buffer: pdf() });
  await expect(page.getByRole('listitem').filter({ hasText: 'preventivo.pdf' })).toContainText('kB');
  await expect(page.getByRole('region', { name: 'Autore della segnalazione' })).toContainText('Giulia Ferri');
  await expect(page.getByRole('region', { name: 'Autore della segnalazione' })).toContainText('FRRGLI03P61F205O');

  await review(page);
  const summary = page.getByRole('region', { name: 'Disservizio' });
  for (const words of ['Via Maggio 12 rosso', 'Strade, marciapiedi', 'Lampione spento o rotto', 'davanti alla scuola', 'IMG_0001.jpg', 'preventivo.pdf']) {
    await expect(summary).toContainText(words);
  }
  await expect(page.getByText('Le informazioni che hai fornito hanno valore di dichiarazione.')).toBeVisible();
  await summary.getByRole('link', { name: /Modifica/ }).click();
  await expect(page.getByLabel('Titolo')).toHaveValue('Lampione spento davanti alla scuola');
  await page.getByLabel('Dettagli').fill('Da quattro sere è buio.');
  await review(page);
  await expect(summary).toContainText('Da quattro sere è buio.');

  await page.getByRole('button', { name: 'Invia', exact: true }).click();
  const terms = page.getByRole('dialog', { name: 'Termini e condizioni' });
  await expect(terms).toContainText('confermi di aver preso visione dei termini');
  await terms.getByRole('button', { name: 'Annulla' }).click();
  await expect(terms).toBeHidden();
  await send(page);
  const number = await received(page);

  await page.getByRole('link', { name: say('cases.receipt_open'), exact: true }).click();
  await expect(page.getByRole('main')).toContainText(number);
  await expect(page.getByRole('main')).toContainText('Via Maggio 12 rosso');
  const [paper] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: say('cases.receipt_pdf') }).click()]);
  expect(readFileSync(await paper.path()).subarray(0, 5).toString()).toBe('%PDF-');

  await page.getByRole('navigation', { name: 'Area personale' }).getByRole('link', { name: 'Attività' }).click();
  const card = page.getByRole('main').getByRole('article').filter({ hasText: number });
  await expect(card).toContainText(state('submitted').label);
  await card.getByRole('link').click();
  const report = page.getByRole('region', { name: say('cases.report') });
  await expect(report).toContainText('Da quattro sere è buio.');
  await expect(report).toContainText('Che cosa non va?');
  const kept = report.getByRole('img', { name: say('cases.photo_alt', { number: 1 }) });
  await kept.scrollIntoViewIfNeeded();
  await expect.poll(() => kept.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([1024, 2048]);
  const bytes = await page.evaluate(async (address) => [...new Uint8Array(await (await fetch(address)).arrayBuffer())], await kept.getAttribute('src') ?? '');
  expect(bytes.slice(0, 3)).toEqual([0xff, 0xd8, 0xff]);
  expect(tellsMore(Buffer.from(bytes)), 'what the CRM keeps tells nothing but the picture').toBe(false);
  const [letter] = await Promise.all([page.waitForEvent('download'), report.getByRole('link', { name: /preventivo\.pdf/ }).click()]);
  expect(readFileSync(await letter.path()).equals(pdf())).toBe(true);
});

test('what is missing is told on top, with links to the fields, and at the fields', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  const next = page.getByRole('button', { name: 'Avanti' });
  const summary = page.getByRole('group', { name: 'Ci sono alcune informazioni mancanti o errate' });
  await next.click();
  await expect(summary).toBeFocused();
  await summary.getByRole('link', { name: /Informativa sulla privacy/ }).click();
  const tick = page.getByRole('checkbox', { name: /Ho letto e compreso/ });
  await expect(tick).toBeFocused();
  await expect(tick).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Space');
  await expect(summary).toBeHidden();
  await next.click();

  await next.click();
  await expect(summary).toBeFocused();
  await expect(summary.getByRole('link')).toHaveText(['Luogo', 'Tipo di disservizio', 'Titolo', 'Dettagli'].map((label) => `${label}: ${say('form.required')}`));
  await summary.getByRole('link', { name: /Titolo/ }).click();
  const title = page.getByLabel('Titolo');
  await expect(title).toBeFocused();
  await expect(title).toHaveAccessibleDescription(like('form.required'));
  await title.fill('Panchina rotta');
  await expect(summary.getByRole('link')).toHaveCount(3);
  await page.getByLabel('Tipo di disservizio').selectOption('Arredo urbano');
  await next.click();
  await expect(summary.getByRole('link', { name: `Che cosa è rotto o manca?: ${say('form.required')}` })).toBeVisible();
});

test('a street is found by the keyboard; a category asks its own questions', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const street = page.getByRole('combobox', { name: /Cerca un luogo/ });
  await street.pressSequentially('v calzaiu');
  const options = page.getByRole('listbox').getByRole('option');
  await expect(options.first()).toHaveText('Via dei Calzaiuoli');
  await expect(page.getByText(like('form.suggestions.other', { count: '\\d+' })).or(page.getByText(say('form.suggestions.one', { count: 1 })))).toBeAttached();
  await page.keyboard.press('ArrowDown');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await expect(street).toHaveAttribute('aria-activedescendant', (await options.first().getAttribute('id')) ?? 'no id');
  await page.keyboard.press('Enter');
  await expect(street).toHaveValue('Via dei Calzaiuoli');
  await expect(page.getByRole('listbox')).toBeHidden();
  await street.fill('piazza san');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox')).toBeHidden();
  await expect(street).toHaveValue('piazza san');

  const category = page.getByLabel('Tipo di disservizio');
  await expect(category.getByRole('option')).toHaveCount(12);
  await category.selectOption('Acqua, allagamenti, problemi fognari');
  await page.getByLabel('Che cosa succede?').selectOption('Perde acqua');
  await category.selectOption('Arredo urbano');
  await expect(page.getByLabel('Che cosa succede?')).toHaveCount(0);
  await expect(page.getByLabel('Che cosa è rotto o manca?')).toHaveValue('');
});

test('the position is measured on request, with its accuracy; outside the town it is refused', async ({ openAs, context }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ longitude: 11.2486, latitude: 43.7665, accuracy: 12 });
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  const use = page.getByRole('button', { name: 'Usa la tua posizione' });
  await use.click();
  await expect(page.getByText(say('reports.position_taken', { metres: 12 }))).toBeVisible();
  await expect(page.getByRole('combobox', { name: /Cerca un luogo/ })).not.toHaveValue('');
  await page.getByRole('button', { name: say('reports.position_forget') }).click();
  await expect(page.getByText(like('reports.position_taken'))).toHaveCount(0);

  await context.setGeolocation({ longitude: 11.2486, latitude: 43.7665, accuracy: 900 });
  await use.click();
  await expect(page.getByText(say('reports.position_rough', { metres: 900 }))).toBeVisible();
  await context.setGeolocation({ longitude: 11.0966, latitude: 43.8808, accuracy: 12 });
  await use.click();
  await expect(page.getByRole('alert').filter({ hasText: say('form.outside_town') })).toBeVisible();
  await context.clearPermissions();
  await use.click();
  await expect(page.getByRole('alert').filter({ hasText: say('reports.position_denied') })).toBeVisible();
});

test('a position that is found when the page has been left harms nobody', async ({ openAs, page, context }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ longitude: 11.2486, latitude: 43.7665, accuracy: 12 });
  await page.addInitScript(() => {
    const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
    navigator.geolocation.getCurrentPosition = (found, ...rest) => ask((place) => addEventListener('found', () => found(place)), ...rest);
  });
  await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await page.getByRole('button', { name: 'Usa la tua posizione' }).click();
  await expect(page.getByText(say('reports.position_busy'))).toBeVisible();
  await page.getByRole('navigation', { name: 'Area personale' }).getByRole('link', { name: 'Attività' }).click();
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('found')));
  await page.getByRole('main').getByRole('article').first().getByRole('link').click();
  await expect(page.getByRole('region', { name: say('cases.story') })).toBeVisible();
});

test('texts that are too long or deceive are refused, and nothing of them is lost', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page);
  const [title, next] = [page.getByLabel('Titolo'), page.getByRole('button', { name: 'Avanti' })];
  const summary = page.getByRole('group', { name: 'Ci sono alcune informazioni mancanti o errate' });
  const long = 'Lampione '.repeat(556).slice(0, 5_000).trim();
  await title.fill(long);
  await expect(page.getByText(like('form.chars_over.other', { count: '\\d+' }))).toBeVisible();
  await next.click();
  await expect(summary).toContainText(like('form.too_long', { actual: String(long.length), max: '\\d+' }));
  await expect(title).toHaveValue(long);
  for (const bad of ['Lampione\u0007spento', 'Lampione \u202Eotneps', 'Lampione\u2067spento']) {
    await title.fill(bad);
    await next.click();
    await expect(summary, JSON.stringify(bad)).toContainText(say('form.unsafe_characters'));
    await expect(title).toHaveValue(bad);
  }
  await title.fill('Lampione <b>spento</b> & "buio" \u{1F926}\u{1F3FD}');
  await page.getByLabel('Dettagli').fill('Riga una\nRiga due');
  await review(page);
  await expect(page.getByRole('region', { name: 'Disservizio' })).toContainText('Lampione <b>spento</b> & "buio"');
});

test('a category that exists no longer is named, and another can be chosen', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await page.route('**/api/v1/reports/form?*', async (route) => {
    const answer = await route.fetch();
    const form = (await answer.json()) as { categories: { code: string; name: string; fields: unknown[] }[] };
    form.categories.push({ code: 'gone', name: 'Categoria di ieri', fields: [] });
    await route.fulfill({ response: answer, json: form });
  });
  await page.reload();
  await acknowledge(page);
  await tell(page, { title: 'Cose di ieri' });
  await page.getByLabel('Tipo di disservizio').selectOption('Categoria di ieri');
  await review(page);
  await send(page);
  const summary = page.getByRole('group', { name: 'Ci sono alcune informazioni mancanti o errate' });
  await expect(summary).toContainText(`Tipo di disservizio: ${say('form.not_a_choice')}`);
  await page.unroute('**/api/v1/reports/form?*');
  // The field is on another step: the link leads there, to the field itself.
  await summary.getByRole('link', { name: /Tipo di disservizio/ }).click();
  await expect(page).toHaveURL('/reports/new/data');
  await expect(page.getByLabel('Tipo di disservizio')).toBeFocused();
  await expect(page.getByLabel('Titolo')).toHaveValue('Cose di ieri');
  await page.getByLabel('Tipo di disservizio').selectOption('Arredo urbano');
  await page.getByLabel('Che cosa è rotto o manca?').selectOption('Panchina');
  await review(page);
  await send(page);
  const number = await received(page);
  expect(await casesWith(page, number)).toHaveLength(1);
});

test('whatever is wrong in the summary has a link to its field: the notice, a point, a photo, a question asked no longer', async ({ openAs, context }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page);
  await page.getByLabel('Carica file').setInputFiles({ name: 'foto.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 400, 300) });
  await expect(page.getByRole('listitem').filter({ hasText: 'foto.jpg' })).toContainText('kB');
  await review(page);
  const at: [field: string, path: string, label: string | RegExp][] = [
    ['privacy_version', '/reports/new', /Ho letto e compreso/], ['place.point', '/reports/new/data', /Cerca un luogo/], ['files.0', '/reports/new/data', 'Carica file'],
    ['photos.0', '/reports/new/data', 'Carica file'], ['answers.yesterday', '/reports/new/data', 'Tipo di disservizio'], ['answers.problem', '/reports/new/data', 'Che cosa non va?'],
  ];
  const fields = at.map(([field]) => ({ field, code: 'not_found' }));
  await page.route('**/api/v1/reports', (route) =>
    route.fulfill({ status: 422, contentType: 'application/problem+json', json: { type: 'about:blank', status: 422, title: 'Invalid', code: 'invalid', fields } }),
  );
  await send(page);
  const summary = page.getByRole('group', { name: 'Ci sono alcune informazioni mancanti o errate' });
  await expect(summary.getByRole('link')).toHaveCount(at.length);
  for (const [index, [field, path, label]] of at.entries()) {
    await summary.getByRole('link').nth(index).click();
    await expect(page, field).toHaveURL(path);
    await expect(page.getByLabel(label).and(page.locator('input, select, textarea')), field).toBeFocused();
    await page.goBack();
    await expect(page).toHaveURL('/reports/new/summary');
  }
});

test('the own words of a category are counted, and nothing of a long one is cut off', async ({ openAs }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await page.route('**/api/v1/reports/form?*', async (route) => {
    const answer = await route.fetch();
    const form = (await answer.json()) as { categories: { code: string; name: string; fields: unknown[] }[] };
    form.categories.push({ code: 'other', name: 'Altro ancora', fields: [{ code: 'which', label: 'Che cosa vedi?', help: '', required: true, choices: [] }] });
    await route.fulfill({ response: answer, json: form });
  });
  await page.reload();
  await acknowledge(page);
  await tell(page);
  await page.getByLabel('Tipo di disservizio').selectOption('Altro ancora');
  const answer = page.getByLabel('Che cosa vedi?');
  await answer.fill('Un cartello');
  await expect(page.getByText(say('form.chars_left.other', { count: 89 }))).toBeVisible();
  const long = 'parola '.repeat(20).trim();
  await answer.fill(long);
  await expect(answer).toHaveValue(long);
  await expect(page.getByText(say('form.chars_over.other', { count: 39 }))).toBeVisible();
  await page.getByRole('button', { name: 'Avanti' }).click();
  const summary = page.getByRole('group', { name: 'Ci sono alcune informazioni mancanti o errate' });
  await summary.getByRole('link', { name: /Che cosa vedi/ }).click();
  await expect(answer).toBeFocused();
});

test('changing the language in the middle keeps what was typed', async ({ openAs, context }) => {
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await tell(page, { title: 'Semaforo guasto', details: 'Lampeggia soltanto.' });
  const photo = { name: 'foto.png.jpg', mimeType: 'image/jpeg', buffer: await jpeg(context, 400, 300) };
  await page.getByLabel('Carica file').setInputFiles(photo);
  await expect(page.getByRole('listitem').filter({ hasText: 'foto.png.jpg' })).toContainText('kB');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('reports.step_data', {}, 'en') })).toBeVisible();
  await expect(page.getByLabel(say('reports.subject', {}, 'en'))).toHaveValue('Semaforo guasto');
  await expect(page.getByLabel(say('reports.details', {}, 'en'))).toHaveValue('Lampeggia soltanto.');
  await expect(page.getByRole('combobox', { name: say('reports.street', {}, 'en') })).toHaveValue('Via Maggio');
  await expect(page.getByLabel(say('reports.category', {}, 'en'))).toHaveValue('roads_traffic');
  await expect(page.getByRole('listitem').filter({ hasText: 'foto.png.jpg' })).toContainText('kB');
  await page.getByRole('button', { name: say('common.next', {}, 'en') }).click();
  await expect(page.getByRole('heading', { level: 1, name: say('reports.step_summary', {}, 'en') })).toBeVisible();
});
