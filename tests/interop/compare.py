"""Compares what four readers say of a feed with the feed itself, and with the host's files.

    compare.py [--show DIR] FEED.xml VALUES.json

VALUES.json is what readers.mjs wrote. Prints each difference; exit code 1 if there is one.
"""

import argparse
import calendar
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import feedparser
import podcastparser
import yaml

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"

problems = []


def say(where, what, expected, found):
    problems.append(f"{where}: {what}: expected {expected!r}, found {found!r}")


def number(text):
    return int(text) if text else None


def artwork(element):
    """What podcast:image says: address, words for it, width, height, purpose."""
    return [
        [image.get("href"), image.get("alt"), number(image.get("width")),
         number(image.get("height")), image.get("purpose")]
        for image in element.findall(f"{PODCAST}image")
    ]


def of_xml(path):
    """The feed as a plain XML parser sees it: the measure for the readers."""
    channel = ElementTree.parse(path).getroot().find("channel")
    text = lambda element, name: element.findtext(name)
    items = []
    for item in channel.findall("item"):
        enclosure = item.find("enclosure")
        chapters = item.find(f"{PODCAST}chapters")
        items.append(
            {
                "guid": text(item, "guid"),
                "title": text(item, "title"),
                "link": text(item, "link"),
                "url": enclosure.get("url"),
                "length": int(enclosure.get("length")),
                "type": enclosure.get("type"),
                "published": int(parsedate_to_datetime(text(item, "pubDate")).timestamp()),
                "duration": number(text(item, f"{ITUNES}duration")),
                "episode": number(text(item, f"{ITUNES}episode")),
                "season": number(text(item, f"{ITUNES}season")),
                "kind": text(item, f"{ITUNES}episodeType"),
                "explicit": text(item, f"{ITUNES}explicit") == "true",
                "chapters": None if chapters is None else chapters.get("url"),
                "transcripts": [one.get("url") for one in item.findall(f"{PODCAST}transcript")],
                "artwork": artwork(item),
                "people": [
                    f"{one.get('role')} {one.text}" for one in item.findall(f"{PODCAST}person")
                ],
                "apple": next((one.get("id") for one in item.findall(f"{PODCAST}id")), None),
                "description": text(item, "description"),
                "content": text(item, f"{CONTENT}encoded"),
                "permalink": item.find("guid").get("isPermaLink", "true"),
            }
        )
    owner = channel.find(f"{ITUNES}owner")
    return {
        "title": text(channel, "title"),
        "language": text(channel, "language"),
        "link": text(channel, "link"),
        "image": channel.find(f"{ITUNES}image").get("href"),
        "guid": text(channel, f"{PODCAST}guid"),
        "self": next(
            link.get("href") for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"
        ),
        "owner": None if owner is None else text(owner, f"{ITUNES}email"),
        "locked": text(channel, f"{PODCAST}locked") == "yes",
        "artwork": artwork(channel),
        "items": items,
    }


def of_feedparser(path):
    feed = feedparser.parse(str(path))
    if feed.bozo:
        say("feedparser", "complaint", None, str(feed.bozo_exception))
    items = []
    for entry in feed.entries:
        enclosure = entry.enclosures[0]
        items.append(
            {
                "guid": entry.id,
                "title": entry.title,
                "link": entry.link,
                "url": enclosure.href,
                "length": int(enclosure.length),
                "type": enclosure.type,
                "published": calendar.timegm(entry.published_parsed),
                "duration": number(entry.itunes_duration),
                "episode": number(entry.get("itunes_episode")),
                "season": number(entry.get("itunes_season")),
                "kind": entry.itunes_episodetype,
            }
        )
    head = feed.feed
    return {
        "title": head.title,
        "language": head.language,
        "link": head.link,
        "image": head.image.href,
        "guid": head.podcast_guid,
        "self": next(link.href for link in head.links if link.rel == "self"),
        "items": items,
    }


def of_podcastparser(path):
    with open(path, "rb") as stream:
        feed = podcastparser.parse("https://feed.example/feed.xml", stream)
    items = [
        {
            "guid": episode["guid"],
            "title": episode["title"],
            "link": episode["link"],
            "url": episode["enclosures"][0]["url"],
            "length": episode["enclosures"][0]["file_size"],
            "type": episode["enclosures"][0]["mime_type"],
            "published": episode["published"],
            "duration": episode["total_time"],
            "episode": episode.get("number"),
            "season": episode.get("season"),
            "kind": episode.get("type"),
            "explicit": episode.get("explicit"),
        }
        for episode in feed["episodes"]
    ]
    return {
        "title": feed["title"],
        "language": feed["language"],
        "link": feed["link"],
        "image": feed["cover_url"],
        "items": items,
    }


