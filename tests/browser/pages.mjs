// Drives a published folder in Chromium; see pages.sh.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

const WEIGHT = 60_000;
const site = process.argv[2];
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const failures = [];
let checks = 0;
const check = (what, holds, detail = '') => {
  checks += 1;
  if (!holds) failures.push(`${what}${detail === '' ? '' : `: ${detail}`}`);
};

// A server with byte ranges, as a bucket is one.
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.xml': 'application/xml', '.mp3': 'audio/mpeg', '.png': 'image/png', '.jpg': 'image/jpeg',
};
let ranges = 0;
const server = createServer((request, answer) => {
  const path = join(site, decodeURIComponent(new URL(request.url, 'http://x').pathname));
  if (!path.startsWith(site) || !existsSync(path) || !statSync(path).isFile()) {
    answer.writeHead(404).end();
    return;
  }
  const size = statSync(path).size;
  const head = { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Accept-Ranges': 'bytes' };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (!range) {
    answer.writeHead(200, { ...head, 'Content-Length': size });
    createReadStream(path).pipe(answer);
    return;
  }
  ranges += 1;
  const [start, end] = [Number(range[1]), Math.min(Number(range[2] || size - 1), size - 1)];
  answer.writeHead(206, { ...head, 'Content-Length': end - start + 1, 'Content-Range': `bytes ${start}-${end}/${size}` });
  createReadStream(path, { start, end }).pipe(answer);
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const base = `http://127.0.0.1:${server.address().port}`;

const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(site, join(entry.parentPath, entry.name)));
const pages = files.filter((file) => file.endsWith('.html'));
const audio = new Map(files.filter((file) => file.endsWith('.mp3')).map((file) => [basename(file), file]));
const text = new Map(pages.map((page) => [page, readFileSync(join(site, page), 'utf8')]));
const holding = (what) => pages.find((page) => text.get(page).includes(what));
const home = pages.filter((page) => basename(page) === 'index.html').sort((a, b) => a.length - b.length)[0];
const episode = holding('class="chapters"') ?? holding('class="player"');
const transcript = holding('class="transcript"');
const apple = holding('data-embed=');
// One page of each kind, and the one with most of everything.
const kinds = new Set([home, episode, transcript, apple, holding('class="overview"'), holding('class="dense"'),
  holding('class="address"'), pages.find((page) => page.endsWith('404.html')), pages.find((page) => /page\/2\//.test(page))]
  .filter(Boolean));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'] });

// A page whose enclosures, which name the public address, are answered from the folder.
const open = async (path, options = {}) => {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1180, height: 800 }, ...options });
  const page = await context.newPage();
  const outside = [];
  await page.route((url) => url.origin !== base, (route) => {
    const url = new URL(route.request().url());
    const file = audio.get(basename(url.pathname));
    if (file) return route.fulfill({ status: 302, headers: { location: `${base}/${file}` } });
    outside.push(url.href);
    return route.abort();
  });
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => { if (/Content.Security.Policy/i.test(message.text())) errors.push(message.text()); });
  await page.goto(`${base}/${path}`);
  return { page, outside, errors, close: () => context.close() };
};

// Valid HTML, all pages. (How long a title may be is the host's to say.)
const validate = new HtmlValidate({ extends: ['html-validate:recommended'], rules: { 'long-title': 'off' } });
for (const page of pages) {
  const report = await validate.validateString(text.get(page), page);
  for (const { messages } of report.results) for (const message of messages) check(`${page} is valid`, false, `line ${message.line}: ${message.message}`);
  checks += 1;
}

// What a page says of itself, and what it must not hold.
const language = /<html lang="([^"]+)"/.exec(text.get(home))[1];
const site_url = /<link rel="canonical" href="([^"]+)"/.exec(text.get(home))[1];
for (const [path, html] of text) {
  check(`${path} is in the language of the show`, html.startsWith(`<!DOCTYPE html>\n<html lang="${language}">`));
  check(`${path} has no script, style or handler in it`, !/<script(?![^>]*(src=|ld\+json))|<style|\son[a-z]+="|\sstyle="|javascript:/i.test(html));
  for (const [link] of html.matchAll(/<a\s[^>]*href="https?:[^>]*>/g)) {
    const own = link.includes(`href="${site_url}`) || link.includes('.mp3');
    check(`${path} gives nothing to whom it links to`, own || /rel="[^"]*noopener/.test(link), link);
  }
  for (const name of ['og:title', 'og:description', 'og:image', 'og:type', 'twitter:card']) {
    check(`${path} has ${name}`, new RegExp(`<meta (property|name)="${name}" content="[^"]+"`).test(html));
  }
  const canonical = /<link rel="canonical" href="([^"]+)"/.exec(html)?.[1];
  const expected = path === home ? site_url : site_url + path.slice(home.length - 'index.html'.length);
  check(`${path} names its one address`, basename(path) === '404.html' ? !canonical : canonical === expected, canonical);
  for (const [, json] of html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)) {
    const { '@type': type, associatedMedia, partOfSeries } = JSON.parse(json);
    const about = html.includes('og:type" content="article"') ? 'PodcastEpisode' : 'PodcastSeries';
    check(`${path} has structured data`, type === about && (type === 'PodcastSeries' || (associatedMedia && partOfSeries)), type);
  }
}
check('the home page and an episode have structured data', [home, episode].every((path) => text.get(path).includes('ld+json')));
const words = { en: ['Archive', 'Download', 'Speed'], fr: ['Archives', 'Télécharger', 'Vitesse'] }[language];
for (const word of words ?? []) check(`an episode's page says "${word}"`, text.get(episode).includes(word));

