//! Markup: what two parsers read differently: comments, entities, instructions, document types, namespaces.

use gatewright_terms::Refusal as R;

use super::message::{Base, Message, once};
use super::variant::{Defect, hold, screen};

/// ST-SAML-02, ST-SAML-03, ST-SAML-04, ST-SAML-10: nothing that one reader sees and another does not.
#[test]
fn markup_with_two_meanings_is_refused() {
    hold("markup");
}

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = values();
    all.extend(everywhere());
    all.extend(document_types());
    all.extend(namespaces());
    all.extend(doubled());
    all.extend(unbound());
    all.extend(reserved());
    all.extend(colons());
    all.extend(well_formedness());
    all
}

/// Where a value is cut. The signature covers the markup, or does not see it at all.
fn values() -> Vec<Defect> {
    let places: [(&str, &str, &str); 6] = [
        ("name-id", ">ada-1<", ">owner-1{}.ada-1<"),
        ("address", ">ada@acme.com<", ">owner@acme.com{}.ada.example<"),
        ("group", ">ml<", ">owners{}ml<"),
        ("audience", "<saml:Audience>", "<saml:Audience>{}"),
        ("issuer-of-the-assertion", "</saml:Issuer>{sign:assertion}", "{}</saml:Issuer>{sign:assertion}"),
        ("issuer-of-the-response", "</saml:Issuer>{sign:response}", "{}</saml:Issuer>{sign:response}"),
    ];
    let marks: [(&str, &str, &str); 3] = [
        ("comment", "<!-- x -->", "comment"),
        ("instruction", "<?x y?>", "processing-instruction"),
        ("section", "<![CDATA[x]]>", "cdata-section"),
    ];
    let mut all = Vec::new();
    for (place, from, to) in places {
        for (mark, markup, reason) in marks {
            all.push(screen(
                format!("{mark}-in-{place}"),
                &[3, 4],
                R::SamlForbiddenMarkup,
                reason,
                move |m: Message| m.before(from, &to.replace("{}", markup)),
            ));
        }
    }
    // After signing: a comment is not in the canonical form.
    all.push(screen("comment-in-name-id-after-signing", &[4], R::SamlForbiddenMarkup, "comment", |m| {
        m.after(">ada-1<", ">ada<!---->-1<")
    }));
    all.push(screen("section-in-name-id-after-signing", &[4], R::SamlForbiddenMarkup, "cdata-section", |m| {
        m.after(">ada-1<", "><![CDATA[ada-1]]><")
    }));
    // A reference is another spelling of the same character: the whole value is read.
    all.push(
        screen("entity-in-name-id", &[3, 4], R::SamlForbiddenMarkup, "entity", |m| m.after(">ada-1<", ">&ada;-1<"))
            .twin(|m| m.after(">ada-1<", ">&#97;da&#x2d;1<"))
            .on(Base::PLAIN),
    );
    all
}

fn everywhere() -> Vec<Defect> {
    let put = |name: &str, reason: &'static str, from: &'static str, to: &'static str| {
        screen(name, &[3], R::SamlForbiddenMarkup, reason, move |m: Message| {
            m.after_with(move |text| text.replacen(from, to, 1))
        })
    };
    let end = "</samlp:Response>";
    vec![
        put("comment-between-elements", "comment", "<saml:Subject>", "<!-- x --><saml:Subject>"),
        put("comment-before-the-root", "comment", "<samlp:Response ", "<!-- x --><samlp:Response "),
        put("comment-behind-the-root", "comment", end, "</samlp:Response><!-- x -->"),
        put("comment-in-the-signature", "comment", "<ds:SignatureValue>", "<ds:SignatureValue><!-- x -->"),
        put("instruction-before-the-root", "processing-instruction", "<samlp:Response ", "<?x y?><samlp:Response "),
        put(
            "style-sheet",
            "processing-instruction",
            "<samlp:Response ",
            "<?xml-stylesheet href=\"http://127.0.0.1:9/x\"?><samlp:Response ",
        ),
        put("instruction-behind-the-root", "processing-instruction", end, "</samlp:Response><?x y?>"),
        put("section-between-elements", "cdata-section", "<saml:Subject>", "<![CDATA[]]><saml:Subject>"),
    ]
}

