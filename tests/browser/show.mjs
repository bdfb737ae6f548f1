// Makes a show that has one of everything a page can show, in English or French.
//
//   node show.mjs DIR en|fr
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder, language] = process.argv.slice(2);
const demo = process.env.DEMO ?? join(dirname(fileURLToPath(import.meta.url)), '../..');
const french = language === 'fr';
for (const below of ['episodes', 'audio', 'img', 'transcripts']) mkdirSync(join(folder, below), { recursive: true });
copyFileSync(join(demo, 'img/artwork.jpg'), join(folder, 'img/artwork.jpg'));
copyFileSync(join(demo, 'img/artwork.jpg'), join(folder, 'img/own.jpg'));
const write = (path, text) => writeFileSync(join(folder, path), text);

write('onair.toml', `[show]
title = "${french ? "L'heure des phares" : 'Lighthouse hours'}"
subtitle = "${french ? 'Une lumière à la fois' : 'One light at a time'}"
description = "${french ? 'Des phares, celles et ceux qui les gardent, et la mer « autour ».' : 'Lights, those who keep them & the sea “around”.'}"
author = "Radio & Co"
owner = { name = "Radio & Co", email = "radio@show.example" }
language = "${language}"
time-zone = "Europe/Paris"
category = [["Society & Culture", "Documentary"]]
artwork = "img/artwork.jpg"
copyright = "© Radio & Co"
apple-id = 1452118442
hosts = [{ name = "Maëlle Le Goff", link = "https://maelle.example", image = "img/artwork.jpg" }, { name = "Ada Quay" }]
funding = { url = "https://show.example/help", text = "${french ? 'Aidez-nous' : 'Help us'}" }
[show.links]
spotify = "https://open.spotify.com/show/x"
antennapod = "https://antennapod.org/deeplink/subscribe"
[site]
url = "https://show.example/web"
path = "web"
templates = "templates"
`);
mkdirSync(join(folder, 'templates'), { recursive: true });

const names = french
  ? ['Le feu de la Vieille', 'Brume à Eckmühl', 'La relève', 'Une lentille de Fresnel', 'Cordouan, seul en mer', 'Ce que dit la houle']
  : ['The first keeper', 'Fog at the Skerries', 'The relief boat', 'A lens by Fresnel', 'Alone at Fastnet', 'What the swell says'];
const subtitle = french ? 'Où l’on monte 365 marches' : 'In which we climb 365 steps';
const notes = french
  ? "Un épisode enregistré **sur place**, voir [la carte](https://map.example/phare).\n\n## Liens\n\n- [Le phare](https://phare.example)\n- `0x2A`, la fréquence\n"
  : 'Recorded **on site**, see [the map](https://map.example/light).\n\n## Links\n\n- [The light](https://light.example)\n- `0x2A`, the frequency\n';
const pad = (number) => String(number).padStart(3, '0');
const date = (number) => new Date(Date.UTC(2022, 0, 4 + number * 17, 6)).toISOString().slice(0, 10);

for (let number = 1; number <= 65; number += 1) {
  copyFileSync(join(demo, `audio/00${1 + (number % 3)}.mp3`), join(folder, `audio/${pad(number)}.mp3`));
  const lines = [
    `title: "${names[number % names.length]} (${number})"`,
    `subtitle: "${subtitle}"`,
    `description: "${french ? 'Le flux & le reflux, <b>expliqués</b>.' : 'Ebb & flow, <b>explained</b>.'}"`,
    `episode: ${number}`, 'duration: "00:00:09"', 'size: 104456', `file: ${pad(number)}.mp3`,
    `date: ${date(number)} 07:00:00 +0100`,
    `appleEpisodeId: ${1000000000000 + number}`,
    `guest: "<a href='https://people.example/${number}'>Noor Beacon</a>, ${french ? 'gardienne' : 'keeper'}"`,
  ];
  lines.push(`tags: [${french ? ['mer', 'lumière', 'hiver'][number % 3] : ['sea', 'light', 'winter'][number % 3]}${number % 7 === 0 ? ', Rust & C++' : ''}]`);
  if (number % 9 === 0) lines.push("image: '/img/own.jpg'");
  let text = notes;
  if (number === 1) lines.push('episodeType: trailer', 'explicit: true');
  if (number === 63) {
    lines.push('season: 4', 'transcript: transcripts/063.vtt', "background: '/img/artwork.jpg'",
      'chapters:', '  - { start: "00:00", title: "Arrival <at> six" }',
      '  - { start: "00:04.500", title: "The stairs & the lamp", url: "https://light.example/stairs", image: img/own.jpg }',
      '  - { start: "00:07", title: "Departure" }',
      'links:', '  - { name: "A list of lights", link: "https://list.example" }');
    text += '\nThe lamp is lit at 0:04.5, and `0:02` is not a time.\n';
    text += '\n> A word of the keeper\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```\na long line of code that goes on and on and on and on and on and on and on and on and on and on\n```\n\n![The tower](/img/artwork.jpg)\n\n<script>alert(1)</script><p onclick="alert(1)" style="color:red">plain</p>\n';
  }
  if (number === 64) lines[7] = 'date: 2099-05-01 07:00:00 +0200';
  if (number === 65) lines.push('draft: true');
  write(`episodes/episode_${pad(number)}.md`, `---\n${lines.join('\n')}\n---\n\n${text}`);
}

const words = (french ? 'la lampe tourne et la mer répond à chaque éclat sans jamais se lasser' : 'the lamp turns and the sea answers every flash without ever growing tired').split(' ');
const cues = Array.from({ length: 9 }, (_, at) => {
  const said = Array.from({ length: 9 }, (_, word) => words[(at * 5 + word) % words.length]).join(' ');
  return `00:0${at}.000 --> 00:0${at}.900\n<v ${at % 4 < 2 ? 'Maëlle' : 'Noor'}>${said}.\n`;
});
write('transcripts/063.vtt', `WEBVTT\n\n${cues.join('\n')}`);
