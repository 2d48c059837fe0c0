//! Canonical: canonical XML of one element, exclusive and inclusive, with and without comments.
//!
//! Reads text through `roxmltree`, which is no part of the product.

use std::collections::BTreeMap;

use roxmltree::{Attribute, Node};

pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Canonicalization {
    /// `InclusiveNamespaces` lists these prefixes; `#default` is the empty one.
    Exclusive(Vec<String>),
    ExclusiveWithComments,
    Inclusive,
    InclusiveWithComments,
}

impl Canonicalization {
    pub fn uri(&self) -> &'static str {
        match self {
            Self::Exclusive(_) => "http://www.w3.org/2001/10/xml-exc-c14n#",
            Self::ExclusiveWithComments => "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
            Self::Inclusive => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            Self::InclusiveWithComments => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        }
    }

    fn comments(&self) -> bool {
        matches!(self, Self::ExclusiveWithComments | Self::InclusiveWithComments)
    }

    /// Whether the prefix is written although nothing uses it.
    fn always(&self, prefix: &str) -> bool {
        match self {
            Self::Exclusive(list) => list.iter().any(|one| one == prefix || (one == "#default" && prefix.is_empty())),
            Self::ExclusiveWithComments => false,
            Self::Inclusive | Self::InclusiveWithComments => true,
        }
    }
}

type Names = BTreeMap<String, String>;

/// The octets of the element and everything in it but `left_out`.
pub fn canonicalize(node: Node<'_, '_>, mode: &Canonicalization, left_out: Option<Node<'_, '_>>) -> String {
    let mut out = String::new();
    let mut writer = Writer { mode, left_out, out: &mut out };
    writer.element(node, &Names::new(), true);
    out
}

struct Writer<'w> {
    mode: &'w Canonicalization,
    left_out: Option<Node<'w, 'w>>,
    out: &'w mut String,
}

impl Writer<'_> {
    fn element(&mut self, node: Node<'_, '_>, rendered: &Names, apex: bool) {
        let name = qualified(node);
        let mut rendered = rendered.clone();
        self.out.push('<');
        self.out.push_str(name);
        for (prefix, uri) in self.declarations(node, &mut rendered) {
            let colon = if prefix.is_empty() { "" } else { ":" };
            self.out.push_str(&format!(" xmlns{colon}{prefix}=\"{}\"", attribute_text(&uri)));
        }
        for (name, value) in self.attributes(node, apex) {
            self.out.push_str(&format!(" {name}=\"{}\"", attribute_text(&value)));
        }
        self.out.push('>');
        for child in node.children() {
            self.child(child, &rendered);
        }
        self.out.push_str(&format!("</{name}>"));
    }

    fn child(&mut self, child: Node<'_, '_>, rendered: &Names) {
        if child.is_element() {
            if self.left_out.is_none_or(|left_out| left_out.range() != child.range()) {
                self.element(child, rendered, false);
            }
        } else if child.is_comment() {
            if self.mode.comments() {
                self.out.push_str(&format!("<!--{}-->", child.text().unwrap_or_default()));
            }
        } else if let Some(instruction) = child.pi() {
            let value = instruction.value.map(|value| format!(" {value}")).unwrap_or_default();
            self.out.push_str(&format!("<?{}{value}?>", instruction.target));
        } else {
            self.out.push_str(&text(child.text().unwrap_or_default()));
        }
    }

    /// What must be declared here, and is noted as declared.
    fn declarations(&self, node: Node<'_, '_>, rendered: &mut Names) -> Names {
        let in_scope: Names =
            node.namespaces().map(|one| (one.name().unwrap_or_default().to_owned(), one.uri().to_owned())).collect();
        let mut wanted: Vec<String> = in_scope.keys().filter(|prefix| self.mode.always(prefix)).cloned().collect();
        wanted.push(prefix(qualified(node)).to_owned());
        wanted.extend(
            node.attributes().map(|one| prefix(attribute_name(node, &one)).to_owned()).filter(|p| !p.is_empty()),
        );
        let mut declared = Names::new();
        for prefix in wanted.into_iter().filter(|prefix| prefix != "xml") {
            let uri = in_scope.get(&prefix).cloned().unwrap_or_default();
            let known = rendered.get(&prefix).cloned();
            if known.as_ref() != Some(&uri) && !(uri.is_empty() && known.is_none()) {
                rendered.insert(prefix.clone(), uri.clone());
                declared.insert(prefix, uri);
            }
        }
        declared
    }

    /// Sorted by namespace, then name. Inclusive forms take `xml:` attributes of the ancestors along.
    fn attributes(&self, node: Node<'_, '_>, apex: bool) -> Vec<(String, String)> {
        let mut all: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
        let key = |one: &Attribute<'_, '_>| (one.namespace().unwrap_or_default().to_owned(), one.name().to_owned());
        if apex && matches!(self.mode, Canonicalization::Inclusive | Canonicalization::InclusiveWithComments) {
            for ancestor in node.ancestors().skip(1) {
                for one in ancestor.attributes().filter(|one| one.namespace() == Some(XML)) {
                    all.entry(key(&one)).or_insert((format!("xml:{}", one.name()), one.value().to_owned()));
                }
            }
        }
        for one in node.attributes() {
            all.insert(key(&one), (attribute_name(node, &one).to_owned(), one.value().to_owned()));
        }
        all.into_values().collect()
    }
}

