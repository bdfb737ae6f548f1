// Searches titles and notes of all episodes, from a file that is fetched when it is first needed.
// Without this script there is no search field; lists and archive lead everywhere.
(() => {
  'use strict';
  const field = document.querySelector('.search');
  if (!field) return;
  const input = field.querySelector('input');
  const status = document.getElementById('found');
  const results = document.getElementById('results');
  const listed = document.getElementById('listed');
  const root = field.dataset.root;
  const LIMIT = 50;
  const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const make = (tag, content, className) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(content);
    return element;
  };
  let index = null;
  const load = () => {
    index ||= fetch(`${root}assets/search.json`)
      .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then((rows) => rows.map((row) => ({ row, title: ` ${fold(row[2])}`, words: ` ${fold(row[5])}` })))
      .catch((error) => { index = null; throw error; });
    return index;
  };
  const line = ([path, number, title, date, duration]) => {
    const link = make('a', title);
    link.href = root + path;
    const when = make('p', make('time', date), 'when');
    when.append(make('span', duration));
    const item = make('li', make('span', number === null ? '·' : String(number), 'number'));
    item.append(make('div', link), when);
    return item;
  };
  const search = async () => {
    const asked = input.value;
    const terms = fold(asked).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    if (terms.length === 0) {
      results.hidden = true;
      listed.hidden = false;
      status.textContent = '';
      return;
    }
    let rows;
    try { rows = await load(); } catch { status.textContent = field.dataset.failed; return; }
    if (asked !== input.value) return;
    // A word counts from its start; titles first, then the newest.
    const titled = [], noted = [];
    for (const entry of rows) {
      const number = String(entry.row[1] ?? '');
      if (terms.every((term) => entry.title.includes(` ${term}`) || number === term)) titled.push(entry.row);
      else if (terms.every((term) => entry.words.includes(` ${term}`) || number === term)) noted.push(entry.row);
    }
    const found = [...titled, ...noted];
    results.replaceChildren(...found.slice(0, LIMIT).map(line));
    results.hidden = false;
    listed.hidden = true;
    status.textContent = found.length === 0 ? field.dataset.none
      : `${found.length} ${found.length === 1 ? field.dataset.one : field.dataset.many}`;
  };
  input.addEventListener('focus', () => { load().catch(() => {}); }, { once: true });
  input.addEventListener('input', search);
  field.hidden = false;
})();
