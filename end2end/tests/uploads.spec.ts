// tus-js-client, as it comes from the registry, sends files to the CRM: in one go, in pieces, over a CRM that stops on the way.
import { createHash, randomBytes } from 'node:crypto';
import { type PreviousUpload, Upload, type UploadOptions } from 'tus-js-client';
import { type Crm, startCrm, town } from '../fixtures/crm.ts';
import { jpeg } from '../fixtures/photos.ts';
import { plainLogIn } from '../fixtures/plain_login.ts';
import { expect, test } from '../fixtures/test.ts';

/** What the client must be told besides the protocol: who is asking, and that it is the app that asks. */
interface Access {
  origin: string;
  cookie: string;
}

const options = ({ origin, cookie }: Access): UploadOptions => ({
  endpoint: `${origin}/api/v1/uploads`,
  headers: { 'X-Filo': '1', Origin: origin, Cookie: cookie },
  retryDelays: [0, 200, 500, 1000, 2000],
});

/** Sends a file to its end; the id of what it became. */
function send(file: Buffer, more: UploadOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, { ...more, onError: reject, onSuccess: () => resolve(upload.url!.split('/').pop()!) });
    upload.start();
  });
}

/** What the CRM says of a file. */
async function state({ origin, cookie }: Access, id: string): Promise<{ state: string; sent_sha256: string; name: string }> {
  const answer = await fetch(`${origin}/api/v1/attachments/${id}/state`, { headers: { 'X-Filo': '1', Cookie: cookie } });
  expect(answer.status).toBe(200);
  return answer.json();
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** A PDF of so many bytes, which cannot be made smaller. */
function document(bytes: number): Buffer {
  const ends = ['%PDF-1.4\n1 0 obj\n<< /Length 9 >>\nstream\n', '\nendstream\nendobj\nstartxref\n0\n%%EOF\n'].map((text) => Buffer.from(text));
  const noise = Buffer.from(randomBytes(bytes).toString('hex').slice(0, bytes - ends[0].length - ends[1].length));
  return Buffer.concat([ends[0], noise, ends[1]]);
}

test.describe('tus-js-client', () => {
  test.skip(({ isMobile }) => isMobile, 'no browser sends anything here: once is enough');

  let access: Access;
  test.beforeAll(async () => {
    access = { origin: town().crm, cookie: await plainLogIn(town().crm, 'giulia-ferri') };
  });

  test('sends a photo in one go, in pieces, and with its creation', async ({ context }) => {
    const photo = await jpeg(context, 1600, 1200);
    const ways: [string, UploadOptions][] = [
      ['in one go', {}],
      ['in pieces', { chunkSize: 10_000 }],
      ['with its creation', { uploadDataDuringCreation: true }],
      ['with its creation, in pieces', { uploadDataDuringCreation: true, chunkSize: 10_000 }],
    ];
    for (const [way, more] of ways) {
      const id = await send(photo, { ...options(access), metadata: { filename: 'Lampione è spento.jpg', kind: 'photo' }, ...more });
      const { state: found, sent_sha256, name } = await state(access, id);
      expect([found, sent_sha256, name], way).toEqual(['ready', sha256(photo), 'Lampione è spento.jpg']);
    }
  });

  test('goes on where it was stopped, and gives up what is not wanted', async () => {
    const file = document(2_000_000);
    const upload = await new Promise<Upload>((resolve, reject) => {
      const upload = new Upload(file, {
        ...options(access),
        chunkSize: 500_000,
        onError: reject,
        onChunkComplete: (_, accepted) => accepted >= 1_000_000 && void upload.abort().then(() => resolve(upload)),
      });
      upload.start();
    });
    const sent: number[] = [];
    const previous = { uploadUrl: upload.url, size: file.length, metadata: {}, creationTime: '', urlStorageKey: '' } as unknown as PreviousUpload;
    const id = await new Promise<string>((resolve, reject) => {
      const second = new Upload(file, { ...options(access), onProgress: (bytes) => sent.push(bytes), onError: reject, onSuccess: () => resolve(second.url!.split('/').pop()!) });
      second.resumeFromPreviousUpload(previous);
      second.start();
    });
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(1_000_000);
    expect(await state(access, id)).toMatchObject({ state: 'ready', sent_sha256: sha256(file) });
    await Upload.terminate(`${access.origin}/api/v1/uploads/${id}`, options(access));
    const gone = await fetch(`${access.origin}/api/v1/attachments/${id}/state`, { headers: { 'X-Filo': '1', Cookie: access.cookie } });
    expect(gone.status).toBe(404);
  });

  test('is told why a file is not taken', async () => {
    const refused = send(Buffer.alloc(16_000_000), options(access));
    await expect(refused).rejects.toThrow(/413/);
    const svg = await send(Buffer.from('<svg><script>alert(1)</script></svg>'), options(access));
    expect(await state(access, svg)).toMatchObject({ state: 'refused', problem: { code: 'file_type' } });
  });
});

test('tus-js-client brings a file to its end although the CRM stops on the way', async ({ isMobile }) => {
  test.skip(isMobile, 'no browser sends anything here: once is enough');
  const crm: Crm = await startCrm();
  try {
    const access = { origin: crm.url, cookie: await plainLogIn(crm.url, 'giulia-ferri') };
    const file = document(6_000_000);
    let stopped: Promise<void> | undefined;
    const onProgress = (bytes: number) => {
      if (bytes > 2_000_000) stopped ??= crm.stop().then(() => crm.start());
    };
    const id = await send(file, { ...options(access), retryDelays: Array(20).fill(500), chunkSize: 700_000, onProgress });
    expect(stopped).toBeDefined();
    await stopped;
    expect(await state(access, id)).toMatchObject({ state: 'ready', sent_sha256: sha256(file) });
  } finally {
    await crm.end();
  }
});
