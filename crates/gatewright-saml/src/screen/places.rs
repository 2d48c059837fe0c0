//! Places: what may stand where, as a table: the schemas of SAML 2.0 without what we take from nobody.
//!
//! Left out, and so refused: `BaseID` and `Statement`, whose meaning only `xsi:type` would tell; `EncryptedID` and
//! `EncryptedAttribute`, which have words of their own in `encrypted`.

use super::{ASSERTION, DSIG, PROTOCOL};

/// One element of the two SAML namespaces.
pub(super) struct Place {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) holds: Holds,
    /// Those without namespace.
    pub(super) attributes: Attributes,
    /// Whether attributes of foreign namespaces may stand on it (`anyAttribute`).
    pub(super) foreign_attributes: bool,
}

pub(super) enum Holds {
    /// Characters, no elements.
    Text,
    /// Elements in this order, no characters.
    Elements(&'static [Part]),
    /// Elements of strangers: see `holders`.
    Anything,
    /// See `encrypted`.
    Encrypted,
}

pub(super) enum Attributes {
    These(&'static [&'static str]),
    Any,
}

/// One position in the order: which names, how often.
pub(super) struct Part {
    pub(super) names: &'static [(&'static str, &'static str)],
    pub(super) least: usize,
    pub(super) most: usize,
}

/// The limit of elements is the limit.
const MANY: usize = usize::MAX;

const fn part(least: usize, most: usize, names: &'static [(&'static str, &'static str)]) -> Part {
    Part { names, least, most }
}

const fn place(
    namespace: &'static str,
    name: &'static str,
    attributes: &'static [&'static str],
    holds: Holds,
) -> Place {
    Place { namespace, name, holds, attributes: Attributes::These(attributes), foreign_attributes: false }
}

