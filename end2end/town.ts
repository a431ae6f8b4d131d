// Before the tests: the demo town with its identity provider, its data imported into a CRM, and that CRM; stopped at the end.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OFFICE_TOKEN, PLATFORM_KEY, RECEIPTS_TOKEN, settings } from './fixtures/crm.ts';
import { IO_KEY, SMS_TOKEN } from './fixtures/phones.ts';
import { DIST, freePort, program, run, type Running, start } from './fixtures/programs.ts';

/** CRMs that tests may start for themselves at a time. */
const MORE_CRMS = 12;

/** Starts everything; what it returns stops everything. */
export default async function setUp(): Promise<() => Promise<void>> {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error(`the app is not built: no ${join(DIST, 'index.html')}`);
  const folder = mkdtempSync(join(tmpdir(), 'filo-end2end-'));
  const running: Running[] = [];
  const tearDown = async () => {
    for (const one of running.reverse()) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [townPort, crmPort, smtpPort] = [await freePort(), await freePort(), await freePort()];
    const ports = await Promise.all(Array.from({ length: MORE_CRMS }, () => freePort()));
    const issuer = `http://127.0.0.1:${townPort}`;
    running.push(await start(program('town'), ['serve'], townSettings(townPort, issuer, smtpPort, [crmPort, ...ports]), `${issuer}/.well-known/openid-configuration`, join(folder, 'town.txt')));
    const imported = join(folder, 'imported');
    mkdirSync(imported);
    const data = join(folder, 'import.json');
    writeFileSync(data, await run(program('town'), ['data', '--issuer', issuer]));
    await run(program('crm'), ['import', data], settings(crmPort, imported, issuer));
    // The import stays as it is, for every CRM that a test starts for itself; the one that tests share works on a copy.
    const shared = join(folder, 'crm');
    cpSync(imported, shared, { recursive: true });
    const environment = settings(crmPort, shared, issuer);
    running.push(await start(program('crm'), ['serve'], environment, `http://127.0.0.1:${crmPort}/api/v1/health`, join(folder, 'crm.txt')));
    process.env.FILO_END2END_TOWN = JSON.stringify({ folder, issuer, crm: environment.FILO_PUBLIC_URL, ports, smtpPort });
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

function townSettings(port: number, issuer: string, smtpPort: number, crmPorts: number[]): Record<string, string> {
  // With TLS too: some tests put it before the CRM.
  const origins = ['http', 'https'].flatMap((scheme) => crmPorts.map((crm) => `${scheme}://localhost:${crm}`));
  return {
    TOWN_ADDRESS: `127.0.0.1:${port}`,
    TOWN_PUBLIC_URL: issuer,
    TOWN_REDIRECT_URIS: origins.map((origin) => `${origin}/api/v1/session/callback`).join(' '),
    TOWN_LOGOUT_URIS: origins.map((origin) => `${origin}/`).join(' '),
    TOWN_CRM_URL: origins[0],
    TOWN_OFFICE_TOKEN: OFFICE_TOKEN,
    TOWN_SMTP_ADDRESS: `127.0.0.1:${smtpPort}`,
    TOWN_IO_KEY: IO_KEY,
    TOWN_SMS_TOKEN: SMS_TOKEN,
    TOWN_PAGOPA_KEY: PLATFORM_KEY,
    TOWN_PAGOPA_RECEIPTS_TOKEN: RECEIPTS_TOKEN,
  };
}
