//! Domains: the index by domain: name, organisation, connection, sorted by name.
//!
//! The names stay where they are in the content and are compared as bytes; parsing a million of them would be most of
//! the time of loading. A name that is no domain is found by no lookup and refused with its organisation.

use std::ops::Range;

use gatewright_terms::DOMAIN_BYTES_MAX;

use super::orgs::OrgEntry;
use crate::limits::DOMAINS_MAX;
use crate::malformed::Defect;
use crate::program::Org;
use crate::strict::{Strict, written};

/// The whole index, sorted by name.
#[derive(Debug)]
pub(super) struct DomainIndex(Vec<DomainEntry>);

/// One domain.
#[derive(Debug)]
pub(super) struct DomainEntry {
    /// Where the name lies in the content.
    name: Range<usize>,
    org: u32,
    /// Index of `Org::connections`.
    pub(super) connection: u32,
}

impl DomainEntry {
    /// Index of the organisation.
    pub(super) fn org_index(&self) -> Option<usize> {
        usize::try_from(self.org).ok()
    }
}

impl DomainIndex {
    /// `content` are the bytes that the index was read from.
    pub(super) fn find(&self, content: &[u8], name: &str) -> Option<&DomainEntry> {
        let named = |entry: &DomainEntry| content.get(entry.name.clone()).unwrap_or_default().cmp(name.as_bytes());
        self.0.get(self.0.binary_search_by(named).ok()?)
    }
}

pub(super) fn write(orgs: &[Org]) -> Vec<u8> {
    let mut entries: Vec<(&str, u32, u32)> = orgs
        .iter()
        .zip(0_u32..)
        .flat_map(|(org, at)| org.domains.iter().map(move |domain| (domain.name.as_str(), at, domain.connection)))
        .collect();
    entries.sort_unstable();
    written(|out| {
        out.array(entries.len() as u64)?;
        for (name, org, connection) in entries {
            out.array(3)?.str(name)?.u32(org)?.u32(connection)?;
        }
        Ok(())
    })
}

/// Reads the index at `range` of `content`, and counts for each organisation the domains that point to it.
pub(super) fn read(content: &[u8], range: Range<usize>, orgs: &mut [OrgEntry]) -> Result<DomainIndex, Defect> {
    let start = range.start;
    let mut input = Strict::new(content.get(range).unwrap_or_default());
    let count = input.array()?;
    if count > DOMAINS_MAX as u64 {
        return Err(Defect::TooLarge("the number of domains"));
    }
    let mut entries = Vec::new();
    let mut before = "";
    for _ in 0..count {
        if input.array()? != 3 {
            return Err(Defect::NotCanonical);
        }
        let name = input.text()?;
        let end = start.saturating_add(input.position());
        if name.len() > DOMAIN_BYTES_MAX {
            return Err(Defect::BadValue("a domain"));
        }
        if name <= before {
            return Err(Defect::Unsorted("the domains"));
        }
        before = name;
        let org = input.u32("the index of an organisation")?;
        let connection = input.u32("the index of a connection")?;
        let entry = DomainEntry { name: end.saturating_sub(name.len())..end, org, connection };
        let owner = entry.org_index().and_then(|at| orgs.get_mut(at));
        owner.ok_or(Defect::OutOfRange("the organisation of a domain"))?.domains += 1;
        entries.push(entry);
    }
    input.end()?;
    Ok(DomainIndex(entries))
}
