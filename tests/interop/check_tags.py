"""Has other programs read a tagged MP3 and compares what they say with what it should say.

    check_tags.py AUDIO.mp3 EXPECTED.json

EXPECTED.json has the form of tags.json; keys left out are not compared. Readers: ffprobe, mutagen,
eyeD3 and MediaInfo. Where a reader is known to be unable to read something, that is said here at
the place, and the value is compared in the other readers only.
"""

import hashlib
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import eyed3
from mutagen.id3 import ID3
from pymediainfo import MediaInfo

failures = []
compared = 0


def equal(reader, name, got, want):
    global compared
    if want is None:
        return
    compared += 1
    if got != want:
        failures.append(f"{reader}: {name} is {got!r}, not {want!r}")


def sha(data):
    return hashlib.sha256(data).hexdigest() if data is not None else None


def picture(folder, expected, key="cover"):
    name = expected.get(key)
    return sha((folder / name).read_bytes()) if name else None


def joined(expected):
    words = expected.get("keywords")
    return ",".join(words) if words else None


def text(value):
    return None if value is None else str(value)


LANGUAGES = {"fr": "fra", "en": "eng", "de": "deu"}


def ffprobe(path, folder, expected):
    run = ["ffprobe", "-v", "error", "-show_format", "-show_chapters", "-of", "json", str(path)]
    said = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
    tags = said["format"].get("tags", {})
    language = LANGUAGES.get(expected.get("language"))
    for key, want in {
        "title": expected.get("title"),
        "TIT3": expected.get("subtitle"),
        "artist": expected.get("artist"),
        "album": expected.get("album"),
        "album_artist": expected.get("album_artist"),
        "track": text(expected.get("track")),
        "disc": text(expected.get("season")),
        "genre": expected.get("genre"),
        "language": language,
        "publisher": expected.get("publisher"),
        "copyright": expected.get("copyright"),
        "comment": expected.get("comment"),
        f"lyrics-{language or 'XXX'}": expected.get("notes"),
        "TGID": expected.get("guid"),
        "TDES": expected.get("description"),
        "TCAT": expected.get("category"),
        "TKWD": joined(expected),
        "TLEN": text(expected.get("duration_ms")),
    }.items():
        equal("ffprobe", key, tags.get(key), want)
    if at := expected.get("released"):
        # From TYER, TDAT and TIME in 2.3, which have no seconds.
        date = tags.get("date", "").replace(" ", "T")
        equal("ffprobe", "date", date, at[:16] if expected["version"] == "2.3" else at)
    if expected["version"] == "2.4":
        # FFmpeg reads the sizes within chapters of 2.4 as if they were of 2.3, and loses chapters.
        return
    want = expected.get("chapters", [])
    ends = [chapter["start_ms"] for chapter in want[1:]] + [expected.get("duration_ms")]
    got = said["chapters"]
    equal("ffprobe", "chapters", len(got), len(want))
    for chapter, wanted, end in zip(got, want, ends):
        name = f"chapter at {wanted['start_ms']}"
        equal("ffprobe", name, chapter["start"], wanted["start_ms"])
        equal("ffprobe", name + " end", chapter["end"], end)
        equal("ffprobe", name + " title", chapter["tags"]["title"], wanted["title"])
    if expected.get("cover"):
        run = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v", "-c", "copy", "-f"]
        cover = subprocess.run([*run, "image2pipe", "-"], check=True, capture_output=True).stdout
        equal("ffmpeg", "cover", sha(cover), picture(folder, expected))


