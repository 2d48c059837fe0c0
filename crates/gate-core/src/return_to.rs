//! Return address: where an app may send a person back to. A path on the app's own origin, nothing else.
//!
//! Reads the text of a link that anybody may have written. Gives a path that a browser resolves on the origin that it is
//! appended to, or nothing.
//!
//! Invariant: `origin + path` has the origin `origin` in every browser (RFC 9700 §4.11.1; CVE-2022-23527).
//!
//! Trust: the text is alleged; a [`ReturnTo`] is safe to put behind an origin and into a `Location`.

/// Chromium and proxies in front stop at 8 KiB for the whole request line; a path that long is an attack or a loop.
const RETURN_TO_BYTES_MAX: usize = 2_048;

/// A path, with query where there is one, that begins with exactly one `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReturnTo(String);

impl ReturnTo {
    /// Refuses whatever two readers of addresses might read differently; what remains is printable ASCII.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('/')?;
        let printable = text.len() <= RETURN_TO_BYTES_MAX && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        let one_slash = !rest.starts_with(['/', '\\']);
        // A back-slash is a slash to browsers (WHATWG URL, "special" schemes); a fragment never reaches a server.
        if !printable || !one_slash || text.contains(['\\', '#', '"', '<', '>', '^', '`', '{', '|', '}']) {
            return None;
        }
        let path = text.split('?').next().unwrap_or_default();
        (!hides_something(text, path)).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Percent-encodings that a server behind us may decode into what was refused above, once or twice.
fn hides_something(text: &str, path: &str) -> bool {
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(offset) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == b'%')) {
        let here = at + offset;
        let digits = bytes.get(here + 1..here + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let Some(byte) = digits
            .filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        else {
            return true;
        };
        // Everywhere: control characters (CR, LF split headers; NUL cuts strings).
        if byte.is_ascii_control() {
            return true;
        }
        // In the path: an encoded slash, back-slash, dot or percent sign makes another path after one more decoding.
        if here < path.len() && matches!(byte, b'/' | b'\\' | b'.' | b'%') {
            return true;
        }
        at = here + 3;
    }
    // Dot segments are resolved by browsers and not by every server: `/..//evil.example` becomes `//evil.example`.
    path.contains("//") || path.split('/').any(|segment| segment == "." || segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: &[&str] = &[
        "",
        "evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https://evil.example",
        "HTTPS://evil.example",
        "http://evil.example/",
        "https://app.example@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "@evil.example",
        ".evil.example",
        ":443@evil.example",
        "?x=1",
        "#/x",
        " /x",
        "/ x",
        "\t/x",
        "/\t/evil.example",
        "/\n/evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/x%0d%0aSet-Cookie:%20a=b",
        "/x%0D%0ALocation:%20https://evil.example",
        "/x?y=%0a",
        "/%00",
        "/%09/evil.example",
        "/%2f/evil.example",
        "/%2F%2Fevil.example",
        "/%5cevil.example",
        "/%5C%5Cevil.example",
        "/%252f%252fevil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/a/..//evil.example",
        "/%2e%2e//evil.example",
        "/a//b",
        "/%zz",
        "/%2",
        "/%",
        "/x#y",
        "/é",
        "/\u{2028}",
        "/\u{ff0f}evil.example",
        "/x\0",
        "/<script>",
        "/\"onload",
    ];

    /// ST-OIDC-15: the open-redirect table; none leaves the origin.
    #[test]
    fn st_oidc_15_no_return_address_leaves_the_origin() {
        assert!(REFUSED.len() >= 40);
        for text in REFUSED {
            assert_eq!(ReturnTo::parse(text), None, "{text:?}");
        }
        assert_eq!(ReturnTo::parse(&format!("/{}", "a".repeat(RETURN_TO_BYTES_MAX))), None);
    }

    /// ST-OIDC-15: every short path over the letters that redirects are forged with, as a browser reads it, and as it is
    /// after one and two more decodings.
    #[test]
    fn st_oidc_15_what_passes_stays_on_the_origin() {
        const LETTERS: [char; 13] = ['/', '\\', '.', '%', '2', '5', 'f', 'c', '@', ':', '?', 'a', '\t'];
        const ORIGIN: &str = "https://app.example";
        let mut passed = 0;
        for number in 0..LETTERS.len().pow(5) {
            let mut text = String::from("/");
            let mut rest = number;
            while rest > 0 {
                text.push(LETTERS[rest % LETTERS.len()]);
                rest /= LETTERS.len();
            }
            let Some(good) = ReturnTo::parse(&text) else { continue };
            passed += 1;
            let mut path = good.as_str().to_owned();
            for _ in 0..3 {
                // Absolute, as we send it, and relative, as a careless server might.
                let (absolute, base) = (url::Url::parse(&format!("{ORIGIN}{path}")), url::Url::parse(ORIGIN).unwrap());
                assert_eq!(absolute.unwrap().origin().ascii_serialization(), ORIGIN, "{path:?}");
                assert_eq!(base.join(&path).unwrap().origin().ascii_serialization(), ORIGIN, "{path:?}");
                path = percent_encoding::percent_decode_str(&path).decode_utf8_lossy().into_owned();
            }
        }
        assert!(passed > 1_000, "{passed}");
    }

    #[test]
    fn ordinary_paths_pass() {
        for text in
            ["/", "/a", "/a/b/", "/a.b/..c", "/a?x=1&y=//z", "/a?next=https%3A%2F%2Fapp%2F", "/a%20b", "/~u/;p=1"]
        {
            assert_eq!(ReturnTo::parse(text).unwrap().as_str(), text);
        }
    }
}
