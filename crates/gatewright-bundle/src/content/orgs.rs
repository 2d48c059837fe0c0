//! Orgs: the index of organisations: id and length of section, in the order of the sections.

use std::ops::Range;

use gatewright_terms::OrgId;

use crate::limits::{ORGS_MAX, SECTION_BYTES_MAX};
use crate::malformed::Defect;
use crate::program::Org;
use crate::strict::{Strict, written};

/// One organisation of the index.
#[derive(Debug)]
pub(super) struct OrgEntry {
    pub(super) id: OrgId,
    /// In the content.
    pub(super) section: Range<usize>,
    /// How many entries of the index of domains point here.
    pub(super) domains: usize,
}

pub(super) fn write(orgs: &[Org], sections: &[Vec<u8>]) -> Vec<u8> {
    written(|out| {
        out.array(orgs.len() as u64)?;
        for (org, section) in orgs.iter().zip(sections) {
            out.array(2)?.str(org.id.as_str())?.u64(section.len() as u64)?;
        }
        Ok(())
    })
}

/// Reads the index; the sections must fill `sections` to the last byte.
pub(super) fn read(bytes: &[u8], sections: Range<usize>) -> Result<Vec<OrgEntry>, Defect> {
    let mut input = Strict::new(bytes);
    let count = input.array()?;
    if count > ORGS_MAX as u64 {
        return Err(Defect::TooLarge("the number of organisations"));
    }
    let mut entries = Vec::new();
    let mut start = sections.start;
    for _ in 0..count {
        let (id, length) = entry(&mut input)?;
        let end = start.saturating_add(length);
        if end > sections.end {
            return Err(Defect::OutOfRange("the section of an organisation"));
        }
        entries.push(OrgEntry { id, section: start..end, domains: 0 });
        start = end;
    }
    input.end()?;
    if start != sections.end {
        return Err(Defect::Disagrees("the lengths of the sections"));
    }
    if !entries.is_sorted_by(|a, b| a.id < b.id) {
        return Err(Defect::Unsorted("the organisations"));
    }
    Ok(entries)
}

fn entry(input: &mut Strict<'_>) -> Result<(OrgId, usize), Defect> {
    if input.array()? != 2 {
        return Err(Defect::NotCanonical);
    }
    let id = OrgId::parse(input.text()?).map_err(|_| Defect::BadValue("the id of an organisation"))?;
    match usize::try_from(input.uint()?) {
        Ok(length @ 1..=SECTION_BYTES_MAX) => Ok((id, length)),
        Ok(0) => Err(Defect::BadValue("the length of a section")),
        Ok(_) | Err(_) => Err(Defect::TooLarge("a section")),
    }
}

pub(super) fn find(orgs: &[OrgEntry], id: &OrgId) -> Option<usize> {
    orgs.binary_search_by(|entry| entry.id.cmp(id)).ok()
}