def mutagen(path, folder, expected):
    tag = ID3(path, translate=False)
    major, minor = tag.version[0], tag.version[1]
    equal("mutagen", "version", f"{major}.{minor}", expected["version"])
    equal("mutagen", "frames it does not know", len(tag.unknown_frames), 0)

    def first(key):
        return str(tag[key].text[0]) if key in tag else None

    language = LANGUAGES.get(expected.get("language"))
    for key, want in {
        "TIT2": expected.get("title"),
        "TIT3": expected.get("subtitle"),
        "TPE1": expected.get("artist"),
        "TALB": expected.get("album"),
        "TPE2": expected.get("album_artist"),
        "TRCK": text(expected.get("track")),
        "TPOS": text(expected.get("season")),
        "TCON": expected.get("genre"),
        "TLAN": language,
        "TPUB": expected.get("publisher"),
        "TCOP": expected.get("copyright"),
        "TGID": expected.get("guid"),
        "TDES": expected.get("description"),
        "TCAT": expected.get("category"),
        "TKWD": joined(expected),
        "TLEN": text(expected.get("duration_ms")),
        f"COMM::{language or 'XXX'}": expected.get("comment"),
    }.items():
        equal("mutagen", key, first(key), want)
    notes = tag.get(f"USLT::{language or 'XXX'}")
    equal("mutagen", "USLT", notes and notes.text, expected.get("notes"))
    for key, name in {"WOAF": "episode_url", "WOAS": "show_url"}.items():
        equal("mutagen", key, tag[key].url if key in tag else None, expected.get(name))
    # WFED is text, as iTunes writes it; mutagen takes it for a link and sees nothing in it.
    equal("mutagen", "PCST", "PCST" in tag, True)
    if at := expected.get("released"):
        for key in ("TDRC", "TDRL"):
            equal("mutagen", key, first(key), at.replace("T", " "))
        if expected["version"] == "2.3":
            date = datetime.fromisoformat(at)
            equal("mutagen", "TYER", first("TYER"), date.strftime("%Y"))
            equal("mutagen", "TDAT", first("TDAT"), date.strftime("%d%m"))
            equal("mutagen", "TIME", first("TIME"), date.strftime("%H%M"))
    cover = tag.getall("APIC")
    equal("mutagen", "cover", sha(cover[0].data) if cover else None, picture(folder, expected))

    want = expected.get("chapters", [])
    if not want:
        return
    contents = tag.getall("CTOC")
    equal("mutagen", "CTOC count", len(contents), 1)
    equal("mutagen", "CTOC flags", int(contents[0].flags), 3)
    equal("mutagen", "CTOC title", contents[0].sub_frames["TIT2"].text[0], expected.get("title"))
    ids = contents[0].child_element_ids
    equal("mutagen", "chapters", len(ids), len(want))
    equal("mutagen", "chapters listed", sorted(ids), sorted(c.element_id for c in tag.getall("CHAP")))
    ends = [chapter["start_ms"] for chapter in want[1:]] + [expected.get("duration_ms")]
    for element, wanted, end in zip(ids, want, ends):
        chapter = tag[f"CHAP:{element}"]
        sub = chapter.sub_frames
        equal("mutagen", f"{element} start", chapter.start_time, wanted["start_ms"])
        equal("mutagen", f"{element} end", chapter.end_time, end)
        equal("mutagen", f"{element} offset", chapter.start_offset, 0xFFFFFFFF)
        equal("mutagen", f"{element} title", sub["TIT2"].text[0], wanted["title"])
        links = sub.getall("WXXX")
        equal("mutagen", f"{element} url", links[0].url if links else None, wanted.get("url"))
        images = sub.getall("APIC")
        image = sha(images[0].data) if images else None
        equal("mutagen", f"{element} image", image, picture(folder, wanted, "image"))


