//! Claims: from proven claims to a person — subject, address, groups, pins.
//!
//! Reads the claims of a verified ID token, completed by userinfo; gives what a [`Person`](crate::person::Person) holds.
//!
//! Trust: the issuer said all this; whether its word is good enough for an address is the connection's rule.
//! Invariant: a claim that the connection does not name is not read.
//! Invariant: groups that are missing, cut off or malformed are unknown, never none.

use std::collections::BTreeSet;

use gatewright_bundle::program::{EmailTrust, Oidc, Overage, Pin};
use gatewright_terms::{Attribute, AttributeValue, DomainName, EmailAddress, GroupName, Refusal};

use crate::person::Groups;
use crate::refused::{Refused, Step};
use crate::strict_json::{Json, Object};

const STAGE: &str = "claims";
/// More groups than any provider sends; sessions hold them, and each decision looks them up.
const GROUPS_MAX: usize = 5_000;
/// Values of one attribute; sessions hold them. A person has a department, or a few.
const VALUES_MAX: usize = 256;
/// Where Entra says that a claim is elsewhere.
const ELSEWHERE: &str = "_claim_names";
/// Entra's short form, in the implicit flow and in some tokens of guests.
const HAS_GROUPS: &str = "hasgroups";

/// The tenant or Workspace that the connection is pinned to (ST-OIDC-13).
pub fn check_pin(oidc: &Oidc, claims: &Object<'_>) -> Result<(), Refused> {
    match &oidc.pin {
        None => Ok(()),
        Some(Pin::HostedDomain(pinned)) => {
            let named = text(claims, "hd").and_then(|domain| DomainName::normalise(domain).ok());
            if named.as_ref() == Some(pinned) {
                Ok(())
            } else {
                refuse(Refusal::WrongHostedDomain, "`hd` is not the pinned domain")
            }
        }
        Some(Pin::Tenant(pinned)) => {
            let same = text(claims, "tid").is_some_and(|tenant| tenant.eq_ignore_ascii_case(pinned));
            if same { Ok(()) } else { refuse(Refusal::WrongTenant, "`tid` is not the pinned tenant") }
        }
    }
}

/// The address, where the connection's rule takes the provider's word for it (ST-OIDC-14).
pub fn email(oidc: &Oidc, claims: &Object<'_>) -> Result<EmailAddress, Refused> {
    let name = &oidc.claims.email;
    let address = text(claims, name).and_then(|text| EmailAddress::parse(text).ok());
    let Some(address) = address else {
        return refuse(Refusal::EmailMissing, format!("`{name}` is not exactly one address"));
    };
    match oidc.email_trust {
        EmailTrust::OwnIssuer => Ok(address),
        // The string "true" is not the boolean: some providers let people write it themselves.
        EmailTrust::VerifiedClaim if claims.get(VERIFIED) == Some(&Json::Bool(true)) => Ok(address),
        EmailTrust::VerifiedClaim => refuse(Refusal::EmailNotVerified, format!("`{VERIFIED}` is not `true`")),
    }
}

pub const VERIFIED: &str = "email_verified";

/// A name for display; one that is not printable is left out.
pub fn attribute(claims: &Object<'_>, name: Option<&String>) -> Option<AttributeValue> {
    AttributeValue::parse(text(claims, name?)?).ok()
}

/// The groups, and what was seen of them.
pub fn groups(oidc: &Oidc, claims: &Object<'_>) -> (Groups, Step) {
    let Some(name) = &oidc.claims.groups else {
        return (Groups::Known(Vec::new()), Step::new(STAGE, "the connection reads no groups"));
    };
    let unknown = |why: &str| (Groups::Unknown, Step::new(STAGE, format!("the groups are unknown: {why}")));
    if matches!(oidc.group_overage, Overage::EntraMarkers) && is_marked(claims, name) {
        return unknown("the provider left them out because there are too many");
    }
    let list = match claims.get(name) {
        None | Some(Json::Null) => {
            return (Groups::Known(Vec::new()), Step::new(STAGE, format!("no `{name}`: no groups")));
        }
        Some(Json::Text(one)) => vec![GroupName::parse(one)],
        Some(Json::List(many)) if many.len() > GROUPS_MAX => return unknown("there are too many"),
        Some(Json::List(many)) => {
            // What is no string becomes the empty name, which is none.
            many.iter().map(|value| GroupName::parse(if let Json::Text(name) = value { name } else { "" })).collect()
        }
        Some(Json::Bool(_) | Json::Whole(_) | Json::OtherNumber | Json::Object(_)) => {
            return unknown("the claim is no list");
        }
    };
    if let Overage::CutAt(most) = oidc.group_overage
        && u32::try_from(list.len()).is_ok_and(|count| count >= most)
    {
        return unknown("the list is as long as the provider lets it become");
    }
    let Ok(mut known) = list.into_iter().collect::<Result<Vec<_>, _>>() else {
        return unknown("a name is empty, too long, not printable, or no text");
    };
    known.sort_unstable();
    known.dedup();
    let step = Step::new(STAGE, format!("{} groups", known.len()));
    (Groups::Known(known), step)
}

/// The values of the attributes that the organisation gave a name to. What is no text of the right length gives nothing.
pub fn own(oidc: &Oidc, claims: &Object<'_>, story: &mut Vec<Step>) -> BTreeSet<Attribute> {
    let mut all = BTreeSet::new();
    for own in &oidc.claims.own {
        let values: Vec<&Json<'_>> = match claims.get(&own.from) {
            Some(Json::List(many)) => many.iter().take(VALUES_MAX).collect(),
            one => one.into_iter().collect(),
        };
        let texts = values.into_iter().filter_map(|value| if let Json::Text(text) = value { Some(text) } else { None });
        let good = texts.filter_map(|text| AttributeValue::parse(text).ok());
        let before = all.len();
        all.extend(good.map(|value| Attribute { name: own.name.clone(), value }));
        let count = all.len().saturating_sub(before);
        story.push(Step::new(STAGE, format!("`{}` gives `{}` {count} values", own.from, own.name)));
    }
    all
}

/// Entra's pointers in place of a long list. A marker that cannot be read is one.
fn is_marked(claims: &Object<'_>, groups: &str) -> bool {
    let elsewhere = match claims.get(ELSEWHERE) {
        None | Some(Json::Null) => false,
        Some(Json::Object(names)) => names.contains(groups),
        Some(Json::Bool(_) | Json::Whole(_) | Json::OtherNumber | Json::Text(_) | Json::List(_)) => true,
    };
    elsewhere || !matches!(claims.get(HAS_GROUPS), None | Some(Json::Null | Json::Bool(false)))
}

/// A text claim; one of another type is as good as none.
fn text<'a>(claims: &'a Object<'_>, name: &str) -> Option<&'a str> {
    claims.text(name).ok().flatten()
}

fn refuse<T>(refusal: Refusal, text: impl Into<String>) -> Result<T, Refused> {
    Err(Refused::new(refusal, STAGE, text))
}
