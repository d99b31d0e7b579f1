#!/bin/sh
# Runs the tests that are built already, and repeats at the end what they had to leave out.
#
# usage: scripts/test.sh COMMAND [ARGUMENT...]
set -u

log=$(mktemp)
status=$(mktemp)
trap 'rm -f "$log" "$status"' EXIT

# A pipe's status is that of its last command, so the first one's goes through a file.
{ "$@" 2>&1; echo "$?" > "$status"; } | tee "$log"

if grep -q 'LEFT OUT: ' "$log"; then
    echo
    grep -o 'LEFT OUT: .*' "$log" | sort -u
fi
exit "$(cat "$status")"
