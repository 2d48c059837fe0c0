//! Guardrails: what a change of one is called, that no bundle holds one, and that the day of one reaches no byte.

use std::num::NonZeroUsize;

use gatewright_terms::{Slug, Timestamp};
use wright::diff::{Class, Rules, What, governance};
use wright::{MemoryWorld, compile, digest};

use crate::fixtures::{code, compiled};
use crate::notation::{as_of, parts};

/// One guardrail with these lines in it.
fn guardrail(lines: &str) -> String {
    format!("// after: platform/catalog.kdl\nguardrail \"one\" {{\n{lines}\n}}\n")
}

fn rules(text: &str) -> Rules {
    let outcome = compiled(text);
    assert!(!outcome.programs.is_empty(), "{text}: {:?}", outcome.diagnostics);
    Rules { governance: outcome.governance, laws: outcome.laws, suites: outcome.suites }
}

type Row = (String, Option<String>, Option<String>, Class);

fn rows(before: &str, after: &str) -> Vec<Row> {
    let all = governance(&rules(before), &rules(after)).into_iter().map(|change| {
        let What::Setting { before, after } = change.what.clone() else { panic!("{change:?}") };
        (change.path.clone(), before, after, change.gravest())
    });
    all.collect()
}

const WHY: &str = "why \"w\"\n";

/// The one row between two lines, and the class of the way back.
fn both_ways(before: &str, after: &str) -> (String, Class, Class) {
    let (before, after) = (guardrail(&format!("{WHY}{before}")), guardrail(&format!("{WHY}{after}")));
    let (mut there, back) = (rows(&before, &after), rows(&after, &before));
    assert_eq!((there.len(), back.len()), (1, 1), "{there:?} {back:?}");
    let (path, _, _, class) = there.remove(0);
    (path, class, back[0].3)
}

#[test]
fn a_guardrail_that_comes_strengthens_and_one_that_goes_weakens() {
    let one =
        guardrail("require \"session.idle\" at-most=\"2h\" where=\"plan=enterprise\"\nwhy \"w\"\nwaivable \"yes\"");
    let text = "require[session.idle,where=plan=enterprise].at-most 2h; enforced; waivable yes; why w".to_owned();
    let path = || "guardrail[one]".to_owned();
    assert_eq!(rows("", &one), [(path(), None, Some(text.clone()), Class::Strengthening)]);
    assert_eq!(rows(&one, ""), [(path(), Some(text), None, Class::Weakening)]);
    assert_eq!(rows(&one, &one), []);
}

#[test]
fn a_bound_is_tighter_or_it_is_weaker() {
    let (tighter, weaker) = (Class::Strengthening, Class::Weakening);
    for (before, after, there, back) in [
        ("require \"session.idle\" at-most=\"2h\"", "require \"session.idle\" at-most=\"1h\"", tighter, weaker),
        ("require \"session.idle\" at-least=\"1m\"", "require \"session.idle\" at-least=\"2m\"", tighter, weaker),
        ("forbid \"session.idle\" at-least=\"2h\"", "forbid \"session.idle\" at-least=\"1h\"", tighter, weaker),
        ("forbid \"session.idle\" at-most=\"1m\"", "forbid \"session.idle\" at-most=\"2m\"", tighter, weaker),
        ("forbid \"owner\" count-at-least=9", "forbid \"owner\" count-at-least=8", tighter, weaker),
        (
            "require \"members.stage\" { one-of \"required\"; one-of \"optional\"; }",
            "require \"members.stage\" { one-of \"required\"; }",
            tighter,
            weaker,
        ),
        (
            "forbid \"members.stage\" { one-of \"test\"; }",
            "forbid \"members.stage\" { one-of \"optional\"; one-of \"test\"; }",
            tighter,
            weaker,
        ),
        // Nobody can tell.
        ("forbid \"members.stage\" equals=\"test\"", "forbid \"members.stage\" equals=\"optional\"", weaker, weaker),
        (
            "forbid \"members.stage\" { one-of \"test\"; }",
            "forbid \"members.stage\" { one-of \"optional\"; }",
            weaker,
            weaker,
        ),
        ("waivable \"yes\"\nrequire \"owner\" count-at-least=1", "require \"owner\" count-at-least=1", tighter, weaker),
        (
            "require \"owner\" count-at-least=1\nenforce \"report\" active-from=\"2030-01-02\"",
            "require \"owner\" count-at-least=1\nenforce \"report\" active-from=\"2030-01-01\"",
            tighter,
            weaker,
        ),
        (
            "require \"owner\" count-at-least=1\nenforce \"report\" active-from=\"2030-01-02\"",
            "require \"owner\" count-at-least=1",
            tighter,
            weaker,
        ),
        (
            "require \"owner\" count-at-least=1",
            "require \"owner\" count-at-least=1\nforbid \"session.idle\" at-least=\"2h\"",
            tighter,
            weaker,
        ),
    ] {
        let (path, one, other) = both_ways(before, after);
        assert_eq!((one, other), (there, back), "{path}: {before} → {after}");
    }
    let (path, ..) = both_ways("require \"session.idle\" at-most=\"2h\"", "require \"session.idle\" at-most=\"1h\"");
    assert_eq!(path, "guardrail[one].require[session.idle].at-most");
}

