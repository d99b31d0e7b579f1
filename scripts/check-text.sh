#!/usr/bin/env bash
# The part of `make lint` that the Swift tools do not see: scripts parse, and no line holds a tab or ends in a blank.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0

mapfile -t scripts < <(grep -rlE '^#!.*bash' .ci scripts)
for script in "${scripts[@]}"; do
    bash -n "$script" || status=1
done
if command -v shellcheck >/dev/null; then
    shellcheck "${scripts[@]}" || status=1
else
    echo "check-text: shellcheck is not installed; scripts were only parsed" >&2
fi

# Fixtures are bad on purpose, and make wants tabs.
skip=(--exclude-dir=.git --exclude-dir=.build --exclude-dir=Fixtures)
if grep -rnIP "${skip[@]}" --exclude=Makefile '\t' .; then
    echo "check-text: the lines above hold a tab" >&2
    status=1
fi
if grep -rnIE "${skip[@]}" '[[:blank:]]+$' .; then
    echo "check-text: the lines above end in a blank" >&2
    status=1
fi
exit "$status"