/// The name with its prefix, as the source spells it.
fn qualified<'i>(node: Node<'_, 'i>) -> &'i str {
    let rest = &node.document().input_text()[node.range().start + 1..];
    &rest[..rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap()]
}

fn attribute_name<'i>(node: Node<'_, 'i>, attribute: &Attribute<'_, 'i>) -> &'i str {
    &node.document().input_text()[attribute.range_qname()]
}

fn prefix(qualified: &str) -> &str {
    qualified.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn text(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;")
}

fn attribute_text(value: &str) -> String {
    let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    value.replace('\t', "&#x9;").replace('\n', "&#xA;").replace('\r', "&#xD;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(xml: &str, name: &str, mode: &Canonicalization) -> String {
        let document = roxmltree::Document::parse(xml).unwrap();
        let node = document.descendants().find(|node| node.tag_name().name() == name).unwrap();
        canonicalize(node, mode, None)
    }

    /// The example of Exclusive XML Canonicalization §2.2.
    #[test]
    fn the_examples_of_the_standard() {
        let xml = r#"<n0:pdu xmlns:n0="http://a.example" xmlns:n1="http://b.example" xml:lang="en"><n1:elem2 xml:space="default"><n1:stuff/><n1:stuff/></n1:elem2></n0:pdu>"#;
        assert_eq!(
            canonical(xml, "elem2", &Canonicalization::Exclusive(Vec::new())),
            r#"<n1:elem2 xmlns:n1="http://b.example" xml:space="default"><n1:stuff></n1:stuff><n1:stuff></n1:stuff></n1:elem2>"#
        );
        assert_eq!(
            canonical(xml, "elem2", &Canonicalization::Inclusive),
            r#"<n1:elem2 xmlns:n0="http://a.example" xmlns:n1="http://b.example" xml:lang="en" xml:space="default"><n1:stuff></n1:stuff><n1:stuff></n1:stuff></n1:elem2>"#
        );
    }

    #[test]
    fn order_escapes_and_defaults() {
        let xml = "<e xmlns='u' b='2' a='&#10;&lt;' xmlns:z='y' z:a='3'><!-- c --><f xmlns=''>a&#13;&gt;</f></e>";
        assert_eq!(
            canonical(xml, "e", &Canonicalization::Exclusive(Vec::new())),
            "<e xmlns=\"u\" xmlns:z=\"y\" a=\"&#xA;&lt;\" b=\"2\" z:a=\"3\"><f xmlns=\"\">a&#xD;&gt;</f></e>"
        );
        assert!(canonical(xml, "e", &Canonicalization::ExclusiveWithComments).contains("<!-- c -->"));
    }
}