def eyed3_reader(path, folder, expected):
    tag = eyed3.load(path).tag
    for name in ("title", "artist", "album", "album_artist", "publisher", "copyright"):
        equal("eyeD3", name, getattr(tag, name), expected.get(name))
    equal("eyeD3", "track", tag.track_num.count, expected.get("track"))
    equal("eyeD3", "season", tag.disc_num.count, expected.get("season"))
    equal("eyeD3", "genre", tag.genre and tag.genre.name, expected.get("genre"))
    language = LANGUAGES.get(expected.get("language"), "XXX").encode()
    equal("eyeD3", "comments", [(c.text, c.lang) for c in tag.comments if not c.description],
          expected.get("comment") and [(expected["comment"], language)])
    equal("eyeD3", "lyrics", [(c.text, c.lang) for c in tag.lyrics],
          expected.get("notes") and [(expected["notes"], language)])
    for name, key in {"subtitle": b"TIT3", "guid": b"TGID", "description": b"TDES",
                      "category": b"TCAT"}.items():
        frames = tag.frame_set.get(key)
        equal("eyeD3", name, frames and frames[0].text, expected.get(name))
    frames = tag.frame_set.get(b"TKWD")
    equal("eyeD3", "keywords", frames and frames[0].text, joined(expected))
    for name, key in {"episode_url": b"WOAF", "show_url": b"WOAS", "feed_url": b"WFED"}.items():
        frames = tag.frame_set.get(key)
        got = frames and (getattr(frames[0], "url", None) or frames[0].text)
        equal("eyeD3", name, got, expected.get(name))
    if at := expected.get("released"):
        # Reads the day and month of 2.3 as a year, and drops them if that year is before 1000.
        equal("eyeD3", "date", str(tag.recording_date), at[:16])
        for key in (b"TDRC", b"TDRL"):
            equal("eyeD3", key.decode(), tag.frame_set[key][0].text, at)
    covers = [image for image in tag.images if image.picture_type == image.FRONT_COVER]
    equal("eyeD3", "cover", sha(covers[0].image_data) if covers else None,
          picture(folder, expected))

    want = expected.get("chapters", [])
    if not want:
        return
    contents = list(tag.table_of_contents)
    equal("eyeD3", "CTOC", [(c.toplevel, c.ordered) for c in contents], [(True, True)])
    chapters = [tag.chapters[element] for element in contents[0].child_ids]
    equal("eyeD3", "chapters", len(chapters), len(want))
    ends = [chapter["start_ms"] for chapter in want[1:]] + [expected.get("duration_ms")]
    for chapter, wanted, end in zip(chapters, want, ends):
        name = chapter.element_id.decode()
        equal("eyeD3", f"{name} times", tuple(chapter.times), (wanted["start_ms"], end))
        equal("eyeD3", f"{name} title", chapter.title, wanted["title"])
        equal("eyeD3", f"{name} url", chapter.user_url, wanted.get("url"))


def mediainfo(path, _folder, expected):
    said = MediaInfo.parse(path, output="JSON")
    # Text in UTF-16 comes out with each half of a pair by itself.
    said = json.loads(said.encode("utf-16", "surrogatepass").decode("utf-16"))
    general = said["media"]["track"][0]

    def one_line(value):
        return value and value.replace("\n", " / ")

    for key, want in {
        "Title": expected.get("title"),
        "Title_More": expected.get("subtitle"),
        "Performer": expected.get("artist"),
        "Album": expected.get("album"),
        "Album_Performer": expected.get("album_artist"),
        "Track_Position": text(expected.get("track")),
        "Part_Position": text(expected.get("season")),
        "Genre": expected.get("genre"),
        "Publisher": expected.get("publisher"),
        "Copyright": expected.get("copyright"),
        "PodcastCategory": expected.get("category"),
        "Comment": one_line(expected.get("comment")),
        "Lyrics": one_line(expected.get("notes")),
        "Cover": "Yes" if expected.get("cover") else None,
    }.items():
        equal("MediaInfo", key, general.get(key), want)
    if at := expected.get("released"):
        for key in ("Released_Date", "Recorded_Date"):
            got = general.get(key, "").removesuffix(" UTC")
            equal("MediaInfo", key, got, at.replace("T", " "))
    for key, name in {"Official_audio_file_webpage": "episode_url",
                      "Official_audio_source_webpage": "show_url"}.items():
        equal("MediaInfo", name, general.get("extra", {}).get(key), expected.get(name))
    # It reads no chapters, descriptions or key words of MP3 files.


def main():
    path, expected_path = Path(sys.argv[1]), Path(sys.argv[2])
    expected = json.loads(expected_path.read_text(encoding="utf-8"))
    for reader in (ffprobe, mutagen, eyed3_reader, mediainfo):
        reader(path, expected_path.parent, expected)
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{path.name}: {compared} values compared, {len(failures)} wrong")
    sys.exit(1 if failures else 0)


main()
