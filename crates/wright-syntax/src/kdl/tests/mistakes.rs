//! Each mistake: its code, its mark and its message, once.

use super::*;

#[track_caller]
fn one(text: &str, expected: &str) {
    assert_eq!(found(text), [expected], "{text}");
}

#[test]
fn gw0002_units_are_quoted() {
    one("idle 30m", "GW0002 «30m» `30m` must be quoted");
    one("until 2026-06-30 // x", "GW0002 «2026-06-30» `2026-06-30` must be quoted");
    one("limit 500.00 USD", "GW0002 «500.00 USD» `500.00 USD` must be quoted");
    one("idle 30 minutes", "GW0002 «30 minutes» `30 minutes` must be quoted");
    one("net 10.0.0.0/8", "GW0002 «10.0.0.0/8» `10.0.0.0/8` must be quoted");
    one("a idle=30m other=\"x\"", "GW0002 «30m» `30m` must be quoted");
    assert_eq!(fixed("session { idle 30m; absolute 12h }"), "session { idle \"30m\"; absolute \"12h\" }");
    assert_eq!(tree("idle 30m"), "idle(\"30m\")");
}

#[test]
fn gw0003_booleans_are_no_values() {
    one("signed true", "GW0003 «true» `true` is not a policy value");
    one("signed #true", "GW0003 «#true» `#true` is not a policy value");
    one("a signed=#false", "GW0003 «#false» `#false` is not a policy value");
    assert_eq!(fixed("signed true"), "signed \"on\"");
    assert_eq!(fixed("a\nsigned false\nb"), "a\n\nb");
    assert_eq!(fixed("signed false k=1"), "signed false k=1", "what else stands on the line is no machine's business");
}

#[test]
fn gw0006_hidden_characters() {
    one("a \"x\u{202e}y\"", "GW0006 «\u{202e}» a bidirectional control (U+202E) hides here");
    one("// x\u{2066}\na", "GW0006 «\u{2066}» a bidirectional control (U+2066) hides here");
    one("na\u{200b}me", "GW0006 «\u{200b}» a zero-width character (U+200B) hides here");
    one("\u{feff}a", "GW0006 «\u{feff}» a byte order mark (U+FEFF) hides here");
    one("a \"x\\u{202e}y\"", "GW0006 «\\u{202e}» a bidirectional control (U+202E) hides in this string");
    one("a \"\\b\"", "GW0006 «\\b» a control character (U+0008) hides in this string");
    one("a \"\"\"\n x\\u{200d}\n \"\"\"", "GW0006 «\\u{200d}» a zero-width character (U+200D) hides in this string");
    one("a \"\u{1b}[31m\"", "GW0006 «\u{1b}» a control character (U+001B) hides here");
    one(
        "a \"x\u{200b}\u{200c}\u{200d}\"",
        "GW0006 «\u{200b}\u{200c}\u{200d}» a zero-width character (U+200B) hides here",
    );
}

#[test]
fn gw0007_slashdash_stands_in_organisation_files_only() {
    let read = |text| shown(text, &read_in(ReadContext::Platform, text).1);
    let expected = ["GW0007 «/-» `/-` is not allowed outside organisation files"];
    assert_eq!(read("/- role \"x\" { /- b }\nrole \"y\""), expected);
    assert_eq!(read("a /- 1"), expected);
    assert_eq!(read("a /- { b /- 1 }"), expected);
    assert_eq!(read("a 1"), [""; 0]);
}

