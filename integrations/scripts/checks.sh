#!/bin/sh
# checks.sh: everything that is said about a pull request from its own files. Holds no token and posts nothing.
#
# Reads   GATEWRIGHT_BASE (a revision), GATEWRIGHT_OUT (a folder), GATEWRIGHT_FORGE (github or gitlab), GATEWRIGHT_NUMBER (of
#         the pull request, as a hint), GATEWRIGHT_WORKSPACE (as the command line does)
# Writes  comment.md, diff.json, number and the reports of the forge below GATEWRIGHT_OUT
# Exits 1 where one of the checks failed; all of them run.
set -eu

base=${GATEWRIGHT_BASE:?the revision to compare with}
out=${GATEWRIGHT_OUT:?a folder for the reports}
forge=${GATEWRIGHT_FORGE:?github or gitlab}
mkdir -p "$out"
failed=

# NAME COMMAND…: runs it, remembers its name where it fails.
run() {
    name=$1
    shift
    printf '── %s\n' "$name"
    "$@" || failed="$failed $name"
}

# FILE COMMAND…: the same, with its report in a file.
into() {
    file=$1
    shift
    "$@" > "$out/$file"
}

run fmt gatewright fmt --check
case $forge in
github)
    run check gatewright check --output github
    run sarif into check.sarif gatewright check --output sarif --quiet
    run test gatewright test --output github
    ;;
gitlab)
    run check gatewright check
    run quality into gl-code-quality-report.json gatewright check --output gitlab --quiet
    run test gatewright test
    run junit into junit.xml gatewright test --output junit --quiet
    ;;
*)
    printf 'checks: GATEWRIGHT_FORGE is github or gitlab, not %s\n' "$forge" >&2
    exit 2
    ;;
esac
run diff into diff.json gatewright diff "$base" --output json --quiet
run comment into comment.md gatewright diff "$base" --output markdown --quiet
if [ ! -s "$out/comment.md" ]; then
    printf '%s\n### Who gains, who loses\n\nOne of the two sides has errors: nothing was compared.\n' \
        '<!-- gatewright diff -->' > "$out/comment.md"
fi
printf '%s\n' "${GATEWRIGHT_NUMBER:-}" > "$out/number"

if [ -n "$failed" ]; then
    printf '✗ failed:%s\n' "$failed"
    exit 1
fi
printf '✓ every check passed\n'
