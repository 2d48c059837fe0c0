//! Trust: the pages of what `verify` and the gate say about a bundle, and `review` about a change. No policy raises these.

use super::catalogue::{Kind, Page};

/// Name, slug, text.
const PAGES: &[(&str, &str, &str)] = &[
    (
        "GW1401",
        "signature",
        "The bundle does not carry enough good signatures by keys that the trust file names, or what was signed is not \
         what the file holds. This is never a warning: whoever can change a bundle decides who gets in.\n\n\
         - Not signed yet, or by too few keys: let the others sign with `gatewright sign`. The trust file says how many \
         it takes.\n\
         - Signed by a key that the trust file does not name: compare the trust file with the one that was reviewed.\n\
         - A bad signature or another content: the file was changed after signing. Compile and sign it anew, and find \
         out where it was changed.\n",
    ),
    (
        "GW1402",
        "rollback",
        "The runtime has accepted a bundle with a higher sequence for this environment, or this very sequence with \
         another content. An old bundle may let in people who have since been shut out, so the runtime never goes \
         back.\n\nIf an older policy is wanted again, compile it from its sources and sign it with a new, higher \
         sequence.\n",
    ),
    (
        "GW1403",
        "format-newer",
        "The bundle is written in a format that this version does not know. It is not read at all, rather than read in \
         part.\n\nUpgrade the runtime first, then the tool that compiles.\n",
    ),
    (
        "GW1405",
        "change-not-reviewed",
        "A change from the bundle that runs to the one that is deployed stands in no review. What was approved is bound by \
         the ids of changes: something was merged without a review, a reviewed line was changed again, or two reviewed \
         changes of one line became a third.\n\nCompare what runs with what is deployed (`gatewright diff running:ENV`), \
         and have the change reviewed; or deploy what was reviewed. Reviews of several changes add up: \
         `--reviewed` may be repeated.\n",
    ),
    (
        "GW1406",
        "brake",
        "The change reaches more organisations, or takes something from more people, than a brake of the base's manifest \
         allows. A change that large is seldom meant: a preset, a default, a role or a group that many use. A brake on \
         people also stops what nobody has counted: give `--members FILE`, as `gatewright snapshot` writes it.\n\nDivide it, so that a mistake reaches few. \
         Where it is meant, raise the brake in a change of its own, which the owners of the manifest review first.\n",
    ),
    (
        "GW1407",
        "approval-missing",
        "The change has a class for which the base's manifest asks an approval, and nobody of that team has approved every \
         change of the class. An approval binds the ids of changes: it survives a rebase and a merge of something else, \
         and lapses where what it approved was changed. The author's own approval counts for nothing.\n\nAsk the team that \
         the report names. `gatewright diff` shows what there is to approve.\n",
    ),
    (
        "GW1408",
        "drift",
        "The gate runs another bundle than the one that is expected. Somebody has deployed from elsewhere, a deployment was \
         refused, or the policy has moved on and nobody has deployed it.\n\nAsk the gate: `gatewright status` says what runs \
         since when, and what was refused. The audit trail of the platform names who deployed it. A revision is compiled \
         with the version at hand: it gives the digest that runs only where that version compiled it.\n",
    ),
    (
        "GW1409",
        "other-environment",
        "The bundle was compiled for another environment than the one that is asked for. A staging bundle names staging \
         applications and staging providers; in production it would send people there.\n\nCompile with \
         `gatewright compile --environment NAME`; the name is part of what is signed.\n",
    ),
    (
        "GW1410",
        "org-vanished",
        "An organisation of the base is not in the head, and no line says that it left. Absence never means deletion: a \
         folder may have been lost in a merge, and all of its people would be shut out.\n\nWhere it is meant, write \
         `retired-org \"globex\" on=\"2026-04-02\" data=\"keep-90d\"` in the platform's folder. The id is never used \
         again.\n",
    ),
];

/// In the order of the codes.
pub(crate) fn pages() -> impl Iterator<Item = Page> {
    PAGES.iter().map(|(name, title, text)| Page {
        kind: Kind::Code,
        name: (*name).into(),
        title: (*title).into(),
        text: (*text).into(),
    })
}
