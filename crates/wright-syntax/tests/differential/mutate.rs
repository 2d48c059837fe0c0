//! Mutate: texts cut into tokens, and changed so that many of them stay KDL.

use crate::random::Random;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Text,
    Space,
    Newline,
    Comment,
    Mark,
}

const KINDS: [Kind; 6] = [Kind::Word, Kind::Text, Kind::Space, Kind::Newline, Kind::Comment, Kind::Mark];

/// Every token of every seed, by kind.
pub(crate) struct Pool {
    tokens: Vec<Vec<String>>,
}

/// What may stand between two tokens of a line, and what may not.
const INSERTS: &[&str] = &[
    " ",
    "\t",
    "\u{a0}",
    " /* c */ ",
    " /* a /* b */ */",
    " \\\n",
    " \\ // c\n  ",
    ";",
    "\n",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{b}",
    "\u{c}",
    "\u{2028}",
    "\u{3000}",
    " /- ",
    " 1",
    " -7",
    " \"x\"",
    " k=\"v\"",
    " k = 2",
    " #\"r\"#",
    " \"\"\"\n  t\n  \"\"\"",
    " { a; b 1 }",
    " {}",
    " /-{ c }",
    "// c\n",
    "\n/- d 1\n",
    "\\s",
    "\u{200b}",
    "\u{202e}",
    "\u{7f}",
    "\u{1b}",
    "=",
    "}",
    "{",
    "\"",
    "#",
    "(",
    ")",
    "[",
    "\\",
    "/",
    "\u{430}",
    " true",
    " #null",
    " 1.5",
    " 30m",
];

impl Pool {
    pub(crate) fn new(seeds: &[String]) -> Self {
        let mut tokens: Vec<Vec<String>> = vec![Vec::new(); KINDS.len()];
        for (kind, token) in seeds.iter().flat_map(|seed| cut(seed)) {
            tokens[kind as usize].push(token.to_owned());
        }
        for tokens in &mut tokens {
            tokens.sort();
            tokens.dedup();
        }
        Self { tokens }
    }

    pub(crate) fn mutant(&self, seed: &str, random: &mut Random) -> String {
        let mut tokens: Vec<(Kind, String)> =
            cut(seed).into_iter().map(|(kind, token)| (kind, token.to_owned())).collect();
        for _ in 0..=random.below(3) {
            self.change(&mut tokens, random);
        }
        tokens.into_iter().map(|(_, token)| token).collect()
    }

    fn change(&self, tokens: &mut Vec<(Kind, String)>, random: &mut Random) {
        let at = random.below(tokens.len());
        match random.below(10) {
            // Another token of the same kind: mostly stays KDL.
            0..=3 if !tokens.is_empty() => {
                let kind = tokens[at].0;
                tokens[at] = (kind, random.pick(&self.tokens[kind as usize]).to_owned());
            }
            4 | 5 => tokens.insert(at, (Kind::Mark, random.pick(INSERTS).to_owned())),
            6 if !tokens.is_empty() => drop(tokens.remove(at)),
            7 if !tokens.is_empty() => {
                let other = random.below(tokens.len());
                tokens.swap(at, other);
            }
            8 if !tokens.is_empty() => tokens.insert(at, tokens[at].clone()),
            _ => {
                let kind = KINDS[random.below(KINDS.len())];
                if let Some(token) = self.tokens[kind as usize].get(random.below(self.tokens[kind as usize].len())) {
                    tokens.insert(at, (kind, token.clone()));
                }
            }
        }
    }
}

/// Roughly: where a text is no KDL, the cut is only somewhere.
fn cut(text: &str) -> Vec<(Kind, &str)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = token(rest, first);
        let (token, after) = rest.split_at(length.max(first.len_utf8()));
        tokens.push((kind, token));
        rest = after;
    }
    tokens
}

fn token(rest: &str, first: char) -> (Kind, usize) {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| at + from + end.len());
    let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
    let signs = "#".repeat(hashes);
    if rest[hashes..].starts_with("\"\"\"") {
        return (Kind::Text, until(&format!("\"\"\"{signs}"), hashes + 3));
    }
    if hashes > 0 && rest[hashes..].starts_with('"') {
        return (Kind::Text, until(&format!("\"{signs}"), hashes + 1));
    }
    match first {
        '"' => {
            let mut escaped = false;
            let end = rest.char_indices().skip(1).find(|(_, character)| {
                let ends = *character == '"' && !escaped;
                escaped = *character == '\\' && !escaped;
                ends
            });
            (Kind::Text, end.map_or(rest.len(), |(at, _)| at + 1))
        }
        '/' if rest.starts_with("/*") => (Kind::Comment, until("*/", 2)),
        '/' if rest.starts_with("//") => (Kind::Comment, rest.find(['\n', '\r']).unwrap_or(rest.len())),
        '/' if rest.starts_with("/-") => (Kind::Mark, 2),
        '\n' | '\r' | '\u{85}' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' => (Kind::Newline, first.len_utf8()),
        _ if first.is_whitespace() => {
            (Kind::Space, rest.find(|c: char| !c.is_whitespace() || c == '\n').unwrap_or(rest.len()))
        }
        _ => match rest.find(|c: char| c.is_whitespace() || "\\/(){};[]\"#=".contains(c)).unwrap_or(rest.len()) {
            0 => (Kind::Mark, first.len_utf8()),
            length => (Kind::Word, length),
        },
    }
}
