//! Oracle: what the `kdl` crate makes of a text, and the rules by which ours must agree.

use kdl::{KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};
use unicode_security::MixedScript as _;
use wright_syntax::hidden::hidden_kind;
use wright_syntax::{DEPTH_MAX, codes};

use crate::ours::Ours;

/// A class of its own: a name in quotes is KDL, and for us `syntax`.
pub(crate) const QUOTED_NAME: u16 = 9001;

/// What the crate accepts and KDL 2 forbids, by our message about it: a class of its own.
pub(crate) const LENIENT: u16 = 9002;
const LENIENCIES: &[&str] = &[
    // `#"""one line"""#`; the corpus has it among the wrong ones.
    "begins on the next line",
    // A keyword that may be no identifier (§3.10).
    "`-inf` cannot be",
    "`-inf` is not",
    // `/- /- a`: the grammar of an entry has one.
    "one `/-` is enough",
    // `a {} /- b`: the grammar has only blocks there.
    "can only take out another block",
    // `a {}/-{}`: the corpus wants space before `/-`, the crate not everywhere.
    "a space is missing before `/-`",
    // `/- a {} b`: behind an entry that is taken out, the crate wants no newline.
    "something stands on the line behind",
];

/// Whether the crate is known to accept what this message of ours is about.
pub(crate) fn is_leniency(text: &str, message: &str) -> bool {
    // `/- a #nullb`, `/- a #null"b"`: in what is taken out it takes `#null` and reads on.
    let is_keyword = message.starts_with("`#") && message.ends_with("is no value");
    let is_behind_keyword = is_keyword || message == "a space is missing before this";
    (is_behind_keyword && text.contains("/-") && text.contains('#'))
        || LENIENCIES.iter().any(|leniency| message.contains(leniency))
}

/// One line for each entry, with its depth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tree(pub(crate) Vec<String>);

#[derive(Debug)]
pub(crate) enum Verdict {
    Refused,
    /// `outside` holds the classes of everything that lies outside of our subset.
    Accepted {
        tree: Tree,
        outside: Vec<u16>,
    },
    /// It died. Nothing to compare with.
    Aborted,
}

impl Verdict {
    pub(crate) fn to_line(&self) -> String {
        match self {
            Self::Refused | Self::Aborted => "null".to_owned(),
            Self::Accepted { tree, outside } => serde_json::json!([tree.0, outside]).to_string(),
        }
    }

    pub(crate) fn from_line(line: &str) -> Self {
        let Ok(Some((tree, outside))) = serde_json::from_str::<Option<(Vec<String>, Vec<u16>)>>(line) else {
            return Self::Refused;
        };
        Self::Accepted { tree: Tree(tree), outside }
    }
}

/// The crate refuses `;` behind an entry that `/-` takes out, where KDL 2 has it like everywhere: the same with newlines.
pub(crate) fn without_semicolons(text: &str) -> Option<String> {
    (text.contains("/-") && text.contains(';')).then(|| text.replace(';', "\n"))
}

/// The rules of agreement on a text that the crate accepts.
pub(crate) fn compare(text: &str, tree: &Tree, outside: &[u16], ours: &Ours) -> Option<String> {
    let has = |class: u16| outside.contains(&class);
    // What is too deep is not read.
    if has(codes::LIMITS.number) {
        return (!ours.classes.contains(&codes::LIMITS.number)).then(|| "too deep, and accepted".to_owned());
    }
    if ours.classes.contains(&LENIENT) {
        return None;
    }
    // Bare words in a row are one mistake, whatever each of them is: `1.5 USD`.
    let unquoted = [codes::UNQUOTED_WORD.number, codes::UNQUOTED_UNIT.number];
    let has_unquoted = has(codes::UNQUOTED_WORD.number);
    // What `/-` takes out is not in the crate's tree; we read it as strictly as the rest.
    let has_slashdash = text.contains("/-");
    let dropped = [
        QUOTED_NAME,
        codes::BARE_BOOLEAN.number,
        codes::HIDDEN_CHARACTER.number,
        codes::LIMITS.number,
        codes::MIXED_SCRIPT.number,
        codes::VERSION_MARKER.number,
        codes::DUPLICATE_PROPERTY.number,
        codes::NOT_A_VALUE.number,
    ];
    for class in &ours.classes {
        let is_excused = (has_slashdash && (dropped.contains(class) || unquoted.contains(class)))
            || (has_unquoted && unquoted.contains(class));
        if !has(*class) && !is_excused {
            return Some(format!("kdl accepts, we report {class}; outside {outside:?}"));
        }
    }
    for class in outside {
        // Nor do we count properties where a bare word may be the next entry, without its newline.
        let folded = [codes::NOT_A_VALUE.number, codes::DUPLICATE_PROPERTY.number];
        let is_folded = has_unquoted && folded.contains(class);
        let is_reported = ours.classes.contains(class)
            || is_folded
            || (*class == codes::UNQUOTED_WORD.number && ours.classes.contains(&codes::UNQUOTED_UNIT.number));
        if !is_reported {
            return Some(format!("outside of the subset by {class}, which we do not report"));
        }
    }
    (!has_unquoted && *tree != ours.tree).then(|| format!("two trees\n--- kdl  {tree:?}"))
}

