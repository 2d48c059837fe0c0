//! Content: the bytes of a program: environment, catalogue, two indices, and one section per organisation.
//!
//! Reads and gives content bytes. Loading costs one pass over the indices; of content too large to decode at once, a
//! section is decoded when first used.
//!
//! Invariant: sections lie one behind the other in the order of the index, so none overlaps or hides between two.
//! Invariant: an organisation that is given out claims exactly the domains that the index says, by the same connections.

use std::ops::Range;
use std::sync::OnceLock;

use gatewright_terms::{DomainName, OrgId, Slug};

use crate::check;
use crate::limits::{FILE_BYTES_MAX, SECTIONS_AT_ONCE_BYTES_MAX};
use crate::malformed::{Defect, Malformed, Part};
use crate::program::{Catalogue, Environment, Org, Program};
use crate::statement::FORMAT;
use crate::strict::{Strict, written};
use crate::wire;

mod domains;
mod orgs;

use domains::DomainIndex;
use orgs::OrgEntry;

/// Decoded content: the whole of it at once, or, behind `verify`, an organisation at a time.
#[derive(Debug)]
pub struct Content {
    bytes: Vec<u8>,
    environment: Environment,
    catalogue: Catalogue,
    orgs: Vec<OrgEntry>,
    domains: DomainIndex,
    sections: Vec<OnceLock<Result<Box<Org>, Malformed>>>,
}

/// The canonical content bytes of a program.
///
/// A program that breaks the invariants of its type gives bytes that [`Content::decode`] refuses.
pub fn encode(program: &Program) -> Vec<u8> {
    let sections: Vec<Vec<u8>> = program.orgs.iter().map(wire::write_org).collect();
    written(|out| {
        out.map(7)?;
        out.u8(0)?.u64(FORMAT)?;
        out.u8(1)?.str(program.environment.name.as_str())?;
        out.u8(2)?.bytes(&wire::write_environment(&program.environment))?;
        out.u8(3)?.bytes(&wire::write_catalogue(&program.catalogue))?;
        out.u8(4)?.bytes(&orgs::write(&program.orgs, &sections))?;
        out.u8(5)?.bytes(&domains::write(&program.orgs))?;
        out.u8(6)?.bytes(&sections.concat())?;
        Ok(())
    })
}

/// The name of the environment that content says it is for; nothing else of it is read.
pub(crate) fn environment_name(content: &[u8]) -> Result<Slug, Malformed> {
    let name = |input: &mut Strict<'_>| {
        header(input).and_then(|name| Slug::parse(name).map_err(|_| Defect::BadValue("the environment")))
    };
    name(&mut Strict::new(content)).map_err(|defect| defect.within(Part::Content))
}

impl Content {
    /// Decodes everything and checks all of it: what `inspect`, `sign` and `diff` read.
    pub fn decode(bytes: &[u8]) -> Result<Program, Malformed> {
        let content = Self::parse(bytes.to_vec())?;
        let orgs = (0..content.orgs.len()).map(|at| content.read_section(at)).collect::<Result<Vec<_>, _>>()?;
        Ok(Program { environment: content.environment, catalogue: content.catalogue, orgs })
    }

