//! Differential: what our reader accepts, another reader sees as the same tree (ST-SAML-02).
//!
//! The other one is `roxmltree`, which shares no code with ours. It may take more; it must never see something else. It is
//! given line feeds for single carriage returns: XML 1.0 §2.11 says that they are the same, and it keeps the latter where
//! they end a text behind a reference. (What ours makes of them is told by the tests of `tree`.)

use std::fmt::Write;

use gatewright_saml::xml::{Document, Element};
use proptest::prelude::*;

use crate::LIMITS;

/// A tree as a text: everything that a reader of messages could look at.
fn ours(element: Element<'_>) -> String {
    let mut out = String::new();
    for one in element.descendants() {
        let depth = std::iter::successors(one.parent(), |parent| parent.parent()).count();
        let attributes: Vec<_> = one.attributes().map(|a| (a.namespace(), a.name(), a.value())).collect();
        write!(out, "{depth} {:?} {:?} {attributes:?} {:?}", one.namespace(), one.name(), one.span()).unwrap();
        writeln!(out, " {:?} {}", one.text(), one.has_text_beside_elements()).unwrap();
    }
    out
}

fn theirs(document: &roxmltree::Document<'_>, source: &str) -> String {
    let mut out = String::new();
    for one in document.root_element().descendants().filter(roxmltree::Node::is_element) {
        let depth = one.ancestors().filter(roxmltree::Node::is_element).count() - 1;
        let attributes: Vec<_> = one.attributes().map(|a| (a.namespace().unwrap_or(""), a.name(), a.value())).collect();
        let has_elements = one.children().any(|child| child.is_element());
        let text: String = one.children().filter_map(|child| child.text()).collect();
        let text = (!has_elements).then_some(text);
        // A character reference to white space is text for us.
        let raw: String = one.children().filter(roxmltree::Node::is_text).map(|child| &source[child.range()]).collect();
        let beside = has_elements && !raw.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        let (namespace, name) = (one.tag_name().namespace().unwrap_or(""), one.tag_name().name());
        write!(out, "{depth} {namespace:?} {name:?} {attributes:?} {:?}", one.range()).unwrap();
        writeln!(out, " {text:?} {beside}").unwrap();
    }
    out
}

/// Whether our reader took it.
fn compare(text: &str) -> bool {
    let Ok(document) = Document::parse(text.as_bytes(), &LIMITS) else {
        return false;
    };
    let other_text = text.replace("\r\n", "\u{0}").replace('\r', "\n").replace('\u{0}', "\r\n");
    let text = other_text.as_str();
    let options = roxmltree::ParsingOptions { allow_dtd: false, ..roxmltree::ParsingOptions::default() };
    let other = roxmltree::Document::parse_with_options(text, options);
    let other = other.unwrap_or_else(|fault| panic!("taken by us alone ({fault}): {text:?}"));
    assert_eq!(ours(document.root()), theirs(&other, text), "{text:?}");
    true
}

/// Pieces of which documents are made, right ones and wrong ones.
const PIECES: &[&str] = &[
    "<a>",
    "</a>",
    "<a/>",
    "<b>",
    "</b>",
    "<p:c>",
    "</p:c>",
    "<p:c q:d='1' d='2'/>",
    "<a xmlns='urn:1'>",
    "<a xmlns=''>",
    "<p:c xmlns:p='urn:2'>",
    "<a xmlns:p='urn:2' xmlns:q='urn:3'>",
    "<a b=\"1\" c='2'/>",
    "<a b='&lt;&amp;&#9;\r\n'>",
    "<a\r\n\tb\n=\n'\t'\n>",
    "text",
    " ",
    "\r\n",
    "\r",
    "\t",
    "&amp;",
    "&#13;",
    "&#x20;",
    "&#x1F600;",
    "ü",
    "\u{FFFD}",
    "]]",
    ">",
    "&lt;!-- -->",
    "'",
    "\"",
    "xml:lang='x'",
    "<a xml:lang='x'>",
    "&",
    "<",
    "]]>",
    "<!-- -->",
    "<![CDATA[x]]>",
    "<?x?>",
    "&x;",
    "\u{FFFE}",
    "<a b='1' b='2'>",
    "<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='1' q:b='2'>",
    "<é>",
    "</é>",
    "<a.b-c_d/>",
];

