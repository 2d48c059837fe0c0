//! Wire: the private twins of the program's types, and the one place where they are converted.
//!
//! Reads and gives deterministic CBOR of the environment, the catalogue and one organisation.
//!
//! Invariant: integer keys, definite lengths; a part is taken only if writing what was read gives its very bytes, which
//! also refuses doubled keys, unknown keys and words of another spelling (minicbor skips them).

mod catalogue;
mod connection;
mod environment;
mod list;
mod org;

use crate::limits::{PART_BYTES_MAX, SECTION_BYTES_MAX, TEXT_BYTES_MAX};
use crate::malformed::Defect;
use crate::program::{Catalogue, Environment, Org};

use catalogue::CatalogueWire;
use environment::EnvironmentWire;
use org::OrgWire;

pub(crate) fn write_environment(environment: &Environment) -> Vec<u8> {
    write(&EnvironmentWire::of(environment))
}

pub(crate) fn read_environment(bytes: &[u8]) -> Result<Environment, Defect> {
    let environment = read::<EnvironmentWire<'_>>(bytes, PART_BYTES_MAX)?.convert()?;
    same(bytes, &write_environment(&environment), environment)
}

pub(crate) fn write_catalogue(catalogue: &Catalogue) -> Vec<u8> {
    write(&CatalogueWire::of(catalogue))
}

pub(crate) fn read_catalogue(bytes: &[u8]) -> Result<Catalogue, Defect> {
    let catalogue = read::<CatalogueWire<'_>>(bytes, PART_BYTES_MAX)?.convert()?;
    same(bytes, &write_catalogue(&catalogue), catalogue)
}

pub(crate) fn write_org(org: &Org) -> Vec<u8> {
    write(&OrgWire::of(org))
}

pub(crate) fn read_org(bytes: &[u8]) -> Result<Org, Defect> {
    let org = read::<OrgWire<'_>>(bytes, SECTION_BYTES_MAX)?.convert()?;
    same(bytes, &write_org(&org), org)
}

/// Writing into memory cannot fail; were it to, the empty bytes would be refused by every reader.
fn write(wire: &impl minicbor::Encode<()>) -> Vec<u8> {
    minicbor::to_vec(wire).unwrap_or_default()
}

fn read<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8], bytes_max: usize) -> Result<T, Defect> {
    if bytes.len() > bytes_max {
        return Err(Defect::TooLarge("its bytes"));
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode()?;
    if decoder.position() == bytes.len() { Ok(value) } else { Err(Defect::TrailingBytes) }
}

fn same<T>(read: &[u8], written: &[u8], value: T) -> Result<T, Defect> {
    if read == written { Ok(value) } else { Err(Defect::NotCanonical) }
}

/// A text that machines compare: never empty, no control characters.
fn text(text: &str, what: &'static str) -> Result<String, Defect> {
    if text.is_empty() { Err(Defect::BadValue(what)) } else { label(text, what) }
}

/// A text for people: may be empty, no control characters.
fn label(text: &str, what: &'static str) -> Result<String, Defect> {
    if text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(Defect::BadValue(what));
    }
    Ok(text.to_owned())
}

/// Takes what a `parse` of the terms gives.
fn word<T, E>(parsed: Result<T, E>, what: &'static str) -> Result<T, Defect> {
    parsed.map_err(|_| Defect::BadValue(what))
}