// As a reader meets a page: its own policy holds.
for (const path of kinds) {
  const { page, errors, close } = await open(path);
  await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
  check(`${path} keeps to its policy`, errors.length === 0, errors.join(' | '));
  await close();
}

// States that a page only gets into when it is used.
const states = {
  'a search': [home, async (page) => {
    await page.locator('#search').fill('e');
    await page.locator('#results a').first().waitFor({ timeout: 5_000 });
  }],
  'a chapter that plays': [episode, async (page) => {
    await page.locator('[data-t]').first().click();
    await page.waitForFunction(() => document.querySelector('audio').currentTime > 0.1, null, { timeout: 10_000 });
  }],
};
if (transcript) {
  states['a search in a transcript'] = [transcript, async (page) => {
    await page.locator('.transcript summary').click();
    await page.locator('.transcript input').fill('e ');
  }];
}
for (const [state, [path, enter]] of Object.entries(states)) {
  for (const colorScheme of ['light', 'dark']) {
    const { page, close } = await open(path, { colorScheme, bypassCSP: true });
    await enter(page).catch((error) => check(`${state} comes about`, false, error.message));
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run());
    for (const { id, nodes } of violations) check(`${state} (${colorScheme}) axe ${id}`, false, nodes[0].html.slice(0, 200));
    checks += 1;
    await close();
  }
}

for (const path of kinds) {
  // What is sent before anybody plays or looks, without art; a transcript is as long as it is.
  const { page, close } = await open(path);
  const weight = await page.evaluate(() => performance.getEntriesByType('resource')
    .filter((entry) => /\.(css|js|svg)(\?|$)/.test(entry.name)).reduce((sum, entry) => sum + entry.decodedBodySize, 0));
  const words = await page.evaluate(() => document.querySelector('.transcript')?.outerHTML.length ?? 0);
  const bytes = weight + Buffer.byteLength(text.get(path)) - words;
  check(`${path} weighs less than ${WEIGHT} bytes`, bytes < WEIGHT, bytes);
  await close();
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1180, 390, 320]) {
      const { page, errors, outside, close } = await open(path, { colorScheme, width, bypassCSP: true });
      await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      check(`${path} fits ${width} pixels`, wide <= width, wide);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run());
      for (const { id, nodes } of violations) check(`${path} (${colorScheme}, ${width}) axe ${id}`, false, nodes[0].html.slice(0, 200));
      check(`${path} runs without errors`, errors.length === 0, errors.join(' | '));
      const loaded = outside.filter((url) => !/\.(png|jpe?g|webp|gif|avif)$/i.test(url));
      check(`${path} loads nothing from elsewhere`, loaded.length === 0, loaded.join(' '));
      await close();
    }
  }
}

{
  const shade = async (colorScheme) => {
    const { page, close } = await open(home, { colorScheme });
    const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await close();
    return colour;
  };
  check('dark is dark', (await shade('dark')) !== (await shade('light')));
}

{
  const { page, errors, close } = await open(episode);
  const state = () => page.evaluate(() => {
    const { currentTime, paused, error } = document.querySelector('audio');
    return { currentTime, paused, error: error?.message };
  });
  await page.evaluate(() => document.querySelector('audio').play());
  await page.waitForFunction(() => document.querySelector('audio').currentTime > 0.3, null, { timeout: 10_000 }).catch(() => {});
  check('the audio plays', (await state()).currentTime > 0.3, JSON.stringify(await state()));
  const chapters = page.locator('.chapters a[data-t]');
  if ((await chapters.count()) > 1) {
    const last = chapters.last();
    const start = Number(await last.getAttribute('data-t'));
    await last.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((start) => document.querySelector('audio').currentTime > start + 0.2, start, { timeout: 10_000 }).catch(() => {});
    const { currentTime, paused } = await state();
    check('a chapter seeks, by keyboard', currentTime >= start && currentTime < start + 5 && !paused, currentTime);
    check('the chapter is marked', (await last.getAttribute('aria-current')) === 'true');
    check('the address names the place', page.url().endsWith(`#t=${start}`), page.url());
    check('seeking asks for a range of bytes', ranges > 0);
    await page.reload();
    check('the address leads back to the place', (await state()).currentTime === start, (await state()).currentTime);
  }
  await page.locator('.speed select').selectOption('1.5');
  await page.reload();
  check('the speed is remembered', (await page.evaluate(() => document.querySelector('audio').playbackRate)) === 1.5);
  check('playing makes no errors', errors.length === 0, errors.join(' | '));
  await close();
}

