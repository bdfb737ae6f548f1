#!/usr/bin/env python3
"""Hold a published directory to its promises, with nothing of onair's own.

    promises.py TARGET MEDIA_URL MEDIA_PATH [FEED]

Every enclosure in the public feed must exist with exactly the length and type that the feed says, and
the feed must be a whole one. No feed at all is fine: then nothing is promised. Prints what is broken;
exit code 1 if anything is. Needs only Python 3.
"""
import os
import sys
import xml.etree.ElementTree as xml


def broken(target, media_url, media_path, feed="podcasts/feed.xml"):
    path = os.path.join(target, feed)
    if not os.path.exists(path):
        return []
    try:
        items = xml.parse(path).getroot().findall("./channel/item")
    except xml.ParseError as error:
        return [f"the feed is no whole one: {error}"]
    faults = []
    guids = [item.findtext("guid") for item in items]
    if len(set(guids)) != len(guids):
        faults.append("two items share a guid")
    for item in items:
        enclosure = item.find("enclosure")
        url, length = enclosure.get("url"), int(enclosure.get("length"))
        if not url.startswith(media_url):
            faults.append(f"{url} is not below {media_url}")
            continue
        file = os.path.join(target, media_path, url[len(media_url):])
        if not os.path.exists(file):
            faults.append(f"{url} is in the feed and not there")
        elif os.path.getsize(file) != length:
            faults.append(f"{url} has {os.path.getsize(file)} bytes, the feed says {length}")
        elif enclosure.get("type") != "audio/mpeg":
            faults.append(f"{url} is said to be {enclosure.get('type')}")
    return faults


if __name__ == "__main__":
    faults = broken(*sys.argv[1:])
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(1 if faults else 0)
