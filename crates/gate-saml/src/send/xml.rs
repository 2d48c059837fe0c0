//! Xml: writes small documents in exclusive canonical form (Exclusive XML Canonicalization 1.0), by construction.
//!
//! Invariant: what comes out is its own canonical form: a prefix is declared where it is first used on a path and nowhere
//! else, attributes have no namespace and stand in the order of their names, no element is written in the short way, and
//! exactly the characters are escaped that the canonical form escapes.
//! Invariant: names are ours, fixed in the program; values are anybody's, and escaped here and nowhere else (ST-SAML-29).

use std::collections::BTreeMap;

use super::NotSent;

/// The vocabularies that we write, each with the one prefix that we give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Ds,
    Md,
    Saml,
    Samlp,
    Xenc11,
}

/// The prefixes that are declared on the way down to an element.
type Declared<'a> = &'a [Namespace];

/// An element with attributes that have no namespace.
#[derive(Debug, Clone)]
pub(super) struct Element {
    namespace: Namespace,
    name: &'static str,
    attributes: BTreeMap<&'static str, String>,
    nodes: Vec<Node>,
}

#[derive(Debug, Clone)]
enum Node {
    Element(Element),
    Text(String),
}

impl Namespace {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Ds => "ds",
            Self::Md => "md",
            Self::Saml => "saml",
            Self::Samlp => "samlp",
            Self::Xenc11 => "xenc11",
        }
    }

    const fn uri(self) -> &'static str {
        match self {
            Self::Ds => "http://www.w3.org/2000/09/xmldsig#",
            Self::Md => "urn:oasis:names:tc:SAML:2.0:metadata",
            Self::Saml => "urn:oasis:names:tc:SAML:2.0:assertion",
            Self::Samlp => "urn:oasis:names:tc:SAML:2.0:protocol",
            Self::Xenc11 => "http://www.w3.org/2009/xmlenc11#",
        }
    }
}

impl Element {
    pub(super) fn new(namespace: Namespace, name: &'static str) -> Self {
        Self { namespace, name, attributes: BTreeMap::new(), nodes: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.insert(name, value.into());
        self
    }

    pub(super) fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn child(mut self, child: Self) -> Self {
        self.nodes.push(Node::Element(child));
        self
    }

    pub(super) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.nodes.extend(children.into_iter().map(Node::Element));
        self
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.nodes.push(Node::Text(text.into()));
        self
    }

    /// Right behind the first child, where the schemas of SAML want a signature: after `Issuer`.
    pub(super) fn insert_after_first(&mut self, child: Self) {
        self.nodes.insert(self.nodes.len().min(1), Node::Element(child));
    }

    /// The canonical form of a document whose root this is; UTF-8.
    pub(super) fn canonical(&self) -> Result<String, NotSent> {
        let mut out = String::new();
        self.write(&mut out, &[])?;
        Ok(out)
    }

    /// As deep as the program nests its own elements.
    fn write(&self, out: &mut String, declared: Declared<'_>) -> Result<(), NotSent> {
        let (prefix, name) = (self.namespace.prefix(), self.name);
        out.extend(["<", prefix, ":", name]);
        let mut below = declared.to_vec();
        if !declared.contains(&self.namespace) {
            out.extend([" xmlns:", prefix, "=\"", self.namespace.uri(), "\""]);
            below.push(self.namespace);
        }
        for (attribute, value) in &self.attributes {
            out.extend([" ", attribute, "=\""]);
            escape(out, value, attribute, in_attribute)?;
            out.push('"');
        }
        out.push('>');
        for node in &self.nodes {
            match node {
                Node::Element(element) => element.write(out, &below)?,
                Node::Text(text) => escape(out, text, name, in_text)?,
            }
        }
        out.extend(["</", prefix, ":", name, ">"]);
        Ok(())
    }
}

fn escape(
    out: &mut String,
    value: &str,
    what: &'static str,
    escaped: fn(char) -> Option<&'static str>,
) -> Result<(), NotSent> {
    for character in value.chars() {
        match escaped(character) {
            Some(reference) => out.push_str(reference),
            None if is_xml(character) => out.push(character),
            None => return Err(NotSent::NotXml(what)),
        }
    }
    Ok(())
}

/// Canonical XML 1.0 §2.3, text nodes.
const fn in_text(character: char) -> Option<&'static str> {
    match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#xD;"),
        _ => None,
    }
}

/// Canonical XML 1.0 §2.3, attribute nodes.
const fn in_attribute(character: char) -> Option<&'static str> {
    match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        _ => None,
    }
}

/// XML 1.0, production 2.
const fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_saml_29_markup_is_data() {
        let hostile = "a&b<c>d\"e'f]]>\t\n\r\u{e9}\u{1f511}<!--";
        let element = Element::new(Namespace::Saml, "Issuer").with("Format", hostile).text(hostile);
        assert_eq!(
            element.canonical().unwrap(),
            "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
             Format=\"a&amp;b&lt;c>d&quot;e'f]]>&#x9;&#xA;&#xD;\u{e9}\u{1f511}&lt;!--\">\
             a&amp;b&lt;c&gt;d\"e'f]]&gt;\t\n&#xD;\u{e9}\u{1f511}&lt;!--</saml:Issuer>"
        );
    }

    #[test]
    fn st_saml_29_what_xml_cannot_carry_is_an_error() {
        for bad in ['\0', '\u{1}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
            let text = Element::new(Namespace::Saml, "Issuer").text(bad);
            assert_eq!(text.canonical(), Err(NotSent::NotXml("Issuer")), "{bad:?}");
            let attribute = Element::new(Namespace::Saml, "Issuer").with("Format", bad);
            assert_eq!(attribute.canonical(), Err(NotSent::NotXml("Format")), "{bad:?}");
        }
    }

    #[test]
    fn prefixes_are_declared_where_they_are_first_used_and_attributes_are_sorted() {
        let leaf = || Element::new(Namespace::Saml, "Leaf");
        let root = Element::new(Namespace::Samlp, "Root").with("b", "2").with("B", "1").with_some("c", None::<&str>);
        let root = root.child(leaf().child(leaf())).child(leaf()).children([Element::new(Namespace::Samlp, "End")]);
        assert_eq!(
            root.canonical().unwrap(),
            "<samlp:Root xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" B=\"1\" b=\"2\">\
             <saml:Leaf xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:Leaf></saml:Leaf></saml:Leaf>\
             <saml:Leaf xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"></saml:Leaf>\
             <samlp:End></samlp:End></samlp:Root>"
        );
    }
}
