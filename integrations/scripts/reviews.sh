#!/bin/sh
# reviews.sh: writes who approved which changes of one pull request, as `gatewright.reviews/1`, and runs `gatewright review`.
#
#   reviews.sh PULL REVIEWS     PULL: the pull request as GitHub's API gives it; REVIEWS: the file to write
#
# Reads   what review.sh reads, and a clone of the base repository to stand in. The commits of the pull request are fetched
#         and read as objects; none of its files is checked out, and nothing of it is run.
# Exits as `gatewright review`: 0 it may go through, 4 it may not; anything else: it could not be found out.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
pull=${1:?the pull request} reviews=${2:?the file to write}
API=${GITHUB_API_URL:?} API_TOKEN=${GATEWRIGHT_TOKEN:?} API_HEADER='Authorization: Bearer '
review_token=${GATEWRIGHT_REVIEW_TOKEN:?}
# shellcheck source=api.sh
. "$here/api.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# FILTER: a value of the pull request, which must be there.
of_pull() { jq -er "$1 | select(. != null)" "$pull" || fail "the pull request has no $1"; }

# REFSPEC…: from the base repository, with the token where it is GitHub's.
fetch() {
    if [ -n "${GITHUB_ACTIONS:-}" ]; then
        basic=$(printf 'x-access-token:%s' "$API_TOKEN" | base64 | tr -d '\n')
        GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL:?}/.extraheader" \
            GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $basic" git fetch --quiet --no-tags --no-write-fetch-head origin "$@"
    else
        git fetch --quiet --no-tags --no-write-fetch-head origin "$@"
    fi
}

number=$(of_pull .number)
base=$(of_pull .base.ref)
head=$(of_pull .head.sha)
author=$(of_pull .user.login)
repository=/repos/${GITHUB_REPOSITORY:?}

# The base as it is now, and the two together: what merging would make of it.
fetch "+refs/heads/$base:refs/gatewright/base" "+refs/pull/$number/head:refs/gatewright/head" || fail "pull request $number cannot be fetched"
[ "$(git rev-parse refs/gatewright/head)" = "$head" ] || fail "pull request $number has moved on; its new commit has a run of its own"
code=0
tree=$(git merge-tree --write-tree --no-messages refs/gatewright/base refs/gatewright/head) || code=$?
case $code in
0) ;;
1) printf 'Pull request %s conflicts with %s; rebase it.\n' "$number" "$base" && exit 4 ;;
*) fail "git merge-tree ended with $code" ;;
esac
merged=$(GIT_AUTHOR_NAME=gatewright GIT_AUTHOR_EMAIL=gatewright@invalid GIT_COMMITTER_NAME=gatewright GIT_COMMITTER_EMAIL=gatewright@invalid \
    git commit-tree "$tree" -p refs/gatewright/base -p refs/gatewright/head -m merged)
git update-ref refs/gatewright/merged "$merged"

code=0
gatewright review refs/gatewright/base refs/gatewright/merged --output json --quiet > "$work/wanted" || code=$?
case $code in
0 | 4) ;;
*) fail "gatewright review ended with $code" ;;
esac

# What a reviewer can believe: made here, and not by the pull request.
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    gatewright diff refs/gatewright/base refs/gatewright/merged --output markdown --quiet >> "$GITHUB_STEP_SUMMARY" ||
        fail "gatewright diff ended otherwise than gatewright review"
fi

# TEAM: the logins of its members, as one array. A team that the token cannot see is an error, and no empty team.
members() {
    organisation=${1%%/*} slug=${1#*/}
    case $1 in @?*/?*) ;; *) fail "the manifest asks $1, which is no @ORGANISATION/TEAM" ;; esac
    case ${organisation#@}$slug in *[!A-Za-z0-9_.-]*) fail "the manifest asks $1, which is no @ORGANISATION/TEAM" ;; esac
    (API_TOKEN=$review_token && rows "/orgs/${organisation#@}/teams/$slug/members") || exit 1
}

# COMMIT: the ids of what its branch changes, as its reviewers saw it; none where it cannot be said.
changes() {
    case $1 in *[!0-9a-f]* | '') fail "an approval is of no commit" ;; esac
    git cat-file -e "$1^{commit}" 2> /dev/null || fetch "$1" || { printf '[]'; printf 'The approval of %s counts for nothing: that commit is gone.\n' "$1" >&2; return; }
    from=$(git merge-base refs/gatewright/base "$1") || { printf '[]'; printf 'The approval of %s counts for nothing: it shares no history with %s.\n' "$1" "$base" >&2; return; }
    if gatewright diff "$from" "$1" --output json --quiet > "$work/seen"; then
        jq -c '[.changes[] | .id, (.through.ids // [])[]] | unique' "$work/seen"
    else
        printf '[]'
        printf 'The approval of %s counts for nothing: gatewright diff cannot read that commit.\n' "$1" >&2
    fi
}

# Teams first: {"@lumen/security": ["ada", …], …}.
printf '{}' > "$work/teams"
jq -r '[.needs[].team] | unique | .[]' "$work/wanted" > "$work/asked"
while read -r team; do
    found=$(members "$team") || exit 1
    printf '%s' "$found" | jq -c --arg team "$team" --slurpfile teams "$work/teams" \
        '$teams[0] + {($team): map(.login | ascii_downcase)}' > "$work/more"
    mv "$work/more" "$work/teams"
done < "$work/asked"

# The last word of each reviewer, where it is an approval. A comment is no word; a dismissal takes one back.
found=$(rows "$repository/pulls/$number/reviews") || exit 1
printf '%s' "$found" | jq -c '
    map(select(.user != null and (.state | IN("APPROVED", "CHANGES_REQUESTED", "DISMISSED"))))
    | group_by(.user.id) | map(max_by(.id)) | map(select(.state == "APPROVED"))
    | map({by: .user.login, commit: .commit_id}) | .[]' > "$work/approvals"

: > "$work/rows"
while read -r approval; do
    commit=$(printf '%s' "$approval" | jq -er .commit) || fail "an approval is of no commit"
    ids=$(changes "$commit") || exit 1
    printf '%s' "$approval" | jq -c --argjson ids "$ids" --slurpfile teams "$work/teams" '
        (.by | ascii_downcase) as $by
        | {by, teams: [$teams[0] | to_entries[] | select(.value | index($by)) | .key], changes: $ids}' >> "$work/rows"
done < "$work/approvals"
jq -s --arg author "$author" '{schema: "gatewright.reviews/1", author: $author, reviews: .}' "$work/rows" > "$reviews"

printf 'Pull request %s into %s:\n' "$number" "$base"
gatewright review refs/gatewright/base refs/gatewright/merged --reviews "$reviews" --quiet
