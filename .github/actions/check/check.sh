#!/usr/bin/env bash
# Check a root by one verb of a paramsync: changes, findings and files that are out of date become annotations on their lines. GitHub
# shows ten of a level of a step, so each verb is a step; what it does not show is in the summary of the step.
# Exits with the code of the verb: 0 in order, 1 drift, 2 wrong usage, 3 the input has errors. Changes fail nothing, nor does a commit that is not there.
set -o pipefail
export PYTHONUTF8=1
paramsync="$1" verb="$2" summary="${GITHUB_STEP_SUMMARY:-/dev/null}"
blob="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/blob/$GITHUB_SHA/"

if [ "$verb" = diff ]; then
  [ -n "$BASE" ] || exit 0
  "$paramsync" diff --format github --root "$ROOT" -- "$BASE"
  status=$?
  [ "$status" != 2 ] || exit 0 # there is no such commit, as this has said
  [ "$status" = 0 ] || exit "$status"
  "$paramsync" diff --format markdown --root "$ROOT" -- "$BASE" |
    sed -E "s~\]\(([A-Za-z0-9_./-]+/page\.(md|html|txt)\?plain=1#L[0-9]+\))~](${blob}\1~g" >>"$summary"
  exit
fi

said=$("$paramsync" "$verb" --check --format github --root "$ROOT")
status=$?
printf '%s\n' "$said"
if grep -qE "^::notice title=paramsync $verb::|--verbose shows all" <<<"$said"; then # more than is shown
  printf '### paramsync %s\n\n' "$verb" >>"$summary"
  # Indented lines are code, which no text in them can end.
  "$paramsync" "$verb" --check --verbose --root "$ROOT" | head -c 400000 | sed 's/^/    /' >>"$summary"
  printf '\n\n' >>"$summary"
fi
exit "$status"
