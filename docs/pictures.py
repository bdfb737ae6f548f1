#!/usr/bin/env -S uv run --script
# /// script
# dependencies = ["rich==14.2.0"]
# ///
"""Makes the pictures of README and book: terminal output as SVG, a page as PNG.

    docs/pictures.py target/debug/onair            makes them all
    docs/pictures.py target/debug/onair --check    makes none; fails where a terminal says something else today

Needs Python with rich, and for the page Chromium (CHROMIUM=/path unless it is in PATH). Everything shown is what
the given binary says of the demo show.
"""

import functools
import http.server
import io
import itertools
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import threading

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

DOCS = pathlib.Path(__file__).resolve().parent
ROOT = DOCS.parent
COLUMNS = 96
THEME = TerminalTheme(
    (24, 25, 30),
    (222, 222, 222),
    [(24, 25, 30), (240, 95, 95), (120, 190, 120), (214, 160, 80),
     (130, 150, 255), (200, 130, 220), (90, 190, 200), (222, 222, 222)],
    [(120, 120, 120), (255, 120, 120), (140, 220, 140), (240, 190, 100),
     (150, 170, 255), (220, 150, 240), (110, 210, 220), (255, 255, 255)],
)  # fmt: skip
# Without a font of the web: an image on a page may load none.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} HEIGHT" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
<rect fill="#18191e" width="{width}" height="HEIGHT" rx="8"/>
<g transform="translate(18, 12)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class Host:
    """Somebody with a copy of the demo show, or with nothing yet."""

    def __init__(self, onair, folder):
        self.onair, self.folder = onair, folder
        folder.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder.parent), "TERM": "xterm-256color", "TZ": "Europe/Paris",
            "LANG": "en_GB.UTF-8", "COLUMNS": str(COLUMNS), "CLICOLOR_FORCE": "1", "ONAIR_CACHE_DIR": "",
            "ONAIR_ONLY_LOOPBACK": "1", "ONAIR_NOW": "2026-04-10T07:00:00Z", "GIT_CONFIG_GLOBAL": "/dev/null",
        }  # fmt: skip

    def demo(self):
        for part in ["audio", "episodes", "img", "onair.toml"]:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, self.folder / part)
        # How long it listened is another number each time.
        self.change("onair.toml", "[target]", '[sound]\nlisten = "never"\n\n[target]')
        return self

    def change(self, path, old, new):
        text = (self.folder / path).read_text()
        assert old in text, (path, old)
        (self.folder / path).write_text(text.replace(old, new, 1))

    def run(self, *words):
        """What a command says, with its colours."""
        ran = subprocess.run(
            [self.onair, *words], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return prompt("onair", *words) + ran.stdout

    def converse(self, words, answers):
        """The same at a terminal, with an answer to each question."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execve(self.onair, [self.onair, *words], self.environment)
        seen, answers = "", list(answers)
        while True:
            ready, _, _ = select.select([terminal], [], [], 0.5)
            if not ready:
                assert answers, f"onair asks for more: {seen}"
                os.write(terminal, f"{answers.pop(0)}\n".encode())
                continue
            try:
                text = os.read(terminal, 65536)
            except OSError:
                break
            if not text:
                break
            seen += text.decode()
        os.waitpid(child, 0)
        assert not answers, f"onair did not ask for {answers}: {seen}"
        return prompt("onair", *words) + seen.replace("\r", "")


def prompt(*words):
    return f"\x1b[1m$ {' '.join(words)}\x1b[0m\n"


def svg(text, name):
    """Terminal output as a picture."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False
    )
    lines = Text.from_ansi(text.rstrip("\n")).wrap(console, COLUMNS)
    console.print(Text("\n").join(lines), highlight=False)
    # A line is 1.22 of a letter of 20 units.
    height = str(round(len(lines) * 24.4) + 28)
    return console.export_svg(title="", theme=THEME, code_format=FORMAT.replace("HEIGHT", height), unique_id=name)


def terminals(onair, work):
    """Each picture of a terminal, by its name."""
    wrong = Host(onair, work / "wrong").demo()
    wrong.change("episodes/episode_001.md", 'duration: "00:00:09"', "duration: “00:00:09”")
    wrong.change("episodes/episode_002.md", "size: 89681", "size: 8968")
    wrong.change("episodes/episode_002.md", "07:00:00 +0200", "07:00:00 +0100")
    yield "check", wrong.run("check", "-q")

    newcomer = Host(onair, work / "my-show")
    yield "init", newcomer.converse(["init"], [
        "Low Tide", "Small sounds from a harbour.", "Ada Quay", "ada@lowtide.example", "", "",
        "Science > Nature", "lowtide.example", "", "n",
    ])  # fmt: skip

    show = Host(onair, work / "show").demo()
    # Two that are sent at once come in any order.
    sent = lambda line: " sent (" in line and line.startswith("  ")  # noqa: E731
    runs = itertools.groupby(show.run("release").split("\n"), sent)
    said = "\n".join(line for is_sent, run in runs for line in (sorted(run) if is_sent else run))
    show.change("episodes/episode_002.md", "The tone at the end", "The tone at the very end")
    yield "release", "\n".join([said, show.run("release"), show.run("release")])


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of a folder."""

    def log_message(self, *_):
        pass


def page(onair, work, to):
    """An episode's page, as a web server gives it."""
    chromium = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"]))
    )
    show = Host(onair, work / "page").demo()
    show.change("onair.toml", 'listen = "never"', 'listen = "release"')
    # Its waveform is drawn once it was listened to.
    show.environment["ONAIR_CACHE_DIR"] = str(work / "cache")
    show.run("release")
    files = functools.partial(Quiet, directory=show.folder / "public")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/podcasts/episode_001/?t=2"
        subprocess.run(
            [chromium, "--headless=new", "--no-sandbox", "--hide-scrollbars", "--window-size=1000,1080",
             "--timeout=5000", f"--screenshot={to}", address],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        server.shutdown()


def main():
    onair, check = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2:] == ["--check"]
    old = []
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for name, text in terminals(onair, work):
            picture, path = svg(text, name), DOCS / f"{name}.svg"
            if not check:
                path.write_text(picture)
            elif path.read_text() != picture:
                old.append(path.name)
        if not check:
            page(onair, work, DOCS / "page.png")
    if old:
        sys.exit(f"{', '.join(old)}: onair says something else today; run docs/pictures.py")


main()
