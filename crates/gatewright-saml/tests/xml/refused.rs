//! Refused: one document for each word of the reader (ST-SAML-03, ST-SAML-04, ST-SAML-10).

use gatewright_saml::xml::{
    ATTRIBUTES_OF_ONE_ELEMENT_MAX, Document, Limits, NAME_BYTES_MAX, NAMESPACE_BYTES_MAX, NAMESPACES_IN_SCOPE_MAX,
    XmlFault,
};

use crate::LIMITS;

use XmlFault::{ForbiddenMarkup, Malformed, TooLarge};

/// Fault, reason, where, document.
const CASES: &[(XmlFault, &str, usize, &str)] = &[
    (Malformed, "no-root-element", 0, ""),
    (Malformed, "no-root-element", 1, " "),
    (Malformed, "no-root-element", 0, "x"),
    (Malformed, "no-root-element", 0, "&amp;<a/>"),
    (Malformed, "not-a-name", 1, "<"),
    (Malformed, "not-a-name", 1, "</a>"),
    (Malformed, "not-a-name", 1, "< a/>"),
    (Malformed, "not-a-name", 1, "<1/>"),
    (Malformed, "not-a-name", 1, "<-a/>"),
    (Malformed, "not-a-name", 1, "<:a/>"),
    (Malformed, "not-a-name", 3, "<a:/>"),
    (Malformed, "not-a-name", 3, "<a:1/>"),
    (Malformed, "not-a-name", 3, "<a ='x'/>"),
    (Malformed, "not-a-name", 1, "<\u{D7}/>"),
    (Malformed, "not-a-name", 5, "<a></>"),
    (Malformed, "name-with-two-colons", 4, "<a:b:c/>"),
    (Malformed, "unclosed-tag", 2, "<a"),
    (Malformed, "unclosed-tag", 3, "<a "),
    (Malformed, "unclosed-tag", 6, "<a></a"),
    (Malformed, "unclosed-tag", 7, "<a></a b='1'>"),
    (Malformed, "no-space-before-attribute", 2, "<a/ >"),
    (Malformed, "no-space-before-attribute", 8, "<a b='1'c='2'/>"),
    (Malformed, "no-space-before-attribute", 2, "<a\u{A0}b='1'/>"),
    (Malformed, "attribute-without-value", 4, "<a b/>"),
    (Malformed, "attribute-without-value", 5, "<a b >"),
    (Malformed, "attribute-without-quotes", 5, "<a b=1/>"),
    (Malformed, "unclosed-value", 9, "<a b='1/>"),
    (Malformed, "less-than-in-value", 6, "<a b='<'/>"),
    (Malformed, "less-than-in-value", 6, "<a b=\"</a>\"/>"),
    (Malformed, "unclosed-element", 3, "<a>"),
    (Malformed, "unclosed-element", 4, "<a>x"),
    (Malformed, "unclosed-element", 11, "<a><b></b>x"),
    (Malformed, "crossed-tags", 3, "<a></b>"),
    (Malformed, "crossed-tags", 6, "<a><b></a></b>"),
    (Malformed, "crossed-tags", 37, "<p:a xmlns:p='a:b' xmlns:q='a:b'>text</q:a>"),
    (Malformed, "second-root", 4, "<a/><b/>"),
    (Malformed, "second-root", 4, "<a/></a>"),
    (Malformed, "text-outside-the-root", 4, "<a/>x"),
    (Malformed, "text-outside-the-root", 4, "<a/>&amp;"),
    (Malformed, "not-a-character", 3, "<a>\u{0}</a>"),
    (Malformed, "not-a-character", 3, "<a>\u{1F}</a>"),
    (Malformed, "not-a-character", 3, "<a>\u{1}\u{2}</a>"),
    (Malformed, "not-a-character", 3, "<a>\u{FFFE}</a>"),
    (Malformed, "not-a-character", 6, "<a b='\u{FFFF}'/>"),
    (Malformed, "not-a-character", 3, "<a>&#0;</a>"),
    (Malformed, "not-a-character", 3, "<a>&#xD800;</a>"),
    (Malformed, "not-a-character", 3, "<a>&#xDFFF;</a>"),
    (Malformed, "not-a-character", 3, "<a>&#xFFFE;</a>"),
    (Malformed, "not-a-character", 3, "<a>&#xFFFF;</a>"),
    (Malformed, "not-a-character", 3, "<a>&#x110000;</a>"),
    (Malformed, "not-a-character", 3, "<a>&#31;</a>"),
    (Malformed, "not-a-character", 3, "<a>&#4294967361;</a>"),
    (Malformed, "not-a-character", 3, "<a>&#xFFFFFFFFFFFFFFFFF;</a>"),
    (Malformed, "not-a-character-reference", 3, "<a>&#;</a>"),
    (Malformed, "not-a-character-reference", 3, "<a>&#x;</a>"),
    (Malformed, "not-a-character-reference", 3, "<a>&#X41;</a>"),
    (Malformed, "not-a-character-reference", 3, "<a>&#65</a>"),
    (Malformed, "not-a-character-reference", 3, "<a>&#6 5;</a>"),
    (Malformed, "not-a-character-reference", 3, "<a>&#+65;</a>"),
    (Malformed, "not-a-character-reference", 3, "<a>&#6A;</a>"),
    (Malformed, "not-a-character-reference", 3, "<a>&#x;65;</a>"),
    (Malformed, "bare-ampersand", 4, "<a>x& </a>"),
    (Malformed, "bare-ampersand", 3, "<a>&</a>"),
    (Malformed, "bare-ampersand", 3, "<a>&;</a>"),
    (Malformed, "bare-ampersand", 3, "<a>&1;</a>"),
    (Malformed, "bare-ampersand", 6, "<a b='&'/>"),
    (Malformed, "bare-ampersand", 7, "<a b='1&'/>"),
    (Malformed, "section-end-in-text", 3, "<a>]]></a>"),
    (Malformed, "section-end-in-text", 4, "<a>x]]><b/></a>"),
    (ForbiddenMarkup, "entity", 3, "<a>&x;</a>"),
    (ForbiddenMarkup, "entity", 3, "<a>&amp</a>"),
    (ForbiddenMarkup, "entity", 3, "<a>&AMP;</a>"),
    (ForbiddenMarkup, "entity", 7, "<a b='x&y;'/>"),
    (ForbiddenMarkup, "entity", 3, "<a>&nbsp;<b/></a>"),
    (ForbiddenMarkup, "comment", 0, "<!-- --><a/>"),
    (ForbiddenMarkup, "comment", 4, "<a/><!-- -->"),
    (ForbiddenMarkup, "comment", 4, "<a>x<!-- --></a>"),
    (ForbiddenMarkup, "processing-instruction", 3, "<a><?x?></a>"),
    (ForbiddenMarkup, "processing-instruction", 4, "<a/><?x?>"),
    (ForbiddenMarkup, "cdata-section", 3, "<a><![CDATA[]]></a>"),
    (ForbiddenMarkup, "document-type", 0, "<!DOCTYPE a><a/>"),
    (ForbiddenMarkup, "document-type", 0, "<!doctype a><a/>"),
    (ForbiddenMarkup, "document-type", 3, "<a><!x></a>"),
    (ForbiddenMarkup, "document-type", 4, "<a/><!DOCTYPE a>"),
    // Namespaces.
    (Malformed, "prefix-unbound", 1, "<p:a/>"),
    (Malformed, "prefix-unbound", 3, "<a p:b='1'/>"),
    (Malformed, "prefix-unbound", 22, "<a><b xmlns:p='a:b'/><p:c/></a>"),
    (Malformed, "prefix-undeclared", 3, "<a xmlns:p=''/>"),
    (Malformed, "namespace-reserved", 3, "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>"),
    (Malformed, "namespace-reserved", 3, "<a xmlns:xml='a:b'/>"),
    (Malformed, "namespace-reserved", 3, "<a xmlns:xmlns='a:b'/>"),
    (Malformed, "namespace-reserved", 3, "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"),
    (Malformed, "namespace-reserved", 3, "<a xmlns='http://www.w3.org/XML/1998/namespace'/>"),
    (Malformed, "namespace-reserved", 3, "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>"),
    (Malformed, "namespace-reserved", 3, "<a xmlns='http://www.w3.org/2000/xmlns/'/>"),
    (Malformed, "namespace-reserved", 1, "<xmlns:a/>"),
    (Malformed, "namespace-reserved", 1, "<xml:a/>"),
    (Malformed, "namespace-reserved", 3, "<a xml:xmlns='a:b'/>"),
    (Malformed, "namespace-reserved", 17, "<a xmlns:p='a:b' p:xmlns='a:b'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='../b:c'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='1b:c'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns=':c'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:c d'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns=' b:c'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:c&#58;'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:&amp;'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:%4'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:%4g'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:%g4'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:c#d#e'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b:\u{FC}'/>"),
    (Malformed, "namespace-not-absolute", 3, "<a xmlns='b_c:d'/>"),
    (Malformed, "attribute-doubled", 9, "<a b='1' b='1'/>"),
    (Malformed, "attribute-doubled", 15, "<a xmlns='a:b' xmlns='a:b'/>"),
    (Malformed, "attribute-doubled", 17, "<a xmlns:p='a:b' xmlns:p='c:d'/>"),
    (Malformed, "attribute-doubled", 39, "<a xmlns:p='a:b' xmlns:q='a:b' p:c='1' q:c='2'/>"),
    (Malformed, "attribute-doubled", 14, "<a xml:x='1'\n xml:x='1'/>"),
];