/// Elements that close, so that many documents are whole.
fn document() -> impl Strategy<Value = String> {
    let text = prop::sample::select(vec!["", " ", "x", "&amp;", "\r\n", "x\ry", "&#13;\n", "ü", "&#x10FFFF;", "a]]b"]);
    let value = prop::sample::select(vec!["", "1", "\t", "a\r\nb", "&quot;", "&#10;", " x ", "ü>"]);
    let name = prop::sample::select(vec!["a", "b", "p:a", "q:b", "é", "a.1"]);
    let declared = prop::sample::select(vec![
        "",
        " xmlns='urn:1'",
        " xmlns=''",
        " xmlns:p='urn:1'",
        " xmlns:q='urn:2'",
        " xmlns:p='urn:2' xmlns:q='urn:1'",
    ]);
    let attribute = (prop::sample::select(vec!["c", "d", "p:c", "q:c", "xml:lang"]), value)
        .prop_map(|(name, value)| format!(" {name}=\"{value}\""));
    let attributes = prop::collection::vec(attribute, 0..4).prop_map(|all| all.concat());
    let leaf = (name.clone(), declared.clone(), attributes.clone(), text.clone())
        .prop_map(|(name, declared, attributes, text)| format!("<{name}{declared}{attributes}>{text}</{name}>"));
    let tree = leaf.prop_recursive(6, 40, 6, move |inner| {
        let child = (text.clone(), inner).prop_map(|(text, child)| text.to_owned() + &child);
        (name.clone(), declared.clone(), attributes.clone(), prop::collection::vec(child, 0..6), text.clone()).prop_map(
            |(name, declared, attributes, children, text)| {
                format!("<{name}{declared}{attributes}>{}{text}</{name}>", children.concat())
            },
        )
    });
    tree.prop_map(|tree| format!("<r xmlns:p='urn:p' xmlns:q='urn:q'>{tree}</r>"))
}

const MESSAGES: &[&str] = &[
    include_str!("../screen/messages/plain.xml"),
    include_str!("../screen/messages/encrypted_beside.xml"),
    include_str!("../screen/messages/failed.xml"),
];

/// One change of the bytes: what a hostile sender does to a good document.
fn mutated(text: &str, at: usize, length: usize, piece: &str) -> String {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (from, to) = (boundary(at), boundary(at + length));
    format!("{}{piece}{}", &text[..from], &text[to..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn st_saml_02_whole_documents(text in document()) {
        compare(&text);
    }

    #[test]
    fn st_saml_02_heaps_of_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 1..14)) {
        compare(&pieces.concat());
        compare(&format!("<a xmlns:p='urn:p' xmlns:q='urn:q'>{}</a>", pieces.concat()));
    }

    #[test]
    fn st_saml_02_changed_documents(text in document(), at in any::<prop::sample::Index>(), length in 0_usize..6, piece in prop::sample::select(PIECES)) {
        compare(&mutated(&text, at.index(text.len()), length, piece));
    }

    #[test]
    fn st_saml_02_changed_messages(which in 0_usize..3, at in any::<prop::sample::Index>(), length in 0_usize..6, piece in prop::sample::select(PIECES)) {
        let text = MESSAGES[which];
        compare(&mutated(text, at.index(text.len()), length, piece));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(document) = Document::parse(&bytes, &LIMITS) {
            prop_assert!(document.elements() > 0);
        }
    }
}

/// The comparison is about something: most whole documents are taken.
#[test]
fn the_generator_makes_documents_that_are_taken() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let taken = (0..200).filter(|_| compare(&document().new_tree(&mut runner).unwrap().current())).count();
    assert!((50..200).contains(&taken), "{taken} of 200");
    assert!(MESSAGES.iter().all(|text| compare(text)));
}
