// Writes what podcast-partytime and feedsmith make of a feed, as JSON in one shape for both:
// readers.mjs FEED.xml VALUES.json
import { readFileSync, writeFileSync } from 'node:fs';
import { parseFeed as partytime } from 'podcast-partytime';
import { parseFeed as feedsmith } from 'feedsmith';

const xml = readFileSync(process.argv[2], 'utf8');
const seconds = (date) => (date === undefined ? null : Math.floor(new Date(date).getTime() / 1000));

const party = partytime(xml);
if (!party) throw new Error('podcast-partytime cannot read the feed');
const smith = feedsmith(xml);
if (smith.format !== 'rss') throw new Error(`feedsmith takes the feed for ${smith.format}`);

const ofParty = {
  title: party.title,
  language: party.language,
  link: party.link,
  image: party.itunesImage,
  guid: party.guid,
  self: party.pubsub?.self,
  owner: party.owner?.email ?? null,
  locked: party.locked,
  items: party.items.map((item) => ({
    guid: item.guid,
    title: item.title,
    link: item.link,
    url: item.enclosure.url,
    length: item.enclosure.length,
    type: item.enclosure.type,
    published: seconds(item.pubDate),
    duration: item.duration,
    episode: item.itunesEpisode ?? item.podcastEpisode?.number ?? null,
    season: item.itunesSeason ?? item.podcastSeason?.number ?? null,
    kind: item.itunesEpisodeType,
    explicit: item.explicit,
    chapters: item.podcastChapters?.url ?? null,
    transcripts: (item.podcastTranscripts ?? []).map((one) => one.url),
    people: (item.podcastPeople ?? []).map((one) => `${one.role.toLowerCase()} ${one.name}`),
  })),
};
const feed = smith.feed;
const artwork = (podcast) =>
  (podcast?.images ?? []).map((one) => [
    one.href,
    one.alt,
    one.width ?? null,
    one.height ?? null,
    one.purpose,
  ]);
const ofSmith = {
  title: feed.title,
  language: feed.language,
  link: feed.link,
  image: feed.itunes?.image,
  guid: feed.podcast?.guid,
  self: feed.atom?.links?.find((link) => link.rel === 'self')?.href,
  owner: feed.itunes?.owner?.email ?? null,
  locked: feed.podcast?.locked?.value,
  artwork: artwork(feed.podcast),
  items: feed.items.map((item) => ({
    guid: item.guid.value,
    title: item.title,
    link: item.link,
    url: item.enclosures[0].url,
    length: item.enclosures[0].length,
    type: item.enclosures[0].type,
    published: seconds(item.pubDate),
    duration: item.itunes?.duration,
    episode: item.itunes?.episode ?? null,
    season: item.itunes?.season ?? null,
    kind: item.itunes?.episodeType,
    explicit: item.itunes?.explicit,
    chapters: item.podcast?.chapters?.url ?? null,
    transcripts: (item.podcast?.transcripts ?? []).map((one) => one.url),
    artwork: artwork(item.podcast),
    people: (item.podcast?.persons ?? []).map((one) => `${one.role} ${one.display}`),
  })),
};
writeFileSync(process.argv[3], JSON.stringify({ 'podcast-partytime': ofParty, feedsmith: ofSmith }));
