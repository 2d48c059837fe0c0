//! Tree: what a document says, and what the accessors show of it.

use gatewright_saml::xml::{Document, Element, XML_NAMESPACE, XmlFault, without_byte_order_mark};

use crate::LIMITS;

fn parse(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes(), &LIMITS).unwrap_or_else(|refused| panic!("{refused}: {text}"))
}

#[test]
fn names_are_resolved() {
    let text = "<a xmlns='urn:1' xmlns:p='urn:2' b='1' p:b='2' xml:lang='de'><p:c xmlns=''><d/></p:c><e xmlns:p='urn:3'><p:f/></e><p:g/></a>";
    let document = parse(text);
    let names: Vec<_> = document.root().descendants().map(|one| (one.namespace(), one.name())).collect();
    assert_eq!(names, [("urn:1", "a"), ("urn:2", "c"), ("", "d"), ("urn:1", "e"), ("urn:3", "f"), ("urn:2", "g")]);
    let attributes: Vec<_> =
        document.root().attributes().map(|one| (one.namespace(), one.name(), one.value())).collect();
    assert_eq!(attributes, [("", "b", "1"), ("urn:2", "b", "2"), (XML_NAMESPACE, "lang", "de")]);
    assert_eq!(document.root().attribute("b"), Some("1"));
    assert_eq!(document.root().attribute("lang"), None);
    assert_eq!(document.elements(), 6);
}

#[test]
fn relations_and_spans_are_right() {
    let text = "<?xml version=\"1.0\"?>\n<a><b/><c><d></d></c><b>x</b></a>\n";
    let document = parse(text);
    let root = document.root();
    assert_eq!(root.children().map(Element::name).collect::<Vec<_>>(), ["b", "c", "b"]);
    assert_eq!(root.child("", "b").count(), 2);
    assert_eq!(root.child("urn:x", "b").count(), 0);
    let c = root.child("", "c").next().unwrap();
    assert_eq!(c.parent(), Some(root));
    assert_eq!(root.parent(), None);
    assert_eq!(c.descendants().map(Element::name).collect::<Vec<_>>(), ["c", "d"]);
    let spans: Vec<_> = root.descendants().map(|one| &text[one.span()]).collect();
    assert_eq!(spans, ["<a><b/><c><d></d></c><b>x</b></a>", "<b/>", "<c><d></d></c>", "<d></d>", "<b>x</b>"]);
    assert_ne!(root, c);
    assert_ne!(parse(text).root(), root);
    assert!(root.is("", "a") && !root.is("", "b") && !root.is("urn:x", "a"));
    assert_eq!(document.text(), text);
}

#[test]
fn texts_are_whole_and_decoded() {
    let text_of = |text: &str| parse(text).root().text().map(str::to_owned);
    assert_eq!(
        text_of("<a>x&amp;y&lt;&gt;&quot;&apos;&#65;&#x42;&#x1F600;</a>").as_deref(),
        Some("x&y<>\"'AB\u{1F600}")
    );
    assert_eq!(text_of("<a>1\r\n2\r3\n4&#13;5\t6</a>").as_deref(), Some("1\n2\n3\n4\r5\t6"));
    assert_eq!(text_of("<a>&amp;\n\t&amp;\n</a>").as_deref(), Some("&\n\t&\n"));
    assert_eq!(text_of("<a/>").as_deref(), Some(""));
    assert_eq!(text_of("<a></a>").as_deref(), Some(""));
    assert_eq!(text_of("<a> </a>").as_deref(), Some(" "));
    assert_eq!(text_of("<a>ü&#10;é</a>").as_deref(), Some("ü\né"));
    assert_eq!(text_of("<a>]]</a>").as_deref(), Some("]]"));
    assert_eq!(text_of("<a>]]&gt;</a>").as_deref(), Some("]]>"));
    assert_eq!(text_of("<a>x<b/></a>"), None);
    let beside = |text: &str| parse(text).root().has_text_beside_elements();
    assert!(!beside("<a> <b/>\r\n\t</a>") && !beside("<a>x</a>") && !beside("<a/>"));
    assert!(
        beside("<a>x<b/></a>") && beside("<a><b/>x</a>") && beside("<a><b/>x<b/></a>") && beside("<a><b/>&#32;</a>")
    );
    assert!(beside("<a>&#32;<b/></a>") && beside("<a>\u{A0}<b/></a>"));
}

