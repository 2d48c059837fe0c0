//! Human: the changes for a terminal, organisation by organisation, worst first.

use std::fmt::Write as _;

use wright::diff::{Class, Sign, What};

use super::folded::{Folded, Row};
use super::people;
use super::side::Side;
use super::words;
use crate::context::Context;
use crate::style::{Style, plain};

/// As wide as the longest class, `strengthening`.
const CLASS_WIDTH: usize = 13;

pub(super) fn report(base: &Side, head: &Side, folded: &Folded, context: &Context) -> String {
    let style = context.style();
    let mut text = format!("{} → {}\n", side(base), side(head));
    if folded.rows.is_empty() {
        let _ = write!(text, "\n{} nothing changes for anybody\n", style.green("✓"));
        return text;
    }
    let mut of: Option<String> = None;
    for row in &folded.rows {
        let name = holder(row);
        if of.as_ref() != Some(&name) {
            let _ = write!(text, "\n{}\n", style.bold(&name));
            of = Some(name);
        }
        text.push_str(&shown(row, folded, style));
    }
    let _ = write!(text, "\n{}\n", summary(folded));
    if let Some(counted) = &folded.counted {
        let _ = writeln!(text, "people of {}", counted.words());
    }
    let teams: Vec<String> = folded.teams(base).into_keys().map(|team| plain(&team)).collect();
    if !teams.is_empty() {
        let _ = writeln!(text, "needs {}", teams.join("   "));
    }
    text
}

/// `acme`, `platform`, or `preset enterprise-saml → 898 organisations`.
fn holder(row: &Row) -> String {
    match (&row.through, &row.change.org) {
        (Some(through), _) => format!("preset {}", plain(&through.preset)),
        (None, Some(org)) => org.to_string(),
        (None, None) => "platform".to_owned(),
    }
}

pub(crate) fn side(side: &Side) -> String {
    match &side.commit {
        Some(commit) => format!("{}@{}", plain(&side.name), commit.chars().take(7).collect::<String>()),
        None => plain(&side.name),
    }
}

fn shown(row: &Row, folded: &Folded, style: Style) -> String {
    let change = &row.change;
    let gravest = change.gravest();
    let class = format!("{:CLASS_WIDTH$}", gravest.slug());
    let class = if gravest <= Class::OrgRetired { style.red(class) } else { style.cyan(class) };
    let mut lines = vec![format!("  {} {class}  {}{}", gravest.mark(), what(row), place(row, style))];
    let mut note = |word: &str, text: String| {
        lines.push(format!("    {:CLASS_WIDTH$}  {} {text}", "", style.dim(format!("{word:8}"))));
    };
    let others: Vec<&str> =
        change.classes.iter().filter(|class| **class != gravest).map(|class| class.slug()).collect();
    if !others.is_empty() {
        note("also", others.join(", "));
    }
    match &change.what {
        What::Setting { .. } => {}
        What::Access { effect: None, .. } => note("reaches", "nobody".to_owned()),
        What::Access { effect: Some(effect), .. } => {
            let joined =
                |held: std::collections::BTreeSet<_>| held.iter().map(words::permission).collect::<Vec<_>>().join(" ");
            let (gained, lost) =
                (effect.after.permissions_beyond(&effect.before), effect.before.permissions_beyond(&effect.after));
            if !gained.is_empty() {
                note("gains", joined(gained));
            }
            if !lost.is_empty() {
                note("loses", joined(lost));
            }
            let witness = plain(&crate::witness::words(&effect.witness));
            let (before, after) = (words::outcome(&effect.before), words::outcome(&effect.after));
            let people = row.people.as_ref().map(|people| people::words(people, |way| format!("{{{}}}", plain(way))));
            let people = people.map(|people| format!("   {people}")).unwrap_or_default();
            note("witness", format!("{witness}: {before} → {after}{people}"));
            if change.org.is_none() && row.through.is_none() {
                note("reaches", reach(row, folded));
            }
        }
    }
    if let Some(through) = &row.through {
        let own = if through.overriding > 0 {
            format!("   ({} more use it and are not reached)", through.overriding)
        } else {
            String::new()
        };
        note("reaches", reach(row, folded) + &own);
    }
    if row.environments.len() < folded.environments.len() {
        note("only in", row.environments.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
    lines.join("\n") + "\n"
}

fn what(row: &Row) -> String {
    let path = match &row.through {
        Some(through) => row.change.path.strip_prefix(&format!("preset[{}].", through.preset)).unwrap_or_default(),
        None => row.change.short_path(),
    };
    let alone = |sign: &str, value: &str| format!("{sign} {path} {value}").trim_end().to_owned();
    plain(&match &row.change.what {
        What::Access { sign: Sign::Added, value, .. } | What::Setting { before: None, after: Some(value) } => {
            alone("+", value)
        }
        What::Access { sign: Sign::Removed, value, .. } | What::Setting { before: Some(value), after: None } => {
            alone("-", value)
        }
        What::Setting { before: Some(before), after: Some(after) } => format!("{path}  {before} → {after}"),
        What::Setting { before: None, after: None } => path.to_owned(),
    })
}

/// Where the line stands; a line that is gone, where it stood.
fn place(row: &Row, style: Style) -> String {
    match (&row.head, &row.base) {
        (Some(place), _) => style.dim(format!("   {}:{}", plain(&place.file), place.line)),
        (None, Some(place)) => style.dim(format!("   {}:{} before", plain(&place.file), place.line)),
        (None, None) => String::new(),
    }
}

fn reach(row: &Row, folded: &Folded) -> String {
    let orgs = row.orgs();
    let sample: Vec<String> = orgs.iter().take(3).map(ToString::to_string).collect();
    let more = if orgs.len() > sample.len() { ", …" } else { "" };
    format!("{} of {} organisations: {}{more}", orgs.len(), folded.orgs_total, sample.join(", "))
}

/// `1 privileged   2 widening`, worst first.
fn summary(folded: &Folded) -> String {
    let counts = folded.counts().into_iter().filter(|(_, count)| *count > 0);
    counts.map(|(class, count)| format!("{count} {}", class.slug())).collect::<Vec<_>>().join("   ")
}
