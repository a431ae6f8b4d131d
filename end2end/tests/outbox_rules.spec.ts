// The outbox's decisions, called as functions: when it tries again, what it never throws away, when a file counts as arrived.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../fixtures/programs.ts';
import { expect, test } from '../fixtures/test.ts';

interface Rules {
  pause(tries: number, luck?: number): number;
  nextAt(now: number, tries: number, quiet: number, luck?: number): number;
  patience(tries?: number): number;
  quiet(value: string | null, now: number): number;
  nextPiece(size: number, ms?: number): number;
  isOurs(type: string | null, problem: unknown, method: string): boolean;
  isDue(entry: { state: string; next_at: number; tried_at?: number; version?: number }, now: number, back?: number): boolean;
  upgrade(entry: Record<string, unknown>): Record<string, unknown>;
  mayKeep(mark: { state?: string; rev?: string } | undefined, rev: string | undefined, isSending: boolean): boolean;
  verdict(status?: number, code?: string): 'again' | 'back' | 'mend' | 'other' | 'renew';
  settle(file: Record<string, unknown>, told: Record<string, unknown>): void;
  newId(now?: number): string;
}

/** The scripts as they are served, but for the names of one another that the build writes into them. */
async function rules(): Promise<Rules> {
  const folder = mkdtempSync(join(tmpdir(), 'filo-outbox-'));
  try {
    const names = ['vault', 'drafts', 'sending', 'mirror', 'outbox'];
    for (const name of names) {
      const source = readFileSync(join(ROOT, `public/${name}.js`), 'utf8');
      writeFileSync(join(folder, `${name}.mjs`), source.replaceAll(/__FILO_(\w+)__/g, (_, other: string) => `./${other.toLowerCase()}.mjs`));
    }
    const all = await Promise.all(names.map((name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href)));
    return Object.assign({}, ...all) as Rules;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the pause doubles up to five minutes, is drawn by luck, and is never nothing', async () => {
  const { pause } = await rules();
  expect([1, 2, 3, 4].map((tries) => pause(tries, 1))).toEqual([2_000, 4_000, 8_000, 16_000]);
  for (const tries of [9, 20, 1_000]) expect(pause(tries, 1)).toBe(300_000);
  expect(pause(50, 0)).toBe(500);
  const drawn = new Set(Array.from({ length: 50 }, () => pause(5)));
  expect(drawn.size).toBeGreaterThan(40);
});

test('an entry is due when its pause is over, when the network is back, and when the clock was put back', async () => {
  const { isDue } = await rules();
  const now = 1_800_000_000_000;
  const entry = { state: 'waiting', next_at: now + 60_000, tried_at: now - 1_000 };
  expect(isDue(entry, now)).toBe(false);
  expect(isDue(entry, now + 60_000)).toBe(true);
  expect(isDue(entry, now, now - 500)).toBe(true);
  expect(isDue(entry, now, now - 2_000)).toBe(false);
  expect(isDue(entry, now - 86_400_000)).toBe(true);
  for (const state of ['draft', 'stuck']) expect(isDue({ ...entry, state }, now + 60_000)).toBe(false);
});

test('however long the CRM asks for quiet, the next try is within five minutes and never at once', async () => {
  const { isDue, nextAt, quiet } = await rules();
  const now = 1_800_000_000_000;
  expect(quiet('20', now)).toBe(now + 20_000);
  expect(quiet(new Date(now + 60_000).toUTCString(), now)).toBe(now + 60_000);
  for (const value of ['3600', '86400', new Date(now + 86_400_000).toUTCString()]) expect(quiet(value, now), value).toBe(now + 300_000);
  for (const value of [null, '', 'soon', '-1', '0']) expect(quiet(value, now), String(value)).toBe(0);

  // Our CRM says 3600 when there are too many: an entry that waits so long is not due, or it would be tried without a pause.
  const hushed = { state: 'waiting', next_at: nextAt(now, 1, quiet('3600', now), 0), tried_at: now };
  expect(hushed.next_at).toBe(now + 300_000);
  expect(isDue(hushed, now)).toBe(false);
  expect(isDue(hushed, now + 300_000)).toBe(true);

  // The clock is put back a day after that: the CRM's moment lies a day ahead, the next try does not.
  const earlier = now - 86_400_000;
  const next_at = nextAt(earlier, 2, now + 300_000, 0);
  expect(next_at).toBe(earlier + 300_000);
  expect(isDue({ state: 'waiting', next_at, tried_at: earlier }, earlier)).toBe(false);
});

test('a request has twice the time at each try, up to four minutes: a slow server answers at last', async () => {
  const { patience } = await rules();
  expect([0, 1, 2, 3, 50].map((tries) => patience(tries))).toEqual([60_000, 120_000, 240_000, 240_000, 240_000]);
});

