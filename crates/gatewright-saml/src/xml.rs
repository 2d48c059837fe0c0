//! Xml: bytes to a flat tree, strictly: the subset of XML 1.0 with namespaces that SAML needs.
//!
//! Reads the bytes of a whole document; gives [`Document`] or the first fault with its place. `xml/read` is the reader,
//! `xml/cursor` its characters, `xml/content` what a text means, `xml/namespaces` what a prefix means.
//!
//! Trust: alleged on the way in; on the way out only well-formed, never believed.
//! Invariant: linear and non-recursive; [`Document::steps`] counts the work (ST-SAML-22).
//! Invariant: no document type, no entity but the five and character references, no processing instruction, no comment, no
//! CDATA section: none of them ever reaches a value (ST-SAML-03, ST-SAML-04).
//! Invariant: owned text is never longer than the text that it was made from, so memory is bounded by the input.

mod content;
mod cursor;
mod namespaces;
mod read;

use std::borrow::Cow;
use std::ops::Range;

pub(crate) use cursor::{is_ncname, is_white};

/// Bound to the prefix `xml` and to nothing else (Namespaces in XML 1.0 §3).
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// Of a prefix or a local name, in bytes. The longest of SAML and its relatives has 30; other parsers have limits of their
/// own, and all must read the same tree.
pub const NAME_BYTES_MAX: usize = 128;
/// Of a namespace name, in bytes. The longest of SAML and its relatives has 70. Canonicalisation repeats it at every element
/// that uses it: this bounds how much longer than its source a canonical form can be.
pub const NAMESPACE_BYTES_MAX: usize = 256;
/// Of one element, its namespace declarations included. The most in any schema of SAML is 7, the most seen 20.
pub const ATTRIBUTES_OF_ONE_ELEMENT_MAX: usize = 64;
/// Of one place. Other software walks through all of them for every element.
pub const NAMESPACES_IN_SCOPE_MAX: usize = 64;

/// How large a document may be. Each caller names its own.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub bytes_max: usize,
    pub depth_max: usize,
    pub elements_max: usize,
    /// Without namespace declarations.
    pub attributes_max: usize,
    /// Declarations in the whole document.
    pub namespaces_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlFault {
    /// Not UTF-8, not well-formed, or against Namespaces in XML.
    Malformed,
    /// Document type, entity, processing instruction, comment, CDATA section.
    ForbiddenMarkup,
    /// A limit is exceeded.
    TooLarge,
}

/// Why bytes are no document that we take: the first fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlRefused {
    pub kind: XmlFault,
    /// A stable word for the rule.
    pub reason: &'static str,
    /// In bytes from the start.
    pub offset: usize,
}

impl std::fmt::Display for XmlRefused {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} at byte {}", self.reason, self.offset)
    }
}

impl std::error::Error for XmlRefused {}

/// A whole document. Borrows its text.
#[derive(Debug)]
pub struct Document<'a> {
    text: &'a str,
    /// In document order, so that a subtree is a range.
    nodes: Vec<Node<'a>>,
    /// In document order, so that those of an element are a range.
    attributes: Vec<AttributeNode<'a>>,
    steps: u64,
}

#[derive(Debug)]
struct Node<'a> {
    namespace: &'a str,
    name: &'a str,
    parent: Option<usize>,
    /// One past its last descendant.
    end: usize,
    attributes: Range<usize>,
    span: Range<usize>,
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    Text(Cow<'a, str>),
    Elements { text_beside: bool },
}

#[derive(Debug)]
struct AttributeNode<'a> {
    namespace: &'a str,
    name: &'a str,
    value: Cow<'a, str>,
}

impl<'a> Document<'a> {
    /// # Errors
    /// The first fault in reading order; limits are checked before memory grows.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, XmlRefused> {
        read::read(bytes, limits, &mut 0)
    }

    /// The same; `steps` grows by what was visited, also where the bytes are refused.
    ///
    /// # Errors
    /// Those of [`Document::parse`].
    pub fn parse_counting(bytes: &'a [u8], limits: &Limits, steps: &mut u64) -> Result<Document<'a>, XmlRefused> {
        read::read(bytes, limits, steps)
    }

    pub fn root(&self) -> Element<'_> {
        Element { document: self, at: 0 }
    }

    /// The whole source.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Bytes, attributes and look-ups that were visited.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    pub fn elements(&self) -> usize {
        self.nodes.len()
    }

    /// The element with this [`Element::index`].
    pub(crate) fn element(&self, index: usize) -> Option<Element<'_>> {
        self.nodes.get(index).map(|_| Element { document: self, at: index })
    }
}

