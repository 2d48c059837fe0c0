//! Bombs: what is small to send and large to read. At the limit a message passes, one beyond it does not.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use gatewright_saml::FORM_VALUE_BYTES_MAX;
use gatewright_saml::screen::{
    ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, ID_BYTES_MAX, INPUT_STEPS_MAX, MESSAGE_BYTES_MAX, NAMESPACES_MAX,
    PREFIXES_MAX, SIGNATURE_BYTES_MAX,
};
use gatewright_saml::screen::{screen_response, screen_steps};
use gatewright_saml::xml::{
    ATTRIBUTES_OF_ONE_ELEMENT_MAX, Document, Limits, NAME_BYTES_MAX, NAMESPACE_BYTES_MAX, NAMESPACES_IN_SCOPE_MAX,
};
use gatewright_terms::Refusal as R;
use testkit::saml::Canonicalization;

use super::message::{Base, Message, once};
use super::variant::{Defect, hold, screen};

/// ST-SAML-22: the size of everything has a limit, and the limit is exact.
#[test]
fn bombs_are_refused() {
    hold("bombs");
}

const ROWS: &[u8] = &[22];

/// The message with this in the place of the value `Ada`, which then is no name any more.
fn stuffed(message: Message, stuffing: impl Fn() -> String + Send + Sync + 'static) -> Message {
    message.before_with(move |text| {
        let name = "<saml:Attribute Name=\"firstName\"><saml:AttributeValue>Ada</saml:AttributeValue></saml:Attribute>";
        once(&text, name, &format!("<saml:Attribute Name=\"stuffing\">{}</saml:Attribute>", stuffing()))
    })
}

fn holding(inner: &str) -> String {
    format!("<saml:AttributeValue xmlns:x=\"urn:x\">{inner}</saml:AttributeValue>")
}

/// `at` the limit and beyond it.
fn limit(name: &str, reason: &'static str, stuffing: fn(usize) -> String, most: usize) -> Defect {
    screen(name, ROWS, R::SamlTooLarge, reason, move |m: Message| stuffed(m, move || stuffing(most + 1)))
        .twin(move |m| stuffed(m, move || stuffing(most)))
        .identity(|identity| identity.given_name = None)
        .on(&[Base::Assertion])
}

fn nested(depth: usize) -> String {
    holding(&format!("{}{}", "<x:d>".repeat(depth), "</x:d>".repeat(depth)))
}

fn attributes(count: usize) -> String {
    let all: String = (0..count).map(|n| format!(" a{n}=\"\"")).collect();
    // Without a prefix: a canonical form adds no declaration.
    holding(&format!("<d{all}/>"))
}

fn elements(count: usize) -> String {
    holding(&"<x:d/>".repeat(count))
}

pub(crate) fn defects() -> Vec<Defect> {
    // The elements, attributes and declarations that a message has without stuffing.
    let (elements_there, attributes_there, namespaces_there) = counts();
    let mut all = vec![
        // The value lies five deep: response, assertion, statement, attribute, value.
        limit("depth", "too-deep", nested, DEPTH_MAX - 5),
        limit("attributes-of-one-element", "attributes-of-one-element", attributes, ATTRIBUTES_OF_ONE_ELEMENT_MAX),
        limit("name", "name-too-long", |length| holding(&format!("<x:{}/>", "n".repeat(length))), NAME_BYTES_MAX),
        limit(
            "prefix",
            "name-too-long",
            |length| {
                let prefix = "p".repeat(length);
                holding(&format!("<{prefix}:d xmlns:{prefix}=\"urn:y\"/>"))
            },
            NAME_BYTES_MAX,
        ),
        limit("elements", "too-many-elements", elements, ELEMENTS_MAX - elements_there),
        limit(
            "attributes",
            "too-many-attributes",
            |count| {
                let full = count / 50;
                let all: String = (0..50).map(|n| format!(" a{n}=\"\"")).collect();
                let rest: String = (0..count % 50).map(|n| format!(" a{n}=\"\"")).collect();
                holding(&format!("{}<x:d{rest}/>", format!("<x:d{all}/>").repeat(full)))
            },
            ATTRIBUTES_MAX - attributes_there,
        ),
        limit(
            "namespaces",
            "too-many-namespaces",
            |count| {
                let full = count / 50;
                let all: String = (0..50).map(|n| format!(" xmlns:p{n}=\"urn:{n}\"")).collect();
                let rest: String = (0..count % 50).map(|n| format!(" xmlns:p{n}=\"urn:{n}\"")).collect();
                holding(&format!("{}<x:d{rest}/>", format!("<x:d{all}/>").repeat(full)))
            },
            NAMESPACES_MAX - namespaces_there,
        ),
    ];
    all.push(
        screen("bytes", ROWS, R::SamlTooLarge, "too-many-bytes", |m: Message| padded(m, MESSAGE_BYTES_MAX + 1))
            .twin(|m| padded(m, MESSAGE_BYTES_MAX)),
    );
    all.push(
        screen("form-value", ROWS, R::SamlTooLarge, "form-too-large", |m: Message| spaced(m, FORM_VALUE_BYTES_MAX + 1))
            .twin(|m| spaced(m, FORM_VALUE_BYTES_MAX)),
    );
    all.extend(declarations());
    all.extend(signatures());
    all.extend(classical());
    all
}

