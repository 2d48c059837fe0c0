//! Provider: the parts of an `IDPSSODescriptor` that a policy takes over.

use gatewright_bundle::program::Binding;
use gatewright_terms::Timestamp;

use super::entity::Found;
use super::{IdpMetadata, METADATA, MetadataRefused};
use crate::certificate::CertificateFacts;
use crate::instant;
use crate::refused::echo;
use crate::screen::{DSIG, base64_with_white_space};
use crate::xml::Element;

const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// SAML Core §8.3.6.
const ENTITY_ID_BYTES_MAX: usize = 1_024;
/// Two during a roll-over, four where an authority's stand beside; each is tried for each signature.
const CERTIFICATES_MAX: usize = 16;
/// As long as any browser's address.
const ENDPOINT_BYTES_MAX: usize = 2_048;
/// A format or a duration.
const WORD_BYTES_MAX: usize = 256;

pub(super) fn read(found: &Found<'_>) -> Result<IdpMetadata, MetadataRefused> {
    let provider = found.provider;
    let sso: Vec<(Binding, String)> =
        endpoints(provider, "SingleSignOnService")?.into_iter().map(|(binding, url, _)| (binding, url)).collect();
    if sso.is_empty() {
        return Err(MetadataRefused::new(
            "no-sign-in-endpoint",
            "no `SingleSignOnService` with the HTTP-Redirect or the HTTP-POST binding; enable one at the provider",
        ));
    }
    Ok(IdpMetadata {
        entity_id: entity_id(found.entity)?,
        certificates: certificates(provider)?,
        sso,
        slo: endpoints(provider, "SingleLogoutService")?,
        wants_signed_requests: boolean(provider, "WantAuthnRequestsSigned")?,
        name_id_formats: formats(provider)?,
        valid_until: valid_until(found)?,
        cache_duration: nearest(found, "cacheDuration").map(|text| word("cacheDuration", text)).transpose()?,
    })
}

fn entity_id(entity: Element<'_>) -> Result<String, MetadataRefused> {
    let id = entity.attribute("entityID").unwrap_or_default();
    let good = (1..=ENTITY_ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    good.then(|| id.to_owned()).ok_or_else(|| {
        MetadataRefused::new("entity-id", format!("the `entityID` {} is no entity id of up to 1024 bytes", echo(id)))
    })
}

/// Of the keys that sign: `use="signing"`, or no `use` at all (Metadata §2.4.1.1).
fn certificates(provider: Element<'_>) -> Result<Vec<Vec<u8>>, MetadataRefused> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for key in provider.child(METADATA, "KeyDescriptor") {
        match key.attribute("use") {
            Some("encryption") => continue,
            Some("signing") | None => {}
            Some(other) => {
                let text = format!("a `KeyDescriptor` has the unknown use {}", echo(other));
                return Err(MetadataRefused::new("key-use", text));
            }
        }
        for data in key.child(DSIG, "KeyInfo").flat_map(|info| info.child(DSIG, "X509Data")) {
            let Some(element) = only_certificate(data)? else { continue };
            let der = certificate(element)?;
            if !all.contains(&der) {
                all.push(der);
            }
            if all.len() > CERTIFICATES_MAX {
                return Err(MetadataRefused::new(
                    "too-many-certificates",
                    "it names more than 16 signing certificates",
                ));
            }
        }
    }
    if all.is_empty() {
        return Err(MetadataRefused::new(
            "no-signing-certificate",
            "no `KeyDescriptor` for signing with an `X509Certificate`: nothing that this provider says could be believed; let it \
             sign, and export the metadata again",
        ));
    }
    Ok(all)
}

