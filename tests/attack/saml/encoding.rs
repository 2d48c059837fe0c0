//! Encoding: bytes that are not UTF-8, and form values that are not base64 of it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use gatewright_terms::Refusal as R;

use super::message::Message;
use super::variant::{Defect, hold, screen};

/// ST-SAML-03, ST-SAML-22: one encoding, one alphabet.
#[test]
fn other_encodings_are_refused() {
    hold("encoding");
}

const ROWS: &[u8] = &[3];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = encodings();
    all.extend(characters());
    all.extend(forms());
    all
}

fn utf16(bytes: &[u8], unit: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
}

fn encodings() -> Vec<Defect> {
    let bytes = |name: &str, reason: &'static str, encode: fn(Vec<u8>) -> Vec<u8>| {
        screen(name, ROWS, R::SamlMalformed, reason, move |m: Message| m.encoded(encode))
    };
    let declared = |name: &str, declaration: &'static str| {
        screen(name, ROWS, R::SamlMalformed, "declaration", move |m: Message| {
            m.encoded(move |bytes| [declaration.as_bytes(), &bytes].concat())
        })
    };
    vec![
        bytes("utf-16-little-endian", "not-utf8", |bytes| utf16(&bytes, u16::to_le_bytes, true)),
        bytes("utf-16-big-endian", "not-utf8", |bytes| utf16(&bytes, u16::to_be_bytes, true)),
        bytes("utf-16-without-mark", "not-a-character", |bytes| utf16(&bytes, u16::to_le_bytes, false)),
        bytes("utf-32", "not-a-character", |bytes| {
            std::str::from_utf8(&bytes).unwrap().chars().flat_map(|c| u32::from(c).to_be_bytes()).collect()
        }),
        bytes("byte-order-mark", "byte-order-mark", |bytes| [b"\xEF\xBB\xBF", &bytes[..]].concat()),
        declared("declared-utf-16", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>"),
        declared("declared-utf-7", "<?xml version=\"1.0\" encoding=\"UTF-7\"?>"),
        declared("declared-latin-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"),
        declared("declared-ebcdic", "<?xml version=\"1.0\" encoding=\"IBM037\"?>"),
        declared("declared-unknown", "<?xml version=\"1.0\" encoding=\"x\"?>"),
        declared("version-1-1", "<?xml version=\"1.1\"?>").twin(|m| {
            m.encoded(|bytes| [b"<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n", &bytes[..]].concat())
        }),
        declared("no-version", "<?xml encoding=\"UTF-8\"?>"),
        declared("declaration-without-end", "<?xml version=\"1.0\""),
        screen("declaration-twice", ROWS, R::SamlForbiddenMarkup, "processing-instruction", |m| {
            m.encoded(|bytes| [b"<?xml version=\"1.0\"?><?xml version=\"1.0\"?>", &bytes[..]].concat())
        }),
        screen("declaration-behind-white-space", ROWS, R::SamlForbiddenMarkup, "processing-instruction", |m| {
            m.encoded(|bytes| [b"\n<?xml version=\"1.0\"?>", &bytes[..]].concat())
        }),
    ]
}

fn characters() -> Vec<Defect> {
    let put = |name: &str, reason: &'static str, sequence: &'static [u8]| {
        screen(name, ROWS, R::SamlMalformed, reason, move |m: Message| {
            m.encoded(move |bytes| {
                let at = bytes.windows(5).position(|window| window == b">Ada<").unwrap() + 1;
                [&bytes[..at], sequence, &bytes[at..]].concat()
            })
        })
    };
    vec![
        put("lonely-continuation", "not-utf8", b"\x80"),
        put("overlong-slash", "not-utf8", b"\xC0\xAF"),
        put("overlong-zero", "not-utf8", b"\xC0\x80"),
        put("surrogate", "not-utf8", b"\xED\xA0\x80"),
        put("beyond-unicode", "not-utf8", b"\xF4\x90\x80\x80"),
        put("cut-sequence", "not-utf8", b"\xE2\x82"),
        put("zero", "not-a-character", b"\0"),
        put("control", "not-a-character", b"\x1B"),
        put("not-a-character", "not-a-character", b"\xEF\xBF\xBF"),
    ]
}

fn forms() -> Vec<Defect> {
    let form = |name: &str, change: fn(Vec<u8>) -> Vec<u8>| {
        screen(name, &[3, 22], R::SamlMalformed, "not-base64", move |m: Message| m.form(change))
    };
    vec![
        form("padding-missing", |mut form| {
            form.push(b'=');
            form
        })
        .twin(|m| {
            m.form(|form| {
                let lines: Vec<&[u8]> = form.chunks(76).collect();
                lines.join(&b"\r\n"[..])
            })
        }),
        form("alphabet-of-addresses", |form| [b"-_", &form[2..]].concat()),
        form("character-of-no-alphabet", |form| [&form[..4], b"!", &form[4..]].concat()),
        form("percent-escapes-left", |form| [&form[..4], b"%2B", &form[4..]].concat()),
        form("padding-in-the-middle", |form| [&form[..8], b"QQ==", &form[8..]].concat()),
        form("rubbish-behind", |form| [&form[..], b"\0"].concat()),
        form("not-text", |form| [&form[..], b"\xFF"].concat()),
        form("the-document-itself", |form| BASE64_STANDARD.decode(form).unwrap()),
        screen("empty", &[3, 22], R::SamlMalformed, "no-root-element", |m| m.form(|_| Vec::new())),
        screen("base64-twice", &[3], R::SamlMalformed, "no-root-element", |m| {
            m.form(|form| BASE64_STANDARD.encode(form).into_bytes())
        }),
        screen("deflated", &[3, 22], R::SamlMalformed, "not-utf8", |m| {
            m.encoded(|bytes| miniz_oxide::deflate::compress_to_vec(&bytes, 6))
        }),
    ]
}
