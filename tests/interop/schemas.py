#!/usr/bin/env python3
"""Holds the schemas for editors to an independent validator and to real front matter.

    tests/interop/schemas.py ONAIR SHOW...

Every SHOW is a folder with onair.toml. Needs the packages jsonschema and PyYAML.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """YAML with dates as the texts that they are in the file, as an editor hands them to a schema."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def schemas(onair):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([onair, "init", "--yes", "--schema"], cwd=folder, check=True, capture_output=True)
        made = pathlib.Path(folder) / ".onair"
        read = [json.loads((made / f"{name}.schema.json").read_text()) for name in ("episode", "onair")]
    for schema in read:
        jsonschema.Draft7Validator.check_schema(schema)
    return [jsonschema.Draft7Validator(schema) for schema in read]


def front_matter(text):
    parts = text.split("---\n", 2)
    if len(parts) < 3 or parts[0].strip("\ufeff \n"):
        return None
    return yaml.load(parts[1], Loader)


def main():
    onair, *shows = sys.argv[1:]
    episode, settings = schemas(pathlib.Path(onair).resolve())
    seen = faults = 0
    for show in map(pathlib.Path, shows):
        files = [(show / "onair.toml", settings, lambda text: tomllib.loads(text))]
        files += [(path, episode, front_matter) for path in sorted(show.glob("episodes/**/*.md"))]
        for path, validator, read in files:
            if not path.exists():
                continue
            value = read(path.read_text())
            if value is None:
                continue
            seen += 1
            for error in validator.iter_errors(value):
                faults += 1
                print(f"{path}: {'.'.join(map(str, error.path))}: {error.message}")
    # And what is wrong is found.
    for wrong in ({"titel": "x"}, {"size": "5 bytes"}, {"draft": "perhaps"}, {"file": "a b.mp3"}, {"date": "6 March"}):
        assert list(episode.iter_errors(wrong)), wrong
    for wrong in ({"show": {"titel": "x"}}, {"rules": {"audio-size": "loud"}}, {"site": {"url": 5}}):
        assert list(settings.iter_errors(wrong)), wrong
    print(f"{seen} files, {faults} faults")
    return 1 if faults or not seen else 0


sys.exit(main())