/// What a canonical form would write out again and again.
fn declarations() -> Vec<Defect> {
    vec![
        limit(
            "length-of-a-namespace",
            "namespace-too-long",
            |length| holding(&format!("<y:d xmlns:y=\"urn:{}\"/>", "n".repeat(length - 4))),
            NAMESPACE_BYTES_MAX,
        ),
        // Two of the response, one of the assertion, one of the value.
        limit(
            "namespaces-in-scope",
            "namespaces-in-scope",
            |count| {
                let half = |name: &str| format!("<d{}>", names(count / 2, &format!(" xmlns:{name}")));
                let rest = if count % 2 == 1 { "<d xmlns:r=\"urn:r\"/>" } else { "" };
                holding(&format!("{}{}{rest}</d></d>", half("a"), half("b")))
            },
            NAMESPACES_IN_SCOPE_MAX - 4,
        ),
    ]
}

/// What a signature may hold.
fn signatures() -> Vec<Defect> {
    let prefixes = |count: usize| {
        move |m: Message| {
            let list: Vec<String> = (0..count).map(|n| format!("p{n}")).collect();
            m.signature(|one| one.references[0].canonicalization = Canonicalization::Exclusive(list.clone()))
        }
    };
    vec![
        screen("prefixes", ROWS, R::SamlSignatureShape, "prefix-list", prefixes(PREFIXES_MAX + 1))
            .twin(prefixes(PREFIXES_MAX)),
        screen("signature-value", ROWS, R::SamlSignatureShape, "signature-value", |m| {
            m.after_with(|text| {
                let value = BASE64_STANDARD.encode(vec![1; SIGNATURE_BYTES_MAX + 1]);
                let (before, rest) = text.split_once("<ds:SignatureValue>").unwrap();
                let (_, after) = rest.split_once("</ds:SignatureValue>").unwrap();
                format!("{before}<ds:SignatureValue>{value}</ds:SignatureValue>{after}")
            })
        }),
    ]
}

/// White space behind the root until the document has this size.
fn padded(message: Message, size: usize) -> Message {
    message.encoded(move |mut bytes| {
        bytes.resize(size, b' ');
        bytes
    })
}

fn spaced(message: Message, size: usize) -> Message {
    message.form(move |mut form| {
        form.resize(size, b'\n');
        form
    })
}

/// Elements, attributes and declarations of the message that is stuffed, with nothing in the value.
fn counts() -> (usize, usize, usize) {
    let text = stuffed(Message::honest(Base::Assertion), || holding("")).text();
    let document = Document::parse(text.as_bytes(), &LARGE).expect("well-formed");
    let attributes = document.root().descendants().map(|element| element.attributes().count()).sum();
    (document.elements(), attributes, text.matches(" xmlns:").count())
}

