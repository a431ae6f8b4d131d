// Puts the app on the device: fetched by the boot script when the first page has had its turn.

/** Puts the app on the device by its service worker, and offers a newer one; a town can switch that off in config.json. */
export async function stay(settings) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  if (settings?.offline === false) {
    for (const registration of await workers.getRegistrations()) await registration.unregister();
    return Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  }
  workers.onmessage = ({ data }) => {
    // The network is back, says the worker: whoever waits for that hears it as if the browser had said so.
    if (data === 'wake') dispatchEvent(new Event('online'));
    else if (data?.open) follow(data.open);
  };
  const registration = await workers.register('/service-worker.js').catch(() => undefined);
  if (!registration) return;
  const offer = () => {
    const { waiting } = registration;
    if (!waiting || !workers.controller) return;
    window.filo.takeOver = () => {
      // It was let in by another window already.
      if (waiting.state !== 'installed') return location.reload();
      workers.oncontrollerchange = () => location.reload();
      waiting.postMessage('take over');
    };
    dispatchEvent(new Event('filo-update'));
  };
  offer();
  registration.onupdatefound = () => (registration.installing.onstatechange = offer);
  addEventListener('focus', () => registration.update().catch(() => {}));
}

/** Goes to a page as a link of the app does. */
function follow(path) {
  const link = document.body.appendChild(Object.assign(document.createElement('a'), { href: path, hidden: true }));
  link.click();
  link.remove();
}
