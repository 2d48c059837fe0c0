#!/bin/sh
# A change of who administers Acme, from the branch to the merge: what the pull request shows, the review that stops it, the
# approval that opens it, and another change that is merged in between.
#
#   examples/pull-request/run.sh [FOLDER]      FOLDER: where everything is made; else a new one
#
# Needs git and `gatewright` on the path.
set -eu

folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
cd "$folder"
export GIT_AUTHOR_NAME=Bob GIT_AUTHOR_EMAIL=bob@lumen.example GIT_COMMITTER_NAME=Bob GIT_COMMITTER_EMAIL=bob@lumen.example
say() { printf '\n── %s\n' "$*"; }

say "A repository with two organisations, and a manifest that asks for approvals"
git init --quiet --bare --initial-branch=main origin.git
git clone --quiet origin.git work 2>/dev/null
cd work
git switch --quiet --create main 2>/dev/null || true
gatewright init policies --quiet
sed -i 's|^    orgs .*|&\n\n    approval "privileged" from="@lumen/identity"\n    approval "trust-root" from="@lumen/security"\n    approval "weakening" from="@lumen/security"\n\n    brake "orgs-changed" at-most="25"|' policies/policy.kdl
mkdir policies/orgs/globex
sed 's/acme/globex/g; s/Acme/Globex/; s/0oa1/0oa2/' policies/orgs/acme/org.kdl > policies/orgs/globex/org.kdl
gatewright fmt policies --quiet
gatewright check policies
git add policies
git commit --quiet --message="Acme and Globex sign in with Okta"
git push --quiet origin main

say "A branch: the platform team shall administer Acme"
git switch --quiet --create platform-team
sed -i 's|^    block |    grant role="admin" group="platform-team"\n&|' policies/orgs/acme/org.kdl
gatewright fmt policies --quiet
git commit --quiet --all --message="The platform team administers Acme"
git push --quiet origin platform-team

say "What the pull request shows: comment.md"
gatewright test --workspace policies --quiet
gatewright diff origin/main --workspace policies --output markdown > ../comment.md
cat ../comment.md

say "The review stops it"
gatewright review origin/main --workspace policies && exit 1 || test $? -eq 4

say "Ada of the identity team approves what she has seen: the ids of this commit"
gatewright review origin/main --workspace policies --output json > ../seen.json || test $? -eq 4
ids=$(sed -n 's/.*"id": "\(c-[0-9a-f]*\)".*/"\1"/p' ../seen.json | sort -u | paste -sd, -)
printf '{"schema": "gatewright.reviews/1", "author": "bob", "reviews": [{"by": "ada", "teams": ["@lumen/identity"], "changes": [%s]}]}\n' "$ids" > ../reviews.json

say "Meanwhile somebody else's change of Globex is merged"
git switch --quiet main
sed -i 's|group="research-team"|group="research"|' policies/orgs/globex/org.kdl
git commit --quiet --all --message="Globex renames its research group"
git push --quiet origin main

say "The branch is rebased, and its approval still holds"
git switch --quiet platform-team
git rebase --quiet main
gatewright review origin/main --workspace policies --reviews ../reviews.json

say "A change of what was approved is another change"
sed -i 's|group="platform-team"|group="everybody"|' policies/orgs/acme/org.kdl
gatewright review origin/main --workspace policies --reviews ../reviews.json && exit 1 || test $? -eq 4
git checkout --quiet policies

say "It is merged, and compiled to a bundle"
git switch --quiet main
git merge --quiet --ff-only platform-team
gatewright compile --workspace policies --environment production --out ../draft