/// Several in one `X509Data` are one certificate and the authorities above it, in no order that counts (XML Signature §4.5.4).
/// The authorities do not sign responses, and whoever holds the key of one is not this provider.
fn only_certificate(data: Element<'_>) -> Result<Option<Element<'_>>, MetadataRefused> {
    let mut certificates = data.child(DSIG, "X509Certificate");
    let only = certificates.next();
    if certificates.next().is_some() {
        return Err(MetadataRefused::new(
            "certificate-chain",
            "an `X509Data` holds several certificates: that is a chain, of which one signs; leave the one that \
             the provider signs with, and give each further signing certificate a `KeyDescriptor` of its own",
        ));
    }
    Ok(only)
}

fn certificate(element: Element<'_>) -> Result<Vec<u8>, MetadataRefused> {
    let refuse = |why: &str| {
        MetadataRefused::new(
            "certificate-unreadable",
            format!("an `X509Certificate` for signing is not readable: {why}"),
        )
    };
    let text = element.text().unwrap_or_default();
    let der = base64_with_white_space(text).ok_or_else(|| refuse("it is not base64"))?;
    CertificateFacts::parse(&der).map_err(|not| refuse(&not.to_string()))?;
    Ok(der)
}

/// Those with a binding that we speak. Others (SOAP, Artifact) are no mistake.
fn endpoints(provider: Element<'_>, name: &str) -> Result<Vec<(Binding, String, Option<String>)>, MetadataRefused> {
    let mut all = Vec::new();
    for endpoint in provider.child(METADATA, name) {
        let binding = match endpoint.attribute("Binding") {
            Some(REDIRECT) => Binding::Redirect,
            Some(POST) => Binding::Post,
            Some(_) | None => continue,
        };
        let location = address(name, endpoint.attribute("Location").unwrap_or_default())?;
        let answers = endpoint.attribute("ResponseLocation").map(|url| address(name, url)).transpose()?;
        let entry = (binding, location, answers);
        if !all.contains(&entry) {
            all.push(entry);
        }
    }
    Ok(all)
}

fn address(name: &str, url: &str) -> Result<String, MetadataRefused> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte);
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let good = url.len() <= ENDPOINT_BYTES_MAX
        && url.bytes().all(plain)
        && rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
    good.then(|| url.to_owned()).ok_or_else(|| {
        MetadataRefused::new("endpoint", format!("the address {} of a `{name}` is no https address", echo(url)))
    })
}

fn formats(provider: Element<'_>) -> Result<Vec<String>, MetadataRefused> {
    let mut all = Vec::new();
    for format in provider.child(METADATA, "NameIDFormat") {
        let format = word("NameIDFormat", format.text().unwrap_or_default().trim_ascii())?;
        if !all.contains(&format) {
            all.push(format);
        }
    }
    Ok(all)
}

/// The earliest of all: metadata is no better than what holds it (Metadata §2.3.1, §2.3.2, §2.4.1).
fn valid_until(found: &Found<'_>) -> Result<Option<Timestamp>, MetadataRefused> {
    let mut earliest: Option<Timestamp> = None;
    for text in attributes(found, "validUntil") {
        let until = instant::parse(text).ok_or_else(|| {
            MetadataRefused::new("valid-until", format!("`validUntil` {} is no moment in UTC", echo(text)))
        })?;
        earliest = Some(earliest.map_or(until, |earlier| earlier.min(until)));
    }
    Ok(earliest)
}

fn nearest<'d>(found: &Found<'d>, name: &'static str) -> Option<&'d str> {
    attributes(found, name).next()
}

/// From the inside to the outside.
fn attributes<'d>(found: &Found<'d>, name: &'static str) -> impl Iterator<Item = &'d str> {
    std::iter::once(found.provider).chain(found.holders.clone()).filter_map(move |element| element.attribute(name))
}

/// `xs:boolean`; absent is false.
fn boolean(element: Element<'_>, name: &'static str) -> Result<bool, MetadataRefused> {
    match element.attribute(name) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => {
            Err(MetadataRefused::new("boolean", format!("`{name}` is {}, neither `true` nor `false`", echo(other))))
        }
    }
}

fn word(name: &str, text: &str) -> Result<String, MetadataRefused> {
    let good = (1..=WORD_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    good.then(|| text.to_owned())
        .ok_or_else(|| MetadataRefused::new("word", format!("`{name}` {} is no word of up to 256 bytes", echo(text))))
}
