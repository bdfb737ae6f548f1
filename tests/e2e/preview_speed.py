#!/usr/bin/env python3
"""How long it takes from a saved file to the event in the browser.

    preview_speed.py ONAIR [EPISODES] [ROUNDS]

Makes a show (400 episodes unless told, each with chapters, notes, a transcript of 40 kB and some
audio), starts `onair preview`, edits each kind of file, and reads the stream of events as a browser
does. Exit code 1 if the slowest took 200 ms or more.
"""

import http.client
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import show

LIMIT = 200
WORDS = "the harbour at six in the morning is a place of ropes and gulls and slow engines ".split()


def transcript(number):
    cues = []
    for at in range(450):
        said = " ".join(WORDS[(at * 7 + word * number) % len(WORDS)] for word in range(9))
        cues.append(f"{at // 60:02}:{at % 60:02}.000 --> {at // 60:02}:{at % 60:02}.900\n{said}\n")
    return "WEBVTT\n\n" + "\n".join(cues)


def make(folder, episodes):
    show.make(folder, 1, 0.1)
    for below in ("transcripts", "chapters", "templates"):
        (folder / below).mkdir()
    audio = (folder / "audio/1.mp3").read_bytes()
    notes = "\n".join(f"- [Link {at}](https://a.example/{at}) and some words" for at in range(20))
    settings = (folder / "onair.toml").read_text() + 'templates = "templates"\n'
    (folder / "onair.toml").write_text(settings + '[rules]\ntranscript = "off"\n')
    style = pathlib.Path(__file__).parent / "../../src/site/templates/style.css"
    shutil.copy(style, folder / "templates/style.css")
    shutil.copy(folder / "img/artwork.jpg", folder / "img/banner.jpg")
    for number in range(1, episodes + 1):
        (folder / f"audio/{number}.mp3").write_bytes(audio)
        (folder / f"transcripts/{number}.vtt").write_text(transcript(number))
        labels = "".join(f"{at}.0\t{at}.0\tPart {at}\n" for at in range(6))
        (folder / f"chapters/{number}.txt").write_text(labels)
        date = f"20{10 + number // 336:02}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        text = show.EPISODE.format(
            number=number, duration="00:00:07", size=len(audio), day=date
        )
        more = f"chapters: chapters/{number}.txt\ntranscript: transcripts/{number}.vtt\nbackground: img/banner.jpg\n---\n\n{notes}\n"
        (folder / f"episodes/{number:03}.md").write_text(text.replace("---\n\n", more, 1))


class Events:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.connection.request("GET", "/.onair/events")
        self.stream = self.connection.getresponse()
        self.next()

    def next(self):
        while line := self.stream.readline():
            if line.startswith(b"data: "):
                return time.perf_counter()
        raise SystemExit("the events ended")


def main(onair, episodes=400, rounds=15):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="onair-preview-"))
    command = [onair, "preview", "--show", str(folder), "--port", "0"]
    preview = None
    try:
        make(folder, episodes)
        began = time.perf_counter()
        preview = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        port = int(preview.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
        print(f"{episodes} episodes: served after {1000 * (time.perf_counter() - began):.0f} ms")
        while not preview.stdout.readline().startswith("Made again"):
            pass
        print(f"all audio known after {1000 * (time.perf_counter() - began):.0f} ms")
        events = Events(port)
        middle = episodes // 2
        artwork = (folder / "img/banner.jpg").read_bytes()
        text = {path: (folder / path).read_text() for path in (
            f"episodes/{middle:03}.md", "templates/style.css", "onair.toml",
            f"chapters/{middle}.txt", f"transcripts/{middle}.vtt")}
        slowest = 0
        for path in [*text, "img/banner.jpg"]:
            took = []
            for number in range(rounds):
                more = {"md": f"\nMore {number}.\n", "css": f"\n/* {number} */\n", "txt": f"6.5\t6.5\tLast {number}\n",
                        "vtt": f"\n07:50.000 --> 07:51.000\nMore {number}\n"}
                time.sleep(0.15)
                began = time.perf_counter()
                if path == "img/banner.jpg":
                    (folder / path).write_bytes(artwork + str(number).encode())
                elif path == "onair.toml":
                    title = f'title = "Machine test {number}"'
                    (folder / path).write_text(text[path].replace('title = "Machine test"', title))
                else:
                    (folder / path).write_text(text[path] + more[path.rsplit(".", 1)[1]])
                took.append(1000 * (events.next() - began))
            slowest = max(slowest, *took)
            print(f"{path:24} median {statistics.median(took):4.0f} ms, slowest {max(took):4.0f} ms")
        sys.exit(0 if slowest < LIMIT else 1)
    finally:
        if preview:
            preview.kill()
            preview.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
