//! Write: random files of the language without a mistake, in every spelling that the reader takes, and what they say.

use crate::random::Random;

const WORDS: &[&str] = &["org", "grant", "grant", "grant", "block", "a", "_x", "größe", "-", "x,y"];
const NAMES: &[&str] = &["role", "group", "a", "k9", "größe", "имя", "<>"];
const PIECES: &[&str] = &[
    "a", "acme.com", " ", "\n", "\t", "\"", "\\", "#", "é", "名前", "😀", "{", "}", "//", "=", "\"#", "  x", "\\n",
    "/*",
];
const SPACES: &[&str] = &[" ", " ", "  ", "\t", "\u{a0}", " \\\n", " \\\r\n\t", "\u{3000}"];
const INDENTS: &[&str] = &["", "", "    ", " ", "\t", "\u{a0}  "];
const NEWLINES: &[&str] = &["\n", "\n", "\r\n", "  \n"];
const DEPTH_MAX: usize = 5;

/// A text and what it says: each line that counts with the lines around it, a mark of each comment, and one of each thing
/// that is taken out.
#[derive(Default)]
pub(crate) struct File {
    pub(crate) text: String,
    pub(crate) facts: Vec<String>,
    pub(crate) comments: Vec<String>,
    pub(crate) dropped: Vec<String>,
}

pub(crate) fn file(random: &mut Random) -> File {
    let mut file = File::default();
    block(random, 0, Some(""), &mut file);
    file.facts.sort_unstable();
    file
}

/// `above` is the line that the block belongs to, where it counts.
fn block(random: &mut Random, depth: usize, above: Option<&str>, file: &mut File) {
    for _ in 0..if depth == 0 { 2 + random.below(8) } else { random.below(4) } {
        match random.below(6) {
            0 => file.text.push_str(random.pick(NEWLINES)),
            1 => line_comment(random, file),
            2 => block_comment(random, file),
            _ => entry(random, depth, above, file),
        }
        file.text.push_str(random.pick(INDENTS));
    }
}

/// A mark that stands in no other comment and in no value.
fn mark(file: &File, kind: char) -> String {
    format!("<{kind}{}>", file.comments.len() + file.dropped.len())
}

fn line_comment(random: &mut Random, file: &mut File) {
    let mark = mark(file, 'c');
    let tail = random.pick(&["", " ", " \\", " /* {", " \" \t", "\u{a0}"]);
    file.text.push_str(&format!("//{}{mark}{tail}{}", random.pick(&["", " "]), random.pick(&["\n", "\r\n"])));
    file.comments.push(mark);
}

fn block_comment(random: &mut Random, file: &mut File) {
    let mark = mark(file, 'c');
    let tail = random.pick(&["", " ", " \n  more ", " \r\n\n", " /* in /* side */ */", " // ", "\" {"]);
    file.text.push_str(&format!("/*{mark}{tail}*/"));
    file.comments.push(mark);
}

/// What may stand between the parts of one line.
fn space(random: &mut Random, file: &mut File) {
    file.text.push_str(random.pick(SPACES));
    if random.one_in(12) {
        block_comment(random, file);
    }
    if random.one_in(16) {
        file.text.push_str(" \\");
        line_comment(random, file);
    }
}

/// `/-` and what may stand behind it. Gives whether it was written.
fn drop_mark(random: &mut Random, one_in: usize, file: &mut File) -> Option<String> {
    if !random.one_in(one_in) {
        return None;
    }
    file.text.push_str("/-");
    match random.below(6) {
        0 => line_comment(random, file),
        1 => block_comment(random, file),
        2 => file.text.push_str(" \n\n "),
        3 => file.text.push_str("  "),
        _ => {}
    }
    Some(mark(file, 'd'))
}

fn entry(random: &mut Random, depth: usize, above: Option<&str>, file: &mut File) {
    let dropped = drop_mark(random, 9, file);
    let above = above.filter(|_| dropped.is_none());
    let word = random.pick(WORDS);
    file.text.push_str(word);
    let mut line = format!("{}/{word}", above.unwrap_or_default());
    if let Some(mark) = dropped {
        file.text.push_str(&format!(" \"{mark}\""));
        file.dropped.push(mark);
    }
    let mut properties = parts(random, &mut line, file);
    properties.sort_unstable();
    line.extend(properties);
    let has_block = blocks(random, depth, above.is_some().then_some(line.as_str()), file);
    if above.is_some() {
        file.facts.push(format!("{line}{}", if has_block { " {}" } else { "" }));
    }
    if random.one_in(6) {
        space(random, file);
    }
    end(random, file);
}

