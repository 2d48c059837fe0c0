//! Pages: what `explain` has to say about every code and word, the analysis's own codes included.

use wright_policy::Page;
use wright_syntax::diagnostic::Code;

use crate::lockout::{LOCKOUT, LOCKOUT_PAGE};
use crate::trial;

pub use wright_policy::word_pages;

/// Every code that a compilation can raise, sorted.
pub fn codes() -> Vec<Code> {
    let mut codes = wright_policy::codes();
    codes.push(LOCKOUT);
    codes.extend(trial::PAGES.iter().map(|(code, _)| *code));
    codes.sort();
    codes
}

/// The page of a code, by its number.
pub fn page(number: u16) -> Option<Page> {
    if number == LOCKOUT.number {
        return Some(Page { name: "GW1411".into(), title: LOCKOUT.slug.into(), text: LOCKOUT_PAGE.into() });
    }
    let of_trials = trial::PAGES.iter().find(|(code, _)| code.number == number).map(trial::page);
    of_trials.or_else(|| wright_policy::page(number))
}
