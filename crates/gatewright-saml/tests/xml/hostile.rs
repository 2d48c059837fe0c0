//! Hostile: families of documents that make readers slow, deep or large. Twice the size, twice the steps (ST-SAML-22).

use gatewright_saml::xml::{Document, Limits};

use crate::LIMITS;

/// Room for every family, so that it is the algorithm that is measured and not a limit.
const ROOM: Limits = Limits {
    bytes_max: 64 * 1024 * 1024,
    depth_max: 1_000_000,
    elements_max: 1_000_000,
    attributes_max: 1_000_000,
    namespaces_max: 1_000_000,
};

type Family = (&'static str, fn(usize) -> String);

const FAMILIES: &[Family] = &[
    ("nested", |n| "<a>".repeat(n) + &"</a>".repeat(n)),
    ("nested, unclosed", |n| "<a>".repeat(n)),
    ("nested with namespaces", |n| {
        (0..n).map(|k| format!("<a xmlns='a:{k}'>")).collect::<String>() + &"</a>".repeat(n)
    }),
    ("siblings", |n| format!("<a>{}</a>", "<b/>".repeat(n))),
    ("siblings with text", |n| format!("<a>{}</a>", "x<b>y</b>".repeat(n))),
    ("attributes", |n| {
        format!(
            "<a>{}</a>",
            format!("<b{}/>", (0..32).map(|k| format!(" a{k}='1'")).collect::<String>()).repeat(n / 32)
        )
    }),
    ("attributes of one element", |n| format!("<a{}/>", (0..n).map(|k| format!(" a{k}='1'")).collect::<String>())),
    ("namespaces", |n| {
        format!("<a>{}</a>", (0..n).map(|k| format!("<b xmlns:p{k}='a:{k}' p{k}:a='1'/>")).collect::<String>())
    }),
    ("one prefix many times", |n| format!("<p:a xmlns:p='a:b'>{}</p:a>", "<p:b p:c='1'/>".repeat(n))),
    ("a long namespace many times", |n| {
        format!("<p:a xmlns:p='a:{}'>{}</p:a>", "x".repeat(n), "<p:b p:c='1' c='2'/>".repeat(n))
    }),
    ("entities", |n| format!("<a>{}</a>", "&amp;".repeat(n))),
    ("character references", |n| format!("<a b='{}'/>", "&#x41;".repeat(n))),
    ("zeros in a reference", |n| format!("<a>&#{}65;</a>", "0".repeat(n))),
    ("ampersands", |n| format!("<a>{}</a>", "&".repeat(n))),
    ("carriage returns", |n| format!("<a>{}</a>", "\r".repeat(n))),
    ("white space", |n| format!("{0}<a{0}>{0}</a{0}>{0}", " ".repeat(n))),
    ("long name", |n| format!("<{0}></{0}>", "n".repeat(n))),
    ("long value", |n| format!("<a b='{}'/>", "v".repeat(n))),
    ("brackets", |n| format!("<a>{}</a>", "]".repeat(n))),
    ("less-than", |n| "<".repeat(n)),
    ("unclosed values", |n| "<a b='".repeat(n)),
    ("unclosed tags", |n| "<a ".repeat(n)),
    ("quotes", |n| format!("<a b={}/>", "\"'".repeat(n))),
    ("crossed tags", |n| "<a><b>".repeat(n) + &"</a></b>".repeat(n)),
    ("end tags", |n| format!("<a>{}", "</a>".repeat(n))),
    ("comments", |n| format!("<a>{}</a>", "<!---->".repeat(n))),
    ("colons", |n| format!("<a{}/>", ":a".repeat(n))),
    ("wide characters", |n| format!("<a>{}</a>", "\u{1F600}".repeat(n))),
];

/// On a small stack, as a worker may have.
fn steps(text: String, limits: Limits) -> u64 {
    let work = move || {
        let mut steps = 0;
        let read = Document::parse_counting(text.as_bytes(), &limits, &mut steps);
        assert!(read.is_err() || read.is_ok_and(|document| document.steps() == steps));
        steps
    };
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().expect("no panic, no overflow")
}

#[test]
fn st_saml_22_twice_the_document_takes_twice_the_steps() {
    for (name, family) in FAMILIES {
        for n in [1000, 2000, 4000, 8000] {
            let (once, twice) = (steps(family(n), ROOM), steps(family(2 * n), ROOM));
            assert!(once >= n as u64, "{name}: {once} steps for {n}");
            assert!(twice * 10 <= once * 23, "{name}: {n} takes {once} steps and {} takes {twice}", 2 * n);
        }
    }
}

/// With the limits of the screen: never more than this many steps for each byte that may come.
#[test]
fn st_saml_22_no_family_takes_more_than_a_few_steps_for_each_byte() {
    for (name, family) in FAMILIES {
        for n in [1, 10, 100, 1000, 10_000, 100_000] {
            let text = family(n);
            let length = text.len() as u64;
            let taken = steps(text, LIMITS);
            assert!(taken <= 12 * length + 12, "{name}: {taken} steps for {length} bytes");
        }
    }
}

/// Bombs end at a limit, before anything grows.
#[test]
fn st_saml_22_bombs_are_refused_by_a_limit() {
    let million = 1_000_000;
    for (reason, text) in [
        ("too-many-bytes", format!("<a>{}</a>", "<b/>".repeat(million))),
        ("too-deep", "<a>".repeat(80_000)),
        ("too-many-elements", format!("<a>{}</a>", "<b/>".repeat(60_000))),
        ("attributes-of-one-element", format!("<a{}/>", (0..20_000).map(|k| format!(" a{k}='1'")).collect::<String>())),
        (
            "attributes-of-one-element",
            format!("<a{}/>", (0..10_000).map(|k| format!(" xmlns:a{k}='a:b'")).collect::<String>()),
        ),
        ("name-too-long", format!("<{}/>", "a".repeat(200_000))),
        ("document-type", format!("<!DOCTYPE a [<!ENTITY b '{}'>]><a>&b;</a>", "x".repeat(200_000))),
    ] {
        assert_eq!(Document::parse(text.as_bytes(), &LIMITS).map(|_| ()).unwrap_err().reason, reason);
    }
}

/// What is counted, to the last step: a part that no longer counts would make the other tests here empty.
#[test]
fn st_saml_22_the_steps_of_a_document_are_these() {
    let counted = |text: &str| Document::parse(text.as_bytes(), &LIMITS).unwrap().steps();
    assert_eq!(
        [
            counted("<a/>"),
            counted("<ab/>"),
            counted("<a> </a>"),
            counted("<a b='1'/>"),
            counted("<a b='12345'/>"),
            counted("<p:a xmlns:p='a:b'/>"),
            counted("<p:a xmlns:p='a:b' p:c='12'>xyz<p:d/> </p:a>"),
        ],
        [23, 27, 43, 61, 81, 102, 231]
    );
}
