//! Members: a snapshot of who is in the organisations of an environment, without who they are: `gatewright.members-snapshot/1`.
//!
//! Reads what the gate wrote; gives how many members there are of each kind.
//!
//! Invariant: a pseudonym is looked at once, to see that nobody stands twice, and is kept nowhere.
//! Invariant: what is not understood, or breaks off, is refused whole: a count of a part would pass for the count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gatewright_terms::{Attribute, AttributeValue, DomainName, GroupName, OrgId, Slug, Timestamp, Trait, hex};
use serde::Deserialize;
use wright::people::{Member, Members};

use crate::failure::Failure;
use crate::files;
use crate::style::plain;

/// A million members with a handful of groups each.
pub(crate) const SNAPSHOT_BYTES_MAX: usize = 256 * 1024 * 1024;

const SCHEMA: &str = "gatewright.members-snapshot/1";

pub(crate) struct Snapshot {
    /// Where it was read.
    pub(crate) source: String,
    pub(crate) environment: Slug,
    pub(crate) bundle: String,
    pub(crate) taken: Timestamp,
    pub(crate) members: Members,
    /// Of each organisation, members of whom nothing is known until they sign in again.
    pub(crate) unrecorded: BTreeMap<OrgId, usize>,
}

impl Snapshot {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = files::read("the members snapshot", path, SNAPSHOT_BYTES_MAX)?;
        let source = path.display().to_string();
        Self::parse(&source, &bytes).map_err(|why| {
            Failure::usage(format!("`{}` is no `{SCHEMA}`: {why}", plain(&source)))
                .help("take another one: gatewright snapshot --out FILE")
        })
    }

    /// From bytes that a runtime or a file gave. The error is a phrase.
    pub(crate) fn parse(source: &str, bytes: &[u8]) -> Result<Self, String> {
        let named: Named = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        if named.schema != SCHEMA {
            return Err(format!("it says `{}`, which this version does not know", plain(&named.schema)));
        }
        let file: File = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        let taken = crate::args::parse_time(&file.taken).map_err(|_| "`taken` is no time".to_owned())?;
        if file.bundle.strip_prefix("sha256:").and_then(hex::array::<32>).is_none() {
            return Err("`bundle` is no digest".to_owned());
        }
        let environment = parsed("environment", &file.environment, Slug::parse)?;
        let (mut members, mut unrecorded) = (Members::new(), BTreeMap::new());
        for org in file.orgs {
            let id = parsed("organisation", &org.org, OrgId::parse)?;
            unrecorded.insert(id.clone(), org.unrecorded);
            if members.contains_key(&id) {
                return Err(format!("`{id}` stands twice"));
            }
            let kinds = members.entry(id.clone()).or_default();
            let mut seen = BTreeSet::new();
            for row in org.members {
                let pseudonym = hex::array::<16>(&row.pseudonym).ok_or("a pseudonym is none")?;
                if !seen.insert(pseudonym) {
                    return Err(format!("a member of `{id}` stands twice"));
                }
                let times = kinds.entry(row.member()?).or_default();
                *times = times.saturating_add(1);
            }
        }
        let (source, bundle) = (source.to_owned(), file.bundle);
        Ok(Self { source, environment, bundle, taken, members, unrecorded })
    }

    /// How many it knows.
    pub(crate) fn count(&self) -> usize {
        self.members.values().flat_map(|kinds| kinds.values()).sum()
    }
}

#[derive(Deserialize)]
struct Named {
    schema: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "schema")]
    _schema: String,
    environment: String,
    bundle: String,
    taken: String,
    orgs: Vec<OrgRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrgRow {
    org: String,
    unrecorded: usize,
    members: Vec<MemberRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberRow {
    pseudonym: String,
    connection: String,
    domain: String,
    owner: bool,
    groups: Groups,
    attributes: Vec<String>,
}

/// That the groups are not known has to be said: a row without them is none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Groups {
    Known(Vec<String>),
    Unknown(()),
}

