//! Junit: results as the XML that CI systems call JUnit. It has no standard; this is what their parsers agree on.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One test.
pub(crate) struct Case {
    /// The suite.
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    /// What is wrong, a line each; `None` where nothing is.
    pub(crate) failure: Option<Vec<String>>,
}

pub(crate) fn junit(cases: &[Case]) -> String {
    let failed = |cases: &[&Case]| cases.iter().filter(|case| case.failure.is_some()).count();
    let all: Vec<&Case> = cases.iter().collect();
    let mut groups: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        groups.entry(&case.group).or_default().push(case);
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"gatewright\" tests=\"{}\" failures=\"{}\">", all.len(), failed(&all));
    for (group, cases) in groups {
        let (tests, failures) = (cases.len(), failed(&cases));
        let name = escaped(group);
        let _ = writeln!(text, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">");
        for case in cases {
            one(case, &name, &mut text);
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn one(case: &Case, group: &str, text: &mut String) {
    let (name, file) = (escaped(&case.name), escaped(&case.file));
    let _ = write!(text, "    <testcase classname=\"{group}\" name=\"{name}\" file=\"{file}\" line=\"{}\"", case.line);
    let Some(lines) = &case.failure else {
        text.push_str("/>\n");
        return;
    };
    let first = lines.first().map(|line| escaped(line)).unwrap_or_default();
    let all: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    let _ = writeln!(text, ">\n      <failure message=\"{first}\">{}</failure>\n    </testcase>", all.join("\n"));
}

/// XML 1.0, section 2.2: what is no character of XML is left out by `plain`; these five would be markup.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in crate::style::plain(text).chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_cannot_leave_an_attribute() {
        assert_eq!(escaped("\"/><x a='&\n\u{ffff}"), "&quot;/&gt;&lt;x a=&apos;&amp;\u{fffd}\u{fffd}");
    }
}
