//! Human: the verdict for a terminal.

use std::fmt::Write as _;

use super::verdict::{Brake, Need, PEOPLE_LOSING, Verdict};
use crate::style::{Style, plain};
use crate::verbs::diff::folded::Row;
use crate::verbs::diff::human::side;
use crate::verbs::diff::side::Side;

/// As wide as the longest class, `strengthening`.
const CLASS_WIDTH: usize = 13;
/// More than this nobody reads in a terminal.
const MISSING_MAX: usize = 10;

pub(crate) fn report(verdict: &Verdict<'_>, base: &Side, head: &Side, style: Style) -> String {
    let mut text = format!("{} → {}\n\n", side(base), side(head));
    verdict.needs.iter().for_each(|need| shown(need, style, &mut text));
    for class in &verdict.free {
        let _ = writeln!(text, "  {} {:CLASS_WIDTH$}  nobody's approval is asked for", style.dim("·"), class.slug());
    }
    verdict.brakes.iter().for_each(|brake| braked(brake, style, &mut text));
    if let Some(members) = verdict.members {
        let _ = writeln!(text, "  {} {:CLASS_WIDTH$}  {}", style.dim("·"), "counted", members.words());
    }
    for org in &verdict.vanished {
        let line =
            format!("`{org}` is gone without a word: `retired-org \"{org}\" on=\"…\" data=\"…\"` if it is meant");
        let _ = writeln!(text, "  {} {line} {}", style.red("✗"), style.dim("GW1410"));
    }
    for org in &verdict.reused {
        let line = format!("`{org}` is the id of an organisation that was retired; ids are never used again");
        let _ = writeln!(text, "  {} {line} {}", style.red("✗"), style.dim("GW0107"));
    }
    unreviewed(verdict, style, &mut text);
    let _ = write!(text, "\n{}\n", summary(verdict, style));
    text
}

fn shown(need: &Need<'_>, style: Style, text: &mut String) {
    let class = format!("{:CLASS_WIDTH$}", need.class.slug());
    if need.is_met() {
        let by: Vec<String> = need.by().into_iter().map(plain).collect();
        let _ = writeln!(text, "  {} {class}  {}  approved by {}", style.green("✓"), plain(&need.team), by.join(", "));
        return;
    }
    let missing: Vec<_> = need.missing().collect();
    let (open, all) = (missing.len(), need.changes.len());
    let left = if open == all { counted(all, "change") } else { format!("{open} of {}", counted(all, "change")) };
    let team = plain(&need.team);
    let _ = writeln!(text, "  {} {class}  {team}  has not approved {left} {}", style.red("✗"), style.dim("GW1407"));
    listed(&missing, style, text);
}

fn listed(rows: &[&Row], style: Style, text: &mut String) {
    for row in rows.iter().take(MISSING_MAX) {
        let (id, path) = (style.dim(row.change.id.as_str()), plain(&row.change.path));
        let _ = writeln!(text, "    {:CLASS_WIDTH$}  {id} {path}", "");
    }
    if rows.len() > MISSING_MAX {
        let _ = writeln!(text, "    {:CLASS_WIDTH$}  … and {} more", "", rows.len() - MISSING_MAX);
    }
}

fn unreviewed(verdict: &Verdict<'_>, style: Style, text: &mut String) {
    let rows = &verdict.unreviewed;
    if rows.is_empty() {
        return;
    }
    let line = format!("{} in no review", counted(rows.len(), "change"));
    let _ = writeln!(text, "  {} {line} {}", style.red("✗"), style.dim("GW1405"));
    listed(rows, style, text);
}

fn braked(brake: &Brake, style: Style, text: &mut String) {
    let Brake { name, at_most, found } = brake;
    let line = match found {
        Some(found) if name == PEOPLE_LOSING => {
            let verb = if *found == 1 { "loses" } else { "lose" };
            format!("brake {name}: at worst {} {verb} something, the brake is {at_most}", counted(*found, "member"))
        }
        Some(found) => format!("brake {name}: {} reached, the brake is {at_most}", counted(*found, "organisation")),
        None => format!(
            "brake {name}: nobody has counted: --members FILE, as `gatewright snapshot` writes it for an environment that every change reaches"
        ),
    };
    let (mark, code) = if brake.holds() { (style.green("✓"), "") } else { (style.red("✗"), "GW1406") };
    let _ = writeln!(text, "{}", format!("  {mark} {line} {}", style.dim(code)).trim_end());
}

fn summary(verdict: &Verdict<'_>, style: Style) -> String {
    if verdict.changes == 0 {
        return format!("{} nothing changes for anybody", style.green("✓"));
    }
    if verdict.is_open() {
        return format!("{} may go through", style.green("✓"));
    }
    format!("{} stopped by {}: gatewright explain says what to do", style.red("✗"), codes(verdict).join(" and "))
}

/// What stands against it.
pub(crate) fn codes(verdict: &Verdict<'_>) -> Vec<&'static str> {
    let all = [
        ("GW0107", !verdict.reused.is_empty()),
        ("GW1405", !verdict.unreviewed.is_empty()),
        ("GW1406", !verdict.brakes.iter().all(Brake::holds)),
        ("GW1407", !verdict.needs.iter().all(Need::is_met)),
        ("GW1410", !verdict.vanished.is_empty()),
    ];
    all.into_iter().filter(|(_, stands)| *stands).map(|(code, _)| code).collect()
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
