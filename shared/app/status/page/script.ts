// Refreshes the page: it fetches the page again and replaces the changed parts. On a laptop it also opens files and
// plays the sample. Text from the lake is inserted as text, never as markup.
export const script = `
'use strict';
const byId = (id) => document.getElementById(id);
const everyMs = Number(document.documentElement.dataset.refresh) * 1000;

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: 'no-store' });
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!next.getElementById('head')) throw new Error(String(answer.status));
    for (const part of document.querySelectorAll('[data-live]')) takeOver(part, next.getElementById(part.id));
    showMatching();
    say('refreshed', '');
  } catch {
    say('refreshed', 'The receiver does not answer. The numbers are old. The page tries again.');
  }
}

function takeOver(part, fresh) {
  if (!fresh || fresh.innerHTML === part.dataset.seen) return;
  part.dataset.seen = fresh.innerHTML;
  const held = part.contains(document.activeElement) ? document.activeElement : undefined;
  const filter = byId('filter');
  const typed = filter && part.contains(filter) ? filter.value : undefined;
  part.hidden = fresh.hidden;
  if (fresh.hasAttribute('aria-labelledby')) part.setAttribute('aria-labelledby', fresh.getAttribute('aria-labelledby'));
  part.replaceChildren(...fresh.childNodes);
  if (typed !== undefined && byId('filter')) byId('filter').value = typed;
  if (held) sameAs(held, part)?.focus();
}

function sameAs(held, part) {
  if (held.id) return byId(held.id);
  return [...part.querySelectorAll('[data-path]')].find((one) => one.dataset.path === held.dataset.path);
}

function showMatching() {
  const wanted = byId('filter')?.value.toLowerCase() ?? '';
  for (const row of document.querySelectorAll('[data-name]'))
    row.hidden = !row.dataset.name.toLowerCase().includes(wanted);
}

function say(id, text) {
  const place = byId(id);
  if (place && place.textContent !== text) place.textContent = text;
}

async function playSample() {
  const button = byId('sample');
  button.disabled = true;
  say('played', 'Playing the sample…');
  const answer = await fetch('/local/sample', { method: 'POST' }).catch(() => undefined);
  say('played', answer ? await answer.text() : 'The receiver does not answer.');
  button.disabled = false;
  button.focus();
  await refresh();
}

async function showFile(path) {
  const answer = await fetch('/local/file?path=' + encodeURIComponent(path)).catch(() => undefined);
  byId('file-name').textContent = path;
  byId('file-text').textContent = answer ? pretty(await answer.text()) : 'The receiver does not answer.';
  byId('file').showModal();
}

function pretty(text) {
  // A script would round large numbers. So only a line that a parse does not change gets a new layout.
  try {
    const again = JSON.stringify(JSON.parse(text));
    return again === text.trim() ? JSON.stringify(JSON.parse(text), null, 2) : text;
  } catch {
    return text;
  }
}

document.addEventListener('click', (event) => {
  const path = event.target.closest?.('[data-path]')?.dataset.path;
  if (path !== undefined) void showFile(path);
});
document.addEventListener('input', (event) => {
  if (event.target.id === 'filter') showMatching();
});
document.addEventListener('visibilitychange', () => void refresh());
byId('sample')?.addEventListener('click', () => void playSample());
for (const part of document.querySelectorAll('[data-live]')) part.dataset.seen = part.innerHTML;
(async () => {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    await refresh();
  }
})();
`;
