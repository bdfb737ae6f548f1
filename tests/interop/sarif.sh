#!/usr/bin/env bash
# Validate `onair check --format sarif` against the public schema of SARIF 2.1.0.
#
#     tests/interop/sarif.sh ONAIR [SHOW]
#
# The schema comes with an npm package, the validator from PyPI; both go to a temporary folder. The show
# is the demo show with faults of every severity, unless another is given.
set -euo pipefail
onair=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ $# -gt 1 ]; then
    show=$(realpath "$2")
else
    show="$work/show"
    mkdir "$show"
    cp -r "$here"/../../{onair.toml,episodes,audio,img} "$show/"
    sed -i 's/^size: .*/size: 12 bytes/; s/+0200/+0100/; s/^category:/categroy:/' "$show"/episodes/*.md
    printf 'title: no fence\n' > "$show/episodes/a b é.md"
fi
cd "$work"
npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0 >/dev/null
tar xzf ./*.tgz
python3 -m venv venv
venv/bin/pip install --quiet jsonschema
"$onair" check --show "$show" --format sarif > report.sarif || [ $? -eq 1 ]
venv/bin/python - <<'PY'
import glob, json
import jsonschema
schema = json.load(open(glob.glob("package/lib/schemas/sarif-2.1.0*.json")[0]))
report = json.load(open("report.sarif"))
validator = jsonschema.validators.validator_for(schema)(schema)
faults = list(validator.iter_errors(report))
for fault in faults[:10]:
    print(fault.json_path, fault.message[:200])
results = report["runs"][0]["results"]
assert results and not faults, f"{len(faults)} faults"
print(f"{len(results)} results, levels {sorted({result['level'] for result in results})}: valid SARIF 2.1.0")
PY