#[test]
fn st_saml_03_each_fault_has_its_word_and_its_place() {
    for (kind, reason, offset, text) in CASES {
        let refused = Document::parse(text.as_bytes(), &LIMITS).map(|_| ()).expect_err(text);
        assert_eq!((refused.kind, refused.reason, refused.offset), (*kind, *reason, *offset), "{text}");
        assert_eq!(refused.to_string(), format!("{reason} at byte {offset}"));
    }
}

#[test]
fn neighbours_of_faults_are_taken() {
    for text in [
        "<a:b xmlns:a='a:b'/>",
        "<a\tb='1'\n/>",
        "<a></a\n>",
        "<_.-1\u{B7}\u{300}\u{203F}/>",
        "<\u{C0}\u{D8}\u{37F}\u{200C}\u{2070}\u{3001}\u{F900}\u{FDF0}\u{10000}/>",
        "<a xmlns='a+b-c.1:%4A%ff/?#-._~!$()*,;=@'/>",
        "<a xmlns='a:b' b='1' xmlns:p='a:b' p:b='2'/>",
        "<a xmlns:p='a:b'><b xmlns:p='a:b'/><c xmlns:p='c:d'/></a>",
        "<a xmlns='a:b'><b xmlns=''><c xmlns='a:b'/></b></a>",
        "<a xmlnsx='1' xml:space='default' xmlfoo='2'/>",
        "<a>]] ></a>",
        "<a b=']]>'/>",
        "<a>\u{85}\u{2028}\u{FFFD}\u{10FFFF}\u{FDD0}</a>",
        "<a>></a>",
    ] {
        if let Err(refused) = Document::parse(text.as_bytes(), &LIMITS) {
            panic!("{text}: {refused}");
        }
    }
}

