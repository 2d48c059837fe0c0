//! Changed: what is found in the organisations that differ from a revision.

use gatewright_terms::Timestamp;
use wright::{Outcome, judge};

use super::human::{counted, grouped};
use super::threads;
use crate::failure::Failure;
use crate::focus::Extent;
use crate::git::Commit;
use crate::state::State;
use crate::style::plain;
use crate::workspace::DirectoryWorld;

/// What is compared with where nothing is named.
pub(super) const HEAD: &str = "HEAD";

/// And a word on how much was checked.
pub(super) fn outcome(world: &DirectoryWorld, revision: &str, as_of: Timestamp) -> Result<(Outcome, String), Failure> {
    let (base, head) = std::thread::scope(|scope| {
        let head = scope.spawn(|| State::of_folder(world));
        let base = Commit::read(&world.place(""), revision).map(State::Commit);
        (base, head.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let head = head?;
    let whole =
        |why: &str| Ok((judge(head.whole()?.into_owned(), threads(), as_of), format!("everything was checked: {why}")));
    let base = match base {
        Err(_) if revision == HEAD && Commit::are_none(&world.place("")) => return whole("there is no commit yet"),
        base => base?,
    };
    let focus = match Extent::between(&base, &head)? {
        Extent::Part(focus) => focus,
        Extent::Whole(file) => return whole(&format!("`{}` differs from `{}`", plain(&file), plain(revision))),
    };
    let (total, differ) = (focus.orgs_of(&head), focus.orgs_changed());
    let Some([outcome]) = focus.outcomes([&head], as_of)? else {
        return whole("what differs leads to all organisations");
    };
    let checked = counted(outcome.orgs.len(), "organisation", "organisations");
    let says =
        format!("{checked} of {} checked; {} differ from `{}`", grouped(total), grouped(differ), plain(revision));
    Ok((outcome, says))
}
