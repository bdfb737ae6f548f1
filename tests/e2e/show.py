#!/usr/bin/env python3
"""Shows for end-to-end tests, and a look at what is published that shares no code with onair.

    show.py make DIR EPISODES MIB     a show of MP3s of that size
    show.py add DIR MIB               one more episode
    show.py edit DIR NUMBER WORD      another subtitle for an episode
    show.py look BUCKET PREFIX        checks the promises; prints what the feed lists
"""

import datetime
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent
# A frame of silence begins so: MPEG-1 Layer III, 128 kbit/s, 44,100 Hz, stereo, and no bits of sound
# (ISO 11172-3, 2.4.1.7 and 2.4.2.3).
HEAD = bytes([0xFF, 0xFB, 0x90, 0x64]) + bytes(32)
FRAME = 417
SAMPLES, RATE = 1152, 44100
# Frames that are written at a time.
BLOCK = 50_000

SETTINGS = """
[show]
title = "Machine test"
description = "Silence of various lengths."
author = "Nobody"
language = "en"
category = "Technology"
artwork = "img/artwork.jpg"

[show.owner]
name = "Nobody"
email = "nobody@show.example"

[site]
url = "https://show.example"
"""

EPISODE = """---
layout: podcast
title: "Episode {number}"
subtitle: "Silence, part {number}"
description: "As long as it takes."
episode: {number}
duration: "{duration}"
size: {size}
file: {number}.mp3
date: {date} +0000
author: Nobody
category: podcasts
---

Nothing to be heard in episode {number}.
"""


def make(folder, episodes, mib):
    folder = pathlib.Path(folder)
    for below in ("episodes", "audio", "img"):
        (folder / below).mkdir(parents=True, exist_ok=True)
    (folder / "onair.toml").write_text(SETTINGS)
    shutil.copy(HERE / "../../img/artwork.jpg", folder / "img/artwork.jpg")
    for number in range(1, episodes + 1):
        episode(folder, number, mib)


def episode(folder, number, mib):
    frames = int(mib * 2**20) // FRAME + number % 100
    # In bits that silence leaves unused stands what no server can make smaller, as in real audio.
    noise = random.Random(number)
    with open(folder / f"audio/{number}.mp3", "wb") as file:
        for first in range(0, frames, BLOCK):
            count = min(BLOCK, frames - first)
            audio = bytearray(noise.randbytes(count * FRAME).replace(b"\xff", b"\x00"))
            for at, byte in enumerate(HEAD):
                audio[at::FRAME] = bytes([byte]) * count
            file.write(audio)
    seconds = round(frames * SAMPLES / RATE)
    duration = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # Many a day, so that thousands are past.
    date = datetime.datetime(2025, 1, 1) + datetime.timedelta(days=number // 20, hours=number % 20)
    size = frames * FRAME
    text = EPISODE.format(number=number, duration=duration, size=size, date=date)
    (folder / f"episodes/{number:03}.md").write_text(text)


def add(folder, mib):
    folder = pathlib.Path(folder)
    episode(folder, len(list((folder / "episodes").iterdir())) + 1, mib)


def edit(folder, number, word):
    path = pathlib.Path(folder) / f"episodes/{number:03}.md"
    text = path.read_text()
    edited = re.sub('subtitle: ".*"', f'subtitle: "Silence, {word}"', text)
    assert edited != text, "an edit that changes nothing"
    path.write_text(edited)


def signed(*arguments):
    env = os.environ
    keys = f"{env['AWS_ACCESS_KEY_ID']}:{env['AWS_SECRET_ACCESS_KEY']}"
    sign = ["--aws-sigv4", f"aws:amz:{env['AWS_REGION']}:s3", "--user", keys]
    command = ["curl", "--silent", "--show-error", *sign, *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


def look(bucket, prefix):
    """Checks feed and enclosures; returns how many enclosures it asked for."""
    base = f"{os.environ['AWS_ENDPOINT_URL_S3']}/{bucket}/{prefix}"
    answer = signed("--write-out", "\n%{http_code}", f"{base}/podcasts/feed.xml")
    feed, status = answer.rsplit(b"\n", 1)
    if status == b"404":
        print("no feed yet")
        return 0
    assert status == b"200", status
    items = xml.fromstring(feed).findall("./channel/item")
    guids = [item.findtext("guid") for item in items]
    assert len(set(guids)) == len(guids), guids
    for item in items:
        enclosure = item.find("enclosure").attrib
        key = enclosure["url"].removeprefix("https://show.example/")
        assert key != enclosure["url"], enclosure
        head = signed("--head", f"{base}/{key}").decode().lower()
        assert " 200 " in head.splitlines()[0], (key, head)
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
        assert headers["content-length"] == enclosure["length"], (enclosure, head)
        assert headers["content-type"] == enclosure["type"], (enclosure, head)
    print(f"{len(items)} episodes, each as the feed says")
    return len(items)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, episodes, mib]:
            make(folder, int(episodes), float(mib))
        case ["add", folder, mib]:
            add(folder, float(mib))
        case ["edit", folder, number, word]:
            edit(folder, int(number), word)
        case ["look", bucket, prefix]:
            look(bucket, prefix)
        case _:
            sys.exit(__doc__)
