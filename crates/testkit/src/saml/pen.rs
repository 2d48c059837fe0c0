//! Pen: signs any text, at any place, in any way.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use roxmltree::{Document, Node, ParsingOptions};

use super::canonical::{Canonicalization, canonicalize};
use super::keys::{Digest, Key, Method};

/// How to sign. [`Signature::by`] is the honest way; a test changes what it is about.
#[derive(Debug, Clone)]
pub struct Signature {
    pub key: &'static Key,
    pub method: Method,
    pub canonicalization: Canonicalization,
    /// One is usual.
    pub references: Vec<Reference>,
    /// Of the signature's own elements; empty: a default namespace.
    pub prefix: &'static str,
    /// What follows `SignatureValue`, as XML; [`Signature::by`] puts the certificate there.
    pub after_value: String,
    /// An edit of the signature's own text before `SignedInfo` is signed.
    pub edit: Option<fn(&str) -> String>,
}

#[derive(Debug, Clone)]
pub struct Reference {
    /// `None`: `#` and the ID of the parent.
    pub uri: Option<String>,
    /// The ID of what is digested; `None`: the parent.
    pub of: Option<String>,
    /// The XML inside `Transforms`, between the enveloped one and the canonicalisation.
    pub more_transforms: String,
    pub enveloped: bool,
    pub canonicalization: Canonicalization,
    pub digest: Digest,
}

impl Default for Reference {
    fn default() -> Self {
        Self {
            uri: None,
            of: None,
            more_transforms: String::new(),
            enveloped: true,
            canonicalization: Canonicalization::Exclusive(Vec::new()),
            digest: Digest::Sha256,
        }
    }
}

impl Signature {
    pub fn by(key: &'static Key) -> Self {
        Self {
            key,
            method: Method::RsaSha256,
            canonicalization: Canonicalization::Exclusive(Vec::new()),
            references: vec![Reference::default()],
            prefix: "ds",
            after_value: format!(
                "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
                key.certificate_base64()
            ),
            edit: None,
        }
    }

    #[must_use]
    pub fn with(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.references.iter_mut().for_each(|one| one.digest = digest);
        self
    }

    /// The signature without its values.
    fn template(&self, parent_id: &str, digests: &[String]) -> String {
        let mut references = String::new();
        for (reference, digest) in self.references.iter().zip(digests) {
            let uri = reference.uri.clone().unwrap_or_else(|| format!("#{parent_id}"));
            let enveloped = if reference.enveloped {
                "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>"
            } else {
                ""
            };
            references.push_str(&format!(
                "<ds:Reference URI=\"{}\"><ds:Transforms>{enveloped}{}{}</ds:Transforms>\
                 <ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>",
                super::escape(&uri),
                reference.more_transforms,
                algorithm("Transform", &reference.canonicalization),
                reference.digest.uri(),
            ));
        }
        let text = format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>{}\
             <ds:SignatureMethod Algorithm=\"{}\"/>{references}</ds:SignedInfo>\
             <ds:SignatureValue>{VALUE}</ds:SignatureValue>{}</ds:Signature>",
            algorithm("CanonicalizationMethod", &self.canonicalization),
            self.method.uri(),
            self.after_value,
        );
        match self.prefix {
            "ds" => text,
            "" => text.replace("xmlns:ds=", "xmlns=").replace("<ds:", "<").replace("</ds:", "</"),
            other => text
                .replace("xmlns:ds=", &format!("xmlns:{other}="))
                .replace("<ds:", &format!("<{other}:"))
                .replace("</ds:", &format!("</{other}:")),
        }
    }
}

const VALUE: &str = "{value}";

fn algorithm(element: &str, canonicalization: &Canonicalization) -> String {
    let uri = canonicalization.uri();
    match canonicalization {
        Canonicalization::Exclusive(prefixes) if !prefixes.is_empty() => format!(
            "<ds:{element} Algorithm=\"{uri}\"><ec:InclusiveNamespaces \
             xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{}\"/></ds:{element}>",
            prefixes.join(" ")
        ),
        _ => format!("<ds:{element} Algorithm=\"{uri}\"/>"),
    }
}

/// The text with a signature in the place of `hole` (`{sign:assertion}`), over the element that the hole stands in. Holes
/// that are left count as nothing, so sign what is inside first.
///
/// # Panics
/// Where the text has no such hole once, or is not well-formed apart from its holes.
pub fn sign(text: &str, hole: &str, signature: &Signature) -> String {
    assert_eq!(text.matches(hole).count(), 1, "{hole} once in {text}");
    let (before, after) = text.split_once(hole).unwrap();
    let digests = digests(&format!("{}{MARK}{}", without_holes(before), without_holes(after)), signature);
    let parent_id = digests.0;
    let mut template = signature.template(&parent_id, &digests.1);
    if let Some(edit) = signature.edit {
        template = edit(&template);
    }
    let value = signature.key.sign(
        signature.method,
        &signed_info(
            &format!("{}{template}{}", without_holes(before), without_holes(after)),
            &signature.canonicalization,
        ),
    );
    format!("{before}{}{after}", template.replace(VALUE, &BASE64_STANDARD.encode(value)))
}

const MARK: &str = "<pen-mark/>";

/// The ID of the parent and the digest of every reference.
fn digests(text: &str, signature: &Signature) -> (String, Vec<String>) {
    let document = parse(text);
    let mark = document.descendants().find(|node| node.tag_name().name() == "pen-mark").unwrap();
    let parent = mark.parent_element().unwrap();
    let digests = signature.references.iter().map(|reference| {
        let target = reference.of.as_ref().map_or(parent, |id| {
            let mut found = document.descendants().filter(|node| id_of(*node) == Some(id));
            found.next().unwrap_or_else(|| panic!("an element with the ID {id}"))
        });
        let octets = canonicalize(target, &reference.canonicalization, Some(mark));
        BASE64_STANDARD.encode(reference.digest.of(octets.as_bytes()))
    });
    (id_of(parent).unwrap_or_default().to_owned(), digests.collect())
}

fn id_of<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.attribute("ID").or_else(|| node.attribute("Id"))
}

/// The octets of the `SignedInfo` beside the empty value.
fn signed_info(text: &str, mode: &Canonicalization) -> Vec<u8> {
    let document = parse(text);
    let value = document.descendants().find(|node| node.is_element() && node.text() == Some(VALUE)).unwrap();
    let siblings = value.parent_element().unwrap();
    let info = siblings.children().find(|node| node.tag_name().name() == "SignedInfo").unwrap();
    canonicalize(info, mode, None).into_bytes()
}

fn parse(text: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn without_holes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{sign:") {
        out.push_str(before);
        rest = after.split_once('}').unwrap().1;
    }
    out.push_str(rest);
    out
}
