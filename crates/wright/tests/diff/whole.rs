//! Whole: an organisation or an environment that only one side has. Its one row binds all that it holds.

use std::collections::BTreeSet;

use gatewright_bundle::program::{App, Program};
use wright::diff::{Change, Class, What, diff};
use wright::effective;

use crate::rows::{base, doubled};
use crate::small::slug;

type Edit = fn(&mut Program);

/// Of the second organisation.
const OF_ORG: &[Edit] = &[
    |program| drop(program.orgs[1].owners.pop()),
    |program| drop(program.orgs[1].grants.pop()),
    |program| drop(program.orgs[1].domains.pop()),
    |program| program.orgs[1].name = "Other".into(),
    |program| program.orgs[1].session.concurrent = 6,
    |program| program.orgs[1].connections[0].oidc_mut().unwrap().issuer = "https://x.example".into(),
];

const OF_PLATFORM: &[Edit] = &[
    |program| program.environment.base_url = "https://x.example".into(),
    |program| {
        program.environment.apps.push(App { slug: slug("console"), origin: "https://x.example".into(), org: None });
    },
    |program| drop(program.catalogue.permissions.pop()),
    |program| program.catalogue.roles[0].label = "Other".into(),
    |program| program.catalogue.roles[0].permits.truncate(1),
    |program| program.catalogue.roles[0].permits = vec![4],
];

fn edited(edit: Edit) -> Program {
    let mut program = doubled(&base());
    edit(&mut program);
    program
}

fn globex(before: &Program, after: &Program) -> Change {
    diff(before, after).into_iter().find(|change| change.path == "org[globex]").unwrap()
}

/// No review of an organisation outlives a change of it.
#[test]
fn the_row_of_an_organisation_binds_each_of_its_lines() {
    let alone = base().program();
    let mut ids = BTreeSet::from([globex(&alone, &doubled(&base())).id]);
    for edit in OF_ORG {
        let (came, went) = (globex(&alone, &edited(*edit)), globex(&edited(*edit), &alone));
        assert!(ids.insert(came.id) && ids.insert(went.id), "{ids:?}");
    }
    assert_eq!(ids.len(), 1 + 2 * OF_ORG.len());
    let twice = globex(&alone, &doubled(&base())).id;
    assert!(ids.contains(&twice), "equal organisations have one id");
}

#[test]
fn the_row_of_an_environment_binds_all_that_it_holds() {
    let mut ids = BTreeSet::from([Change::environment(&doubled(&base()), true).id]);
    for edit in OF_ORG.iter().chain(OF_PLATFORM) {
        let [came, went] = [true, false].map(|is_added| Change::environment(&edited(*edit), is_added));
        assert_eq!((&*came.path, came.gravest(), &came.org), ("environment[production]", Class::TrustRoot, &None));
        assert_eq!((came.is_addition(), came.is_removal()), (true, false));
        assert_eq!((went.is_addition(), went.is_removal()), (false, true));
        assert!(ids.insert(came.id) && ids.insert(went.id), "{ids:?}");
    }
    assert!(ids.contains(&Change::environment(&doubled(&base()), true).id));
}

/// What `show` prints.
#[test]
fn the_lines_of_an_organisation_are_those_of_access_and_the_settings() {
    let program = base().program();
    let lines = effective(&program, &program.orgs[0]);
    let of = |path: &str| lines.get(path).map(String::as_str);
    assert_eq!(of("org[acme].domain[a.example]"), Some("sign-in=one"));
    assert_eq!(of("org[acme].grant[role=developer,group=g0]"), Some(""));
    assert_eq!(of("org[acme].name"), Some("Acme"));
    assert_eq!(of("org[acme].session.idle"), Some("1h"));
    assert_eq!(of("org[acme]"), None, "that it is there is no line of it");
    assert!(lines.keys().all(|path| path.starts_with("org[acme].")));
}

/// The value of the row is the digest of all that it holds, on the side that has it.
#[test]
fn a_row_of_a_whole_organisation_shows_a_digest() {
    let What::Access { value, .. } = globex(&base().program(), &doubled(&base())).what else { panic!() };
    assert!(value.len() == 64 && value.chars().all(|digit| digit.is_ascii_hexdigit()), "{value}");
}
