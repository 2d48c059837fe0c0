#!/bin/sh
# note.sh: posts what checks.sh wrote as the one note of its merge request, or brings that note up to date.
#
#   note.sh COMMENT
#
# Reads   CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, GATEWRIGHT_NOTE_TOKEN (scope api)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
comment=${1:?the comment}
API=${CI_API_V4_URL:?} API_TOKEN=${GATEWRIGHT_NOTE_TOKEN:?a token with the scope api} API_HEADER='PRIVATE-TOKEN: '
notes=/projects/${CI_PROJECT_ID:?}/merge_requests/${CI_MERGE_REQUEST_IID:?}/notes
# shellcheck source=api.sh
. "$here/api.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

jq -Rs -f "$here/form.jq" "$comment" > "$work/text" || fail "the comment is not posted"
jq '{body: .}' "$work/text" > "$work/body"
me=$(api GET /user | jq -er .id) || fail "the token is nobody's"
found=$(rows "$notes") || exit 1
note=$(printf '%s' "$found" | jq -r --argjson me "$me" \
    'map(select(.author.id == $me and (.body | startswith("<!-- gatewright diff -->")))) | min_by(.id) | .id // empty')
if [ -n "$note" ]; then
    api PUT "$notes/$note" "$work/body" > "$work/posted"
else
    api POST "$notes" "$work/body" > "$work/posted"
fi
printf 'The note of merge request %s says what it changes.\n' "$CI_MERGE_REQUEST_IID"