#[test]
fn gw0010_limits() {
    let deep = format!("{}{}", "a { ".repeat(DEPTH_MAX), "}".repeat(DEPTH_MAX));
    assert_eq!(found(&deep), [""; 0]);
    let deeper = format!("{}x \"}}\" /* }} */{}\nb true", "a { ".repeat(DEPTH_MAX + 3), "}".repeat(DEPTH_MAX + 3));
    assert_eq!(
        found(&deeper),
        ["GW0010 «{» nested 17 deep; the limit is 16", "GW0003 «true» `true` is not a policy value"]
    );
    let large = "a\n".repeat(FILE_BYTES_MAX / 2 + 1);
    one(&large, "GW0010 «» this file holds 1025 KiB; the limit is 1024 KiB");
    assert_eq!(found(large.get(..FILE_BYTES_MAX).unwrap()), [""; 0]);
    let many = "a true\n".repeat(MISTAKES_MAX + 50);
    let found = found(&many);
    assert_eq!(found.len(), MISTAKES_MAX + 1);
    assert_eq!(found[MISTAKES_MAX], "GW0010 «true» more than 200 mistakes in this file; the others are not listed");
}

#[test]
fn gw0012_text_is_quoted() {
    one("plan enterprise", "GW0012 «enterprise» `enterprise` must be quoted");
    one("name Acme Corp, Inc.", "GW0012 «Acme Corp, Inc.» `Acme Corp, Inc.` must be quoted");
    one("issuer https://acme.okta.com/x", "GW0012 «https://acme.okta.com/x» `https://acme.okta.com/x` must be quoted");
    one("time-zone America/New_York", "GW0012 «America/New_York» `America/New_York` must be quoted");
    assert_eq!(fixed("grant role=admin group=ml-x"), "grant role=\"admin\" group=\"ml-x\"");
    assert_eq!(tree("grant role=admin group=ml-x"), "grant(role=\"admin\", group=\"ml-x\")");
    assert_eq!(found("connection okta {\n provider \"okta\"\n}"), ["GW0012 «okta» `okta` must be quoted"]);
}

#[test]
fn gw0013_names_have_one_script() {
    one("n\u{430}me \"x\"", "GW0013 «n\u{430}me» `n\u{430}me` mixes the letters of several scripts");
    one("a r\u{43e}le=\"x\"", "GW0013 «r\u{43e}le» `r\u{43e}le` mixes the letters of several scripts");
    assert_eq!(found("имя \"x\""), [""; 0], "one foreign script is an unknown word, not a trap");
}

#[test]
fn gw0014_no_version_marker() {
    one("/- kdl-version 2\na", "GW0014 «/- kdl-version 2» a policy file carries no KDL version marker");
    assert_eq!(tree("/- kdl-version 2\na"), "a");
    assert_eq!(fixed("/- kdl-version 2\na"), "\na");
}

#[test]
fn gw0105_properties_stand_once() {
    one("a k=1 l=2 k=3", "GW0105 «k» `k` is given twice on one line");
    assert_eq!(tree("a k=1 l=2 k=3"), "a(k=1, l=2)");
    let many: String = (0..20).map(|n| format!(" k{n}=1")).collect();
    one(&format!("a{many} k7=2"), "GW0105 «k7» `k7` is given twice on one line");
}

#[test]
fn gw0210_what_is_no_value() {
    one("a 1.5", "GW0210 «1.5» `1.5` is not a decimal integer");
    one("a 0x1F", "GW0210 «0x1F» `0x1F` is not a decimal integer");
    one("a k=null", "GW0210 «null» `null` is not a policy value");
    one("a #nan", "GW0210 «#nan» `#nan` is not a policy value");
    one("a (u8)5", "GW0210 «(u8)» `(u8)` is a type annotation");
    one("(t)a 5", "GW0210 «(t)» `(t)` is a type annotation");
    one("a k=(t)5", "GW0210 «(t)» `(t)` is a type annotation");
    one("a 99999999999999999999", "GW0210 «99999999999999999999» `99999999999999999999` is too large a number");
    assert_eq!(tree("a (u8)5 k=(t)6"), "a(5, k=6)");
}

