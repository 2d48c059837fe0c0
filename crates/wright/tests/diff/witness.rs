//! Witness: who is shown, of all whom a row reaches.

use gatewright_bundle::program::Program;
use gatewright_terms::EmailAddress;
use wright::diff::{Change, diff};

use crate::rows::{base, effect, line};
use crate::small::{Line, Small, To};

/// The address of the witness of the row whose path holds this.
fn shown(before: &Program, after: &Program, path: &str) -> String {
    let changes = diff(before, after);
    let row: Option<&Change> = changes.iter().find(|change| change.path.contains(path));
    effect(row.unwrap_or_else(|| panic!("{changes:#?}"))).witness.email.to_string()
}

fn everyone(role: usize, domain: usize) -> Line {
    Line { role, project: None, to: To::Everyone(domain) }
}

/// Jane loses more than a developer does.
#[test]
fn it_is_no_owner_of_either_side_where_others_are_reached_alike() {
    let mut blocked = base();
    blocked.blocks.insert(0);
    let mut left = blocked.clone();
    left.owners.clear();
    assert_eq!(shown(&base().program(), &blocked.program(), ".block["), "anyone@a.example");
    assert_eq!(shown(&base().program(), &left.program(), ".block["), "anyone@a.example");
}

#[test]
fn it_is_the_owner_where_nobody_else_is_reached() {
    let mut owned = base();
    owned.owners.clear();
    assert_eq!(shown(&owned.program(), &base().program(), ".owner["), "jane@a.example");
}

/// Everybody of the one domain is a developer, of the other an admin.
#[test]
fn it_is_who_has_the_most_to_show() {
    let mut two = Small { grants: [everyone(1, 0), everyone(0, 1)].into(), ..base() };
    two.domains.insert(1, 0);
    let mut blocked = two.clone();
    blocked.blocks.insert(3);
    assert_eq!(shown(&two.program(), &blocked.program(), ".block["), "anyone@b.example");
    assert_eq!(shown(&blocked.program(), &two.program(), ".block["), "anyone@b.example");
}

/// An address that begins before `anyone` makes nobody a better witness.
#[test]
fn an_owner_is_never_preferred_for_the_address() {
    let owned = |small: &Small| {
        let mut program = small.program();
        program.orgs[0].owners = vec![EmailAddress::parse("abe@a.example").unwrap()];
        program
    };
    let mut more = base();
    more.roles.entry(1).or_default().extend([1, 2, 3, 4]);
    let mut blocked = more.clone();
    blocked.blocks.insert(0);
    assert_eq!(shown(&owned(&more), &owned(&blocked), ".block["), "anyone@a.example");
    let mut granted = base();
    granted.grants.insert(line(1, 2));
    assert_eq!(shown(&owned(&base()), &owned(&granted), ".grant["), "anyone@a.example");
}
