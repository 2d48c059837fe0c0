//! Markdown: the changes as a comment on a pull request.
//!
//! Invariant: what authors wrote stands in code spans alone, and cannot leave them: no back-tick, no line's end, no `@` that
//! a forge would take for a mention. The teams of the base's manifest alone are mentioned, and they are names of one form.
//! Invariant: never longer than a forge takes; what is left out is counted.

use std::fmt::Write as _;

use wright::diff::{Change, Sign, What};

use super::folded::{Folded, Row};
use super::people;
use super::side::Side;
use super::words;

/// GitHub refuses 65,536 characters.
const CHARS_MAX: usize = 60_000;
/// Of one author's text: enough to recognise it.
const CODE_CHARS_MAX: usize = 200;

/// What a forge finds its own comment by.
const MARKER: &str = "<!-- gatewright diff -->";

pub(super) fn report(base: &Side, head: &Side, folded: &Folded) -> String {
    let mut text = format!("{MARKER}\n### Who gains, who loses\n\n{} → {}\n\n", side(base), side(head));
    if folded.rows.is_empty() {
        text.push_str("Nothing changes for anybody.\n");
        return text;
    }
    text.push_str(&summary(folded));
    text.push_str(&needs(base, folded));
    if let Some(counted) = &folded.counted {
        let _ = write!(text, "\nPeople of {}\n", counted.words());
    }
    text.push_str("\n| | Where | What | Who |\n|---|---|---|---|\n");
    let mut rows: Vec<&Row> = folded.rows.iter().collect();
    rows.sort_by_key(|row| row.change.gravest());
    let (mut shown, mut length) = (0_usize, text.chars().count());
    for row in &rows {
        let line = table_row(row, folded);
        length += line.chars().count();
        if length > CHARS_MAX {
            break;
        }
        text.push_str(&line);
        shown += 1;
    }
    if shown < rows.len() {
        let _ = write!(text, "\n…and {} more, which `gatewright diff` shows.\n", rows.len() - shown);
    }
    text
}

fn side(side: &Side) -> String {
    match &side.commit {
        Some(commit) => format!("{} {}", code(&side.name), code(&commit.chars().take(7).collect::<String>())),
        None => code(&side.name),
    }
}

fn summary(folded: &Folded) -> String {
    let counts = folded.counts().into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts.map(|(class, count)| format!("{count} **{}**", class.slug())).collect();
    format!("{} in {} of {} organisations\n", counts.join(" · "), folded.orgs().len(), folded.orgs_total)
}

/// The only mentions: teams of the base's manifest, which no pull request can choose.
fn needs(base: &Side, folded: &Folded) -> String {
    let one = |(team, classes): (String, Vec<wright::diff::Class>)| {
        let classes: Vec<&str> = classes.into_iter().map(wright::diff::Class::slug).collect();
        format!("{team} ({})", classes.join(", "))
    };
    let teams: Vec<String> = folded.teams(base).into_iter().map(one).collect();
    if teams.is_empty() { String::new() } else { format!("\nNeeds {}\n", teams.join(" · ")) }
}

fn table_row(row: &Row, folded: &Folded) -> String {
    let change = &row.change;
    let classes: Vec<&str> = change.classes.iter().map(|class| class.slug()).collect();
    let place = row.head.as_ref().or(row.base.as_ref());
    let place = place.map(|place| code(&format!("{}:{}", place.file, place.line))).unwrap_or_default();
    let only = if row.environments.len() < folded.environments.len() {
        let names: Vec<String> = row.environments.iter().map(|name| code(name.as_str())).collect();
        format!("<br>only in {}", names.join(", "))
    } else {
        String::new()
    };
    format!(
        "| {} {} | {place}{only} | {} | {} |\n",
        change.gravest().mark(),
        classes.join(", "),
        what(change),
        effect(row)
    )
}

fn what(change: &Change) -> String {
    match &change.what {
        What::Access { sign, value, .. } => {
            let done = if *sign == Sign::Added { "added" } else { "removed" };
            format!("{done} {} {}", code(&change.path), code(value)).trim_end().to_owned()
        }
        What::Setting { before, after } => {
            let value = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), code);
            format!("{} from {} to {}", code(&change.path), value(before), value(after))
        }
    }
}

fn effect(row: &Row) -> String {
    let reaches = || format!("reaches {} organisations", row.orgs().len());
    let Some(effect) = row.change.effect() else {
        return if row.through.is_some() { reaches() } else { String::new() };
    };
    let witness = code(&crate::witness::words(&effect.witness));
    let (before, after) = (code(&words::outcome(&effect.before)), code(&words::outcome(&effect.after)));
    let joined = |held: std::collections::BTreeSet<_>| held.iter().map(words::permission).collect::<Vec<_>>().join(" ");
    let gained = effect.after.permissions_beyond(&effect.before);
    let lost = effect.before.permissions_beyond(&effect.after);
    let mut lines = vec![format!("{witness}: {before} → {after}")];
    if !gained.is_empty() {
        lines.push(format!("gains {}", code(&joined(gained))));
    }
    if !lost.is_empty() {
        lines.push(format!("loses {}", code(&joined(lost))));
    }
    if let Some(people) = &row.people {
        lines.push(people::words(people, code));
    }
    if row.change.org.is_none() {
        lines.push(reaches());
    }
    lines.join("<br>")
}

/// A code span that holds whatever an author wrote, in a cell of a table. An `@` is followed by a joiner that nobody sees.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut shown: String = text.chars().take(CODE_CHARS_MAX).collect();
    if text.chars().count() > CODE_CHARS_MAX {
        shown.push('…');
    }
    let mut safe = String::new();
    for letter in crate::style::plain(&shown).chars() {
        match letter {
            '`' => safe.push('\''),
            '|' => safe.push('¦'),
            '@' => safe.push_str("@\u{2060}"),
            other => safe.push(other),
        }
    }
    format!("`{safe}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_cannot_leave_a_code_span() {
        assert_eq!(code("a`b|c\n@team<img>"), "`a'b¦c\u{fffd}@\u{2060}team<img>`");
        assert_eq!(code(&"x".repeat(70_000)).chars().count(), CODE_CHARS_MAX + 3);
    }
}