#[test]
fn values_are_normalised() {
    let value = |text: &str| parse(text).root().attribute("b").map(str::to_owned);
    assert_eq!(value("<a b='1\r\n2\r3\n4\t5  6'/>").as_deref(), Some("1 2 3 4 5  6"));
    assert_eq!(value("<a b='&#13;&#10;&#9;&#xD;&#xA;'/>").as_deref(), Some("\r\n\t\r\n"));
    assert_eq!(value("<a b=' x '/>").as_deref(), Some(" x "));
    assert_eq!(value("<a b=\"it's &quot;x&quot;\"/>").as_deref(), Some("it's \"x\""));
    assert_eq!(value("<a b='\"'/>").as_deref(), Some("\""));
    assert_eq!(value("<a b\n=\r '>]]>/'/>").as_deref(), Some(">]]>/"));
    assert_eq!(value("<a b='&amp;amp;'/>").as_deref(), Some("&amp;"));
    assert_eq!(value("<a b='&#0000000000000065;'/>").as_deref(), Some("A"));
    assert_eq!(
        value("<a b='&#xd7ff;&#xE000;&#xfffd;&#x10FFFF;&#x10000;'/>").as_deref(),
        Some("\u{D7FF}\u{E000}\u{FFFD}\u{10FFFF}\u{10000}")
    );
}

#[test]
fn a_declaration_is_taken_at_the_start_alone() {
    for text in [
        "<?xml version='1.0'?><a/>",
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?><a/>",
        "<?xml version = \"1.0\" encoding = 'UTF-8' standalone='yes'?>\r\n<a/>\r\n",
        "<?xml version='1.0' standalone='no'?><a/>",
        "<?xml\tversion='1.0'\nencoding='Utf-8'?><a/>",
        " \t\r\n<a/> ",
    ] {
        parse(text);
    }
    for text in [
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' encoding='utf8'?><a/>",
        "<?xml version='1.0' encoding='UTF-8'encoding='UTF-8'?><a/>",
        "<?xml version='1.0' encoding='UTF-8' encoding='UTF-8'?><a/>",
        "<?xml encoding='UTF-8' version='1.0'?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.0' standalone='no' encoding='UTF-8'?><a/>",
        "<?xml version='1.0' standalone='YES'?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0' x='1'?><a/>",
        "<?xml version='1.0'><a/>",
        "<?xml version='1.0' ><a/>",
        "<?xml version='1.0'",
        "<?xml version='1.0'? ><a/>",
        "<?xml ?><a/>",
    ] {
        let refused = Document::parse(text.as_bytes(), &LIMITS).expect_err(text);
        assert_eq!(refused.kind, XmlFault::Malformed, "{text}: {refused}");
    }
    for text in
        ["<?xml?><a/>", "<?XML version='1.0'?><a/>", " <?xml version='1.0'?><a/>", "<?xml-x version='1.0'?><a/>"]
    {
        let refused = Document::parse(text.as_bytes(), &LIMITS).expect_err(text);
        assert_eq!((refused.kind, refused.reason), (XmlFault::ForbiddenMarkup, "processing-instruction"), "{text}");
    }
}

#[test]
fn a_mark_before_a_file_can_be_taken_off() {
    assert_eq!(without_byte_order_mark(b"\xEF\xBB\xBF<a/>"), b"<a/>");
    assert_eq!(without_byte_order_mark(b"<a/>"), b"<a/>");
    assert_eq!(Document::parse(b"\xEF\xBB\xBF<a/>", &LIMITS).unwrap_err().reason, "byte-order-mark");
}

/// Personal data stand in texts.
#[test]
fn debug_shows_names_alone() {
    let document = parse("<a b='secret'>secret</a>");
    let root = document.root();
    let shown = format!("{root:?} {:?}", root.attributes().collect::<Vec<_>>());
    assert_eq!(shown, "Element({}a at 0..24) [Attribute({}b)]");
}
