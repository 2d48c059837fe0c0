//! Read: the reader itself: tags and texts in one pass, with a stack of open elements instead of recursion.
//!
//! Invariant: a limit is checked before anything is kept.

use std::collections::HashSet;

use super::content::{Place, decode};
use super::cursor::{Cursor, Written, forbidden, is_white, malformed, too_large};
use super::namespaces::{FEW, Mark, Scopes};
use super::{ATTRIBUTES_OF_ONE_ELEMENT_MAX, AttributeNode, Content, Document, Limits, Node, XmlRefused};

/// As messages of providers have it, so that the tree of one is seldom moved while it grows.
const BYTES_OF_A_NODE: usize = 64;

struct Reader<'a, 'l> {
    cursor: Cursor<'a>,
    limits: &'l Limits,
    nodes: Vec<Node<'a>>,
    attributes: Vec<AttributeNode<'a>>,
    scopes: Scopes<'a>,
    open: Vec<Open<'a>>,
    /// Of one start tag, emptied for each: as they are written.
    written: Vec<(Written<'a>, &'a str, usize)>,
    /// Of one start tag that has more than [`FEW`], emptied for each: number of the namespace and local name.
    seen: HashSet<(usize, &'a str)>,
}

struct Open<'a> {
    at: usize,
    /// With its prefix: the end tag must repeat it.
    name: &'a str,
    has_children: bool,
    text_beside: bool,
    mark: Mark,
}

/// Adds what was visited to `steps`, however it ends.
pub(super) fn read<'a>(bytes: &'a [u8], limits: &Limits, steps: &mut u64) -> Result<Document<'a>, XmlRefused> {
    if bytes.len() > limits.bytes_max {
        return Err(too_large("too-many-bytes", limits.bytes_max));
    }
    // Of `Cursor::over`, which goes over all of it three times.
    let over = 3 * bytes.len() as u64;
    *steps += over;
    let mut reader = Reader {
        cursor: Cursor::over(bytes)?,
        limits,
        nodes: Vec::with_capacity(bytes.len() / BYTES_OF_A_NODE),
        attributes: Vec::with_capacity(bytes.len() / BYTES_OF_A_NODE),
        scopes: Scopes::new(),
        open: Vec::new(),
        written: Vec::new(),
        seen: HashSet::new(),
    };
    let read = reader.document();
    *steps += reader.cursor.steps;
    read?;
    let Reader { cursor, nodes, attributes, .. } = reader;
    Ok(Document { text: cursor.text, nodes, attributes, steps: over + cursor.steps })
}

