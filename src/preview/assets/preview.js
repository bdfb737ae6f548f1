// Shows the page again when it has changed. Part of a preview only; no page is published with it.
(() => {
  'use strict';
  const panel = document.querySelector('.onair-preview');
  const details = panel.querySelector('details');
  const memory = { get: () => null, set: () => {} };
  try {
    const store = sessionStorage;
    memory.get = () => store.getItem('onair:panel');
    memory.set = (value) => store.setItem('onair:panel', value);
  } catch { /* not remembered */ }
  // A panel that was opened or closed by hand stays so, unless it has an error to show.
  if (memory.get() !== null && !panel.dataset.urgent) details.open = memory.get() === 'open';
  details.querySelector('summary').addEventListener('click', () => memory.set(details.open ? 'closed' : 'open'));

  // A browser keeps few connections to one host: pages that nobody sees give theirs back.
  let events = null;
  const listen = () => {
    if (document.hidden) {
      if (events) events.close();
      events = null;
    } else if (!events) {
      events = new EventSource('/.onair/events');
      events.addEventListener('version', (event) => {
        if (event.data !== panel.dataset.version) location.reload();
      });
    }
  };
  document.addEventListener('visibilitychange', listen);
  listen();
})();
