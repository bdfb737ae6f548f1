// Drives `onair preview` of a show in Chromium; see pages.sh.
//
//   node preview.mjs ONAIR SHOW
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const [onair, show] = process.argv.slice(2);
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const failures = [];
let checks = 0;
const check = (what, holds, detail = '') => {
  checks += 1;
  if (!holds) failures.push(`preview: ${what}${detail === '' ? '' : `: ${detail}`}`);
};

const preview = spawn(onair, ['preview', '--show', show, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const lines = createInterface({ input: preview.stdout })[Symbol.asyncIterator]();
const base = /http:\S+/.exec((await lines.next()).value)[0];
(async () => { for await (const _ of lines); })();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'] });
const file = join(show, 'episodes/episode_063.md');
const text = readFileSync(file, 'utf8');
const template = join(show, 'templates/404.html');
const episode = `${base}podcasts/episode_063/`;

try {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme, bypassCSP: true, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    for (const path of [base, episode, `${base}nothing`]) {
      await page.goto(path, { waitUntil: 'load' });
      await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run());
      for (const { id, nodes } of violations) check(`${path} (${colorScheme}) axe ${id}`, false, nodes[0].html.slice(0, 200));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      check(`${path} fits a phone`, wide <= 390, wide);
    }
    await context.close();
  }

  const context = await browser.newContext();
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => { if (/Content.Security.Policy/i.test(message.text())) errors.push(message.text()); });
  await page.goto(episode);
  check('the panel is there', (await page.locator('.onair-preview summary').count()) === 1);
  await page.evaluate(() => document.querySelector('audio').play());
  await page.waitForFunction(() => document.querySelector('audio').currentTime > 0.3, null, { timeout: 10_000 }).catch(() => {});
  await page.locator('.chapters a[data-t="7"]').click();
  await page.waitForFunction(() => document.querySelector('audio').currentTime > 7.1, null, { timeout: 10_000 }).catch(() => {});
  const at = await page.evaluate(() => document.querySelector('audio').currentTime);
  check("the host's own audio plays and seeks", at > 7.1 && at < 12, at);

  const took = [];
  for (let round = 0; round < 10; round += 1) {
    await page.waitForTimeout(200);
    const began = performance.now();
    writeFileSync(file, `${text}\nRound ${round} of changes.\n`);
    await page.getByText(`Round ${round} of changes.`).waitFor({ timeout: 5_000 });
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  console.log(`preview: from a saved file to the words in the page: median ${took[5].toFixed(0)} ms, slowest ${took[9].toFixed(0)} ms`);

  await page.goto(`${base}page-that-is-not-there`);
  writeFileSync(template, '{% extends "base.html" %}\n{% block content %}\n<h1>{{ shwo.title }}</h1>\n{% endblock %}\n');
  await page.locator('.onair-preview pre').waitFor({ timeout: 5_000 });
  const trouble = await page.locator('.onair-preview pre').textContent();
  check('a wrong template is named with its line', /templates\/404\.html:3\b/.test(trouble), trouble);
  check('the last good page stays', (await page.locator('h1').count()) === 1 && await page.locator('.onair-preview pre').isVisible());
  writeFileSync(template, '{% extends "base.html" %}\n{% block content %}\n<h1>Lost in {{ show.title }}</h1>\n{% endblock %}\n');
  await page.getByText('Lost in ').waitFor({ timeout: 5_000 });
  check('a good template is shown', (await page.locator('.onair-preview pre').count()) === 0);
  check('nothing was refused and nothing failed', errors.length === 0, errors.join(' | '));
  await context.close();

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const still = await plain.newPage();
  await still.goto(base);
  await still.locator('.onair-preview summary').click();
  check('the findings open without JavaScript', await still.locator('.onair-preview li').first().isVisible());
  await plain.close();
} finally {
  writeFileSync(file, text);
  rmSync(template, { force: true });
  await browser.close();
  const ended = new Promise((resolve) => { preview.on('exit', resolve); });
  preview.kill('SIGINT');
  check('Ctrl-C ends it with exit code 0', (await ended) === 0);
}
for (const failure of failures) console.error(failure);
console.log(`preview: ${checks} checks, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