/// Another selector is another line: what it no longer binds is a weakening of its own.
#[test]
fn whom_it_binds_belongs_to_the_line() {
    let with = |binds: &str| guardrail(&format!("{WHY}require \"owner\" count-at-least=1{binds}"));
    let narrower = rows(&with(""), &with(" where=\"org=acme\""));
    let classes: Vec<Class> = narrower.iter().map(|row| row.3).collect();
    assert_eq!(classes, [Class::Strengthening, Class::Weakening], "{narrower:?}");
}

#[test]
fn what_it_is_for_is_a_text() {
    let with = |why: &str| guardrail(&format!("require \"owner\" count-at-least=1\nwhy \"{why}\""));
    assert_eq!(rows(&with("a"), &with("b"))[0].3, Class::Cosmetic);
}

#[test]
fn no_bundle_holds_a_guardrail_and_its_day_reaches_no_byte() {
    let bytes = |text: &str, as_of: Timestamp| {
        let files = parts(text).0.into_iter().map(|(path, text)| (path, text.into_bytes()));
        let outcome = compile(&MemoryWorld::new(files), NonZeroUsize::MIN, as_of);
        let codes: Vec<String> = outcome.diagnostics.iter().map(code).collect();
        let program = outcome.programs.get(&Slug::parse("production").unwrap());
        (program.map(|compiled| digest(&compiled.program)), codes)
    };
    let announced = guardrail(
        "require \"session.when-full\" equals=\"refuse\"\nwhy \"w\"\nenforce \"report\" active-from=\"2026-11-30\"",
    );
    let (plain, silent) = bytes("", as_of());
    let (warned, warning) = bytes(&announced, as_of());
    assert!(plain.is_some() && silent.is_empty());
    assert_eq!((warned, warning), (plain, vec!["GW0802".to_owned()]));
    // 2026-11-30T00:00:00Z, and the second before.
    let day = 1_795_996_800;
    assert_eq!(bytes(&announced, Timestamp::from_unix(day - 1)), (plain, vec!["GW0802".to_owned()]));
    assert_eq!(bytes(&announced, Timestamp::from_unix(day)), (None, vec!["GW0801".to_owned()]));
}

/// Words that mean the same in a guardrail and in what `show` prints, by the end of the line's path.
const SAME: &[&str] = &[
    ".plan",
    ".time-zone",
    ".idle",
    ".absolute",
    ".concurrent",
    ".when-full",
    ".max-authentication-age",
    ".within",
    ".acr",
    ".provider",
    ".visibility",
    ".saml.entity-id",
    ".saml.want-signed",
    ".saml.encryption",
    ".saml.name-id",
    ".saml.clock-skew",
    ".oidc.issuer",
    ".oidc.hosted-domain",
    ".oidc.tenant",
];

/// What is judged is what is enforced: every value of the program is what a guardrail finds at its path.
#[test]
fn a_guardrail_sees_what_the_program_holds() {
    let fixtures = crate::notation::fixtures();
    let mut seen = 0;
    for name in [
        "ok/saml-with-every-word.kdl",
        "ok/saml-defaults.kdl",
        "ok/shared-entra-with-tenant.kdl",
        "ok/shared-google.kdl",
    ] {
        let text = &fixtures[name];
        let outcome = compiled(text);
        let program = &outcome.programs.values().next().unwrap().program;
        for org in &program.orgs {
            let lines = wright::effective(program, org);
            let same = lines.iter().filter(|(path, _)| SAME.iter().any(|end| path.ends_with(end)));
            for (path, value) in same {
                let short = path.strip_prefix(&format!("org[{}].", org.id)).unwrap();
                let bound = if short.ends_with(".concurrent") { value.clone() } else { format!("{value:?}") };
                let line = |verb: &str| {
                    let line = format!("{verb} {short:?} equals={bound} where=\"org={}\"\n{WHY}", org.id);
                    let found = compiled(&format!("{}\n{}", text.trim_end(), guardrail(&line))).diagnostics;
                    found.iter().map(|found| (code(found), found.message.clone())).collect::<Vec<_>>()
                };
                assert_eq!(line("require"), [], "{name}: {path} {value}");
                let forbidden = line("forbid");
                assert_eq!(forbidden.len(), 1, "{name}: {path} {value}: {forbidden:?}");
                assert!(forbidden[0].0 == "GW0801" && forbidden[0].1.contains(value), "{forbidden:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "{seen}");
}
