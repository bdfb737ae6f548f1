// Searches a published show in Chromium: in many scripts, misspelt, and in 400 episodes with
// transcripts, where it weighs what a query loads. See pages.sh.
//
//   node search.mjs ONAIR FOLDER
import { execFileSync } from 'node:child_process';
import { copyFileSync, createReadStream, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const [onair, work] = process.argv.slice(2);
const demo = process.env.DEMO ?? join(dirname(fileURLToPath(import.meta.url)), '../..');
const LIMIT = 100_000;
const failures = [];
let checks = 0;
const check = (what, holds, detail = '') => {
  checks += 1;
  if (!holds) failures.push(`search: ${what}${detail === '' ? '' : `: ${detail}`}`);
};

const settings = (language) => `[show]
title = "Every sea"
description = "A test."
author = "A"
owner = { name = "A", email = "a@show.example" }
language = "${language}"
category = "Arts"
artwork = "img/artwork.jpg"
[sound]
listen = "never"
[site]
url = "https://show.example/web"
cards = false
path = "web"
`;
const make = (name, language, episodes) => {
  const show = join(work, name);
  for (const below of ['episodes', 'audio', 'img', 'transcripts']) mkdirSync(join(show, below), { recursive: true });
  copyFileSync(join(demo, 'img/artwork.jpg'), join(show, 'img/artwork.jpg'));
  writeFileSync(join(show, 'onair.toml'), settings(language));
  episodes.forEach(({ title, notes = '', guest = '', transcript }, at) => {
    const number = at + 1;
    const pad = String(number).padStart(3, '0');
    copyFileSync(join(demo, `audio/00${1 + (number % 3)}.mp3`), join(show, `audio/${pad}.mp3`));
    if (transcript) writeFileSync(join(show, `transcripts/${pad}.vtt`), transcript);
    const date = new Date(Date.UTC(2015, 0, 4 + number * 7, 6)).toISOString().slice(0, 10);
    writeFileSync(join(show, `episodes/episode_${pad}.md`), `---\ntitle: ${JSON.stringify(title)}\nguest: ${JSON.stringify(guest)}\nepisode: ${number}\nduration: "00:00:09"\nsize: 104456\nfile: ${pad}.mp3\ndate: ${date} 07:00:00 +0000\n${transcript ? `transcript: transcripts/${pad}.vtt\n` : ''}---\n\n${notes}\n`);
  });
  try { execFileSync(onair, ['check', '--quiet', '--fix', '--show', show], { stdio: 'ignore' }); } catch { /* warnings, and what --fix put right */ }
  execFileSync(onair, ['release', '--quiet', '--show', show, '--target', join(show, 'public')], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(show, 'public');
};

const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json' };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
const serve = async (site, use) => {
  const sent = [];
  const server = createServer((request, answer) => {
    const path = join(site, decodeURIComponent(new URL(request.url, 'http://x').pathname));
    if (!path.startsWith(site) || !existsSync(path) || !statSync(path).isFile()) return answer.writeHead(404).end();
    const size = statSync(path).size;
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const [start, end] = range ? [Number(range[1]), Math.min(Number(range[2] || size - 1), size - 1)] : [0, size - 1];
    sent.push([request.url, end - start + 1]);
    answer.writeHead(range ? 206 : 200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Length': end - start + 1, ...(range ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {}) });
    return createReadStream(path, { start, end }).pipe(answer);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const context = await browser.newContext();
  const page = await context.newPage();
  const base = `http://127.0.0.1:${server.address().port}`;
  await page.route((url) => url.origin !== base, (route) => route.abort());
  await page.goto(`${base}/web/index.html`);
  // What a query finds, and what it loads when it is the first.
  const ask = async (query, fresh = false) => {
    if (fresh) await page.reload();
    sent.length = 0;
    await page.locator('#search').fill('');
    await page.waitForFunction(() => document.getElementById('found').textContent === '', null, { timeout: 5_000 });
    await page.locator('#search').fill(query);
    await page.waitForFunction(() => document.getElementById('found').textContent !== '', null, { timeout: 10_000 }).catch(() => {});
    const found = await page.locator('#results h3 a').allTextContents();
    const time = await page.locator('#results .excerpt a').first().getAttribute('href', { timeout: 200 }).catch(() => null);
    const marks = await page.locator('#results mark').count();
    const search = sent.filter(([url]) => url.includes('/search'));
    return { found, time, marks, bytes: search.reduce((sum, [, bytes]) => sum + bytes, 0), files: search.length };
  };
  await use(ask);
  await context.close();
  server.close();
};

// One episode for each script, and queries as people type them.
const scripts = [
  ['Le phare de l’Été', 'Où l’on écoute la mer à Brême', ['ete', 'ÉTÉ', 'phare ete', 'breme', 'pahre']],
  ['Der große Leuchtturm', 'Straßen am Meer', ['grosse', 'strassen', 'LEUCHTTURM', 'leuchturm', 'leucht']],
  ['Ο φάρος της Αθήνας', 'Θάλασσα', ['φαρος', 'αθηνας', 'ΘΑΛΑΣΣΑ']],
  ['Маяк у моря', 'Ёлка и йод', ['маяк', 'елка', 'МОРЯ']],
  ['東京の港ガイド', '初めての灯台入門です。', ['港', '入門', '東京', '東京の港', 'ガイド', 'ｶﾞｲﾄﾞ', '灯台 港']],
  ['海上灯塔的故事', '我们听海浪的声音', ['灯塔', '海', '声音', '灯塔 海浪']],
  ['ประภาคารริมทะเล', 'เสียงคลื่นและน้ำทะเล', ['ทะเล', 'ประภาคาร', 'น้ำ']],
  ['등대의 밤', '바다 소리를 듣다', ['등대', '바다']],
  ['منارة البحر', 'أصوات الأمواج', ['منارة', 'البحر', 'بحر', 'اصوات', 'مناره']],
  ['המגדלור בלילה', 'קול הים', ['המגדלור', 'הים']],
  ['दीपस्तंभ की रात', 'समुद्र की आवाज़', ['दीपस्तंभ', 'समुद्र']],
];
const many = make('scripts', 'en', scripts.map(([title, notes]) => ({ title, notes })));
await serve(many, async (ask) => {
  for (const [title, , queries] of scripts) {
    for (const query of queries) {
      const { found, marks } = await ask(query);
      check(`"${query}" finds "${title}"`, found.includes(title), found.join(' | '));
      check(`"${query}" is marked`, marks > 0 || !found.includes(title));
    }
  }
  check('"5" finds the fifth', (await ask('5')).found.includes(scripts[4][0]));
  check('nothing is found of nothing', (await ask('xylophon')).found.length === 0);
});

// 400 episodes of an hour's words; how often a word comes follows Zipf.
let seed = 7;
const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648; };
const syllables = ['ba', 'ker', 'lo', 'mi', 'stra', 'ven', 'tu', 'shor', 'pel', 'na', 'dri', 'cos', 'wen', 'fa', 'lum', 'gre', 'hol', 'ti', 'sun', 'ra'];
const vocabulary = Array.from({ length: 30_000 }, () => Array.from({ length: 2 + Math.floor(random() * 3) }, () => syllables[Math.floor(random() * syllables.length)]).join(''));
const word = () => vocabulary[Math.floor(Math.exp(random() * Math.log(vocabulary.length))) - 1] ?? vocabulary[0];
const line = (length) => Array.from({ length }, word).join(' ');
const stamp = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 23);
const hour = (extra) => `WEBVTT\n\n${Array.from({ length: 1000 }, (_, at) => `${stamp(at * 0.008)} --> ${stamp(at * 0.008 + 0.007)}\n${at === 700 ? extra : line(9)}\n`).join('\n')}`;
const long = Array.from({ length: 400 }, (_, at) => ({ title: `${line(4)} ${at + 1}`, guest: `${line(2)}`, notes: line(80), transcript: hour(at === 222 ? 'the quixotic lighthouse keeper spoke' : line(9)) }));
await serve(make('long', 'en', long), async (ask) => {
  const common = vocabulary.slice(0, 3);
  const queries = ['quixotic', 'quixotic lighthouse keeper', 'quixotik lighthose', long[17].title.split(' ').slice(0, 3).join(' '), common.join(' '), `${common[0]} ${vocabulary[500]} ${vocabulary[9000]}`, vocabulary[20_000].slice(0, 4)];
  for (const query of queries) {
    const { found, time, bytes, files } = await ask(query, true);
    console.log(`search "${query}": ${bytes} bytes in ${files} files, ${found.length} shown`);
    check(`"${query}" loads less than ${LIMIT} bytes`, bytes > 0 && bytes < LIMIT, bytes);
    if (query.startsWith('quixotic')) check(`"${query}" leads to the second`, found.length === 1 && /#t=5\.\d$/.test(time ?? ''), time);
    if (query === 'quixotik lighthose') check('misspelt words are found among 400', found.length === 1, found.length);
  }
});
await browser.close();
for (const failure of failures) console.error(failure);
console.log(`search: ${checks} checks, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
