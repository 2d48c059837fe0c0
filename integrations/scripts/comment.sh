#!/bin/sh
# comment.sh: posts what a run of checks.sh wrote as the one comment of its pull request, or brings that comment up to date.
#
# Reads   GITHUB_EVENT_PATH (of `workflow_run`), GITHUB_API_URL, GITHUB_REPOSITORY, GATEWRIGHT_TOKEN (pull-requests: write),
#         GATEWRIGHT_COMMENTER (the login that the token comments as)
# Trust: the artifact comes from whoever opened the pull request. None of it is run or unpacked; only text of one form is
#        posted, without mentions, and only to a pull request that the run belongs to by GitHub's own word.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
API=${GITHUB_API_URL:?} API_TOKEN=${GATEWRIGHT_TOKEN:?a token with pull-requests: write} API_HEADER='Authorization: Bearer '
repository=/repos/${GITHUB_REPOSITORY:?}
commenter=${GATEWRIGHT_COMMENTER:-github-actions[bot]}
# shellcheck source=api.sh
. "$here/api.sh"
# shellcheck source=event.sh
. "$here/event.sh"

ARTIFACT=gatewright
ZIP_BYTES_MAX=8388608
# Four bytes a character at most.
TEXT_BYTES_MAX=240000
# The artifact may lie: it comes from a workflow that the pull request can change.
SOURCE="Written by this pull request's own workflow. What counts is the status **gatewright/review**: its page has the diff that the default branch made."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The newest artifact of the run: a run that was started again has several.
artifact() {
    run=$(event .workflow_run.id) || exit 1
    found=$(api GET "$repository/actions/runs/$run/artifacts?name=$ARTIFACT&per_page=$PAGE_ROWS") || exit 1
    printf '%s' "$found" | jq -er --arg name "$ARTIFACT" \
        '.artifacts | map(select(.name == $name and (.expired | not))) | max_by(.id) | .id' || fail "the run has no artifact $ARTIFACT"
}

# ID: the archive, by the address that GitHub forwards to. That address gets no token.
download() {
    said=$(asked --output "$work/forward" --write-out '%{http_code} %{redirect_url}' "$API$repository/actions/artifacts/$1/zip") ||
        fail "the artifact cannot be asked for"
    case $said in
    '302 '*) ;;
    *) fail "the artifact is not given: $said" ;;
    esac
    case $API in https:*) schemes='=https' ;; *) schemes='=http,https' ;; esac
    curl --proto "$schemes" --silent --show-error --fail --max-time 60 "${said#302 }" |
        head -c "$((ZIP_BYTES_MAX + 1))" > "$work/artifact.zip"
    [ "$(wc -c < "$work/artifact.zip")" -le "$ZIP_BYTES_MAX" ] || fail "the artifact has more than $ZIP_BYTES_MAX bytes"
}

# NAME BYTES: the text of a plain file of the archive, which stands in it once. Nothing is written where the archive says.
member() {
    listed=$(unzip -Z -s "$work/artifact.zip" "$1" 2>&1) || fail "the artifact has no $1"
    [ "$(printf '%s\n' "$listed" | wc -l)" -eq 1 ] || fail "the artifact has $1 more than once"
    case $listed in
    -*) ;;
    *) fail "$1 of the artifact is no plain file" ;;
    esac
    unzip -p "$work/artifact.zip" "$1" | head -c "$(($2 + 1))" > "$work/$1"
    [ "$(wc -c < "$work/$1")" -le "$2" ] || fail "$1 of the artifact has more than $2 bytes"
}

# The number that the artifact names, where the event bears it out. Two numbers of one branch can only be told apart so.
number() {
    claimed=$(cat "$work/number")
    case $claimed in
    '' | *[!0-9]*) fail "the artifact names no pull request" ;;
    esac
    commit=$(event .workflow_run.head_sha) || exit 1
    found=$(pulls) || exit 1
    found=$(printf '%s' "$found" | jq -c --arg number "$claimed" 'map(select((.number | tostring) == $number))') || exit 1
    [ "$(printf '%s' "$found" | jq length)" -eq 1 ] || fail "the artifact claims pull request $claimed, which is not open from the run's branch"
    head=$(printf '%s' "$found" | jq -r '.[0].head.sha') || exit 1
    if [ "$head" = "$commit" ]; then printf '%s\n' "$claimed"; fi
}

# NUMBER: the id of our comment there, or nothing. Others may write the marker; we change what we wrote ourselves.
ours() {
    found=$(rows "$repository/issues/$1/comments") || exit 1
    printf '%s' "$found" | jq -r --arg login "$commenter" \
        'map(select(.user.login == $login and (.body | startswith("<!-- gatewright diff -->")))) | .[0].id // empty' || exit 1
}

found=$(artifact) || exit 1
download "$found"
member number 16
member comment.md "$TEXT_BYTES_MAX"
jq -Rs -f "$here/form.jq" "$work/comment.md" > "$work/text" || fail "the artifact's comment is not posted"
number=$(number) || exit 1
if [ -z "$number" ]; then
    printf 'The pull request has moved on; the run of its new commit comments.\n'
    exit 0
fi
jq --arg source "$SOURCE" '{body: "\(.)\n---\n\($source)\n"}' "$work/text" > "$work/body"
comment=$(ours "$number") || exit 1
if [ -n "$comment" ]; then
    api PATCH "$repository/issues/comments/$comment" "$work/body" > "$work/posted"
else
    api POST "$repository/issues/$number/comments" "$work/body" > "$work/posted"
fi
printf 'Commented on pull request %s.\n' "$number"