impl<'a> Reader<'a, '_> {
    fn document(&mut self) -> Result<(), XmlRefused> {
        self.declaration()?;
        self.cursor.white();
        self.markup()?;
        while !self.open.is_empty() {
            self.content()?;
        }
        self.cursor.white();
        self.nothing_more()
    }

    /// `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`, at the very start, or nothing.
    fn declaration(&mut self) -> Result<(), XmlRefused> {
        let cursor = &mut self.cursor;
        if !cursor.rest().starts_with("<?xml") || cursor.rest().get(5..).is_some_and(|rest| !rest.starts_with(is_white))
        {
            return Ok(());
        }
        cursor.take("<?xml");
        let mut allowed: &[(&str, &[&str])] =
            &[("version", &["1.0"]), ("encoding", &["utf-8"]), ("standalone", &["yes", "no"])];
        let mut first = true;
        while cursor.white() && cursor.peek() != Some(b'?') {
            let offset = cursor.at;
            let name = cursor.name()?;
            let value = assigned(cursor)?;
            let at = allowed.iter().position(|(known, _)| *known == name.whole);
            let (at, (_, values)) = at
                .and_then(|at| Some((at, allowed.get(at)?)))
                .filter(|(at, _)| !first || *at == 0)
                .ok_or_else(|| malformed("declaration", offset))?;
            // The encoding alone is compared without case (§4.3.3).
            let fits =
                |known: &&str| *known == value || (name.whole == "encoding" && known.eq_ignore_ascii_case(value));
            if !values.iter().any(fits) {
                return Err(malformed("declaration", offset));
            }
            allowed = allowed.get(at + 1..).unwrap_or_default();
            first = false;
        }
        if first {
            return Err(malformed("declaration", cursor.at));
        }
        cursor.expect("?>", "declaration")
    }

    /// A text and the tag after it.
    fn content(&mut self) -> Result<(), XmlRefused> {
        let offset = self.cursor.at;
        let run = self.cursor.until(b'<', "unclosed-element")?;
        self.cursor.steps += run.len() as u64;
        if self.cursor.rest().starts_with("</") {
            return self.end_tag(run, offset);
        }
        self.beside(run, offset)?;
        self.markup()
    }

    /// A text that stands beside child elements.
    fn beside(&mut self, run: &str, offset: usize) -> Result<(), XmlRefused> {
        // Decoded for its faults alone.
        decode(run, Place::BetweenTags, offset)?;
        if let Some(open) = self.open.last_mut() {
            open.text_beside |= !run.chars().all(is_white);
        }
        Ok(())
    }

    /// What begins with `<` and is no end tag: a start tag, or refused.
    fn markup(&mut self) -> Result<(), XmlRefused> {
        let rest = self.cursor.rest();
        let at = self.cursor.at;
        if rest.starts_with("<?") {
            return Err(forbidden("processing-instruction", at));
        }
        if rest.starts_with("<!--") {
            return Err(forbidden("comment", at));
        }
        if rest.starts_with("<![CDATA[") {
            return Err(forbidden("cdata-section", at));
        }
        if rest.starts_with("<!") {
            return Err(forbidden("document-type", at));
        }
        self.cursor.expect("<", "no-root-element")?;
        self.start_tag(at)
    }

    fn start_tag(&mut self, start: usize) -> Result<(), XmlRefused> {
        if self.open.len() >= self.limits.depth_max {
            return Err(too_large("too-deep", start));
        }
        if self.nodes.len() >= self.limits.elements_max {
            return Err(too_large("too-many-elements", start));
        }
        let name = self.cursor.name()?;
        let mark = self.scopes.mark();
        self.written.clear();
        let is_empty = self.tag_rest(mark)?;
        // Nothing is defined there for an element, and readers disagree on `<xml:a/>`.
        if matches!(name.prefix, "xml" | "xmlns") {
            return Err(malformed("namespace-reserved", name.offset));
        }
        let namespace = self.scopes.of_element(&name, &mut self.cursor)?.name;
        let attributes = self.keep_attributes()?;
        let at = self.nodes.len();
        let parent = self.open.last_mut().map(|open| {
            open.has_children = true;
            open.at
        });
        let content = Content::Text("".into());
        let span = start..self.cursor.at;
        self.nodes.push(Node { namespace, name: name.local, parent, end: at + 1, attributes, span, content });
        if is_empty {
            self.scopes.leave(mark);
        } else {
            self.open.push(Open { at, name: name.whole, has_children: false, text_beside: false, mark });
        }
        Ok(())
    }

    /// Attributes and namespace declarations up to the end of the tag; whether the element is empty (`/>`).
    fn tag_rest(&mut self, mark: Mark) -> Result<bool, XmlRefused> {
        let mut count = 0;
        loop {
            let white = self.cursor.white();
            if self.cursor.take(">") {
                return Ok(false);
            }
            if self.cursor.take("/>") {
                return Ok(true);
            }
            if self.cursor.is_at_end() {
                return Err(malformed("unclosed-tag", self.cursor.at));
            }
            if !white {
                return Err(malformed("no-space-before-attribute", self.cursor.at));
            }
            count += 1;
            if count > ATTRIBUTES_OF_ONE_ELEMENT_MAX {
                return Err(too_large("attributes-of-one-element", self.cursor.at));
            }
            self.attribute(mark)?;
        }
    }

    fn attribute(&mut self, mark: Mark) -> Result<(), XmlRefused> {
        let name = self.cursor.name()?;
        let value = assigned(&mut self.cursor)?;
        // Before the quote.
        let offset = self.cursor.at - value.len() - 1;
        self.cursor.steps += value.len() as u64 + 1;
        // `p:xmlns` would be an attribute, and some readers take it for a declaration.
        if !name.prefix.is_empty() && name.local == "xmlns" {
            return Err(malformed("namespace-reserved", name.offset));
        }
        if name.prefix == "xmlns" || name.whole == "xmlns" {
            if self.scopes.declared >= self.limits.namespaces_max {
                return Err(too_large("too-many-namespaces", name.offset));
            }
            return self.scopes.declare(&name, value, mark);
        }
        if self.attributes.len() + self.written.len() >= self.limits.attributes_max {
            return Err(too_large("too-many-attributes", name.offset));
        }
        self.written.push((name, value, offset));
        Ok(())
    }

    /// Once every declaration of the tag is known.
    fn keep_attributes(&mut self) -> Result<std::ops::Range<usize>, XmlRefused> {
        let from = self.attributes.len();
        self.seen.clear();
        let few = self.written.len() <= FEW;
        for (name, written, offset) in &self.written {
            let namespace = self.scopes.of_attribute(name, &mut self.cursor)?;
            self.cursor.steps += name.whole.len() as u64 + 1;
            let is_new = if few {
                let same = |kept: &AttributeNode<'_>| kept.name == name.local && kept.namespace == namespace.name;
                !self.attributes.iter().skip(from).any(same)
            } else {
                self.seen.insert((namespace.number, name.local))
            };
            if !is_new {
                return Err(malformed("attribute-doubled", name.offset));
            }
            let value = decode(written, Place::AttributeValue, *offset)?;
            self.attributes.push(AttributeNode { namespace: namespace.name, name: name.local, value });
        }
        Ok(from..self.attributes.len())
    }

    fn end_tag(&mut self, run: &'a str, offset: usize) -> Result<(), XmlRefused> {
        let start = self.cursor.at;
        self.cursor.expect("</", "unclosed-element")?;
        let name = self.cursor.name()?;
        self.cursor.white();
        self.cursor.expect(">", "unclosed-tag")?;
        let open =
            self.open.pop().filter(|open| open.name == name.whole).ok_or_else(|| malformed("crossed-tags", start))?;
        let text = decode(run, Place::BetweenTags, offset)?;
        let end = self.nodes.len();
        if let Some(node) = self.nodes.get_mut(open.at) {
            node.span.end = self.cursor.at;
            node.end = end;
            node.content = if open.has_children {
                Content::Elements { text_beside: open.text_beside || !run.chars().all(is_white) }
            } else {
                Content::Text(text)
            };
        }
        self.scopes.leave(open.mark);
        Ok(())
    }

    /// After the root there is white space alone.
    fn nothing_more(&mut self) -> Result<(), XmlRefused> {
        match self.cursor.peek() {
            None => Ok(()),
            Some(b'<') if self.cursor.rest().starts_with("<!") || self.cursor.rest().starts_with("<?") => self.markup(),
            Some(b'<') => Err(malformed("second-root", self.cursor.at)),
            Some(_) => Err(malformed("text-outside-the-root", self.cursor.at)),
        }
    }
}

/// `= "value"`: what stands between the quotes, as it is written.
fn assigned<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, XmlRefused> {
    cursor.white();
    cursor.expect("=", "attribute-without-value")?;
    cursor.white();
    let (stop, quote) = if cursor.take("\"") { (b'"', "\"") } else { (b'\'', "'") };
    if quote == "'" {
        cursor.expect("'", "attribute-without-quotes")?;
    }
    let value = cursor.until(stop, "unclosed-value")?;
    cursor.expect(quote, "less-than-in-value")?;
    Ok(value)
}