{
  const { page, close } = await open(episode);
  await page.keyboard.press('Tab');
  check('the first stop skips to the content', (await page.evaluate(() => document.activeElement.className)) === 'skip');
  const stops = new Set();
  for (let stop = 0; stop < 200; stop += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => document.activeElement.tagName + (document.activeElement.rel || ''));
    stops.add(name);
    if (name === 'BODY') break;
  }
  check('the keyboard reaches the player', stops.has('AUDIO'), [...stops].join(' '));
  await close();
}

{
  const { page, close } = await open(home);
  const field = page.locator('#search');
  const title = (await page.locator('#listed .episodes a').first().or(page.locator('.latest h2 a')).first().textContent()).trim();
  const word = title.split(/[^\p{L}\p{N}]+/u).sort((a, b) => b.length - a.length)[0];
  // As a person in a hurry types it: without accents, in capitals.
  await field.fill(word.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase());
  await page.locator('#results a').first().waitFor({ timeout: 5_000 }).catch(() => {});
  const found = await page.locator('#results a').allTextContents();
  check(`the search for "${word}" finds "${title}"`, found.includes(title), found.join(' | '));
  check('the count is announced', /^\d+ /.test(await page.locator('#found').textContent()));
  await page.locator('#results a').first().click();
  check('a result leads to an episode', (await page.locator('audio').count()) === 1, page.url());
  await page.goBack();
  await field.fill('qqqzzz');
  await page.waitForFunction(() => document.getElementById('found').textContent !== '', null, { timeout: 5_000 }).catch(() => {});
  check('a search without results says so', (await page.locator('#results li').count()) === 0 && (await page.locator('#found').textContent()) !== '');
  await field.fill('');
  check('an empty search shows the list again', await page.locator('#listed').isVisible());
  await close();
}

if (transcript) {
  const { page, close } = await open(transcript);
  await page.locator('.transcript summary').focus();
  await page.keyboard.press('Enter');
  const paragraphs = page.locator('.transcript p:has([data-t])');
  const all = await paragraphs.count();
  const word = (await paragraphs.first().locator('span').textContent()).split(/\s+/).find((word) => word.length > 3);
  await page.locator('.transcript input').fill(word);
  const shown = await paragraphs.evaluateAll((list) => list.filter((p) => !p.hidden).length);
  check(`the transcript finds "${word}"`, shown > 0 && shown <= all);
  check('the words are marked', await page.evaluate(() => CSS.highlights.get('found')?.size > 0));
  await page.locator('.transcript input').fill('qqqzzz');
  check('the transcript has no such word', (await paragraphs.evaluateAll((list) => list.filter((p) => !p.hidden).length)) === 0);
  await close();
}

if (apple) {
  const { page, outside, close } = await open(apple);
  check('Apple is not contacted unasked', outside.every((url) => !url.includes('apple.com')), outside.join(' '));
  await page.locator('[data-embed]').click();
  const frame = page.locator('.embed iframe');
  check("Apple's player is sandboxed", ((await frame.getAttribute('sandbox')) ?? '').includes('allow-scripts'));
  check("Apple's player is Apple's", (await frame.getAttribute('src')).startsWith('https://embed.podcasts.apple.com/'));
  await close();
}

for (const path of kinds) {
  const { page, close } = await open(path, { javaScriptEnabled: false });
  check(`${path} has a heading without JavaScript`, (await page.locator('h1').count()) === 1);
  const dead = await page.locator('button:visible, input:visible, select:visible').count();
  check(`${path} shows nothing that needs JavaScript`, dead === 0, dead);
  for (const link of await page.locator('.chapters a[data-t]').all()) {
    check(`${path} has chapters that lead to the audio`, /\.mp3#t=\d+$/.test(await link.getAttribute('href')));
  }
  await close();
}

await browser.close();
server.close();
for (const failure of failures) console.error(failure);
console.log(`${checks} checks on ${pages.length} pages, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
