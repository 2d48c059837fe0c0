//! Stages: whatever the text, they come to an end; whatever is valid is lowered whole.

use std::collections::BTreeMap;

use gatewright_bundle::program::{Program, Protocol};
use wright_policy::{Provenance, Workspace, check, lower};

use crate::notation::{as_of, early, files_below, fixtures, ui, workspace};

/// Every part that the policy names is in the program: the origins are collected by another way.
fn is_whole(program: &Program, provenance: &Provenance) {
    let origins = |prefix: &str| {
        let is_one = |path: &str| path.starts_with(prefix) && path.ends_with(']') && !path.contains("].unsafe[");
        provenance.origins.iter().filter(|origin| is_one(&origin.path)).count()
    };
    let environment = format!("environment[{}]", program.environment.name);
    assert_eq!(origins(&format!("{environment}.app[")), program.environment.apps.len());
    assert_eq!(origins(&format!("{environment}.shared-client[")), program.environment.shared_clients.len());
    assert_eq!(origins("role["), program.catalogue.roles.len());
    assert_eq!(origins("permission["), program.catalogue.permissions.len());
    assert!(!program.environment.base_url.is_empty());
    for org in &program.orgs {
        let own = |word: &str| origins(&format!("org[{}].{word}[", org.id));
        let attributes: usize = org.connections.iter().map(|connection| connection.own_attributes().len()).sum();
        assert!(!org.connections.is_empty(), "{}", org.id);
        assert_eq!(own("connection"), org.connections.len() + attributes, "{}", org.id);
        assert_eq!(own("domain"), org.domains.len(), "{}", org.id);
        assert_eq!(own("owner"), org.owners.len(), "{}", org.id);
        assert_eq!(own("project"), org.projects.len(), "{}", org.id);
        assert_eq!(own("grant"), org.grants.len(), "{}", org.id);
        assert_eq!(own("block"), org.blocked_groups.len(), "{}", org.id);
        let through = |domain: &gatewright_bundle::program::Domain| org.connections.len() > domain.connection as usize;
        assert!(org.domains.iter().all(through) && !org.domains.is_empty(), "{}", org.id);
        match &org.connections[0].protocol {
            Protocol::Oidc(oidc) => {
                assert!(!oidc.issuer.is_empty() && !oidc.algorithms.is_empty(), "{}", org.id);
                assert!(!oidc.claims.email.is_empty(), "{}", org.id);
            }
            Protocol::Saml(saml) => {
                assert!(!saml.entity_id.is_empty() && !saml.sign_in.url.is_empty(), "{}", org.id);
                assert!(!saml.certificates.is_empty() && !saml.algorithms.is_empty(), "{}", org.id);
            }
        }
        assert_eq!(own("step-up"), org.step_ups.len(), "{}", org.id);
        assert!(org.step_ups.is_sorted_by_key(|step_up| step_up.permission), "{}", org.id);
        let roles = program.catalogue.roles.len();
        assert!(org.grants.iter().all(|grant| (grant.role as usize) < roles), "{}", org.id);
        assert!(org.grants.is_sorted() && org.domains.is_sorted() && org.blocked_groups.is_sorted(), "{}", org.id);
    }
}

/// Whether it is valid; if so it must be whole in every environment.
fn goes_through(workspace: &Workspace) -> bool {
    let (policy, mut sink) = early(workspace);
    let Some(valid) = check(policy, as_of(), &mut sink) else { return false };
    for environment in valid.environments() {
        let (program, provenance) = lower(&valid, &environment).unwrap();
        is_whole(&program, &provenance);
    }
    true
}

#[test]
fn what_is_valid_is_lowered_whole() {
    let valid = fixtures().into_iter().filter(|(_, text)| goes_through(&workspace(text))).count();
    assert!(valid > 10, "{valid}");
}

/// A generator that needs no crate: the constants are Knuth's.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }
}

/// One line of some file is dropped, doubled, moved, or has one of its words replaced by another of the corpus.
fn mutate(files: &mut BTreeMap<String, String>, words: &[String], dice: &mut Dice) {
    let path = files.keys().nth(dice.below(files.len())).unwrap().clone();
    let mut lines: Vec<String> = files[&path].lines().map(str::to_owned).collect();
    let at = dice.below(lines.len());
    match dice.below(5) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(dice.below(lines.len()), lines[at].clone()),
        2 => {
            let to = dice.below(lines.len());
            lines.swap(at, to);
        }
        _ => {
            let mut parts: Vec<&str> = lines[at].split(' ').collect();
            let part = dice.below(parts.len());
            parts[part] = &words[dice.below(words.len())];
            lines[at] = parts.join(" ");
        }
    }
    files.insert(path, lines.join("\n") + "\n");
}

/// ST-LINT-21: no mutation of a good policy makes a stage fail, and none that is valid loses a part on the way.
#[test]
fn st_lint_21_mutated_policies_end_and_are_whole_where_they_are_valid() {
    let corpus = files_below(&ui().join("../../policies"));
    let words: Vec<String> = corpus.values().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
    let (mut dice, mut valid) = (Dice(7), 0_u32);
    for _ in 0..1_500 {
        let mut files = corpus.clone();
        for _ in 0..=dice.below(3) {
            mutate(&mut files, &words, &mut dice);
        }
        let files = files.into_iter().map(|(path, text)| (path, text.into_bytes()));
        valid += u32::from(goes_through(&Workspace::new(files, [])));
    }
    assert!(valid > 150, "{valid} of the mutations are valid");
}