/// One element of it.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    at: usize,
}

impl<'d> Element<'d> {
    #[expect(
        clippy::indexing_slicing,
        reason = "an element is only made with an index of its document, which never shrinks"
    )]
    fn node(self) -> &'d Node<'d> {
        &self.document.nodes[self.at]
    }

    /// Its place in document order; the root is 0.
    pub(crate) fn index(self) -> usize {
        self.at
    }

    /// Resolved; empty where there is none.
    pub fn namespace(self) -> &'d str {
        self.node().namespace
    }

    /// Without prefix.
    pub fn name(self) -> &'d str {
        self.node().name
    }

    pub fn is(self, namespace: &str, name: &str) -> bool {
        self.name() == name && self.namespace() == namespace
    }

    /// The value of the attribute that has this name and no namespace: normalised and unescaped.
    pub fn attribute(self, name: &str) -> Option<&'d str> {
        self.attributes()
            .find(|attribute| attribute.name() == name && attribute.namespace().is_empty())
            .map(Attribute::value)
    }

    /// Without namespace declarations.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'d>> {
        let own = self.document.attributes.get(self.node().attributes.clone()).unwrap_or_default();
        own.iter().map(|node| Attribute { node })
    }

    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        let (document, end) = (self.document, self.node().end);
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            let child = (at < end).then_some(Element { document, at })?;
            at = child.node().end;
            Some(child)
        })
    }

    /// The children of this name.
    pub fn child(self, namespace: &str, name: &str) -> impl Iterator<Item = Element<'d>> {
        self.children().filter(move |child| child.is(namespace, name))
    }

    /// The whole character content; `None` where there are element children.
    pub fn text(self) -> Option<&'d str> {
        match &self.node().content {
            Content::Text(text) => Some(text),
            Content::Elements { .. } => None,
        }
    }

    /// Anything but white space between children. A character reference is something.
    pub fn has_text_beside_elements(self) -> bool {
        matches!(self.node().content, Content::Elements { text_beside: true })
    }

    pub fn parent(self) -> Option<Element<'d>> {
        self.node().parent.map(|at| Element { document: self.document, at })
    }

    /// From `<` to after the end tag, in bytes of the source.
    pub fn span(self) -> Range<usize> {
        self.node().span.clone()
    }

    /// Document order, itself first.
    pub fn descendants(self) -> impl Iterator<Item = Element<'d>> {
        let document = self.document;
        (self.at..self.node().end).map(move |at| Element { document, at })
    }
}

/// The same element of the same document.
impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.at == other.at
    }
}

impl Eq for Element<'_> {}

/// Personal data stand in texts: only the name prints.
impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Element({{{}}}{} at {:?})", self.namespace(), self.name(), self.span())
    }
}

/// One attribute that is no namespace declaration.
#[derive(Clone, Copy)]
pub struct Attribute<'d> {
    node: &'d AttributeNode<'d>,
}

impl<'d> Attribute<'d> {
    /// Resolved; empty where there is no prefix.
    pub fn namespace(self) -> &'d str {
        self.node.namespace
    }

    pub fn name(self) -> &'d str {
        self.node.name
    }

    /// Normalised (XML 1.0 §3.3.3) and unescaped.
    pub fn value(self) -> &'d str {
        &self.node.value
    }
}

impl std::fmt::Debug for Attribute<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Attribute({{{}}}{})", self.namespace(), self.name())
    }
}

/// The same bytes without the mark that some editors put before a file.
///
/// The reader itself refuses it: no binding sends one, it belongs to no canonical form, and other software disagrees on
/// whether offsets count it. Files of metadata are the one place where it stands.
pub fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(cursor::BYTE_ORDER_MARK).unwrap_or(bytes)
}
