//! Unsafe words (GW0810, GW0901, GW0902, GW0912, GW0914): a defence that is off has a reason, an end, and a known last day.
//!
//! Holds ST-LINT-13 together with the field table: one named connection, one landing app.

use gatewright_terms::Timestamp;
use jiff::civil::Weekday;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, deny, error, warn};
use crate::finding::Finding;
use crate::kind::DAY;
use crate::policy::{IdpInitiated, Org, Policy};

const WAIVER_ENDS_IN_DENIAL: Code = deny(810, "waiver-ends-in-denial");
const UNSAFE_WITHOUT_END: Code = error(901, "unsafe-without-end");
const UNSAFE_IN_FORCE: Code = warn(902, "unsafe-in-force");
const ALLOW_TOO_LONG: Code = error(912, "allow-too-long");
const ENDS_ON_WEEKEND: Code = warn(914, "ends-on-weekend");

pub(super) const DENIAL: Check = Check::new(&[WAIVER_ENDS_IN_DENIAL], ends_in_denial);
pub(super) const WITHOUT_END: Check = Check::new(&[UNSAFE_WITHOUT_END], without_end);
pub(super) const IN_FORCE: Check = Check::as_of(&[UNSAFE_IN_FORCE], in_force);
pub(super) const TOO_LONG: Check = Check::as_of(&[ALLOW_TOO_LONG], too_long);
pub(super) const ON_WEEKEND: Check = Check::new(&[ENDS_ON_WEEKEND], on_weekend);

/// Half a year: whoever still needs it says so again.
const UNSAFE_DAYS_MAX: i64 = 180;

fn each(policy: &Policy) -> impl Iterator<Item = (&Org, &IdpInitiated)> {
    policy.orgs.iter().flat_map(|org| {
        let opened = org.connections.iter().filter_map(|connection| connection.idp_initiated.as_ref());
        opened.map(move |open| (&**org, open))
    })
}

fn ends_in_denial(policy: &Policy, sink: &mut Sink) {
    for (_, open) in each(policy).filter(|(_, open)| !open.on_end) {
        Finding::new(WAIVER_ENDS_IN_DENIAL, open.written.at, "when this ends, people who use it are refused")
            .mark("does not say so")
            .help("write `on-end=\"refuse\"` if that is meant")
            .path(&open.written.path)
            .report(sink);
    }
}

fn without_end(policy: &Policy, sink: &mut Sink) {
    for (_, open) in each(policy) {
        let absent = match (open.has_reason, open.has_until) {
            (true, true) => continue,
            (false, true) => "`reason`",
            (true, false) => "`until`",
            (false, false) => "`reason` and `until`",
        };
        Finding::new(UNSAFE_WITHOUT_END, open.written.at, format!("`unsafe` needs {absent}"))
            .mark("a defence is off without it")
            .help("such as `reason=\"Tile on the Okta dashboard\" until=\"2027-01-29\"`")
            .path(&open.written.path)
            .report(sink);
    }
}

/// Days from now to the end; `None` where none is written.
fn days_left(org: &Org, open: &IdpInitiated, as_of: Timestamp) -> Option<i64> {
    Some((open.ends(&org.time_zone)?.unix() - as_of.unix()).div_euclid(i64::from(DAY)))
}

fn in_force(policy: &Policy, as_of: Timestamp, sink: &mut Sink) {
    for (org, open) in each(policy) {
        // Where something else is wrong with it, that is said first.
        let whole = open.has_reason && open.on_end && weekend(open).is_none();
        let days = days_left(org, open, as_of).filter(|days| whole && *days <= UNSAFE_DAYS_MAX);
        let Some(days) = days else { continue };
        let (message, mark, help) = match days {
            0 => ("`unsafe \"idp-initiated\"` is open for less than a day".to_owned(), "open", OPEN),
            1 => ("`unsafe \"idp-initiated\"` is open for another day".to_owned(), "open", OPEN),
            2.. => (format!("`unsafe \"idp-initiated\"` is open for another {days} days"), "open", OPEN),
            _ => {
                ("`unsafe \"idp-initiated\"` has ended".to_owned(), "the gate refuses such answers again", "remove it")
            }
        };
        Finding::new(UNSAFE_IN_FORCE, open.written.at, message)
            .mark(mark)
            .help(help)
            .path(&open.written.path)
            .report(sink);
    }
}

const OPEN: &str = "answers that nobody asked for are taken until then; let people begin at our sign-in page instead";

fn too_long(policy: &Policy, as_of: Timestamp, sink: &mut Sink) {
    for (org, open) in each(policy) {
        let Some(until) = &open.until else { continue };
        let Some(days) = days_left(org, open, as_of).filter(|days| *days > UNSAFE_DAYS_MAX) else { continue };
        Finding::new(ALLOW_TOO_LONG, until.span, format!("`until` is {days} days away; {UNSAFE_DAYS_MAX} is the most"))
            .mark("too far away")
            .help("choose an earlier day; whoever still needs it then says so again")
            .path(&open.written.path)
            .report(sink);
    }
}

fn on_weekend(policy: &Policy, sink: &mut Sink) {
    for (_, open) in each(policy) {
        let (Some(until), Some(day)) = (&open.until, weekend(open)) else { continue };
        Finding::new(ENDS_ON_WEEKEND, until.span, format!("`{}` is a {day}", until.value))
            .mark("nobody is there to help")
            .help("choose a day on which people work")
            .path(&open.written.path)
            .report(sink);
    }
}

fn weekend(open: &IdpInitiated) -> Option<&'static str> {
    match open.until.as_ref()?.value.weekday() {
        Weekday::Saturday => Some("Saturday"),
        Weekday::Sunday => Some("Sunday"),
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => None,
    }
}
