// Logs a demo person in over HTTP, as the browser would, and gives the session's cookie: { name, value }.

/** The cookies an answer sets: Map of name → value. */
function cookiesOf(answer) {
  return new Map(answer.headers.getSetCookie().map((line) => /^([^=]+)=([^;]*)/.exec(line).slice(1, 3)));
}

/** Signs `person` (a demo person's name, such as "maria-rossi") in at the CRM behind `app`. */
export async function logIn(app, person) {
  const begun = await fetch(`${app}/api/v1/session/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-filo': '1', origin: app },
    body: JSON.stringify({ scheme: 'spid', device: 'mine', back_to: '/cases', language: 'it' }),
  });
  if (!begun.ok) throw new Error(`the login did not begin: ${begun.status} ${await begun.text()}`);
  const { location } = await begun.json();
  const page = await (await fetch(location)).text();
  const request = /name="request" value="([^"]+)"/.exec(page)?.[1];
  if (!request) throw new Error('the identity provider shows no login page');
  const chosen = await fetch(new URL('/login', location), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ request, language: 'it', choice: person }),
  });
  const cookie = [...cookiesOf(begun)].map(([name, value]) => `${name}=${value}`).join('; ');
  const back = await fetch(chosen.headers.get('location'), { redirect: 'manual', headers: { cookie } });
  const session = [...cookiesOf(back)].find(([name, value]) => name.startsWith('__Host-') && value && !cookiesOf(begun).has(name));
  if (!session) throw new Error(`${person} was not let in: ${back.status} ${back.headers.get('location')}`);
  return { name: session[0], value: session[1] };
}