test('a piece that failed is halved down to 16 KiB, one that was quick grows back to 128', async () => {
  const { nextPiece } = await rules();
  const sizes = [128 * 1024];
  for (let n = 0; n < 5; n += 1) sizes.push(nextPiece(sizes[n]));
  expect(sizes.map((size) => size / 1024)).toEqual([128, 64, 32, 16, 16, 16]);
  expect(nextPiece(16 * 1024, 200)).toBe(32 * 1024);
  expect(nextPiece(32 * 1024, 20_000)).toBe(32 * 1024);
  expect(nextPiece(128 * 1024, 200)).toBe(128 * 1024);
});

test('what a person can mend is not tried again; everything else is; nobody signed in: wait', async () => {
  const { verdict } = await rules();
  for (const status of [400, 403, 404, 405, 413, 415, 422]) expect(verdict(status), String(status)).toBe('mend');
  for (const status of [undefined, 408, 409, 425, 429, 460, 500, 502, 503, 504, 511]) expect(verdict(status), String(status)).toBe('again');
  expect(verdict(401, 'signed_out')).toBe('back');
  expect(verdict(409, 'other_person')).toBe('other');
  expect(verdict(409, 'conflict')).toBe('again');
  expect(verdict(422, 'key_reused')).toBe('renew');
  expect(verdict(422, 'invalid')).toBe('mend');
});

test('a refusal is believed when the CRM itself says it', async () => {
  const { isOurs } = await rules();
  const problem = { status: 403, code: 'forbidden' };
  expect(isOurs('application/problem+json', problem, 'POST')).toBe(true);
  expect(isOurs('application/problem+json; charset=utf-8', problem, 'POST')).toBe(true);
  // An answer to HEAD has no body.
  expect(isOurs('application/problem+json', undefined, 'HEAD')).toBe(true);
  for (const type of ['text/html', 'application/json', '', null]) {
    expect(isOurs(type, problem, 'POST'), String(type)).toBe(false);
    expect(isOurs(type, undefined, 'HEAD'), String(type)).toBe(false);
  }
  for (const said of [undefined, {}, { code: 7 }, 'Login']) expect(isOurs('application/problem+json', said, 'POST')).toBe(false);
});

test('a form keeps its draft only where nobody else has been: sent, deleted or changed elsewhere is left alone', async () => {
  const { mayKeep } = await rules();
  // Never kept before; kept by this tab.
  expect(mayKeep(undefined, undefined, false)).toBe(true);
  expect(mayKeep({ state: 'draft', rev: 'a' }, 'a', false)).toBe(true);
  // Refused by the CRM and being mended.
  expect(mayKeep({ state: 'stuck', rev: 'a' }, 'a', false)).toBe(true);
  // On its way, accepted and gone, changed by another tab, written by a build that knew no versions.
  for (const state of ['waiting', 'travelling']) expect(mayKeep({ state, rev: 'a' }, 'a', false), state).toBe(false);
  expect(mayKeep(undefined, 'a', false)).toBe(false);
  expect(mayKeep({ state: 'draft', rev: 'b' }, 'a', false)).toBe(false);
  expect(mayKeep({}, 'a', false)).toBe(false);
  // Sending what is gone is asked of the CRM, by its key; sending over what is on its way is not.
  expect(mayKeep(undefined, 'a', true)).toBe(true);
  expect(mayKeep({ state: 'waiting', rev: 'a' }, 'a', true)).toBe(false);
});

test('entries of the build before are brought to the present shape; those of a later one are left alone', async () => {
  const { isDue, upgrade } = await rules();
  const first = { id: 'a', path: '/api/v1/reports', title: 'Buca', state: 'waiting', body: '{}', files: [], tries: 2, next_at: 5, changed_at: 1 };
  expect(upgrade(first)).toEqual({ ...first, rev: '', version: 2 });
  const later = { ...first, version: 99, brand_new: true };
  expect(upgrade(later)).toEqual(later);
  expect(isDue({ ...first, version: 2 }, 10)).toBe(true);
  expect(isDue(later, 10)).toBe(false);
});

test('identifiers made here are UUIDs of version 7, in the order of their making', async () => {
  const { newId } = await rules();
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newId(1_000) < newId(2_000)).toBe(true);
});

test('only the checksum that was announced ticks a file', async () => {
  const { settle } = await rules();
  const after = (told: Record<string, unknown>) => {
    const file: Record<string, unknown> = { sha256: 'ab' };
    settle(file, told);
    return file;
  };
  expect(after({ state: 'ready', sent_sha256: 'ab' })).toEqual({ sha256: 'ab', arrived: true });
  expect(after({ state: 'ready', sent_sha256: 'cd' }).problem).toEqual({ field: 'file', code: 'file_damaged' });
  expect(after({ state: 'refused', problem: { field: 'file', code: 'file_type' } }).problem).toEqual({ field: 'file', code: 'file_type' });
  for (const state of ['travelling', 'brand_new']) expect(() => after({ state })).toThrow();
});
