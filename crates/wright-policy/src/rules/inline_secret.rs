//! Inline secret (GW0410): what looks like a key or a token stands in the policy. Holds ST-LINT-10.
//!
//! Looks at every text of the workspace: well-known shapes first, then at long words that no person typed. What is no
//! text, such as a comment or a string that is not closed, is looked through for the well-known shapes alone.
//! The finding never repeats the text, and [`secrets`] says what no other may repeat.

mod shape;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::{FileId, Source, Span};

use self::shape::{PEM, keys, known_shape, known_word, random_word, words_at};
use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

pub const INLINE_SECRET: Code = error(410, "inline-secret");

pub(super) const CHECK: Check = Check::new(&[INLINE_SECRET], run);

/// Something in the policy that looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The whole text that it stands in.
    pub at: Span,
    /// The part of it that looks so.
    pub text: Arc<str>,
    what: &'static str,
}

impl Secret {
    pub fn new(at: Span, text: Arc<str>) -> Self {
        Self { at, text, what: "a secret" }
    }
}

fn run(policy: &Policy, sink: &mut Sink) {
    for secret in secrets(policy) {
        let message = format!("a secret value is written in the policy: this looks like {}", secret.what);
        Finding::new(INLINE_SECRET, secret.at, message)
            .mark("never write it here")
            .help("give it to the runtime and write its name; whoever read this file knows it, so rotate it now")
            .report_alone(sink);
    }
}

/// Every secret that was written into the policy, so that nothing prints it.
pub fn secrets(policy: &Policy) -> &[Secret] {
    policy.secrets.get_or_init(|| looked_for(policy))
}

fn looked_for(policy: &Policy) -> Vec<Secret> {
    let mut found: Vec<Secret> = policy
        .texts
        .iter()
        .filter_map(|text| {
            let value = &text.value.value;
            // Both are public, and some providers make them of random letters.
            let by_look = || if matches!(&*text.word, "client-id" | "issuer") { None } else { random_word(value) };
            let (word, what) = known_shape(value).or_else(by_look)?;
            Some(Secret { at: text.value.span, text: word.into(), what })
        })
        .collect();
    let known: BTreeSet<Span> = policy.texts.iter().map(|text| text.value.span).collect();
    for (file, source) in (0..).map(FileId).zip(&policy.sources) {
        found.extend(beside_texts(file, source, &known));
    }
    found
}

/// Well-known shapes in what is no text of the policy.
fn beside_texts<'a>(file: FileId, source: &'a Source, texts: &'a BTreeSet<Span>) -> impl Iterator<Item = Secret> + 'a {
    let text = &*source.text;
    let in_text = move |at: &Span| {
        let before = texts.range(..=Span { file, start: at.start, end: u32::MAX }).next_back();
        before.is_some_and(|before| before.holds(at))
    };
    let secret = move |part: Range<usize>, what| {
        let at = Span::new(file, part.start, part.end);
        text.get(part).filter(|_| !in_text(&at)).map(|text| Secret { at, text: text.into(), what })
    };
    let tokens = words_at(text).filter_map(|(start, word)| Some((start..start + word.len(), known_word(word)?)));
    keys(text).into_iter().map(|key| (key, PEM)).chain(tokens).filter_map(move |(part, what)| secret(part, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_beside_the_texts_are_seen_once() {
        let text = "// ghp_16C7e42F292c6912E7710c838347Ae178B4a\nx \"ghp_16C7e42F292c6912E7710c838347Ae178B4b\"\n\
                    /* -----BEGIN PRIVATE KEY-----\nMC4\n-----END PRIVATE KEY----- */ -----BEGIN x";
        let source = Source { path: "a.kdl".into(), text: text.into() };
        let quoted = text.find('"').unwrap();
        let texts = BTreeSet::from([Span::new(FileId(0), quoted, quoted + 42)]);
        let found: Vec<Secret> = beside_texts(FileId(0), &source, &texts).collect();
        let found: Vec<&str> = found.iter().map(|secret| &*secret.text).collect();
        let key = "-----BEGIN PRIVATE KEY-----\nMC4\n-----END PRIVATE KEY----- */ -----BEGIN x";
        assert_eq!(found, [key, "ghp_16C7e42F292c6912E7710c838347Ae178B4a"]);
    }
}