/// The famous ones, far beyond every limit.
fn classical() -> Vec<Defect> {
    let far = |name: &str, refusal: R, reason: &'static str, stuffing: fn() -> String| {
        screen(name, ROWS, refusal, reason, move |m: Message| {
            m.after_with(move |text| text.replacen(">Ada<", &format!(">{}<", stuffing()), 1))
        })
        .on(&[Base::Assertion])
    };
    vec![
        far("depth-100000", R::SamlTooLarge, "form-too-large", || {
            format!("{}{}", "<d>".repeat(100_000), "</d>".repeat(100_000))
        }),
        far("attributes-1000000", R::SamlTooLarge, "form-too-large", || {
            format!("<d{}/>", (0..1_000_000).map(|n| format!(" a{n}=\"\"")).collect::<String>())
        }),
        far("namespaces-1000000", R::SamlTooLarge, "form-too-large", || {
            format!("<d{}/>", (0..1_000_000).map(|n| format!(" xmlns:a{n}=\"u\"")).collect::<String>())
        }),
        far("elements-1000000", R::SamlTooLarge, "form-too-large", || "<d/>".repeat(1_000_000)),
        far("text-of-16-mebibytes", R::SamlTooLarge, "form-too-large", || "a".repeat(16 << 20)),
        far("depth-30000", R::SamlTooLarge, "too-deep", || "<d>".repeat(30_000)),
        screen("references-20000", &[20, 22], R::SamlAttribute, "value-too-long", |m| {
            m.before(">Ada<", &format!(">{}<", "&#65;".repeat(20_000)))
        })
        .stopped_by(super::variant::StoppedBy::Checks)
        .on(&[Base::Assertion]),
        screen("billion-laughs", &[3, 22], R::SamlForbiddenMarkup, "document-type", |m| {
            m.after_with(|text| format!("{}{}", laughs(), once(&text, ">Ada<", ">&l9;<")))
        })
        .on(&[Base::Assertion]),
        screen("quadratic-entity", &[3, 22], R::SamlForbiddenMarkup, "document-type", |m| {
            m.after_with(|text| {
                let long = "a".repeat(50_000);
                format!(
                    "<!DOCTYPE x [<!ENTITY l \"{long}\">]>{}",
                    once(&text, ">Ada<", &format!(">{}<", "&l;".repeat(5_000)))
                )
            })
        })
        .on(&[Base::Assertion]),
    ]
}

fn laughs() -> String {
    let lines = (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)));
    format!("<!DOCTYPE x [<!ENTITY l0 \"ha\">{}]>", lines.collect::<String>())
}

/// Far beyond what any caller allows, to see how the work grows.
const LARGE: Limits = Limits {
    bytes_max: 1 << 30,
    depth_max: 1 << 20,
    elements_max: 1 << 24,
    attributes_max: 1 << 24,
    namespaces_max: 1 << 24,
};

