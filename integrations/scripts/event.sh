# shellcheck shell=sh
# event.sh: the pull requests that a finished run belongs to, by what GitHub says of the run. To be sourced after api.sh.
#
# Reads   GITHUB_EVENT_PATH (of `workflow_run`), GITHUB_REPOSITORY
# Trust: repository, branch and commit of the run are GitHub's words; what the run itself wrote is not asked.

# FILTER: a value of the event, which must be there.
event() { jq -er "$1 | select(. != null)" "$GITHUB_EVENT_PATH" || fail "the event has no $1"; }

# The open pull requests from the branch of the run, as one array: usually one, two where it goes into two branches.
pulls() {
    run_event=$(event .workflow_run.event) || exit 1
    case $run_event in
    pull_request | pull_request_review) ;;
    *) fail "the run was started by $run_event and belongs to no pull request" ;;
    esac
    owner=$(event .workflow_run.head_repository.owner.login) || exit 1
    repository=$(event .workflow_run.head_repository.id) || exit 1
    branch=$(event .workflow_run.head_branch) || exit 1
    head=$(jq -nr --arg owner "$owner" --arg branch "$branch" '"\($owner):\($branch)" | @uri') || exit 1
    found=$(rows "/repos/$GITHUB_REPOSITORY/pulls?state=open&head=$head") || exit 1
    printf '%s' "$found" | jq -c --arg repository "$repository" --arg branch "$branch" \
        'map(select((.head.repo.id | tostring) == $repository and .head.ref == $branch))' || exit 1
}
