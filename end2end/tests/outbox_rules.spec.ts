// The outbox's decisions, called as functions: when it tries again, what it never throws away, when a file counts as arrived.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../fixtures/programs.ts';
import { expect, test } from '../fixtures/test.ts';

interface Rules {
  pause(tries: number, luck?: number): number;
  isDue(entry: { state: string; next_at: number; tried_at?: number }, now: number, back?: number): boolean;
  verdict(status?: number): 'again' | 'back' | 'mend';
  settle(file: Record<string, unknown>, told: Record<string, unknown>): void;
}

/** The script as it is served, but for the name of the vault that the build writes into it. */
async function rules(): Promise<Rules> {
  const folder = mkdtempSync(join(tmpdir(), 'filo-outbox-'));
  try {
    writeFileSync(join(folder, 'vault.mjs'), readFileSync(join(ROOT, 'public/vault.js')));
    writeFileSync(join(folder, 'outbox.mjs'), readFileSync(join(ROOT, 'public/outbox.js'), 'utf8').replaceAll('__FILO_VAULT__', './vault.mjs'));
    return (await import(pathToFileURL(join(folder, 'outbox.mjs')).href)) as Rules;
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

test('what a person can mend is not tried again; everything else is; nobody signed in: wait', async () => {
  const { verdict } = await rules();
  for (const status of [400, 403, 404, 413, 415, 422]) expect(verdict(status), String(status)).toBe('mend');
  for (const status of [undefined, 408, 409, 425, 429, 460, 500, 502, 503, 504, 511]) expect(verdict(status), String(status)).toBe('again');
  expect(verdict(401)).toBe('back');
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
