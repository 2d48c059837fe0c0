//! Mask: secrets that an author wrote into a policy, kept out of what is printed.
//!
//! A log of CI is read by more people than the repository, and kept for longer. Takes the secrets, the files and the
//! findings; gives the files as reports may draw them, and only those findings that repeat no secret.
//!
//! Invariant: offsets, lines and columns stay, so that every mark is where it was.

use std::collections::BTreeMap;
use std::sync::Arc;

use wright_policy::{INLINE_SECRET, Secret, is_recorded};
use wright_syntax::diagnostic::Diagnostic;
use wright_syntax::source::{FileId, Source};

/// As much of a secret as nobody takes for a word: messages repeat long texts in part.
const TELLTALE_CHARS: usize = 16;

/// With more secrets than this nothing else is said: to look for each of them in each finding would take the product.
const SECRETS_MAX: usize = 100;

/// The files with every secret masked, and nothing of those that speak of a person.
pub(crate) fn sources(sources: &[Source], secrets: &[Secret]) -> Vec<Source> {
    let mut by_file: BTreeMap<FileId, Vec<&Secret>> = BTreeMap::new();
    for secret in secrets {
        by_file.entry(secret.at.file).or_default().push(secret);
    }
    let mask = |(file, source): (FileId, &Source)| match by_file.get(&file) {
        _ if is_recorded(&source.path) => Source { path: Arc::clone(&source.path), text: "".into() },
        None => source.clone(),
        Some(secrets) => Source { path: Arc::clone(&source.path), text: masked(&source.text, secrets).into() },
    };
    (0..).map(FileId).zip(sources).map(mask).collect()
}

fn masked(text: &str, secrets: &[&Secret]) -> String {
    let mut spans: Vec<_> = secrets.iter().map(|secret| (secret.at.start as usize, secret.at.end as usize)).collect();
    spans.sort_unstable();
    let (mut result, mut end) = (String::with_capacity(text.len()), 0);
    for (from, to) in spans {
        let (Some(before), Some(secret)) = (text.get(end..from), text.get(from..to)) else { continue };
        result.push_str(before);
        let inner = secret.trim_start_matches(['"', '#']);
        let open = secret.len() - inner.len();
        let close = open + inner.trim_end_matches(['"', '#']).len();
        for (at, character) in secret.char_indices() {
            if !(open..close).contains(&at) || matches!(character, '\n' | '\r') {
                result.push(character);
            } else {
                // As long in bytes as what it hides.
                result.extend(std::iter::repeat_n('*', character.len_utf8()));
            }
        }
        end = to;
    }
    result.push_str(text.get(end..).unwrap_or_default());
    result
}

/// Leaves out what repeats a secret: whatever else is wrong with it, it has to go. GW0410 itself repeats nothing.
pub(crate) fn findings(diagnostics: &mut Vec<Diagnostic>, secrets: &[Secret]) {
    let known: Vec<Known<'_>> = secrets.iter().map(Known::new).collect();
    diagnostics.retain(|found| {
        found.code == INLINE_SECRET
            || secrets.len() <= SECRETS_MAX && !known.iter().any(|secret| secret.is_told_by(found))
    });
}

struct Known<'a> {
    secret: &'a Secret,
    /// How it begins, as it is and as messages quote it.
    starts: [String; 2],
}

impl<'a> Known<'a> {
    fn new(secret: &'a Secret) -> Self {
        let start: String = secret.text.chars().take(TELLTALE_CHARS).collect();
        let quoted = format!("{start:?}").trim_matches('"').to_owned();
        Self { secret, starts: [start, quoted] }
    }

    /// What is said about its place may spell it in another way, such as the slug that it is near to.
    fn is_told_by(&self, found: &Diagnostic) -> bool {
        let tells = |text: &str| self.starts.iter().any(|start| text.contains(start));
        self.secret.at.holds(&found.primary.0)
            || tells(&found.message)
            || tells(&found.primary.1)
            || tells(&found.path)
            || found.related.iter().any(|(_, text)| tells(text))
            || found.help.as_deref().is_some_and(tells)
            || found.fix.as_ref().is_some_and(|fix| tells(&fix.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_keeps_its_length_its_lines_and_its_quotes() {
        let text = "a \"gé\nx\" b #\"ghp\"# // ghp";
        let secret = |start, end| Secret::new(wright_syntax::source::Span::new(FileId(0), start, end), "gh".into());
        let secrets = [secret(2, 9), secret(12, 19), secret(23, 26)];
        let source = Source { path: "a".into(), text: text.into() };
        let printed = sources(&[source], &secrets).remove(0);
        assert_eq!(&*printed.text, "a \"***\n*\" b #\"***\"# // ***");
        assert_eq!(printed.text.len(), text.len());
    }
}
