import { compact } from './markup.ts';

/**
 * The page's own script: renews the parts that have changed, and says when it no longer can. It makes no chart and no
 * text of its own, because the server sends the same page again.
 */
export const SCRIPT = compact(`
(() => {
  const live = document.getElementById('live');
  const LATER_MS = 30000;
  let isFirst = true;
  let isAsking = false;
  let isBehind = false;

  function tell(words) {
    if (live.textContent !== words) live.textContent = words;
  }

  function lost() {
    if (!live.textContent.startsWith('Not')) tell('Not live since ' + new Date(Date.now()).toLocaleTimeString());
  }

  function takeOver(next) {
    const focused = document.activeElement?.closest('details')?.id;
    for (const part of document.querySelectorAll('main > section')) {
      const newer = next.getElementById(part.id);
      if (newer === null) continue;
      for (const open of part.querySelectorAll('details[open]')) {
        next.getElementById(open.id)?.setAttribute('open', '');
      }
      if (newer.outerHTML !== part.outerHTML) part.replaceWith(document.adoptNode(newer));
    }
    if (focused) document.getElementById(focused)?.querySelector('summary').focus();
    document.title = next.title;
  }

  async function renew() {
    isBehind = isAsking || document.hidden;
    if (isBehind) return;
    isAsking = true;
    try {
      const answer = await fetch(location.pathname);
      if (!answer.ok) throw new Error(answer.status);
      takeOver(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      tell('Live');
    } catch {
      lost();
    }
    isAsking = false;
    if (isBehind) setTimeout(renew, 1000);
  }

  function listen() {
    const events = new EventSource('events');
    events.addEventListener('status', () => {
      if (isFirst) tell('Live');
      else renew();
      isFirst = false;
    });
    events.onerror = () => {
      lost();
      if (events.readyState === EventSource.CLOSED) setTimeout(listen, LATER_MS);
    };
  }

  document.addEventListener('visibilitychange', () => {
    if (isBehind && !document.hidden) renew();
  });
  listen();
})();
`);