/// A document of the family with `n` of what it has many of.
type Family = (&'static str, fn(usize) -> String);

const FAMILIES: &[Family] = &[
    ("depth", |n| format!("{}{}", "<d>".repeat(n), "</d>".repeat(n))),
    ("depth without end", |n| "<d>".repeat(n)),
    ("elements", |n| format!("<d>{}</d>", "<e/>".repeat(n))),
    ("attributes", |n| format!("<d>{}</d>", "<e a=\"\" b=\"\" c=\"\"/>".repeat(n))),
    ("attributes of an element", |n| format!("<d>{}</d>", format!("<e{}/>", names(60, " a")).repeat(n / 60 + 1))),
    ("namespaces", |n| format!("<d>{}</d>", "<p:e xmlns:p=\"urn:p\" p:a=\"\"/>".repeat(n))),
    ("namespaces in scope", |n| format!("<d{}>{}</d>", names(60, " xmlns:a"), "<a0:e/><a59:e/>".repeat(n))),
    ("namespaces within each other", |n| format!("{}{}", "<d xmlns=\"urn:d\">".repeat(n), "</d>".repeat(n))),
    ("text", |n| format!("<d>{}</d>", "text ".repeat(n))),
    ("line ends", |n| format!("<d>{}</d>", "\r\n".repeat(n))),
    ("references", |n| format!("<d>{}</d>", "&#65;&lt;".repeat(n))),
    ("references in an attribute", |n| format!("<d a=\"{}\"/>", "&#65;\t".repeat(n))),
    ("long reference", |n| format!("<d>&#{};</d>", "0".repeat(n))),
    ("ampersands", |n| format!("<d>{}</d>", "&".repeat(n))),
    ("white space in a tag", |n| format!("<d{}/>", " ".repeat(n))),
    ("white space behind", |n| format!("<d/>{}", " ".repeat(n))),
    ("less-than signs", |n| "<".repeat(n)),
    ("end tags", |n| format!("<d>{}", "</d>".repeat(n))),
    ("brackets", |n| format!("<d>{}</d>", "]]".repeat(n))),
    ("quotes", |n| format!("<d a=\"{}", "'".repeat(n))),
    ("document type", |n| format!("<!DOCTYPE d [{}", "<!ENTITY a \"b\">".repeat(n))),
    ("comment", |n| format!("<d><!--{}", "-".repeat(n))),
    ("long name", |n| format!("<{}/>", "n".repeat(n))),
];

/// One document of each family, as large as a message may be.
pub(crate) fn largest() -> Vec<(&'static str, String)> {
    let fill = |family: fn(usize) -> String| {
        let mut count = 1_000 * MESSAGE_BYTES_MAX / family(1_000).len();
        while family(count).len() > MESSAGE_BYTES_MAX {
            count -= count / 50;
        }
        family(count)
    };
    FAMILIES.iter().map(|(name, family)| (*name, fill(*family))).collect()
}

fn names(count: usize, prefix: &str) -> String {
    (0..count).map(|n| format!("{prefix}{n}=\"urn:{n}\"")).collect()
}

/// ST-SAML-22: twice the size is not more than twice the work, whatever it is twice of, and whether it is refused or not.
#[test]
fn the_work_of_the_reader_is_linear() {
    for (name, family) in FAMILIES {
        for n in [1_000, 16_000] {
            let (one, two) = (steps(&family(n)), steps(&family(2 * n)));
            assert!(two * 10 <= one * 23, "{name}: {one} steps for {n}, {two} for twice as many");
        }
    }
}

fn steps(text: &str) -> u64 {
    let mut steps = 0;
    // Refused or not, the work was done.
    let _ = Document::parse_counting(text.as_bytes(), &LARGE, &mut steps);
    assert!(steps > 0, "something was looked at");
    steps
}

/// ST-SAML-22: the same of the whole screen, up to its limits.
#[test]
fn the_work_of_the_screen_is_linear() {
    let families: [(Family, usize); 6] = [
        (("elements", elements), 1_500),
        (("attributes", |n| holding(&format!("<x:d{}/>", names(50, " a")).repeat(n / 50))), 3_000),
        (("namespaces", |n| holding(&"<p:d xmlns:p=\"urn:p\"/>".repeat(n))), 1_500),
        (("values", |n| "<saml:AttributeValue>group</saml:AttributeValue>".repeat(n)), 1_500),
        (("text", |n| format!("<saml:AttributeValue>{}</saml:AttributeValue>", "text".repeat(n))), 20_000),
        (("ids", |n| holding(&(0..n).map(|id| format!("<x:d id=\"i{id}\"/>")).collect::<String>())), 1_500),
    ];
    let base = screened_steps(|| holding(""));
    for ((name, family), n) in families {
        let (one, two) = (screened_steps(move || family(n)) - base, screened_steps(move || family(2 * n)) - base);
        assert!(two * 10 <= one * 23, "{name}: {one} steps for {n}, {two} for twice as many");
    }
}

// An ID is hashed whole.
const _: () = assert!(ID_BYTES_MAX < 1024, "short");

fn screened_steps(stuffing: impl Fn() -> String + Send + Sync + 'static) -> u64 {
    let text = stuffed(Message::honest(Base::Assertion), stuffing).text();
    screen_response(text.as_bytes()).unwrap_or_else(|refused| panic!("{refused}")).steps()
}

/// ST-SAML-22: refusing is never dearer than a fixed number of steps for each byte: of every variant, and of every family.
#[test]
fn the_work_of_a_refusal_is_linear() {
    let most = |bytes: &[u8]| INPUT_STEPS_MAX * bytes.len() as u64;
    for variant in super::all() {
        let bytes = variant.bad.0.document();
        let steps = screen_steps(&bytes);
        assert!(steps <= most(&bytes), "{}: {steps} steps for {} bytes", variant.path(), bytes.len());
    }
    for (name, family) in FAMILIES {
        let text = family(8_000);
        let steps = screen_steps(text.as_bytes());
        assert!(steps <= most(text.as_bytes()), "{name}: {steps} steps for {} bytes", text.len());
    }
}
