#!/bin/sh
# review.sh: holds every open pull request of a finished run's branch against the approvals that it has, and says so as a
# status of its commit: `gatewright/review/BASE-BRANCH`.
#
# Reads   GITHUB_EVENT_PATH (of `workflow_run`), GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_SERVER_URL, GITHUB_RUN_ID,
#         GATEWRIGHT_TOKEN (contents and pull-requests: read), GATEWRIGHT_REVIEW_TOKEN (members: read, statuses: write)
# Exits 1 where something could not be asked: then the status is `error`, and never `success`.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
API=${GITHUB_API_URL:?} API_TOKEN=${GATEWRIGHT_TOKEN:?a token with pull-requests: read} API_HEADER='Authorization: Bearer '
review_token=${GATEWRIGHT_REVIEW_TOKEN:?a token that may read the members of teams and write statuses}
# shellcheck source=api.sh
. "$here/api.sh"
# shellcheck source=event.sh
. "$here/event.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# COMMIT BRANCH STATE TEXT
status() {
    jq -n --arg state "$3" --arg text "$4" --arg context "gatewright/review/$2" \
        --arg url "${GITHUB_SERVER_URL:?}/$GITHUB_REPOSITORY/actions/runs/${GITHUB_RUN_ID:?}" \
        '{state: $state, description: $text, context: $context, target_url: $url}' > "$work/status"
    (API_TOKEN=$review_token && api POST "/repos/$GITHUB_REPOSITORY/statuses/$1" "$work/status") > "$work/posted"
}

found=$(pulls) || exit 1
printf '%s' "$found" | jq -c '.[]' > "$work/pulls"
failed=0
while read -r pull; do
    printf '%s' "$pull" > "$work/pull"
    commit=$(jq -er .head.sha "$work/pull")
    branch=$(jq -er .base.ref "$work/pull")
    code=0
    # What authors wrote is no command to the runner.
    word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$word"
    sh "$here/reviews.sh" "$work/pull" "$work/reviews.json" < /dev/null || code=$?
    printf '::%s::\n' "$word"
    case $code in
    0) status "$commit" "$branch" success "may go through" ;;
    4) status "$commit" "$branch" failure "stopped: the run says by what" ;;
    *)
        status "$commit" "$branch" error "could not be reviewed: the run says why"
        failed=1
        ;;
    esac
done < "$work/pulls"
[ -s "$work/pulls" ] || printf 'No pull request is open from the branch of the run.\n'
exit "$failed"
