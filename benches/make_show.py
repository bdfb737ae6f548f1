#!/usr/bin/env python3
"""Makes a show to measure with: make_show.py FOLDER EPISODES [--mib N] [--kind cbr|vbr|damaged]

Every episode has notes as long as a host writes them. With --mib each has an MP3 of about so many
MiB (no two of the same length), of frames that hold noise: nothing about it is sparse or repeats
within 2 MiB. Without, the show is one whose audio is not at hand.
"""
import argparse
import datetime
import os
import pathlib
import random
import struct
import zlib

SETTINGS = (pathlib.Path(__file__).parent / "show.toml").read_text()
RATES = {96: 7, 128: 9, 160: 10, 192: 11, 224: 12, 256: 13}  # kbit/s to the header's index
BLOCK = 5000  # frames: 2 MiB at 128 kbit/s


def png(pixels):
    """A grey square."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", pixels, pixels, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * pixels) * pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def frame(kbps, chance):
    body = chance.randbytes(144_000 * kbps // 44_100 - 4).replace(b"\xff", b"\x7f")
    return bytes([0xFF, 0xFB, RATES[kbps] << 4, 0x40]) + body


def block(kind, chance):
    """Frames to repeat, and how many there are."""
    rates = [128] if kind != "vbr" else list(RATES)
    return [frame(chance.choice(rates), chance) for _ in range(BLOCK)]


def write_mp3(path, size, frames, kind):
    """About `size` bytes of whole frames; returns bytes and frames."""
    joined = b"".join(frames)
    bytes_, count = 0, 0
    with open(path, "wb") as file:
        while bytes_ + len(joined) <= size:
            file.write(joined)
            if kind == "damaged":
                file.seek(-3000, os.SEEK_CUR)
                file.write(bytes(2000))
                file.seek(0, os.SEEK_END)
            bytes_, count = bytes_ + len(joined), count + len(frames)
        for one in frames:
            if bytes_ >= size:
                break
            file.write(one)
            bytes_, count = bytes_ + len(one), count + 1
    return bytes_, count


def notes(number):
    return "".join(
        f"- {line:02}:30 - [A thing that was spoken of](https://things.example/{number}/{line}), "
        "with **a word** on why it matters to those who were there\n"
        for line in range(9)
    )


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("episodes", type=int)
    arguments.add_argument("--mib", type=float)
    arguments.add_argument("--kind", default="cbr", choices=["cbr", "vbr", "damaged"])
    args = arguments.parse_args()
    chance = random.Random(1)
    for folder in ["episodes", "audio", "img"]:
        (args.folder / folder).mkdir(parents=True)
    rules = "" if args.mib else '[rules]\naudio-missing = "off"\n'
    (args.folder / "onair.toml").write_text(SETTINGS + rules)
    (args.folder / "img/artwork.png").write_bytes(png(1400))
    frames = block(args.kind, chance) if args.mib else []
    for number in range(1, args.episodes + 1):
        # Many a day, and none at night, when clocks are changed.
        date = datetime.datetime(2005, 1, 1) + datetime.timedelta(
            days=number // 18, hours=5 + number % 18
        )
        if args.mib:
            size = int(args.mib * (1 << 20)) + number * 1000
            bytes_, count = write_mp3(args.folder / f"audio/{number}.mp3", size, frames, args.kind)
            seconds = round(count * 1152 / 44100)
        else:
            seconds = 1800 + number % 1200
            bytes_ = seconds * 16_000 + number
        hours, minutes = seconds // 3600, seconds // 60 % 60
        (args.folder / f"episodes/episode_{number:06}.md").write_text(
            f"""---
layout: podcast
title: "What we heard on day {number}"
subtitle: "Guests, tools and trade"
description: "A talk about day {number}: what was built, what broke and what was learnt."
guest: "<a href='https://guest{number}.example'>Guest {number}</a>, engineer"
episode: {number}
duration: "{hours:02}:{minutes:02}:{seconds % 60:02}"
size: {bytes_}
file: {number}.mp3
date: {date}
author: Ada Quay
category: podcasts
appleEpisodeId: {1_000_000_000_000 + number}
---

## Notes

{notes(number)}"""
        )


main()