def spaces(value):
    """Some readers fold white space."""
    return " ".join(value.split()) if isinstance(value, str) else value


def compare(reader, expected, found):
    for key, value in found.items():
        if key != "items" and spaces(value) != spaces(expected[key]):
            say(reader, key, expected[key], value)
    by_guid = {item["guid"]: item for item in found["items"]}
    if len(by_guid) != len(expected["items"]):
        say(reader, "items", len(expected["items"]), len(by_guid))
    for item in expected["items"]:
        other = by_guid.get(item["guid"])
        if other is None:
            say(reader, item["guid"], "an item", None)
            continue
        for key, value in other.items():
            if spaces(value) != spaces(item[key]):
                say(f"{reader}, {item['guid']}", key, item[key], value)


def front_matter(path):
    text = path.read_text(encoding="utf-8-sig")
    match = re.match(r"---\s*\n(.*?)\n---\s*(?:\n|$)", text, re.S)
    if not match:
        return None
    try:
        # Every scalar as the host wrote it.
        return yaml.load(match.group(1), Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return None


def with_host(feed, show):
    """Each item against the front matter of the episode with its guid."""
    episodes = {}
    for path in sorted((show / "episodes").glob("*.md")):
        matter = front_matter(path)
        if matter and (guid := matter.get("guid") or matter.get("file")):
            episodes.setdefault(guid.strip(), []).append((path, matter))
    for item in feed["items"]:
        if item["guid"] not in episodes:
            say(item["guid"], "guid", "that of an episode", item["guid"])
            continue
        # A host may have left a guid in two files, one of which is not published.
        path, matter = max(
            episodes[item["guid"]], key=lambda episode: f"/{episode[0].stem}/" in item["link"]
        )
        where = path.name
        if item["title"].strip() != matter["title"].strip():
            say(where, "title", matter["title"], item["title"])
        if not item["url"].endswith("/" + matter["file"].strip()):
            say(where, "enclosure", matter["file"], item["url"])
        if item["permalink"] != "false":
            say(where, "isPermaLink", "false", item["permalink"])
        if f"/{path.stem}/" not in item["link"]:
            say(where, "link", path.stem, item["link"])
        for key, name in [("episode", "episode"), ("season", "season"), ("apple", "appleEpisodeId")]:
            written = (matter.get(name) or "").strip() or None
            found = None if item[key] is None else str(item[key])
            if found != written:
                say(where, name, written, found)
        written = (matter.get("publication") or matter.get("date")).strip()
        with_offset = re.fullmatch(r"(\S+)[ T](\d\d:\d\d(?::\d\d)?) ([+-]\d{4})", written)
        if with_offset:
            day, clock, offset = with_offset.groups()
            clock = clock if clock.count(":") == 2 else clock + ":00"
            moment = datetime.strptime(f"{day} {clock} {offset}", "%Y-%m-%d %H:%M:%S %z")
            if int(moment.timestamp()) != item["published"]:
                found = datetime.fromtimestamp(item["published"], timezone.utc)
                say(where, "date", written, found.isoformat())
        words = re.findall(r"\w+", re.sub(r"<[^>]*>", " ", matter.get("description") or ""))
        missing = [word for word in words[:40] if word not in item["description"]]
        if missing:
            say(where, "description", matter["description"], item["description"])
        if len(item["description"].encode()) > 4000:
            say(where, "bytes of the description", 4000, len(item["description"].encode()))
        if re.search(r"<\s*(script|iframe|style)|javascript:|\son\w+=", item["content"] or "", re.I):
            say(where, "content", "nothing that runs", item["content"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", type=pathlib.Path)
    parser.add_argument("feed", type=pathlib.Path)
    parser.add_argument("values", type=pathlib.Path)
    arguments = parser.parse_args()

    feed = of_xml(arguments.feed)
    readers = {
        "feedparser": of_feedparser(arguments.feed),
        "podcastparser": of_podcastparser(arguments.feed),
        **json.loads(arguments.values.read_text()),
    }
    for reader, found in readers.items():
        compare(reader, feed, found)
    told = [image[0] for image in feed["artwork"]]
    if told != [feed["image"]]:
        say("feed", "podcast:image", [feed["image"]], told)
    if arguments.show:
        with_host(feed, arguments.show)
    for problem in problems:
        print(f"{arguments.feed}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{arguments.feed}: {len(feed['items'])} items, {len(readers)} readers agree")
    return 1 if problems else 0


sys.exit(main())
