//! Field: twenty-five ways in which companies have shut themselves out of single sign-on. None becomes a program, and each
//! has words of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::num::NonZeroUsize;

use wright::{MemoryWorld, Outcome, compile};
use wright_syntax::diagnostic::{Diagnostic, Severity};

use crate::notation::{as_of, base, ui};

const ORG: &str = "orgs/acme/org.kdl";
const OWNER: &str = "    owner  \"jane.doe@acme.com\"\n";
const ADMINS: &str = "    grant role=\"admin\"     group=\"lumen-admins\"\n";
const CONNECTION: &str = "        provider \"okta\"\n        oidc {\n            issuer    \"https://acme.okta.com\"\n            client-id \"0oa1acme\"\n        }\n";

/// A text of a file and what it became.
type Edit = (&'static str, &'static str, &'static str);

/// What happened, and how the policy was changed.
const FIELD: [(&str, &[Edit]); 25] = [
    ("the last owner left and nobody had granted an admin", &[(ORG, OWNER, ""), (ORG, ADMINS, "")]),
    (
        "the admins were put into the group of those who left",
        &[(ORG, OWNER, ""), (ORG, ADMINS, "    grant role=\"admin\" group=\"ops\"\n    block group=\"ops\"\n")],
    ),
    (
        "the admin was an admin of one project only",
        &[(ORG, OWNER, ""), (ORG, ADMINS, "    grant role=\"admin\" project=\"research\" group=\"ops\"\n")],
    ),
    ("the owner used a private mailbox", &[(ORG, "jane.doe@acme.com", "jane.doe@gmail.com")]),
    ("the owner's address was mistyped", &[(ORG, "jane.doe@acme.com", "jane.doe@acme")]),
    ("the company was renamed and its domain removed", &[(ORG, "    domain \"acme.com\"\n", "")]),
    ("the domain was written as a wildcard", &[(ORG, "domain \"acme.com\"", "domain \"*.acme.com\"")]),
    ("the domain was written in capitals", &[(ORG, "domain \"acme.com\"", "domain \"ACME.com\"")]),
    ("a private mailbox provider was claimed as the domain", &[(ORG, "domain \"acme.com\"", "domain \"gmail.com\"")]),
    (
        "the connection was renamed, the domain still signed in with the old one",
        &[
            (ORG, "domain \"acme.com\"", "domain \"acme.com\" sign-in=\"okta\""),
            (ORG, "connection \"okta\"", "connection \"okta-new\""),
        ],
    ),
    (
        "everyone of a domain was granted that was never claimed",
        &[(ORG, "everyone-in=\"acme.com\"", "everyone-in=\"acme.io\"")],
    ),
    (
        "the trial ended and the plan no longer had single sign-on",
        &[("platform/catalog.kdl", "    includes \"sso\"\n", "")],
    ),
    ("the issuer lost its s", &[(ORG, "https://acme.okta.com", "http://acme.okta.com")]),
    ("the issuer stayed that of the provider before", &[(ORG, "provider \"okta\"", "provider \"entra\"")]),
    (
        "the tenant of the pin was not the tenant of the issuer",
        &[
            (ORG, "provider \"okta\"", "provider \"entra\""),
            (
                ORG,
                "https://acme.okta.com",
                "https://login.microsoftonline.com/8f0d2a6e-1111-4222-8333-944455556666/v2.0",
            ),
            (
                ORG,
                "client-id \"0oa1acme\"",
                "client-id \"0oa1acme\"\n            tenant \"9f0d2a6e-1111-4222-8333-944455556666\"",
            ),
        ],
    ),
    (
        "the secret belonged to another organisation",
        &[(ORG, "client-id \"0oa1acme\"", "client-id \"0oa1acme\"\n            secret \"globex/oidc\"")],
    ),
    (
        "the provider was changed to one that sends no groups",
        &[
            (ORG, OWNER, ""),
            (
                ORG,
                CONNECTION,
                "        provider \"google\"\n        oidc {\n            client-id     \"acme.apps.googleusercontent.com\"\n            hosted-domain \"acme.com\"\n            secret        \"acme/google\"\n        }\n",
            ),
        ],
    ),
    (
        "the metadata was deleted with the old connection",
        &[(
            ORG,
            CONNECTION,
            "        provider \"okta\"\n        saml {\n            entity-id \"http://www.okta.com/exk1acme0000\"\n            metadata  \"gone.xml\"\n        }\n",
        )],
    ),
    (
        "the metadata was of the test application",
        &[(
            ORG,
            CONNECTION,
            "        provider \"okta\"\n        saml {\n            entity-id \"http://www.okta.com/exk1other\"\n            metadata  \"okta.xml\"\n        }\n",
        )],
    ),
    (
        "the persons' identifiers changed at every sign-in",
        &[(
            ORG,
            CONNECTION,
            "        provider \"okta\"\n        saml {\n            entity-id \"http://www.okta.com/exk1acme0000\"\n            metadata  \"okta.xml\"\n            name-id   \"transient\"\n        }\n",
        )],
    ),
    (
        "every grant went to groups that were blocked",
        &[
            (ORG, OWNER, ""),
            (ORG, "    grant role=\"developer\" everyone-in=\"acme.com\"\n", ""),
            (
                ORG,
                ADMINS,
                "    grant role=\"admin\" group=\"ops\"\n    block group=\"ops\"\n    block group=\"ml-research\"\n",
            ),
        ],
    ),
    (
        "the platform deleted the role of the admins",
        &[("platform/catalog.kdl", "role \"admin\" scope=\"org\" {", "role \"steward\" scope=\"org\" {")],
    ),
    (
        "the platform let two roles include each other",
        &[("platform/catalog.kdl", "    permits \"org.read\"", "    permits  \"org.read\"\n    includes \"owner\"")],
    ),
    ("the folder was renamed and the identity with it", &[(ORG, "org \"acme\" {", "org \"acme-corp\" {")]),
    ("the manifest named a folder that was empty", &[("policy.kdl", "\"orgs\"", "\"organisations\"")]),
];

fn outcome(edits: &[Edit]) -> Outcome {
    let mut files: BTreeMap<String, String> = base();
    for (file, from, to) in edits {
        let text = files.get_mut(*file).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        *text = text.replacen(from, to, 1);
    }
    if files[ORG].contains("okta.xml") {
        let metadata = std::fs::read_to_string(ui().join("metadata/okta.xml")).unwrap();
        files.insert("orgs/acme/okta.xml".into(), metadata);
    }
    let files = files.into_iter().map(|(path, text)| (path, text.into_bytes()));
    compile(&MemoryWorld::new(files), NonZeroUsize::MIN, as_of())
}

/// All that is said, without the places.
fn words(found: &Diagnostic) -> String {
    let related: String = found.related.iter().map(|(_, text)| format!("; {text}")).collect();
    let help = found.help.as_deref().unwrap_or_default();
    format!("GW{:04} {}: {}{related}\n    {help}", found.code.number, found.message, found.primary.1)
}

#[test]
fn none_of_them_becomes_a_program_and_each_has_words_of_its_own() {
    let (mut all, mut said) = (String::new(), BTreeSet::new());
    for (happened, edits) in FIELD {
        let outcome = outcome(edits);
        assert!(outcome.programs.is_empty(), "{happened}: it compiles");
        let refusing = outcome.diagnostics.iter().filter(|found| found.code.severity <= Severity::Deny);
        let first = words(refusing.min_by_key(|found| found.code.severity).unwrap());
        let _ = writeln!(all, "{happened}\n  {first}\n");
        assert!(said.insert(first), "{happened}: the words of another\n{all}");
    }
    insta::assert_snapshot!("lockouts_of_the_field", all);
}
