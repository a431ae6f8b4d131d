// What follows a report, through the API and the clerk's own page: a question and its answer, the photo of the repair, open again.
import { randomUUID } from 'node:crypto';
import { town } from '../fixtures/crm.ts';
import { plainLogIn } from '../fixtures/plain_login.ts';
import { expect, test } from '../fixtures/test.ts';

interface Step {
  kind: string;
  state: string;
  note?: string;
  at?: string;
  files?: { id: string; state: string; name: string }[];
}
interface Case {
  summary: { number: string; state: string; phase: string };
  may: { message: boolean; verdict: boolean; rating: boolean };
  timeline: Step[];
}

test('the clerk asks, hears the answer, shows the repair; the citizen opens the report again', async ({ isMobile }) => {
  test.skip(isMobile, 'no browser takes part: once is enough');
  const { crm, issuer } = town();
  const headers = { 'X-Filo': '1', Origin: crm, Cookie: await plainLogIn(crm, 'giulia-ferri') };
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const answer = await fetch(`${crm}/api/v1${path}`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
      body: JSON.stringify(body),
    });
    expect(answer.status, await answer.clone().text()).toBe(201);
    return answer.json() as Promise<T>;
  };
  const read = async <T>(path: string): Promise<T> => (await fetch(`${crm}/api/v1${path}`, { headers })).json() as Promise<T>;

  const form = await read<{ privacy_notice: { version: string } }>('/reports/form?language=it');
  const report = {
    privacy_version: form.privacy_notice.version,
    place: { street: 'Via Maggio', house_number: '12', point: { lon: 11.2486, lat: 43.7667 } },
    category: 'roads_traffic',
    answers: { problem: 'lamp' },
    title: 'Lampione spento da tre giorni',
    details: 'Di sera non si vede niente.',
  };
  const { id, number } = await post<{ id: string; number: string }>('/reports', report);
  const clerk = async (state: string, note: string) => {
    const moved = await fetch(`${issuer}/clerk/moves`, {
      method: 'POST',
      headers: { Origin: issuer },
      body: new URLSearchParams({ number, state, note, key: randomUUID() }),
      redirect: 'manual',
    });
    expect(moved.status, await moved.text()).toBe(303);
  };
  const story = async () => {
    const found = await read<Case>(`/cases/${id}?language=it`);
    return { ...found, past: found.timeline.filter((step) => step.at) };
  };

  await clerk('waiting_information', 'Quale lampione?');
  let { summary, past } = await story();
  expect([summary.phase, past.at(-1)?.kind, past.at(-1)?.note]).toEqual(['waiting_for_you', 'question', 'Quale lampione?']);
  await post(`/cases/${id}/messages`, { text: 'Quello davanti al portone verde.' });
  ({ summary, past } = await story());
  expect([summary.phase, past.at(-1)?.kind]).toEqual(['open', 'message']);

  await clerk('resolved', 'Lampadina cambiata.');
  const closed = await story();
  const repair = closed.past.at(-1)?.files?.[0];
  expect(closed.may).toMatchObject({ message: false, verdict: true, rating: true });
  expect([repair?.state, repair?.name]).toEqual(['ready', 'lampione-acceso.jpg']);
  const photo = await fetch(`${crm}/api/v1/attachments/${repair?.id}?size=thumb`, { headers });
  expect([photo.status, photo.headers.get('content-type')]).toEqual([200, 'image/jpeg']);

  await post(`/cases/${id}/verdict`, { resolved: false, reason: 'Stasera è di nuovo spento.' });
  ({ summary, past } = await story());
  expect([summary.state, summary.phase, past.at(-1)?.kind]).toEqual(['reopened', 'open', 'reopened']);
  await post(`/cases/${id}/rating`, { stars: 4, reason: 'on_track' });
  expect((await story()).may).toMatchObject({ message: true, verdict: false, rating: false });
});