impl MemberRow {
    fn member(self) -> Result<Member, String> {
        let (names, groups_unknown) = match self.groups {
            Groups::Known(names) => (names, false),
            Groups::Unknown(()) => (Vec::new(), true),
        };
        let mut traits = BTreeSet::new();
        for name in &names {
            traits.insert(Trait::Group(parsed("group", name, GroupName::parse)?));
        }
        for written in &self.attributes {
            traits.insert(Trait::Attribute(attribute(written).ok_or_else(|| wrong("attribute", written))?));
        }
        Ok(Member {
            connection: parsed("connection", &self.connection, Slug::parse)?,
            domain: parsed("domain", &self.domain, DomainName::parse)?,
            owner: self.owner,
            traits,
            groups_unknown,
        })
    }
}

fn attribute(written: &str) -> Option<Attribute> {
    let (name, value) = written.split_once('=')?;
    Some(Attribute { name: Slug::parse(name).ok()?, value: AttributeValue::parse(value).ok()? })
}

fn parsed<T, E>(what: &str, text: &str, parse: impl Fn(&str) -> Result<T, E>) -> Result<T, String> {
    parse(text).map_err(|_| wrong(what, text))
}

fn wrong(what: &str, text: &str) -> String {
    let shown: String = text.chars().take(80).collect();
    format!("`{}` is no {what}", plain(&shown))
}

fn malformed(error: &serde_json::Error) -> String {
    if error.is_eof() { "it breaks off".to_owned() } else { plain(&error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = r#"{"pseudonym":"00000000000000000000000000000001","connection":"okta","domain":"acme.com","owner":false,"groups":["staff"],"attributes":["team=a=b"]}"#;

    fn snapshot(members: &str) -> String {
        let bundle = "0".repeat(64);
        format!(
            r#"{{"schema":"gatewright.members-snapshot/1","environment":"production","bundle":"sha256:{bundle}","taken":"2026-11-24T09:00:00Z","orgs":[{{"org":"acme","unrecorded":2,"members":[{members}]}}]}}"#
        )
    }

    fn refused(text: &str) -> String {
        Snapshot::parse("x", text.as_bytes()).map(|_| ()).unwrap_err()
    }

    #[test]
    fn members_who_are_alike_are_one_kind() {
        let bob = ADA.replace("01\"", "02\"");
        let unknown = ADA.replace("01\"", "03\"").replace(r#"["staff"]"#, "null");
        let read = Snapshot::parse("x", snapshot(&[ADA, &bob, &unknown].join(",")).as_bytes()).unwrap();
        assert_eq!((read.count(), read.unrecorded.values().sum()), (3, 2_usize));
        let kinds: Vec<_> =
            read.members.values().next().unwrap().iter().map(|(it, n)| (it.groups_unknown, *n)).collect();
        assert_eq!(kinds, [(false, 2), (true, 1)]);
    }

    #[test]
    fn what_is_torn_doubled_or_unknown_is_refused() {
        let good = snapshot(ADA);
        for cut in [1, 10, good.len() / 2, good.len() - 1] {
            assert_eq!(refused(good.get(..cut).unwrap()), "it breaks off", "{cut}");
        }
        assert_eq!(refused(&snapshot(&[ADA, ADA].join(","))), "a member of `acme` stands twice");
        for (from, to, says) in [
            ("/1\"", "/2\"", "it says `gatewright.members-snapshot/2`, which this version does not know"),
            ("\"owner\"", "\"email\":\"ada@acme.com\",\"owner\"", "unknown field `email`"),
            (",\"groups\":[\"staff\"]", "", "missing field `groups`"),
            ("\"groups\":[\"staff\"]", "\"groups\":\"staff\"", "did not match"),
            ("[\"staff\"]", "[\"a\\nb\"]", "is no group"),
            ("team=a=b", "team", "`team` is no attribute"),
            ("\"acme\"", "\"../x\"", "`../x` is no organisation"),
            ("\"acme.com\"", "\"ACME.com\"", "is no domain"),
            ("09:00:00Z", "09:00:00", "`taken` is no time"),
            ("sha256:", "md5:", "`bundle` is no digest"),
            ("\"unrecorded\":2", "\"unrecorded\":-2", "invalid value"),
        ] {
            let bent = good.replacen(from, to, 1);
            assert!(bent != good && refused(&bent).contains(says), "{to}: {}", refused(&bent));
        }
        assert!(refused(&format!("{good}{good}")).contains("trailing"));
    }
}
