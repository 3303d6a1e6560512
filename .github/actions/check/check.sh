#!/usr/bin/env bash
# Check a root with a paramsync: findings, files that are out of date and changes become annotations on their lines.
# Exits with the worst code of the checks: 0 in order, 1 drift, 2 wrong usage, 3 the input has errors.
export PYTHONUTF8=1
paramsync="$1" status=0
for verb in scrape generate; do
  "$paramsync" "$verb" --check --format github --root "$ROOT"
  code=$?
  status=$((code > status ? code : status))
done
if [ -n "$BASE" ]; then # where there is no such commit, this says so, and fails nothing
  "$paramsync" diff --format github --root "$ROOT" -- "$BASE"
fi
exit "$status"