    /// As they were read.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Decodes all but the sections.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self, Malformed> {
        let frame = frame(&bytes).map_err(|defect| defect.within(Part::Content))?;
        let environment = wire::read_environment(frame.environment)
            .and_then(|environment| check::environment(&environment).map(|()| environment))
            .map_err(|defect| defect.within(Part::Environment))?;
        if environment.name.as_str() != frame.name {
            return Err(Defect::Disagrees("the name of the environment").within(Part::Content));
        }
        let catalogue = wire::read_catalogue(frame.catalogue)
            .and_then(|catalogue| check::catalogue(&catalogue).map(|()| catalogue))
            .map_err(|defect| defect.within(Part::Catalogue))?;
        let mut orgs = orgs::read(frame.orgs, frame.sections).map_err(|defect| defect.within(Part::OrgIndex))?;
        let domains =
            domains::read(&bytes, frame.domains, &mut orgs).map_err(|defect| defect.within(Part::DomainIndex))?;
        for org in environment.apps.iter().filter_map(|app| app.org.as_ref()) {
            if orgs::find(&orgs, org).is_none() {
                return Err(Defect::OutOfRange("the organisation of an app").within(Part::Environment));
            }
        }
        let sections = orgs.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { bytes, environment, catalogue, orgs, domains, sections })
    }

    /// Decodes every section where they are few, so that what is unsound is known before any of it is used.
    pub(crate) fn settle(&self) -> Result<(), Malformed> {
        let bytes = self.orgs.iter().fold(0_usize, |sum, entry| sum.saturating_add(entry.section.len()));
        if bytes > SECTIONS_AT_ONCE_BYTES_MAX {
            return Ok(());
        }
        (0..self.orgs.len())
            .filter_map(|at| self.section(at))
            .try_for_each(|org| org.map(drop).map_err(Malformed::clone))
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(crate) fn org_ids(&self) -> impl ExactSizeIterator<Item = &OrgId> {
        self.orgs.iter().map(|entry| &entry.id)
    }

    pub(crate) fn org(&self, id: &OrgId) -> Option<Result<&Org, &Malformed>> {
        self.section(orgs::find(&self.orgs, id)?)
    }

    pub(crate) fn domain(&self, domain: &DomainName) -> Option<(&OrgId, u32)> {
        let entry = self.domains.find(&self.bytes, domain.as_str())?;
        Some((&self.orgs.get(entry.org_index()?)?.id, entry.connection))
    }

    fn section(&self, at: usize) -> Option<Result<&Org, &Malformed>> {
        Some(self.sections.get(at)?.get_or_init(|| self.read_section(at).map(Box::new)).as_deref())
    }

    fn read_section(&self, at: usize) -> Result<Org, Malformed> {
        let Some(entry) = self.orgs.get(at) else {
            return Err(Defect::OutOfRange("an organisation").within(Part::OrgIndex));
        };
        self.read_entry(entry, at).map_err(|defect| defect.within(Part::Org(entry.id.to_string())))
    }

    fn read_entry(&self, entry: &OrgEntry, at: usize) -> Result<Org, Defect> {
        let org = wire::read_org(self.bytes.get(entry.section.clone()).unwrap_or_default())?;
        if org.id != entry.id {
            return Err(Defect::Disagrees("the id and the index"));
        }
        check::org(&org, &self.catalogue, &self.environment)?;
        // Sorted without doubles on both sides: as many, and each there, means the same ones.
        let indexed = |domain: &crate::program::Domain| {
            self.domains
                .find(&self.bytes, domain.name.as_str())
                .is_some_and(|found| found.org_index() == Some(at) && found.connection == domain.connection)
        };
        if org.domains.len() != entry.domains || !org.domains.iter().all(indexed) {
            return Err(Defect::Disagrees("the domains and the index"));
        }
        Ok(org)
    }
}

/// The outermost map, its parts not yet decoded.
struct Frame<'b> {
    name: &'b str,
    environment: &'b [u8],
    catalogue: &'b [u8],
    orgs: &'b [u8],
    /// Where the index lies in the content.
    domains: Range<usize>,
    sections: Range<usize>,
}

fn header<'b>(input: &mut Strict<'b>) -> Result<&'b str, Defect> {
    if input.map()? != 7 {
        return Err(Defect::NotCanonical);
    }
    input.key(0)?;
    if input.uint()? != FORMAT {
        return Err(Defect::Disagrees("the format"));
    }
    input.key(1)?;
    input.text()
}

fn frame(bytes: &[u8]) -> Result<Frame<'_>, Defect> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Defect::TooLarge("its bytes"));
    }
    let mut input = Strict::new(bytes);
    let name = header(&mut input)?;
    input.key(2)?;
    let environment = input.bytes()?;
    input.key(3)?;
    let catalogue = input.bytes()?;
    input.key(4)?;
    let orgs = input.bytes()?;
    input.key(5)?;
    let domains = range(&mut input)?;
    input.key(6)?;
    let sections = range(&mut input)?;
    input.end()?;
    Ok(Frame { name, environment, catalogue, orgs, domains, sections })
}

/// Where the byte string that comes next lies.
fn range(input: &mut Strict<'_>) -> Result<Range<usize>, Defect> {
    let length = input.bytes()?.len();
    let end = input.position();
    Ok(end.saturating_sub(length)..end)
}