fn document_types() -> Vec<Defect> {
    let with = |name: &str, declaration: &'static str| {
        screen(name, &[3, 4], R::SamlForbiddenMarkup, "document-type", move |m: Message| {
            m.after_with(move |text| format!("{declaration}{text}"))
        })
    };
    vec![
        with("empty-document-type", "<!DOCTYPE x>"),
        with("external-document-type", "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\">"),
        with("public-document-type", "<!DOCTYPE x PUBLIC \"x\" \"http://127.0.0.1:9/x.dtd\">"),
        with("document-type-of-a-file", "<!DOCTYPE x SYSTEM \"file:///etc/hostname\">"),
        with("internal-entity", "<!DOCTYPE x [<!ENTITY ada \"ada\">]>"),
        with("external-entity", "<!DOCTYPE x [<!ENTITY ada SYSTEM \"file:///etc/hostname\">]>"),
        with("parameter-entity", "<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/x\"> %p;]>"),
        with("default-attribute", "<!DOCTYPE x [<!ATTLIST Subject ID ID \"_assertion\">]>"),
        with("id-of-another-name", "<!DOCTYPE x [<!ATTLIST NameID Format ID #IMPLIED>]>"),
        with("notation", "<!DOCTYPE x [<!NOTATION n SYSTEM \"http://127.0.0.1:9/x\">]>"),
        screen("document-type-inside", &[3], R::SamlForbiddenMarkup, "document-type", |m| {
            m.after_with(|text| once(&text, "<samlp:Status>", "<!DOCTYPE x><samlp:Status>"))
        }),
        screen("entity-that-is-declared", &[3, 4], R::SamlForbiddenMarkup, "document-type", |m| {
            m.after_with(|text| format!("<!DOCTYPE x [<!ENTITY ada \"ada-1\">]>{}", once(&text, ">ada-1<", ">&ada;<")))
        }),
    ]
}

/// A prefix that means something else further in.
fn namespaces() -> Vec<Defect> {
    vec![
        screen("prefix-bound-to-another-namespace", &[2, 5], R::SamlStructure, "foreign-element", |m| {
            m.before("<saml:NameID ", "<saml:NameID xmlns:saml=\"urn:x\" ")
        }),
        screen("default-namespace-taken-away", &[2, 5], R::SamlStructure, "foreign-element", |m| {
            m.before("</saml:Subject>", "<NameID xmlns=\"\">owner-1</NameID></saml:Subject>")
        }),
        screen("relative-namespace", &[2, 10], R::SamlMalformed, "namespace-not-absolute", |m| {
            m.before("<saml:Subject>", "<saml:Subject xmlns:x=\"relative\">")
        }),
    ]
}

/// No document of XML with namespaces.
fn malformed(name: &str, reason: &'static str, from: &'static str, to: &'static str) -> Defect {
    screen(name, &[2, 3], R::SamlMalformed, reason, move |m: Message| {
        m.after_with(move |text| text.replacen(from, to, 1))
    })
}

fn doubled() -> Vec<Defect> {
    vec![
        malformed("attribute-twice", "attribute-doubled", "<saml:NameID ", "<saml:NameID Format=\"x\" "),
        malformed(
            "attribute-twice-by-namespace",
            "attribute-doubled",
            "<saml:AttributeValue>",
            "<saml:AttributeValue xmlns:x=\"urn:x\" xmlns:y=\"urn:x\" x:a=\"1\" y:a=\"2\">",
        ),
        malformed(
            "declaration-twice",
            "attribute-doubled",
            "<saml:Subject>",
            "<saml:Subject xmlns:x=\"urn:x\" xmlns:x=\"urn:y\">",
        ),
    ]
}