pub(crate) fn judge(text: &str) -> Verdict {
    let Ok(document) = KdlDocument::parse_v2(text) else { return Verdict::Refused };
    let mut walk = Walk { lines: Vec::new(), outside: Vec::new() };
    walk.walk(&document);
    // A carriage return alone is a newline that reviewers do not see.
    if text.replace("\r\n", "\n").chars().any(|character| character == '\r' || hidden_kind(character).is_some()) {
        walk.outside.push(codes::HIDDEN_CHARACTER.number);
    }
    walk.outside.sort_unstable();
    walk.outside.dedup();
    Verdict::Accepted { tree: Tree(walk.lines), outside: walk.outside }
}

struct Walk {
    lines: Vec<String>,
    outside: Vec<u16>,
}

impl Walk {
    fn walk(&mut self, document: &KdlDocument) {
        let mut open = vec![document.nodes().iter()];
        while let Some(nodes) = open.last_mut() {
            let Some(node) = nodes.next() else {
                open.pop();
                continue;
            };
            self.node(node, open.len() - 1);
            if let Some(children) = node.children() {
                if open.len() > DEPTH_MAX {
                    self.outside.push(codes::LIMITS.number);
                }
                open.push(children.nodes().iter());
            }
        }
    }

    fn node(&mut self, node: &KdlNode, depth: usize) {
        if node.ty().is_some() {
            self.outside.push(codes::NOT_A_VALUE.number);
        }
        let mut line = format!("{depth} {:?}", self.name(node.name()));
        for argument in node.entries().iter().filter(|entry| entry.name().is_none()) {
            line.push_str(&format!(" {}", self.value(argument)));
        }
        let mut known: Vec<&str> = Vec::new();
        for property in node.entries() {
            let Some(name) = property.name() else { continue };
            let value = self.value(property);
            if known.contains(&name.value()) {
                self.outside.push(codes::DUPLICATE_PROPERTY.number);
                continue;
            }
            known.push(name.value());
            line.push_str(&format!(" {:?}={value}", self.name(name)));
        }
        if node.children().is_some() {
            line.push_str(" {}");
        }
        self.lines.push(line);
    }

    fn name(&mut self, name: &KdlIdentifier) -> String {
        if name.repr().is_some_and(|written| written.starts_with(['"', '#'])) {
            self.outside.push(QUOTED_NAME);
        }
        if !name.value().is_ascii() && !name.value().is_single_script() {
            self.outside.push(codes::MIXED_SCRIPT.number);
        }
        self.text(name.value());
        name.value().to_owned()
    }

    fn text(&mut self, text: &str) {
        if text.chars().any(|character| hidden_kind(character).is_some()) {
            self.outside.push(codes::HIDDEN_CHARACTER.number);
        }
    }

    fn value(&mut self, entry: &KdlEntry) -> String {
        if entry.ty().is_some() {
            self.outside.push(codes::NOT_A_VALUE.number);
        }
        let written = entry.format().map(|format| format.value_repr.clone()).unwrap_or_default();
        match entry.value() {
            KdlValue::String(text) => {
                if !written.starts_with(['"', '#']) {
                    self.outside.push(codes::UNQUOTED_WORD.number);
                }
                self.text(text);
                format!("{text:?}")
            }
            KdlValue::Integer(number) if is_decimal(&written) && i64::try_from(*number).is_ok() => number.to_string(),
            KdlValue::Integer(_) | KdlValue::Float(_) | KdlValue::Null => {
                self.outside.push(codes::NOT_A_VALUE.number);
                format!("{written:?}")
            }
            KdlValue::Bool(is_true) => {
                self.outside.push(codes::BARE_BOOLEAN.number);
                format!("{:?}", if *is_true { "on" } else { "off" })
            }
        }
    }
}

fn is_decimal(written: &str) -> bool {
    written.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}
