//! Print: random trees of the subset, written down in a random choice of its spellings.

use crate::oracle::Tree;
use crate::random::Random;

const WORDS: &[&str] =
    &["org", "grant", "role", "group", "sign-in", "a", "_x", "größe", "имя", "-", "k9", "a.b", "x,y", "<>"];
const PIECES: &[&str] = &[
    "a", "acme.com", " ", "\n", "\t", "\"", "\\", "#", "\"\"\"", "é", "名前", "😀", "{", "}", "//", "/-", "=", "\"#",
    "  x", "\\n",
];
const SPACES: &[&str] = &[" ", "  ", "\t", "\u{a0}", " /* c */ ", "/**/", " \\\n", " \\ // c\r\n\t", "\u{3000}"];
const NEWLINES: &[&str] = &["\n", "\r\n", " // c\n", ";", " ; \n\n"];
const DEPTH_MAX: usize = 5;

/// The tree, and a text that means it.
pub(crate) fn document(random: &mut Random) -> (Tree, String) {
    let mut lines = Vec::new();
    let mut text = String::new();
    let mut depth = 0;
    for _ in 0..random.below(12) {
        if random.one_in(12) {
            text.push_str("/- gone \"x\" { y k=1 }\n");
        }
        depth = entry(random, depth, &mut lines, &mut text);
    }
    for _ in 0..depth {
        text.push_str("}\n");
    }
    (Tree(lines), text)
}

/// One entry with all that ends it; gives how many blocks are open then.
fn entry(random: &mut Random, depth: usize, lines: &mut Vec<String>, text: &mut String) -> usize {
    let word = random.pick(WORDS);
    text.push_str(word);
    let mut line = format!("{depth} {word:?}");
    for _ in 0..random.below(3) {
        text.push_str(random.pick(SPACES));
        if random.one_in(8) {
            text.push_str("/- \"gone\" ");
        }
        line.push_str(&format!(" {}", value(random, text)));
    }
    let first = random.below(WORDS.len());
    for number in 0..random.below(3) {
        let name = WORDS[(first + number) % WORDS.len()];
        text.push_str(random.pick(SPACES));
        text.push_str(name);
        text.push_str(random.pick(&["=", " = ", "= ", " /* c */="]));
        line.push_str(&format!(" {name:?}={}", value(random, text)));
    }
    let mut depth = depth;
    let opens = depth < DEPTH_MAX && random.one_in(3);
    if opens {
        line.push_str(" {}");
        text.push_str(random.pick(&["{", " {\n", " { ", " /- {a} {"]));
        depth += 1;
    } else {
        text.push_str(random.pick(NEWLINES));
    }
    lines.push(line);
    while depth > 0 && random.one_in(4) {
        text.push_str(random.pick(&["}\n", "};", " }\r\n", "} // c\n"]));
        depth -= 1;
    }
    depth
}

fn value(random: &mut Random, text: &mut String) -> String {
    if random.one_in(4) {
        let number = random.next().cast_signed() >> random.below(64);
        text.push_str(&number.to_string());
        return number.to_string();
    }
    let content: String = (0..random.below(5)).map(|_| random.pick(PIECES)).collect();
    match random.below(4) {
        0 if !content.contains('\n') && content != "\"" && !content.starts_with("\"\"") => raw(&content, text),
        1 => lines(random, &content, text, true),
        // The crate takes `#"""` around a single `"` for a mistake.
        2 if content != "\"" && !content.lines().any(|line| line.trim().is_empty() && !line.is_empty()) => {
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
        text.push_str(&format!("{indent}{line}\n"));
    }
    text.push_str(&format!("{indent}\"\"\"{signs}"));
}

fn escaped(random: &mut Random, content: &str, space: &str) -> String {
    let mut text = String::new();
    let mut characters = content.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            ' ' => text.push_str(space),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            other if random.one_in(8) => text.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => text.push(other),
        }
        // It takes all the space that follows, so none may follow that counts.
        let is_followed = characters.peek().is_some_and(|next| *next != ' ');
        if is_followed && random.one_in(16) {
            text.push_str("\\  \n \r\n");
        }
    }
    text
}