fn unbound() -> Vec<Defect> {
    vec![
        malformed(
            "prefix-without-declaration",
            "prefix-unbound",
            "<saml:AttributeValue>",
            "<saml:AttributeValue><x:y/>",
        ),
        malformed(
            "attribute-prefix-without-declaration",
            "prefix-unbound",
            "<saml:AttributeValue>",
            "<saml:AttributeValue x:y=\"1\">",
        ),
        malformed(
            "prefix-undeclared",
            "prefix-undeclared",
            "<saml:AttributeValue>",
            "<saml:AttributeValue xmlns:saml=\"\">",
        ),
    ]
}

fn reserved() -> Vec<Defect> {
    vec![
        malformed(
            "prefix-xml-for-another",
            "namespace-reserved",
            "<saml:Subject>",
            "<saml:Subject xmlns:xml=\"urn:x\">",
        ),
        malformed(
            "namespace-of-xml-for-another",
            "namespace-reserved",
            "<saml:Subject>",
            "<saml:Subject xmlns:x=\"http://www.w3.org/XML/1998/namespace\">",
        ),
        malformed("prefix-xmlns", "namespace-reserved", "<saml:Subject>", "<saml:Subject xmlns:xmlns=\"urn:x\">"),
        malformed(
            "namespace-of-declarations",
            "namespace-reserved",
            "<saml:Subject>",
            "<saml:Subject xmlns:x=\"http://www.w3.org/2000/xmlns/\">",
        ),
    ]
}

fn colons() -> Vec<Defect> {
    vec![
        malformed("name-with-two-colons", "name-with-two-colons", "<saml:Subject>", "<saml:x:Subject>"),
        malformed("name-that-starts-with-a-colon", "not-a-name", "<saml:Subject>", "<:Subject>"),
    ]
}

fn well_formedness() -> Vec<Defect> {
    let broken = |name: &str, reason: &'static str, break_it: fn(String) -> String| {
        screen(name, &[3], R::SamlMalformed, reason, move |m: Message| m.after_with(break_it))
    };
    vec![
        broken("cut-off", "unclosed-tag", |text| text[..text.len() - 5].to_owned()),
        broken("last-tag-missing", "unclosed-element", |text| text.replace("</samlp:Response>", "")),
        broken("crossed-tags", "crossed-tags", |text| text.replacen("</saml:Subject>", "</saml:Conditions>", 1)),
        broken("end-tag-of-another-prefix", "crossed-tags", |text| {
            text.replacen("</saml:Subject>", "</samlp:Subject>", 1)
        }),
        broken("text-behind-the-root", "text-outside-the-root", |text| format!("{text}x")),
        broken("text-before-the-root", "no-root-element", |text| format!("x{text}")),
        broken("attribute-without-quotes", "attribute-without-quotes", |text| {
            text.replacen("Version=\"2.0\"", "Version=2.0", 1)
        }),
        broken("attribute-without-value", "attribute-without-value", |text| {
            text.replacen("Version=\"2.0\"", "Version", 1)
        }),
        broken("attributes-without-space", "no-space-before-attribute", |text| {
            text.replacen("\" Version=", "\"Version=", 1)
        }),
        broken("less-than-in-an-attribute", "less-than-in-value", |text| text.replacen("_session-1", "_session<1", 1)),
        broken("bare-ampersand", "bare-ampersand", |text| text.replacen(">Ada<", ">A & B<", 1)),
        broken("reference-without-end", "not-a-character-reference", |text| text.replacen(">Ada<", ">&#65<", 1)),
        broken("reference-to-nothing", "not-a-character", |text| text.replacen(">Ada<", ">&#0;<", 1)),
        broken("reference-to-a-surrogate", "not-a-character", |text| text.replacen(">Ada<", ">&#xD800;<", 1)),
        broken("reference-beyond-unicode", "not-a-character", |text| text.replacen(">Ada<", ">&#x110000;<", 1)),
        broken("reference-that-overflows", "not-a-character", |text| text.replacen(">Ada<", ">&#4294967361;<", 1)),
        broken("end-of-a-section-in-text", "section-end-in-text", |text| text.replacen(">Ada<", ">]]><", 1)),
        broken("nothing-but-white-space", "no-root-element", |_| " \n".to_owned()),
    ]
}
