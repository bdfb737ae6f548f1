// Drives a published folder in Chromium; see pages.sh.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

const WEIGHT = 100_000;
const site = process.argv[2];
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const failures = [];
let checks = 0;
// What was found so far is told even if a step cannot be taken.
process.on('exit', () => { for (const failure of failures) console.error(failure); });
const check = (what, holds, detail = '') => {
  checks += 1;
  if (!holds) failures.push(`${what}${detail === '' ? '' : `: ${detail}`}`);
};

// A server with byte ranges, as a bucket is one.
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.xml': 'application/xml', '.mp3': 'audio/mpeg', '.png': 'image/png', '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
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
const embed = pages.find((page) => page.startsWith(episode.replace(/index\.html$/, 'embed/')));
// One page of each kind, and the one with most of everything.
const kinds = new Set([home, episode, transcript, embed, pages.find((page) => /topics\/./.test(page)), pages.find((page) => /guests\/./.test(page)), holding('class="overview"'), holding('class="dense"'),
  holding('class="address"'), pages.find((page) => page.endsWith('404.html')), pages.find((page) => /page\/2\//.test(page))]
  .filter(Boolean));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'] });

// The longest task of a page's main thread, in milliseconds of its own time: a machine that is busy
// elsewhere makes it no longer. What drives the browser brings a module of its own; our pages have none.
const longestTask = (events) => {
  const place = ({ pid, tid }) => `${pid}/${tid}`;
  const main = new Set(events.filter((it) => it.name === 'thread_name' && it.args.name === 'CrRendererMain').map(place));
  const mine = events.filter((it) => it.ph === 'X' && it.tdur !== undefined && main.has(place(it)));
  const drives = mine.filter((it) => it.name === 'v8.evaluateModule');
  const tasks = mine.filter((task) => task.name.endsWith('RunTask') && !drives.some((it) => place(it) === place(task) && it.ts >= task.ts && it.ts <= task.ts + task.dur));
  return Math.max(0, ...tasks.map((task) => task.tdur)) / 1000;
};

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

// Valid HTML, all pages. (How long a title may be is the host's to say; an id may be any word.)
const validate = new HtmlValidate({ extends: ['html-validate:recommended'], rules: { 'long-title': 'off', 'valid-id': ['error', { relaxed: true }] } });
for (const page of pages) {
  const report = await validate.validateString(text.get(page), page);
  for (const { messages } of report.results) for (const message of messages) check(`${page} is valid`, false, `line ${message.line}: ${message.message}`);
  checks += 1;
}

// What a page says of itself, and what it must not hold.
const language = /<html lang="([^"]+)"/.exec(text.get(home))[1];
const site_url = /<link rel="canonical" href="([^"]+)"/.exec(text.get(home))[1];
for (const [path, html] of text) {
  check(`${path} is in the language of the show`, html.startsWith(`<!DOCTYPE html>\n<html lang="${language}" dir="${/^(ar|he|fa)/.test(language) ? 'rtl' : 'ltr'}"`));
  check(`${path} has no script, style or handler in it`, !/<script(?![^>]*(src=|ld\+json))|<style|\son[a-z]+="|\sstyle="|javascript:/i.test(html));
  for (const [link] of html.matchAll(/<a\s[^>]*href="https?:[^>]*>/g)) {
    const own = link.includes(`href="${site_url}`) || link.includes('.mp3');
    check(`${path} gives nothing to whom it links to`, own || /rel="[^"]*noopener/.test(link), link);
  }
  const embedded = html.includes('class="embedded"');
  for (const name of embedded ? [] : ['og:title', 'og:description', 'og:image', 'og:type', 'twitter:card']) {
    check(`${path} has ${name}`, new RegExp(`<meta (property|name)="${name}" content="[^"]+"`).test(html));
  }
  const canonical = /<link rel="canonical" href="([^"]+)"/.exec(html)?.[1];
  const expected = path === home ? site_url : site_url + path.slice(home.length - 'index.html'.length);
  check(`${path} names its one address`, basename(path) === '404.html' ? !canonical : canonical === expected.replace(/embed\/index\.html$/, 'index.html'), canonical);
  for (const [, json] of html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)) {
    const { '@type': type, associatedMedia, partOfSeries, hasPart } = JSON.parse(json);
    const about = html.includes('og:type" content="article"') ? 'PodcastEpisode' : 'PodcastSeries';
    if (html.includes('class="chapters"')) check(`${path} tells its chapters as clips`, hasPart?.every((clip) => clip['@type'] === 'Clip' && clip.endOffset >= clip.startOffset && /#t=[\d.]+$/.test(clip.url)));
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
    await page.locator('#search').fill('62');
    await page.locator('#results a').first().waitFor({ timeout: 5_000 });
  }],
  'a list that plays': [home, async (page) => {
    await page.locator('#listed .start').first().click();
    await page.locator('.bar').waitFor({ timeout: 5_000 });
  }],
  'a chapter that plays': [episode, async (page) => {
    await page.locator('[data-t]').first().click();
    await page.waitForFunction(() => document.querySelector('audio').currentTime > 0.1, null, { timeout: 10_000 });
  }],
};
if (transcript) {
  states['a search in a transcript'] = [transcript, async (page) => {
    await page.locator('.transcript summary').click();
    await page.locator('.transcript .search input').fill('e ');
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
  // What a first visit transfers before anybody plays, pictures in sight included; a transcript is as
  // long as it is, and so is a host's own picture in the notes.
  for (const width of [1180, 390]) {
    await browser.startTracing(undefined, { categories: ['toplevel', 'devtools.timeline', 'v8'] });
    const { page, close } = await open(path, { width, deviceScaleFactor: width < 500 ? 3 : 1 });
    await page.waitForLoadState('networkidle');
    const weight = await page.evaluate(() => performance.getEntriesByType('resource')
      .filter((entry) => !/img\/(artwork|own)(-[0-9a-f]{8})?\.jpg$/.test(entry.name)).reduce((sum, entry) => sum + entry.encodedBodySize, 0));
    const words = await page.evaluate(() => document.querySelector('.transcript')?.outerHTML.length ?? 0);
    const bytes = weight + Buffer.byteLength(text.get(path)) - words;
    check(`${path} transfers less than ${WEIGHT} bytes at ${width} pixels`, bytes < WEIGHT, bytes);
    if (path === home || path === episode) console.log(`${path} at ${width} pixels: ${bytes} bytes on a first visit`);
    const shift = await page.evaluate(() => new Promise((ready) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => ready(sum), 200);
    }));
    check(`${path} does not shift at ${width} pixels`, shift < 0.01, shift);
    const longest = longestTask(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
    check(`${path} keeps nobody waiting at ${width} pixels`, longest > 0 && longest < 50, longest);
    if (path === home || path === episode) console.log(`${path} at ${width} pixels: layout shift ${shift.toFixed(4)}, longest task ${longest.toFixed(0)} ms of its own`);
    await close();
  }
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
  const player = page.getByRole('region').filter({ has: page.locator('audio') });
  const words = JSON.parse(await page.evaluate(() => {
    const label = (part) => document.querySelector(`.player ${part}`)?.getAttribute('aria-label');
    const toggle = document.querySelector('.player .toggle').dataset;
    return JSON.stringify({ play: toggle.play, pause: toggle.pause, back: label('.back'), on: label('.on'), next: label('.next'), previous: label('.previous'), position: label('.seek'), copy: label('.copy') });
  }));
  const button = (name) => player.getByRole('button', { name, exact: true });
  const settled = async (holds) => {
    for (let round = 0; round < 50 && !holds(await state()); round += 1) await page.waitForTimeout(60);
    return state();
  };
  const slider = player.getByRole('slider', { name: words.position });
  check('the time is known before anything is loaded', /^0:00 \/ \d+:\d\d/.test(await slider.getAttribute('aria-valuetext')) && (await page.evaluate(() => document.querySelector('audio').networkState)) !== 2);
  // The picture for networks is there, in the size that the page says.
  const card = await page.evaluate(async () => {
    const meta = (name) => document.querySelector(`meta[property="og:image${name}"]`)?.content;
    const image = new Image();
    image.src = new URL(meta('')).pathname;
    await image.decode();
    return { is: [image.naturalWidth, image.naturalHeight], said: [Number(meta(':width')), Number(meta(':height'))], words: meta(':alt') };
  }).catch((error) => ({ error: error.message }));
  check('the card is as the page says', card.words && String(card.is) === String(card.said), JSON.stringify(card));
  await button(words.play).click();
  check('the audio plays', (await settled((now) => now.currentTime > 0.3)).currentTime > 0.3, JSON.stringify(await state()));
  await button(words.pause).click();
  check('the audio pauses', (await settled((now) => now.paused)).paused);
  if (words.next) {
    await button(words.next).click();
    check('the next chapter begins', Math.abs((await state()).currentTime - 4.5) < 0.2, (await state()).currentTime);
    check('the chapter now playing is named', (await page.locator('.player .now').textContent()).includes('lamp') || language !== 'en');
    await button(words.next).click();
    await button(words.previous).click();
    check('the chapter before begins', Math.abs((await state()).currentTime - 4.5) < 0.2, (await state()).currentTime);
    await slider.focus();
    await page.keyboard.press('n');
    check('keys go to the next chapter', Math.abs((await state()).currentTime - 7) < 0.2, (await state()).currentTime);
    check('the bar says where, in words', /^0:07 \/ 0:\d\d, ./.test(await slider.getAttribute('aria-valuetext')), await slider.getAttribute('aria-valuetext'));
    check('the bar has marks of chapters', (await page.locator('.player .timeline b').count()) === 2);
    check('the bar is the waveform', await page.locator('.player .wave .rail').evaluate((rail) => getComputedStyle(rail).maskImage.startsWith('url("data:image/svg+xml,'), null, { timeout: 5_000 }).catch(() => false));
  }
  await button(words.back).click();
  check('back leads to the start of a short audio', (await state()).currentTime === 0, (await state()).currentTime);
  await button(words.on).click();
  check('on stays within the audio', (await state()).currentTime > 5);
  await slider.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  check('an arrow goes on five seconds', Math.abs((await state()).currentTime - 5) < 0.2, (await state()).currentTime);
  await page.keyboard.press(' ');
  check('the space bar plays', !(await settled((now) => !now.paused)).paused);
  await page.keyboard.press('k');
  check('k pauses', (await settled((now) => now.paused)).paused);
  await page.keyboard.press('m');
  check('m mutes', await page.evaluate(() => document.querySelector('audio').muted));
  await page.keyboard.press('m');
  const box = await slider.boundingBox();
  await page.mouse.click(box.x + box.width * 0.3, box.y + box.height / 2);
  const there = (await state()).currentTime / (await page.evaluate(() => document.querySelector('audio').duration));
  check('the mouse seeks in the bar', Math.abs(there - 0.3) < 0.06, there);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await button(words.copy).click();
  await page.waitForTimeout(150);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  check('a link to this time is copied', /^https:.*#t=\d+(\.\d)?$/.test(copied), copied);
  check('that is said', (await player.getByRole('status').textContent()).length > 3);
  check('the lock screen is told', await page.evaluate(() => navigator.mediaSession.metadata?.title.length > 0 && navigator.mediaSession.metadata.artwork.length === 1));
  await page.evaluate(() => { document.querySelector('audio').currentTime = 7; });
  await page.waitForTimeout(100);
  await button(words.play).click();
  await page.waitForTimeout(300);
  await page.locator('.foot').scrollIntoViewIfNeeded();
  const bar = page.getByRole('complementary');
  await bar.waitFor({ timeout: 3_000 }).catch(() => {});
  check('a small bar stays in sight', await bar.isVisible());
  await bar.getByRole('button', { name: words.pause }).click();
  check('the small bar pauses', (await settled((now) => now.paused)).paused);
  await page.reload();
  check('the place is remembered', (await state()).currentTime > 5 && (await page.locator('.player .message').textContent()) !== '', JSON.stringify(await state()));
  await page.goto(`${base}/${episode}?t=1m2.5s`);
  check('a time behind ? is honoured, within the audio', (await state()).currentTime > 5);
  await page.goto(`${base}/${episode}?t=0:03`);
  check('a time as a clock has it is honoured and shown', (await state()).currentTime === 3 && /0:03/.test(await page.locator('.player .message').textContent()), JSON.stringify(await state()));
  await page.evaluate(() => localStorage.clear());
  await page.goto(`${base}/${episode}`);
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
  check('the keyboard reaches the player', stops.has('INPUT') && stops.has('BUTTON'), [...stops].join(' '));
  await close();
}

{
  const { page, close } = await open(home);
  const field = page.locator('#search');
  const title = (await page.locator('#listed .episodes h3 a').first().or(page.locator('.latest h2 a')).first().textContent()).trim();
  const word = title.split(/[^\p{L}\p{N}]+/u).sort((a, b) => b.length - a.length)[0];
  // As a person in a hurry types it: without accents, in capitals.
  await field.fill(word.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase());
  await page.locator('#results a').first().waitFor({ timeout: 5_000 }).catch(() => {});
  const found = await page.locator('#results h3 a').allTextContents();
  check(`the search for "${word}" finds "${title}"`, found.includes(title), found.join(' | '));
  check('the count is announced', /^\d+ /.test(await page.locator('#found').textContent()));
  await page.locator('#results a').first().click();
  check('a result leads to an episode', (await page.locator('audio').count()) === 1, page.url());
  await page.goBack();
  await field.fill('qqqzzz');
  await page.waitForFunction(() => document.getElementById('found').textContent !== '', null, { timeout: 5_000 }).catch(() => {});
  check('a search without results says so', (await page.locator('#results li').count()) === 0 && (await page.locator('#found').textContent()) !== '');
  // With one letter too many.
  await field.fill(`${word.slice(0, 3)}${word.slice(2)}`);
  await page.locator('#results mark').first().waitFor({ timeout: 5_000 }).catch(() => {});
  check(`a misspelt "${word}" finds "${title}"`, word.length < 5 || (await page.locator('#results h3 a').allTextContents()).includes(title));
  if (transcript) {
    // Words of a transcript are found with their time.
    await field.fill(language === 'en' ? 'growing tired' : 'jamais lasser');
    await page.locator('#results .excerpt a').first().waitFor({ timeout: 5_000 }).catch(() => {});
    check('a passage of a transcript is found with its time', /#t=\d/.test((await page.locator('#results .excerpt a').first().getAttribute('href').catch(() => '')) ?? ''));
    check('the words are marked in it', (await page.locator('#results .excerpt mark').count()) > 0);
  }
  await field.fill('');
  await page.locator('#listed').waitFor({ timeout: 5_000 }).catch(() => {});
  check('an empty search shows the list again', await page.locator('#listed').isVisible());
  await close();
}

if (transcript) {
  const { page, close } = await open(transcript);
  await page.locator('.transcript summary').focus();
  await page.keyboard.press('Enter');
  const paragraphs = page.locator('.transcript .said p');
  const all = await paragraphs.count();
  const word = (await paragraphs.first().locator('span').first().textContent()).split(/\s+/).find((word) => word.length > 3);
  await page.locator('.transcript .search input').fill(word);
  const shown = await paragraphs.evaluateAll((list) => list.filter((p) => !p.hidden).length);
  check(`the transcript finds "${word}"`, shown > 0 && shown <= all);
  check('the words are marked', await page.evaluate(() => CSS.highlights.get('found')?.size > 0));
  await page.locator('.transcript .search input').fill('qqqzzz');
  check('the transcript has no such word', (await paragraphs.evaluateAll((list) => list.filter((p) => !p.hidden).length)) === 0);
  await close();
}

if (transcript) {
  const { page, close } = await open(transcript);
  await page.locator('.transcript summary').click();
  const line = page.locator('.said .clock').nth(2);
  await line.click();
  await page.waitForFunction(() => document.querySelector('.said .spoken'), null, { timeout: 10_000 }).catch(() => {});
  const at = Number(await line.getAttribute('data-t'));
  const spoken = Number(await page.locator('.said .spoken').first().getAttribute('data-at').catch(() => -1));
  check('the cue that is said is marked', spoken >= at && spoken < at + 2, `${spoken} after ${at}`);
  check('a line has an address', page.url().endsWith(`#t=${await line.getAttribute('data-t')}`) && (await page.evaluate(() => document.getElementById(location.hash.slice(1))?.tagName)) === 'P');
  const cues = page.locator('.said [data-at]');
  await page.waitForFunction((first) => Number(document.querySelector('.said .spoken')?.dataset.at) > first, spoken, { timeout: 5_000 }).catch(() => {});
  check('the mark follows the audio', Number(await page.locator('.said .spoken').first().getAttribute('data-at').catch(() => -1)) > spoken && (await cues.count()) > 5);
  const time = page.locator('.prose a[data-t]').first();
  if (await time.count()) {
    await time.click();
    check('a time in the notes leads there, to the tenth', Math.abs((await page.evaluate(() => document.querySelector('audio').currentTime)) - 4.5) < 0.4);
  }
  await close();
}

{
  // One audio at a time: what a list plays stops what the page's own player plays.
  const { page, errors, close } = await open(home);
  await page.locator('.player .toggle').click();
  await page.waitForTimeout(400);
  const second = page.locator('#listed .start').nth(1);
  const title = await page.locator('#listed h3').nth(1).textContent();
  await second.click();
  await page.waitForFunction(() => document.querySelector('.start.playing'), null, { timeout: 5_000 }).catch(() => {});
  check('an episode of a list plays in place', (await page.locator('.start.playing').count()) === 1 && (await page.locator('.player.playing').count()) === 0);
  check('the small bar names it', (await page.locator('.bar .name').textContent()) === title);
  check('there is one audio', (await page.locator('audio').count()) === 1);
  await page.locator('.player .toggle').click();
  await page.waitForFunction(() => document.querySelector('.player.playing'), null, { timeout: 5_000 }).catch(() => {});
  check("the page's own player takes over again", (await page.locator('.start.playing').count()) === 0 && (await page.locator('.player.playing').count()) === 1);
  check('lists play without errors', errors.length === 0, errors.join(' | '));
  await close();
}

{
  // The feed as a person meets it who opens it: styled without XSLT, its address to take, and links.
  const feed = files.find((file) => basename(file) === 'feed.xml');
  const type = { width: 390, isMobile: true, hasTouch: true };
  const { page, errors, outside, close } = await open(feed, { ...type, javaScriptEnabled: false });
  // As a screen reader is told; what drives the browser here knows roles in HTML only.
  const reader = await page.context().newCDPSession(page);
  const { nodes } = await reader.send('Accessibility.getFullAXTree');
  const named = (role) => nodes.filter((node) => node.role?.value === role && node.name?.value);
  check('the feed has a heading', named('heading').length === 1, named('heading').length);
  const apps = page.locator('div li a');
  check('the feed has buttons for apps', (await apps.count()) > 4 && named('link').length === (await apps.count()), named('link').length);
  check('they lead to pages and look like buttons', await apps.evaluateAll((links) => links.every((link) => /^https:/.test(link.href) && getComputedStyle(link).borderTopStyle === 'solid')));
  const boxes = await apps.evaluateAll((links) => links.map((link) => link.getBoundingClientRect().height));
  check('they are large enough for a thumb', boxes.every((height) => height >= 24), boxes.join(' '));
  check('the address can be taken', /^https:.*feed\.xml$/.test(await page.locator('code').textContent()) && (await page.locator('code').evaluate((code) => getComputedStyle(code).userSelect)) === 'all');
  check('the feed fits a phone', (await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth].join())) === '390,390', await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth].join()));
  check('the feed shows its episodes', (await page.locator('item > title').first().isVisible()) && !(await page.locator('item > description').first().isVisible()));
  check('the feed has its styles, and nothing from elsewhere', errors.length === 0 && outside.length === 0, errors.concat(outside).join(' | '));
  await close();
}

for (const path of kinds) {
  const { page, close } = await open(path, { javaScriptEnabled: false });
  check(`${path} has a heading without JavaScript`, (await page.locator('h1').count()) === 1);
  const dead = await page.locator('button:visible, input:visible, select:visible').count();
  if ([home, episode, embed].includes(path)) check(`${path} has the browser's player without JavaScript`, await page.locator('audio[controls]').isVisible());
  check(`${path} shows nothing that needs JavaScript`, dead === 0, dead);
  for (const link of await page.locator('.chapters a[data-t]').all()) {
    check(`${path} has chapters that lead to the audio`, /\.mp3#t=\d+(\.\d)?$/.test(await link.getAttribute('href')));
  }
  await close();
}

await browser.close();
server.close();
console.log(`${checks} checks on ${pages.length} pages, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
