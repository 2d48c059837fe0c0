#!/bin/sh
# A change of who administers Acme, from the branch to the gate that runs it: what the pull request shows, the review that
# stops it, the approval that opens it, another change that is merged in between, and the deployment that takes what was
# reviewed and nothing else.
#
#   examples/pull-request/run.sh [FOLDER]      FOLDER: where everything is made; else a new one
#
# Needs git, `gatewright` and `gatewrightd` on the path.
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

say "A gate runs it"
gatewright keygen --quiet --out ../key --trust ../trust
gatewright compile --quiet --workspace policies --environment production --out ../draft
gatewright sign ../draft --quiet --key ../key --sequence 1 --out ../bundle
git tag deployed
gatewrightd keys init ../secrets >/dev/null
gatewrightd --environment production --bundle ../bundle --trust ../trust --secrets ../secrets --store sqlite:../gate.db \
    --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 2>../gate.log &
gate=$!
trap 'kill $gate 2>/dev/null || true' EXIT
until grep -q '^ready ' ../gate.log; do kill -0 $gate && sleep 0.1; done
GATEWRIGHT_RUNTIME=http://$(sed -n 's/^ready .* admin=\([^ ]*\) .*/\1/p' ../gate.log)
GATEWRIGHT_TOKEN_FILE=$PWD/../token
export GATEWRIGHT_RUNTIME GATEWRIGHT_TOKEN_FILE
(umask 077 && gatewrightd token create ci --scope read,deploy --store sqlite:../gate.db | tail -n 1 > ../token)
gatewright status deployed --workspace policies

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
approved() {
    ids=$(gatewright diff origin/main --workspace policies --output json | sed -n 's/.*"id": "\(c-[0-9a-f]*\)".*/"\1"/p' | sort -u | paste -sd, -)
    printf '{"schema": "gatewright.reviews/1", "author": "%s", "reviews": [{"by": "%s", "teams": ["%s"], "changes": [%s]}]}\n' "$1" "$2" "$3" "$ids"
}
approved bob ada @lumen/identity > ../acme.json

say "Meanwhile somebody else's change of Globex is reviewed and merged"
git switch --quiet main
sed -i 's|group="research-team"|group="research"|' policies/orgs/globex/org.kdl
approved carol dan @lumen/globex > ../globex.json
gatewright review origin/main --workspace policies --reviews ../globex.json
git commit --quiet --all --message="Globex renames its research group"
git push --quiet origin main

say "The branch is rebased, and its approval still holds"
git switch --quiet platform-team
git rebase --quiet main
gatewright review origin/main --workspace policies --reviews ../acme.json

say "A change of what was approved is another change"
sed -i 's|group="platform-team"|group="everybody"|' policies/orgs/acme/org.kdl
gatewright review origin/main --workspace policies --reviews ../acme.json && exit 1 || test $? -eq 4
git checkout --quiet policies

say "It is merged, compiled and signed"
git switch --quiet main
git merge --quiet --ff-only platform-team
gatewright compile --workspace policies --environment production --out ../draft
gatewright sign ../draft --quiet --key ../key --sequence 2 --out ../next

say "One review is not enough: both changes go from what runs to what is deployed"
gatewright deploy ../next --workspace policies --base deployed --reviewed ../acme.json && exit 1 || test $? -eq 4

say "Both reviews add up"
gatewright deploy ../next --workspace policies --base deployed --reviewed ../acme.json --reviewed ../globex.json
gatewright status main --workspace policies
gatewright diff running:production --workspace policies
