#!/usr/bin/env python3
"""Imports feeds, publishes them again, and says field by field what was kept, changed or lost.

    import_feeds.py [--keep DIR] [--each] ONAIR FOLDER...

FOLDER holds feeds (any file that is one). Each is imported into a show of its own, which is released
into a directory; the new feed is compared with the old one. A field counts as kept if it says the same,
as more if it says all of that and more, as named if the import's report names it as lost. Prints a
table, then the first differences of each field; with --each, a line for each feed. Exit code 1 if
anything was lost without a word, or a show cannot be released that the import called whole.
"""

import argparse
import collections
import gzip
import html
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from datetime import timezone
from email.utils import parsedate_to_datetime

HERE = pathlib.Path(__file__).resolve().parent
ARTWORK = HERE / "../../img/artwork.jpg"
PREFIXES = {
    "itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "podcastindex.org/namespace/1.0": "podcast",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "w3.org/2005/atom": "atom",
    "purl.org/rss/1.0/modules/content": "content",
    "podlove.org/simple-chapters": "psc",
    "google.com/schemas/play-podcasts/1.0": "googleplay",
    "wellformedweb.org/commentapi": "wfw",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "search.yahoo.com/mrss": "media",
    "purl.org/dc/elements/1.1": "dc",
}
# What a publisher writes of its own, wherever the feed came from.
ANEW = {
    "link", "generator", "lastBuildDate", "pubDate (show)", "docs", "cloud", "image", "atom:link",
    "media:content", "itunes:new-feed-url", "itunes:image (show)", "podcast:image", "atom:id",
}
TEXTS = {"description", "content:encoded", "itunes:summary", "itunes:subtitle"}
OUTCOMES = ["kept", "more", "changed", "named", "lost"]


def name(element):
    if not isinstance(element.tag, str):
        return None
    if not element.tag.startswith("{"):
        return element.tag
    uri, local = element.tag[1:].split("}")
    return f"{PREFIXES.get(bare(uri), uri)}:{local}"


def bare(uri):
    """An address without what feeds write differently."""
    return re.sub(r"^[a-z]+://(www\.)?|/+$", "", uri.lower())


def words(text):
    """The words of a text that may be HTML, as a listener reads them."""
    text = unescaped(text)
    if is_html(text):
        text = re.sub(r"</?(?:a|b|i|em|strong|span|u|s|code|small|sub|sup|abbr|cite|q|font|mark|del|ins|img)\b[^>]*>", "", text, flags=re.I)
        text = re.sub(r"<[^>]*>", " ", text)
    text = html.unescape(text).replace("\u00a0", " ")
    # Addresses stand in brackets in some texts, and in links in others.
    return re.sub(r"(?:https?://|www\.)\S+", " ", text)


def is_html(text):
    return re.search(r"</?(?:p|br|a|div|ul|ol|li|b|i|em|strong|span|h[1-6]|blockquote|table|tr|td|u|img|hr|pre|code)\b[^>]*>", text, re.I)


def unescaped(text):
    if not is_html(text) and re.search(r"&lt;/|&lt;br", text):
        return html.unescape(text)
    return text


def letters(text):
    return "".join(c.lower() for c in words(text) if c.isalnum())


def links(text):
    found = re.findall(r"""<a\s[^>]*href\s*=\s*["']?(https?://[^"'\s>]+)""", unescaped(text), re.I)
    return collections.Counter(html.unescape(link).rstrip("/") for link in found)


def faults(text):
    """What no listener should read."""
    if is_html(text) and re.search(r"&(?!#?\w+;)", re.sub(r"<[^>]*>", "", text)):
        yield "raw &"
    if re.search(r"&amp;(?:#\d+|lt|gt|amp|nbsp|quot|rsquo);", text):
        yield "half-escaped"


def compare_text(field, old, new, everything):
    before, after = letters(old), letters(new)
    for fault in faults(new):
        if fault not in set(faults(old)):
            return "changed", f"{fault}: {new[:200]!r}"
    glued = set(words(new).split()) - set(words(old).split()) - set(" ".join(everything).split())
    spaced = " " + re.sub(r"\W+", " ", words(old)) + " "
    for word in glued:
        plain = re.sub(r"\W", "", word)
        for cut in range(3, len(plain) - 3):
            if f" {plain[:cut]} {plain[cut:]} " in spaced:
                return "changed", f"glued: {word!r}"
    missing = [link for link in links(old) - links(new) if link not in html.unescape(new)]
    if field in ("description", "content:encoded") and missing and len(new.encode()) < 3900:
        return "changed", f"without the links {missing[:2]}"
    if before == after:
        return "kept", ""
    if before and before in after:
        return "more", f"{old[:80]!r} became {new[:120]!r}"
    if after.startswith(before[: len(after) - 1]) or before.startswith(after) and len(new.encode()) > 3900:
        return ("kept" if len(new.encode()) > 3900 else "changed"), "cut at 4,000 bytes"
    cut_off = re.split(r"\[(?:…|\.\.\.)\]|…$|\.\.\.$", words(old).strip())[0]
    if cut_off != words(old) and letters(cut_off) and letters(cut_off) in after:
        return "more", "the whole text in place of its start"
    return "changed", f"{old[:160]!r} became {new[:160]!r}"