#[test]
fn gw0001_everything_else() {
    one("a =", "GW0001 «=» no `=` stands between a word and its value");
    one("a k=", "GW0001 «k=» `k` has no value");
    one("a k= {\n}", "GW0001 «k=» `k` has no value");
    one("a \"x\"\"y\"", "GW0001 «\"» a space is missing before this");
    one("a\"x\"", "GW0001 «\"» a space is missing before this");
    one("a [1, 2]", "GW0001 «[1,» `[1,` is no value");
    one("[org]\nname \"x\"", "GW0001 «[org]» `[org]` cannot begin an entry");
    one("30m \"x\"", "GW0001 «30m» `30m` cannot be the word of an entry");
    one("\"name\" \"x\"", "GW0001 «\"name\"» words and the names of properties stand without quotes");
    one("a \"k\"=1", "GW0001 «\"k\"» words and the names of properties stand without quotes");
    one("a true=1", "GW0001 «true» `true` cannot be the name of a property");
    one("a \"x\\q\"", "GW0001 «\\q» `\\q` is no escape");
    one("a \"x", "GW0001 «\"x» a quotation mark is missing on this line");
    one("a #\"x\nb", "GW0001 «#\"x» a quotation mark is missing on this line");
    one("a \"\"\"x\"\"\"", "GW0001 «\"\"\"x\"\"\"» the text of a `\"\"\"` string begins on the next line");
    one("a \"\"\"\n x\n  \"\"\"", "GW0001 « x» this line is indented less than the closing quotes");
    one("a \"\"\"\n x\"\"\"", "GW0001 « x» text stands before the closing quotes");
    one("a \"\"\"\nb", "GW0001 «\"\"\"» this string is never closed");
    one("a /* x /* y */", "GW0001 «/*» this comment is never closed");
    one("a; ;; b", "GW0001 «;;» there is no entry before this `;`");
    one("a {} b", "GW0001 «b» something stands on the line behind `}`");
    one("a {} {}", "GW0001 «{» an entry has one block");
    one("a\n{ b }", "GW0001 «{» no word stands before this `{`");
    one("a }", "GW0001 «}» this `}` closes nothing");
    one("/-", "GW0001 «/-» nothing stands behind this `/-`");
    one("a /-", "GW0001 «/-» nothing stands behind this `/-`");
    one("/- /- a", "GW0001 «/-» one `/-` is enough");
    one("a #foo", "GW0001 «#foo» `#foo` is no value");
    one("a \\ x", "GW0001 «\\» `\\` is no value");
    assert_eq!(fixed("name = \"Acme\"\n\"team\" \"x\""), "name \"Acme\"\nteam \"x\"");
}

/// What other languages write, and what word processors make of quotation marks.
#[test]
fn habits_of_other_languages_are_understood() {
    one("grant role: \"admin\" group=\"x\"", "GW0001 «role:» `=` is missing behind `role`");
    one("grant role\"admin\" group=\"x\"", "GW0001 «role» `=` is missing behind `role`");
    assert_eq!(tree("grant role: \"admin\" group=\"x\""), "grant(role=\"admin\", group=\"x\")");
    assert_eq!(fixed("grant role: \"admin\" about\"x\""), "grant role=\"admin\" about=\"x\"");
    one("grant role=\"a\", group=\"b\"", "GW0001 «,» no comma stands between the parts of an entry");
    assert_eq!(fixed("grant role=\"a\", group=\"b\""), "grant role=\"a\" group=\"b\"");
    assert_eq!(fixed("name \u{201c}Acme Corp\u{201d}"), "name \"Acme Corp\"");
    assert_eq!(fixed("join 'jit'"), "join \"jit\"");
    one("name \"Acme \"Corp\"\"", "GW0001 «C» a space is missing before this");
}

/// Trojan Source in another way: a comment on the screen is a comment and a grant to KDL.
#[test]
fn gw0006_newlines_that_reviewers_do_not_see_are_refused() {
    for newline in ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'] {
        let found = found(&format!("a // x{newline}b 2\n"));
        let what = format!("a newline that reviewers do not see (U+{:04X}) hides here", u32::from(newline));
        assert!(found.len() == 1 && found[0].starts_with("GW0006") && found[0].ends_with(&what), "{found:?}");
    }
    assert_eq!(found("a // x\r\nb 2\r\n"), Vec::<String>::new());
}