type Family = (&'static str, usize, fn(usize) -> String);

/// ST-SAML-22: at the limit it passes, one beyond it does not.
#[test]
fn st_saml_22_each_limit_is_exact() {
    let small = Limits { bytes_max: 100_000, depth_max: 7, elements_max: 9, attributes_max: 11, namespaces_max: 13 };
    let names =
        |n: usize, prefix: &str, value: &str| (0..n).map(|k| format!(" {prefix}{k}='{value}'")).collect::<String>();
    let families: &[Family] = &[
        ("too-many-bytes", 100_000, |n| format!("<a>{}</a>", "x".repeat(n - 7))),
        ("too-deep", 7, |n| "<a>".repeat(n) + &"</a>".repeat(n)),
        ("too-many-elements", 9, |n| format!("<a>{}</a>", "<b/>".repeat(n - 1))),
        ("name-too-long", NAME_BYTES_MAX, |n| format!("<{}/>", "n".repeat(n))),
        ("name-too-long", NAME_BYTES_MAX, |n| format!("<a xmlns:{0}='a:b' {0}:b='1'/>", "n".repeat(n))),
        ("name-too-long", NAME_BYTES_MAX, |n| format!("<a {}='1'/>", "n".repeat(n))),
        ("namespace-too-long", NAMESPACE_BYTES_MAX, |n| format!("<a xmlns='a:{}'/>", "n".repeat(n - 2))),
    ];
    let check = |reason: &str, limit: usize, limits: &Limits, family: &dyn Fn(usize) -> String| {
        let at = family(limit);
        assert!(Document::parse(at.as_bytes(), limits).is_ok(), "{reason}: {limit} is refused");
        let beyond = family(limit + 1);
        let refused = Document::parse(beyond.as_bytes(), limits).map(|_| ()).expect_err(reason);
        assert_eq!((refused.kind, refused.reason), (TooLarge, reason));
    };
    for (reason, limit, family) in families {
        check(reason, *limit, &small, family);
    }
    check("too-many-attributes", 11, &small, &|n| {
        format!("<a{}><b{}/></a>", names(5, "b", "1"), names(n - 5, "b", "1"))
    });
    check("too-many-namespaces", 13, &small, &|n| {
        format!("<a{}><b{}/></a>", names(5, "xmlns:b", "a:b"), names(n - 5, "xmlns:c", "a:b"))
    });
    let wide = Limits { attributes_max: 10_000, namespaces_max: 10_000, ..small };
    check("attributes-of-one-element", ATTRIBUTES_OF_ONE_ELEMENT_MAX, &wide, &|n| {
        format!("<a{}/>", names(n, "b", "1"))
    });
    check("namespaces-in-scope", NAMESPACES_IN_SCOPE_MAX, &wide, &|n| {
        format!("<a{}><b{}/></a>", names(30, "xmlns:b", "a:b"), names(n - 30, "xmlns:c", "a:b"))
    });
    // What is out of scope does not count.
    let apart = format!("<a>{}</a>", format!("<b{}/>", names(60, "xmlns:b", "a:b")).repeat(8));
    assert!(Document::parse(apart.as_bytes(), &wide).is_ok());
}

#[test]
fn bytes_that_are_no_utf8_are_refused_where_they_stand() {
    for (bytes, offset) in [
        (b"<a>\xFF</a>".as_slice(), 3),
        (b"<a>\xC0\xAF</a>", 3),
        (b"<a>\xED\xA0\x80</a>", 3),
        (b"<a>\xF4\x90\x80\x80</a>", 3),
        (b"<a/>\xE2\x82", 4),
        (b"\xFE\xFF\0<\0a\0/\0>", 0),
    ] {
        let refused = Document::parse(bytes, &LIMITS).unwrap_err();
        assert_eq!((refused.kind, refused.reason, refused.offset), (Malformed, "not-utf8", offset));
    }
}
