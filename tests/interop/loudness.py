"""Compares what `onair listen` measures with what ffmpeg's ebur128 filter measures.

    loudness.py ONAIR [FOLDER]

Needs ffmpeg with libmp3lame, and espeak-ng. Makes the signals below as MP3s (in FOLDER, or in one
of its own), measures each with both, and prints a table. Exit code 1 if integrated loudness, range
or true peak differ by more than 0.1 anywhere.

Cases of EBU Tech 3341 and 3342 are made as those documents describe them: tones of 1 kHz at levels
in dBFS, in both channels.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

SPEECH = """The harbour wakes before the town does. A winch turns, a gull answers, and somewhere
beyond the mole a horn tells the fog how far away it is. We recorded all of this with two small
microphones on a wooden pole, early on a Tuesday, and nobody asked us what we were doing there."""


def steps(*levels, rate=48000, hertz=1000):
    """A stereo tone: (seconds, dBFS), one after another."""
    inputs, labels = [], ""
    for number, (seconds, level) in enumerate(levels):
        factor = 10 ** (level / 20)
        inputs += ["-f", "lavfi", "-i",
                   f"aevalsrc={factor}*sin(2*PI*{hertz}*t)|{factor}*sin(2*PI*{hertz}*t):s={rate}:d={seconds}"]
        labels += f"[{number}:a]"
    return inputs + ["-filter_complex", f"{labels}concat=n={len(levels)}:v=0:a=1"]


def made(expression, rate=44100, seconds=20):
    return ["-f", "lavfi", "-i", f"aevalsrc={expression}:s={rate}:d={seconds}"]


def noise(colour, amplitude, rate=44100, seconds=20):
    return ["-f", "lavfi", "-i",
            f"anoisesrc=color={colour}:amplitude={amplitude}:seed=3:r={rate}:d={seconds}"]


def peak_tone(part, degrees, level=-6.0, rate=48000):
    """A tone at a part of the sample rate, for true peaks that no sample meets."""
    factor = 10 ** (level / 20)
    wave = f"{factor}*sin(2*PI*{part}*{rate}*t+{degrees}*PI/180)*min(1\\,min(t*20\\,(5-t)*20))"
    return made(f"{wave}|{wave}", rate, 5)


def signals(speech):
    spoken = ["-i", speech]
    return {
        "3341-1": (steps((20, -23)), 320),
        "3341-2": (steps((20, -33)), 320),
        "3341-3": (steps((10, -36), (60, -23), (10, -36)), 320),
        "3341-4": (steps((10, -72), (10, -36), (60, -23), (10, -36), (10, -72)), 320),
        "3341-5": (steps((20, -26), (20.1, -20), (20, -26)), 320),
        "3341-15": (peak_tone(0.25, 0), 320),
        "3341-16": (peak_tone(0.25, 45), 320),
        "3341-17": (peak_tone(1 / 6, 60), 320),
        "3341-18": (peak_tone(1 / 8, 67.5), 320),
        "3342-1": (steps((20, -20), (20, -30)), 320),
        "3342-2": (steps((20, -20), (20, -15)), 320),
        "3342-3": (steps((20, -40), (20, -20)), 320),
        "3342-4": (steps((20, -50), (20, -35), (20, -20), (20, -35), (20, -50)), 320),
        "speech-mono-22050": (spoken + ["-ac", "1"], 64),
        "speech-mono-44100": (spoken + ["-ac", "1", "-ar", "44100"], 96),
        "speech-mono-48000": (spoken + ["-ac", "1", "-ar", "48000"], 96),
        "speech-stereo-44100": (spoken + ["-af", "aresample=44100,pan=stereo|c0=c0|c1=0.5*c0"], 128),
        "speech-loud": (spoken + ["-af", "aresample=44100,volume=14dB,alimiter=limit=0.99"], 128),
        "speech-clipped": (spoken + ["-af", "aresample=44100,volume=24dB,aformat=sample_fmts=s16"], 128),
        "speech-16000": (spoken + ["-ac", "1", "-ar", "16000"], 32),
        "pink-44100": (noise("pink", 0.3), 192),
        "white-44100": (noise("white", 0.2), 320),
        "pink-22050": (noise("pink", 0.3, 22050), 64),
        "sweep": (made("0.5*sin(2*PI*(20*t+400*t*t))|0.5*sin(2*PI*(20*t+400*t*t))"), 320),
        "square-clipped": (made("max(-1\\,min(1\\,3*sin(2*PI*220*t)))|max(-1\\,min(1\\,3*sin(2*PI*220*t)))"), 192),
        "silence": (made("0|0", seconds=5), 128),
        "left-only": (made("0.3*sin(2*PI*440*t)|0"), 128),
    }


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout + done.stderr


def of_ffmpeg(path):
    said = run("ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", "ebur128=peak=true",
               "-f", "null", "-")
    said = said[said.rindex("Summary:"):]
    value = lambda name: float(re.search(rf"{name}:\s+(-?[\d.]+|-?inf|nan)", said).group(1))
    return value("I"), value("LRA"), value("Peak")


def of_onair(onair, path):
    said = subprocess.run([onair, "--format", "json", "listen", path], capture_output=True, text=True)
    sound = json.loads(said.stdout)["recordings"][0]["sound"]
    # ffmpeg says -70 LUFS where nothing passes the gate, and 0 LU where there is no range.
    loudness = sound["loudness"]
    return (loudness["integrated"] if loudness["integrated"] is not None else -70.0,
            loudness["range"] or 0.0,
            sound["peak"]["truePeak"] if sound["peak"]["truePeak"] is not None else float("-inf"))


def main():
    onair = sys.argv[1]
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    speech = str(folder / "speech.wav")
    subprocess.run(["espeak-ng", "-v", "en", "-w", speech, SPEECH], check=True)
    apart = 0
    print(f"{'signal':22} {'I':>7} {'ffmpeg':>7} {'LRA':>7} {'ffmpeg':>7} {'peak':>7} {'ffmpeg':>7}")
    for name, (source, kbits) in signals(speech).items():
        path = str(folder / f"{name}.mp3")
        subprocess.run(["ffmpeg", "-v", "error", "-y", *source, "-c:a", "libmp3lame",
                        "-b:a", f"{kbits}k", path], check=True)
        ours, theirs = of_onair(onair, path), of_ffmpeg(path)
        # ffmpeg prints one decimal, so half of one may be its rounding.
        far = [name for name, a, b in zip(("I", "LRA", "peak"), ours, theirs)
               if a != b and not abs(a - b) <= 0.1 + 0.05]
        apart += bool(far)
        pairs = " ".join(f"{a:7.2f} {b:7.1f}" for a, b in zip(ours, theirs))
        print(f"{name:22} {pairs} {'APART: ' + ', '.join(far) if far else ''}")
    print(f"{len(signals(speech))} signals, {apart} apart")
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main())