const fn assertion(name: &'static str, attributes: &'static [&'static str], holds: Holds) -> Place {
    place(ASSERTION, name, attributes, holds)
}

const fn protocol(name: &'static str, attributes: &'static [&'static str], holds: Holds) -> Place {
    place(PROTOCOL, name, attributes, holds)
}

const ISSUER: Part = part(0, 1, &[(ASSERTION, "Issuer")]);
const SIGNATURE: Part = part(0, 1, &[(DSIG, "Signature")]);
const EXTENSIONS: Part = part(0, 1, &[(PROTOCOL, "Extensions")]);
const STATUS: Part = part(1, 1, &[(PROTOCOL, "Status")]);
const NAME_ID: &[&str] = &["NameQualifier", "SPNameQualifier", "Format", "SPProvidedID"];

/// The place of an element; `None` where the schemas have none, or we take none.
pub(super) fn of(namespace: &str, name: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.name == name && place.namespace == namespace)
}

/// The most frequent first. Section numbers are of SAML Core.
static PLACES: &[Place] = &[
    // §2.7.3.1.1: any content, any attributes.
    Place {
        namespace: ASSERTION,
        name: "AttributeValue",
        holds: Holds::Anything,
        attributes: Attributes::Any,
        foreign_attributes: true,
    },
    // §2.7.3.1.
    Place {
        foreign_attributes: true,
        ..assertion(
            "Attribute",
            &["Name", "NameFormat", "FriendlyName"],
            Holds::Elements(&[part(0, MANY, &[(ASSERTION, "AttributeValue")])]),
        )
    },
    assertion("Issuer", NAME_ID, Holds::Text),
    // §3.3.3, §3.2.2.
    protocol(
        "Response",
        &["ID", "InResponseTo", "Version", "IssueInstant", "Destination", "Consent"],
        // How many assertions is said by a rule of its own.
        Holds::Elements(&[
            ISSUER,
            SIGNATURE,
            EXTENSIONS,
            STATUS,
            part(0, MANY, &[(ASSERTION, "Assertion"), (ASSERTION, "EncryptedAssertion")]),
        ]),
    ),
    protocol("Extensions", &[], Holds::Anything),
    protocol(
        "Status",
        &[],
        Holds::Elements(&[
            part(1, 1, &[(PROTOCOL, "StatusCode")]),
            part(0, 1, &[(PROTOCOL, "StatusMessage")]),
            part(0, 1, &[(PROTOCOL, "StatusDetail")]),
        ]),
    ),
    protocol("StatusCode", &["Value"], Holds::Elements(&[part(0, 1, &[(PROTOCOL, "StatusCode")])])),
    protocol("StatusMessage", &[], Holds::Text),
    protocol("StatusDetail", &[], Holds::Anything),
    // §3.7.1, §3.7.2.
    protocol(
        "LogoutRequest",
        &["ID", "Version", "IssueInstant", "Destination", "Consent", "Reason", "NotOnOrAfter"],
        Holds::Elements(&[
            ISSUER,
            SIGNATURE,
            EXTENSIONS,
            part(1, 1, &[(ASSERTION, "NameID")]),
            part(0, MANY, &[(PROTOCOL, "SessionIndex")]),
        ]),
    ),
    protocol("SessionIndex", &[], Holds::Text),
    protocol(
        "LogoutResponse",
        &["ID", "InResponseTo", "Version", "IssueInstant", "Destination", "Consent"],
        Holds::Elements(&[ISSUER, SIGNATURE, EXTENSIONS, STATUS]),
    ),
    // §2.3.3.
    assertion(
        "Assertion",
        &["Version", "ID", "IssueInstant"],
        Holds::Elements(&[
            part(1, 1, &[(ASSERTION, "Issuer")]),
            SIGNATURE,
            part(0, 1, &[(ASSERTION, "Subject")]),
            part(0, 1, &[(ASSERTION, "Conditions")]),
            part(0, 1, &[(ASSERTION, "Advice")]),
            part(
                0,
                MANY,
                &[
                    (ASSERTION, "AuthnStatement"),
                    (ASSERTION, "AuthzDecisionStatement"),
                    (ASSERTION, "AttributeStatement"),
                ],
            ),
        ]),
    ),
    assertion("EncryptedAssertion", &[], Holds::Encrypted),
    // §2.4.
    assertion(
        "Subject",
        &[],
        Holds::Elements(&[part(0, 1, &[(ASSERTION, "NameID")]), part(0, MANY, &[(ASSERTION, "SubjectConfirmation")])]),
    ),
    assertion("NameID", NAME_ID, Holds::Text),
    assertion(
        "SubjectConfirmation",
        &["Method"],
        Holds::Elements(&[part(0, 1, &[(ASSERTION, "NameID")]), part(0, 1, &[(ASSERTION, "SubjectConfirmationData")])]),
    ),
    Place {
        foreign_attributes: true,
        ..assertion(
            "SubjectConfirmationData",
            &["NotBefore", "NotOnOrAfter", "Recipient", "InResponseTo", "Address"],
            Holds::Anything,
        )
    },
    // §2.5.
    assertion(
        "Conditions",
        &["NotBefore", "NotOnOrAfter"],
        Holds::Elements(&[part(
            0,
            MANY,
            &[
                (ASSERTION, "AudienceRestriction"),
                (ASSERTION, "OneTimeUse"),
                (ASSERTION, "ProxyRestriction"),
                (ASSERTION, "Condition"),
            ],
        )]),
    ),
    assertion("AudienceRestriction", &[], Holds::Elements(&[part(1, MANY, &[(ASSERTION, "Audience")])])),
    assertion("Audience", &[], Holds::Text),
    assertion("OneTimeUse", &[], Holds::Elements(&[])),
    assertion("ProxyRestriction", &["Count"], Holds::Elements(&[part(0, MANY, &[(ASSERTION, "Audience")])])),
    // A condition that nobody here understands: the checks refuse it as one.
    Place {
        namespace: ASSERTION,
        name: "Condition",
        holds: Holds::Anything,
        attributes: Attributes::Any,
        foreign_attributes: true,
    },
    // §2.6.1.
    assertion("Advice", &[], Holds::Anything),
    assertion("AssertionIDRef", &[], Holds::Text),
    assertion("AssertionURIRef", &[], Holds::Text),
    // §2.7.2.
    assertion(
        "AuthnStatement",
        &["AuthnInstant", "SessionIndex", "SessionNotOnOrAfter"],
        Holds::Elements(&[part(0, 1, &[(ASSERTION, "SubjectLocality")]), part(1, 1, &[(ASSERTION, "AuthnContext")])]),
    ),
    assertion("SubjectLocality", &["Address", "DNSName"], Holds::Elements(&[])),
    assertion(
        "AuthnContext",
        &[],
        Holds::Elements(&[
            part(0, 1, &[(ASSERTION, "AuthnContextClassRef")]),
            part(0, 1, &[(ASSERTION, "AuthnContextDecl"), (ASSERTION, "AuthnContextDeclRef")]),
            part(0, MANY, &[(ASSERTION, "AuthenticatingAuthority")]),
        ]),
    ),
    assertion("AuthnContextClassRef", &[], Holds::Text),
    assertion("AuthnContextDecl", &[], Holds::Anything),
    assertion("AuthnContextDeclRef", &[], Holds::Text),
    assertion("AuthenticatingAuthority", &[], Holds::Text),
    // §2.7.3. Some providers send it empty.
    assertion("AttributeStatement", &[], Holds::Elements(&[part(0, MANY, &[(ASSERTION, "Attribute")])])),
    // §2.7.4.
    assertion(
        "AuthzDecisionStatement",
        &["Resource", "Decision"],
        Holds::Elements(&[part(1, MANY, &[(ASSERTION, "Action")]), part(0, 1, &[(ASSERTION, "Evidence")])]),
    ),
    assertion("Action", &["Namespace"], Holds::Text),
    assertion(
        "Evidence",
        &[],
        Holds::Elements(&[part(1, MANY, &[(ASSERTION, "AssertionIDRef"), (ASSERTION, "AssertionURIRef")])]),
    ),
];