def instant(text):
    for letters, offset in (("CET", "+0100"), ("CEST", "+0200"), ("BST", "+0100")):
        text = re.sub(rf" {letters}$", f" {offset}", text)
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return text
    return (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()


def seconds(text):
    parts = re.findall(r"\d+", (text or "").split(".")[0])
    return sum(int(part) * 60**place for place, part in enumerate(reversed(parts)))


def normal(field, element):
    """What an element says, so that two that say the same are equal."""
    text = html.unescape(" ".join((element.text or "").split()))
    attributes = {key.split("}")[-1]: value.strip() for key, value in element.attrib.items() if value.strip()}
    if field == "guid":
        return text, attributes.get("isPermaLink", "true").lower() != "false"
    if field == "pubDate":
        return instant(text)
    if field == "itunes:duration":
        return seconds(text)
    if field == "enclosure":
        return attributes.get("url"), attributes.get("length"), attributes.get("type", "").replace("audio/mp3", "audio/mpeg")
    if field in ("itunes:explicit", "podcast:locked", "itunes:block", "itunes:complete"):
        return text.lower() in ("yes", "true", "explicit")
    if field == "language":
        return text.lower()
    if field == "podcast:guid":
        return text.lower()
    if field == "podcast:person":
        return text, attributes.get("role", "host").lower(), attributes.get("href", "").rstrip("/"), attributes.get("img")
    if field == "itunes:type":
        return text.lower()
    if field == "itunes:episodeType":
        return text.lower()
    if field == "psc:chapters":
        return len(element)
    # The order of elements says nothing.
    children = tuple(sorted(repr((name(child), normal("", child))) for child in element if name(child)))
    return text, tuple(sorted(attributes.items())), children


def fields(element, level):
    found = collections.defaultdict(list)
    for child in element:
        tag = name(child)
        if tag in (None, "item"):
            continue
        if tag in ("pubDate", "itunes:image") and level == "show":
            tag += " (show)"
        if len(child) or child.attrib or (child.text or "").strip():
            found[tag].append(child)
    return found


def identity(item):
    guid = item.find("guid")
    if guid is not None and (guid.text or "").strip():
        return guid.text.strip()
    enclosure = item.find("enclosure")
    return None if enclosure is None else enclosure.get("url", "").strip()


class Table:
    def __init__(self):
        self.counts = collections.defaultdict(collections.Counter)
        self.feeds = collections.defaultdict(lambda: collections.defaultdict(set))
        self.examples = collections.defaultdict(list)

    def add(self, feed, level, field, outcome, detail=""):
        key = f"{level}: {field}"
        self.counts[key][outcome] += 1
        self.feeds[key][outcome].add(feed)
        if outcome in ("changed", "lost") and len(self.examples[key]) < 3:
            self.examples[key].append(f"{feed}: {detail}")

    def compare(self, feed, level, old, new, report):
        before, after = fields(old, level), fields(new, level)
        everything = [words(text or "") for text in new.itertext()]
        for field, elements in before.items():
            if field in ANEW or field.endswith(("mrss/:content", "media-rss:content")):
                continue
            there = after.get(field, [])
            if field in TEXTS:
                said = [child.text or "" for child in there]
                whole = " ".join(words(child.text or "") for other in TEXTS for child in after.get(other, []))
                for element in elements[:1]:
                    text = element.text or ""
                    if said:
                        outcome, detail = compare_text(field, text, said[0], everything)
                    elif letters(text) in letters(whole):
                        outcome, detail = "more", "said elsewhere"
                    else:
                        outcome, detail = "lost", text[:100]
                    self.add(feed, level, field, outcome, detail)
                continue
            says = [normal(field, child) for child in there]
            if field in ("enclosure", "title", "pubDate", "guid"):
                elements = elements[:1] if field != "enclosure" else elements
            for element in elements:
                what = normal(field, element)
                if what in says:
                    says.remove(what)
                    outcome, detail = "kept", ""
                elif field in ("dc:creator", "author") and element.text and after.get("itunes:author"):
                    outcome, detail = "kept", ""
                elif field == "psc:chapters" and after.get("podcast:chapters"):
                    outcome, detail = "kept", ""
                elif field in ("podcast:locked", "itunes:explicit", "itunes:episodeType", "itunes:block") and what in (False, "full"):
                    outcome, detail = "kept", ""
                elif field in report:
                    outcome, detail = "named", ""
                elif says:
                    outcome, detail = "changed", f"{what} became {says[0]}"
                else:
                    outcome, detail = "lost", str(what)
                self.add(feed, level, field, outcome, detail)

    def print(self):
        print(f"{'field':34}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES) + "   feeds changed or lost")
        for key in sorted(self.counts, key=lambda key: (key.split(":")[0] != "show", key)):
            counts = self.counts[key]
            bad = self.feeds[key]["changed"] | self.feeds[key]["lost"]
            print(f"{key:34}" + "".join(f"{counts[outcome] or '':>9}" for outcome in OUTCOMES) + f"   {len(bad) or ''}")
        for key, examples in sorted(self.examples.items()):
            print(f"\n{key}")
            for example in examples:
                print(f"  {example}")

    def lost(self):
        return sum(counts["lost"] + counts["changed"] for counts in self.counts.values())


def channel(path):
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([\w-]+)", data)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"utf-16"):
        text = data.decode(declared[1].decode(), "replace")
        data = re.sub(r"<\?xml[^>]*\?>", "", text, count=1).encode()
    root = ElementTree.fromstring(data.replace(b"&nbsp;", b"&#160;").lstrip())
    return root.find("channel")


def run(onair, *arguments):
    ran = subprocess.run([onair, *map(str, arguments)], capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


def one(onair, path, work, table, each):
    feed = path.name
    try:
        old = channel(path)
    except ElementTree.ParseError as error:
        return f"{feed}: no feed that this script can read ({error})"
    if old is None:
        return f"{feed}: no RSS"
    show = work / re.sub(r"\W", "_", str(path))[-120:]
    code, said = run(onair, "import", path, "--show", show)
    if not (show / "onair.toml").exists():
        return f"{feed}: import failed: {said.strip()}"
    lines = len(said.splitlines())
    settings = (show / "onair.toml").read_text()
    decisions = [line for line in said.splitlines() if line.startswith("  ")] if code else []
    (show / "onair.toml").write_text(settings.replace("https://your-site.invalid", "https://show.example"))
    parts = (show / "import-report.md").read_text().split("\n## ")
    report = "".join(part for part in parts if part.startswith(("Lost", "To look at")))
    artwork = re.search(r'^artwork = "(.*)"', settings, re.M)[1]
    (show / artwork).parent.mkdir(exist_ok=True)
    shutil.copy(ARTWORK, (show / artwork).with_suffix(".jpg"))
    if not artwork.endswith(".jpg"):
        text = (show / "onair.toml").read_text()
        (show / "onair.toml").write_text(text.replace(artwork, artwork.rsplit(".", 1)[0] + ".jpg"))
    released, errors = run(onair, "release", "--show", show, "--quiet")
    feed_path = re.search(r'^feed = "(.*)"', settings, re.M)
    made = show / "public" / (feed_path[1] if feed_path else "podcasts/feed.xml")
    problems = []
    if released:
        first = next((line for line in errors.splitlines() if line.startswith("error")), errors[:200])
        problems.append(f"{'not released, as the import said' if code else 'CANNOT BE RELEASED'}: {first}")
    if lines > 30:
        problems.append(f"SAYS {lines} LINES")
    if made.exists():
        new = ElementTree.parse(made).getroot().find("channel")
        table.compare(feed, "show", old, new, report)
        items = {identity(item): item for item in new.findall("item")}
        for archive in sorted(made.parent.glob("*archive*/*.xml")):
            for item in ElementTree.parse(archive).getroot().iter("item"):
                items.setdefault(identity(item), item)
        seen = set()
        for item in old.findall("item"):
            guid = identity(item)
            if item.find("enclosure") is None or guid in seen:
                continue
            seen.add(guid)
            if guid not in items:
                table.add(feed, "item", "the item itself", "named" if code or "item (" in report else "lost", str(guid))
                continue
            table.compare(feed, "item", item, items[guid], report)
    summary = f"{feed}: import {code}, {lines} lines, release {released}"
    if problems or each:
        return "; ".join([summary, *problems, *(f"to decide: {line.strip()}" for line in decisions[:3] if each)])
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=pathlib.Path, help="where the shows are made, and stay")
    parser.add_argument("--each", action="store_true", help="a line for each feed")
    parser.add_argument("onair")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    onair = str(pathlib.Path(arguments.onair).resolve())
    paths = []
    for folder in arguments.folders:
        paths += [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
    table = Table()
    stuck = 0
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.keep or pathlib.Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        for path in paths:
            said = one(onair, path, work, table, arguments.each)
            if said:
                stuck += "CANNOT BE RELEASED" in said or "LINES" in said
                print(said)
    print()
    table.print()
    return 1 if stuck or table.lost() else 0


if __name__ == "__main__":
    sys.exit(main())
