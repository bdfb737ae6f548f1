// Searches all episodes, in every script, over titles, guests, topics, notes and transcripts. The
// index lies in small files; a query loads the few that hold its words, and of the texts only the
// lines that it shows. Without this script there is no search field; lists and archive lead everywhere.
(() => {
  'use strict';
  const field = document.querySelector('.search[data-root]');
  if (!field || !('DecompressionStream' in window)) return;
  const input = field.querySelector('input');
  const status = document.getElementById('found');
  const results = document.getElementById('results');
  const listed = document.getElementById('listed');
  const root = field.dataset.root;
  const SHOWN = 20, STEP = 64, LINE = 480;
  const [TITLE, PEOPLE, NOTES] = [1, 2, 4];

  // As the index was made: see search/words.rs.
  const DROPPED = /[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]/g;
  const LETTERS = { 'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ø': 'o', 'ł': 'l', 'đ': 'd', 'ı': 'i', 'ς': 'σ', 'ى': 'ي', 'ة': 'ه' };
  const fold = (text) => text.toLowerCase().normalize('NFKD').replace(DROPPED, '')
    .replace(/[ßæœøłđıςىة]/g, (c) => LETTERS[c]).normalize('NFKC');
  const UNSPACED = '\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u3007\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
  const RUNS = new RegExp(`[${UNSPACED}][${UNSPACED}\\p{M}]*|[^${UNSPACED}]+`, 'gu');
  const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
  // A query's words: `key` is looked up, whole or as the start of longer ones; `text` is marked.
  const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter(document.documentElement.lang || undefined, { granularity: 'word' }) : null;
  const parts = (run) => {
    if (!segmenter) return [run];
    const words = [...segmenter.segment(run)].map((part) => part.segment);
    // Particles of one sign part words; alone they say nothing.
    const telling = words.filter((word) => [...word].length > 1 || /\p{scx=Han}/u.test(word));
    return telling.length ? telling : [run];
  };
  const terms = (query) => {
    const found = [];
    for (const word of fold(query).split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean)) {
      for (const run of word.match(RUNS) ?? []) {
        if (!IS_UNSPACED.test(run)) {
          if (run.length > 1 || /[\d\u0080-\uffff]/.test(run)) found.push({ key: run.slice(0, 32), text: run, letters: true });
          continue;
        }
        for (const part of parts(run)) {
          const signs = part.match(/\P{M}\p{M}*/gu) ?? [part];
          if (signs.length === 1) found.push({ key: signs[0], text: part });
          for (let at = 0; at + 1 < signs.length; at += 1) found.push({ key: signs[at] + signs[at + 1], text: part, whole: true });
        }
      }
    }
    return found;
  };

  const once = new Map();
  const load = (name, version, read) => {
    const path = `${root}assets/${name}${version ? `?v=${version}` : ''}`;
    if (!once.has(path)) {
      once.set(path, fetch(path, version ? {} : { cache: 'no-cache' })
        .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer; })
        .then(read)
        .catch((error) => { once.delete(path); throw error; }));
    }
    return once.get(path);
  };
  const unpacked = (answer) => new Response(answer.body.pipeThrough(new DecompressionStream('gzip')));
  const contents = () => load('search.json', null, (answer) => answer.json());

  // A file of words: see search/postings.rs.
  const words = async (answer) => {
    const bytes = new Uint8Array(await unpacked(answer).arrayBuffer());
    const decoder = new TextDecoder();
    const list = [];
    let at = 0, last = new Uint8Array();
    const number = () => {
      let value = 0, factor = 1, byte;
      do { byte = bytes[at]; at += 1; value += (byte & 0x7f) * factor; factor *= 128; } while (byte > 0x7f);
      return value;
    };
    while (at < bytes.length) {
      const shared = number(), rest = number();
      const word = new Uint8Array(shared + rest);
      word.set(last.subarray(0, shared));
      word.set(bytes.subarray(at, at + rest), shared);
      at += rest;
      const length = number();
      list.push({ word: decoder.decode(word), from: at, to: at + length });
      at += length;
      last = word;
    }
    const episodes = (entry) => {
      const found = [];
      at = entry.from;
      let episode = 0;
      while (at < entry.to) {
        episode += number();
        const byte = bytes[at];
        at += 1;
        const passages = [];
        let passage = 0;
        for (let left = byte >> 4; left > 0; left -= 1) passages.push(passage += number());
        found.push({ episode, fields: byte & 15, passages });
      }
      return found;
    };
    return { list, episodes };
  };
  // The last of sorted texts that is not behind `key`.
  const place = (sorted, key) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= key) low = middle + 1; else high = middle;
    }
    return Math.max(0, low - 1);
  };

  // Steps from one word to another: letters added, left out, changed, swapped (at most `limit`).
  const distance = (a, b, limit) => {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let [two, one] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
    for (let i = 1; i <= a.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= b.length; j += 1) {
        const same = a[i - 1] === b[j - 1] ? 0 : 1;
        row[j] = Math.min(row[j - 1] + 1, one[j] + 1, one[j - 1] + same);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], two[j - 2] + 1);
      }
      [two, one] = [one, row];
    }
    return one[b.length];
  };

  // The episodes of a word and of those that start with it, with a weight for each.
  const lookup = async ({ key, whole }, index, weight) => {
    const [firsts, versions] = index.words;
    if (firsts.length === 0) return new Map();
    const found = new Map();
    const start = place(firsts, key);
    const short = key.length < 3 && !IS_UNSPACED.test(key);
    const end = whole || short ? start : Math.min(place(firsts, `${key}\uffff`), start + 2);
    for (let at = start; at <= end; at += 1) {
      const chunk = await load(`search/words-${at}.gz`, versions[at], words);
      for (const entry of chunk.list) {
        if (entry.word !== key && (whole || !entry.word.startsWith(key))) continue;
        const exact = entry.word === key ? 1 : 0.6;
        for (const { episode, fields, passages } of chunk.episodes(entry)) {
          const before = found.get(episode) ?? { score: 0, passages: [] };
          const field = fields & TITLE ? 12 : fields & PEOPLE ? 8 : fields & NOTES ? 3 : 1;
          before.score = Math.max(before.score, field * exact * weight);
          before.passages.push(...passages);
          found.set(episode, before);
        }
      }
    }
    return found;
  };
  // Words near a misspelt one, nearest first.
  const meant = async (key, index) => {
    const limit = key.length > 7 ? 2 : 1;
    const [firsts, versions] = index.list;
    const letters = new Set([...key].slice(0, 2));
    const files = new Set([...letters].map((letter) => place(firsts, letter)));
    for (const letter of letters) files.add(place(firsts, `${letter}\uffff`));
    const near = [];
    for (const at of files) {
      if (!versions[at]) continue;
      const list = await load(`search/list-${at}.gz`, versions[at], async (answer) => (await unpacked(answer).text()).split('\n'));
      for (const word of list) {
        const steps = Math.min(distance(key, word, limit), word.length > key.length ? distance(key, word.slice(0, key.length), limit) + 0.5 : 9);
        if (steps <= limit) near.push([steps, word]);
      }
    }
    return near.sort(([a, one], [b, other]) => a - b || one.length - other.length).slice(0, 3).map(([, word]) => word);
  };

  const make = (tag, content, className) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(content);
    return element;
  };
  const clock = (seconds) => {
    const two = (number) => String(number).padStart(2, '0');
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };
  // The line of a text that starts at a passage, and its time.
  const line = async (episode, passage, index) => {
    const [per, versions] = index.text;
    const file = Math.floor(episode / per);
    // From the byte before, so that a line that starts there is told from the rest of another.
    const from = Math.max(0, passage * STEP - 1);
    const answer = await fetch(`${root}assets/search/text-${file}.txt?v=${versions[file]}`, { headers: { Range: `bytes=${from}-${from + LINE}` } });
    if (!answer.ok) return [];
    let bytes = new Uint8Array(await answer.arrayBuffer());
    if (answer.status !== 206) bytes = bytes.subarray(from, from + LINE);
    const lines = new TextDecoder().decode(bytes).split('\n');
    return lines.slice(from > 0 ? 1 : 0).map((text) => text.split('\t')).filter(([time, text]) => text && /^[\d.]*$/.test(time));
  };
  // The places in a text where words of the query stand, as the text has them.
  const marked = (text, wanted) => {
    const folded = [], back = [];
    let offset = 0;
    for (const [c] of text.matchAll(/\P{M}\p{M}*/gsu)) {
      for (const part of fold(c)) { folded.push(part); back.push([offset, offset + c.length]); }
      offset += c.length;
    }
    const whole = folded.join('');
    const at = [];
    let units = 0;
    for (let index = 0; index < folded.length; index += 1) { for (let unit = 0; unit < folded[index].length; unit += 1) at[units + unit] = index; units += folded[index].length; }
    const found = [];
    for (const word of wanted) {
      for (let from = 0; (from = whole.indexOf(word, from)) >= 0; from += word.length) {
        const letter = /[\p{L}\p{N}]/u;
        if (from > 0 && !IS_UNSPACED.test(word) && letter.test(whole[from - 1]) && whole.slice(from - 2, from) !== 'ال') continue;
        found.push([back[at[from]][0], back[at[from + word.length - 1]][1]]);
      }
    }
    found.sort(([a], [b]) => a - b);
    return found;
  };
  const with_marks = (text, places) => {
    const out = document.createDocumentFragment();
    let done = 0;
    for (const [from, to] of places) {
      if (from < done) continue;
      out.append(text.slice(done, from), make('mark', text.slice(from, to)));
      done = to;
    }
    out.append(text.slice(done));
    return out;
  };

  const show = async (hit, wanted, index) => {
    const [per, versions] = index.episodes;
    const file = Math.floor(hit.episode / per);
    const rows = await load(`search/episodes-${file}.gz`, versions[file], async (answer) => unpacked(answer).json());
    const [path, number, title, date, duration] = rows[hit.episode % per];
    const item = make('li', '', 'row found');
    const box = make('div', '', 'words');
    const when = make('p', '', 'when');
    if (number !== null) when.append(make('span', String(number), 'number'), ' · ');
    when.append(make('time', date), duration && ` · ${duration}`);
    const link = make('a', with_marks(title, marked(title, wanted)));
    link.href = root + path;
    box.append(when, make('h3', link));
    // The passage with most of the words; of equal ones the first.
    const places = [...new Set(hit.passages)].slice(0, 3);
    let best = null;
    for (const passage of places) {
      for (const [time, text] of await line(hit.episode, passage, index).catch(() => [])) {
        const marks = marked(text, wanted);
        const kinds = new Set(marks.map(([from, to]) => fold(text.slice(from, to)))).size;
        if (marks.length && (!best || kinds > best.kinds)) best = { kinds, time, text, marks };
      }
      if (best && best.kinds >= wanted.length) break;
    }
    if (best) {
      const excerpt = make('p', '', 'excerpt');
      if (best.time) {
        const there = make('a', clock(Number(best.time)), 'clock');
        there.href = `${root}${path}#t=${best.time}`;
        excerpt.append(there, ' ');
      }
      // What stands around the first word that was found.
      const near = Math.max(0, best.marks[0][0] - 90);
      const gap = best.text.indexOf(' ', near);
      const from = near > 0 && gap >= 0 && gap < best.marks[0][0] ? gap + 1 : near;
      excerpt.append(from ? '…' : '', with_marks(best.text.slice(from), best.marks.map(([a, b]) => [a - from, b - from])));
      box.append(excerpt);
    }
    item.append(box);
    return { item, sure: Boolean(best) || marked(title, wanted).length > 0 };
  };

  const search = async () => {
    const asked = input.value;
    const current = () => asked === input.value;
    const wanted = terms(asked);
    if (wanted.length === 0) {
      results.hidden = true;
      listed.hidden = false;
      status.textContent = '';
      return;
    }
    try {
      const index = await contents();
      const texts = new Set(wanted.map(({ text }) => text));
      const of_terms = await Promise.all(wanted.map(async (term) => {
        const found = await lookup(term, index, 1);
        if (found.size || !term.letters || term.key.length < 4) return found;
        const near = await meant(term.key, index);
        for (const word of near) {
          texts.add(word);
          for (const [episode, { score, passages }] of await lookup({ key: word, whole: true }, index, 0.5)) {
            const before = found.get(episode) ?? { score: 0, passages: [] };
            found.set(episode, { score: Math.max(before.score, score), passages: [...before.passages, ...passages] });
          }
        }
        return found;
      }));
      if (!current()) return;
      // Episodes with all words; a rare word tells more than a common one.
      const hits = new Map();
      for (const found of of_terms) {
        const telling = Math.log(1 + index.count / Math.max(1, found.size));
        for (const [episode, { score, passages }] of found) {
          const hit = hits.get(episode) ?? { episode, score: 0, terms: 0, passages: new Map() };
          hit.score += score * telling;
          hit.terms += 1;
          for (const passage of new Set(passages)) hit.passages.set(passage, (hit.passages.get(passage) ?? 0) + 1);
          hits.set(episode, hit);
        }
      }
      const found = [...hits.values()].filter((hit) => hit.terms === of_terms.length)
        .sort((a, b) => b.score - a.score || b.episode - a.episode);
      for (const hit of found) hit.passages = [...hit.passages].sort(([, a], [, b]) => b - a).map(([passage]) => passage);
      const marks = [...texts];
      const shown = await Promise.all(found.slice(0, SHOWN).map((hit) => show(hit, marks, index)));
      if (!current()) return;
      // In scripts without spaces, neighbouring signs were found, and the text tells whether they are one.
      const unsure = wanted.some(({ whole }) => whole);
      const sure = unsure ? shown.filter((one) => one.sure) : shown;
      const count = sure.length + found.length - shown.length;
      results.replaceChildren(...sure.map(({ item }) => item));
      results.hidden = false;
      listed.hidden = true;
      status.textContent = count === 0 ? field.dataset.none
        : `${count} ${count === 1 ? field.dataset.one : field.dataset.many}`;
    } catch {
      if (current()) status.textContent = field.dataset.failed;
    }
  };
  let waiting = 0;
  input.addEventListener('focus', () => { contents().catch(() => {}); }, { once: true });
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 150);
  });
  field.hidden = false;
})();