/// Arguments and properties in any order; each that counts is added to the line.
fn parts(random: &mut Random, line: &mut String, file: &mut File) -> Vec<String> {
    let (mut properties, first) = (Vec::new(), random.below(NAMES.len()));
    for number in 0..random.below(4) {
        space(random, file);
        let dropped = drop_mark(random, 9, file);
        let is_property = random.one_in(2);
        let name = NAMES[(first + number) % NAMES.len()];
        if is_property {
            file.text.push_str(name);
            file.text.push_str(random.pick(&["=", " = ", "= ", " \\\n ="]));
        }
        if is_property && random.one_in(12) {
            block_comment(random, file);
        }
        match dropped {
            Some(mark) => {
                file.text.push_str(&format!("\"{mark}\""));
                file.dropped.push(mark);
            }
            None if is_property => {
                let value = value(random, &mut file.text);
                properties.push(format!(" {name}= {value}"));
            }
            None => {
                let value = value(random, &mut file.text);
                line.push_str(&format!(" {value}"));
            }
        }
    }
    properties
}

/// Any number of blocks that are taken out, and perhaps one that counts, of which it gives whether there is one.
fn blocks(random: &mut Random, depth: usize, line: Option<&str>, file: &mut File) -> bool {
    let mut has_block = false;
    while depth < DEPTH_MAX && random.one_in(3) {
        space(random, file);
        let dropped = drop_mark(random, if has_block { 1 } else { 6 }, file);
        let line = line.filter(|_| dropped.is_none());
        has_block |= dropped.is_none();
        file.text.push('{');
        if let Some(mark) = dropped {
            file.text.push_str(&format!("x \"{mark}\";"));
            file.dropped.push(mark);
        }
        if random.one_in(3) {
            file.text.push_str(random.pick(&["\n", " ", " \\\n"]));
        }
        block(random, depth + 1, line, file);
        file.text.push('}');
    }
    has_block
}

fn end(random: &mut Random, file: &mut File) {
    match random.below(8) {
        0 => file.text.push_str(random.pick(&[";", " ;  "])),
        1 => {
            file.text.push_str("; ");
            block_comment(random, file);
            file.text.push('\n');
        }
        2 => {
            file.text.push(' ');
            line_comment(random, file);
        }
        3 => file.text.push_str("\n\n \n"),
        _ => file.text.push_str(random.pick(NEWLINES)),
    }
}

fn value(random: &mut Random, text: &mut String) -> String {
    if random.one_in(4) {
        let number = random.next().cast_signed() >> random.below(64);
        let sign = if number >= 0 && random.one_in(4) { "+" } else { "" };
        text.push_str(&format!("{sign}{number}{}", random.pick(&["", "", "_"])));
        return number.to_string();
    }
    let content: String = (0..random.below(5)).map(|_| random.pick(PIECES)).collect();
    match random.below(4) {
        0 if !content.contains('\n') && !content.starts_with('"') => raw(&content, text),
        1 => lines(random, &content, text, true),
        2 if !content.lines().any(|line| line.trim().is_empty() && !line.is_empty()) => {
            lines(random, &content, text, false);
        }
        _ => text.push_str(&format!("\"{}\"", escaped(random, &content, " "))),
    }
    format!("{content:?}")
}

fn raw(content: &str, text: &mut String) {
    let signs = "#".repeat(content.matches('#').count() + 1);
    text.push_str(&format!("{signs}\"{content}\"{signs}"));
}

/// Over several lines, indented by a random amount.
fn lines(random: &mut Random, content: &str, text: &mut String, escape: bool) {
    let (indent, signs) = (" ".repeat(random.below(4)), "#".repeat(content.matches('#').count() + 1));
    let signs = if escape { "" } else { &signs };
    text.push_str(&format!("{signs}\"\"\"\n"));
    for line in content.split('\n') {
        // A line of spaces alone would be an empty one.
        let line = if escape { escaped(random, line, "\\s") } else { line.to_owned() };
        text.push_str(&format!("{indent}{line}{}", random.pick(&["\n", "\r\n"])));
    }
    text.push_str(&format!("{indent}\"\"\"{signs}"));
}

fn escaped(random: &mut Random, content: &str, space: &str) -> String {
    let mut text = String::new();
    for character in content.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            ' ' => text.push_str(space),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            other if random.one_in(8) => text.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => text.push(other),
        }
    }
    text
}
