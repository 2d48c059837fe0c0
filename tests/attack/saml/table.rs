//! Table: every variant on one page, and the rows of requirements that they hold.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use gatewright_tests::root;

/// Rows that are not about the content of one message, and the tests that hold them.
const ELSEWHERE: &[(u8, &str)] = &[
    (16, "crates/gate-core/tests/gate/replay.rs"),
    (19, "crates/gate-core/tests/gate/saml.rs"),
    (24, "crates/gate-saml/tests/send/golden.rs"),
    (25, "crates/gate-core/tests/gate/saml.rs"),
    (26, "tests/attack/saml/logout.rs"),
    (27, "tests/attack/saml/logout.rs"),
    (28, "crates/gatewright-saml/tests/checks/metadata.rs"),
    (29, "crates/gate-saml/tests/send/hostile.rs"),
];

/// The page says what the tests do. `GENERATED_DOCS=write cargo test --test attack table` writes it anew.
#[test]
fn the_table_is_true() {
    let mut page = String::from(
        "# Forged SAML messages\n\n\
         Generated. Each line is one message that is refused with this refusal and reason, and a twin that differs in the \
         defect alone and is let in.\n",
    );
    let mut table = String::new();
    let mut count = 0;
    let defects: usize =
        super::CLASSES.iter().map(|(_, defects)| defects().len()).sum::<usize>() + super::logout::lines().len();
    for (class, _) in super::CLASSES {
        writeln!(
            table,
            "\n## {class}\n\n| variant | in | refusal | reason | stopped by | ST-SAML |\n|---|---|---|---|---|---|"
        )
        .unwrap();
        for variant in super::variants(class) {
            count += 1;
            let rows: Vec<String> = variant.rows.iter().map(|row| format!("{row:02}")).collect();
            writeln!(
                table,
                "| {} | {} | {} | {} | {} | {} |",
                variant.name,
                variant.base.name(),
                variant.refusal,
                variant.reason,
                variant.stopped_by.name(),
                rows.join(", ")
            )
            .unwrap();
        }
    }
    writeln!(table, "\n## logout\n\nThe twin of each is one honest request, by form or by redirect.\n\n| variant | by | refusal | reason |\n|---|---|---|---|").unwrap();
    for line in super::logout::lines() {
        count += 1;
        writeln!(table, "{line}").unwrap();
    }
    writeln!(
        page,
        "\n{defects} defects in {} classes, each in every kind of message that it fits: {count} variants.\n{table}",
        super::CLASSES.len() + 1
    )
    .unwrap();
    let page = format!("{}\n", page.trim_end());
    let place = root().join("tests/attack/saml/table.md");
    #[expect(clippy::disallowed_methods, reason = "the task says by the environment whether to write")]
    if std::env::var("GENERATED_DOCS").is_ok_and(|mode| mode == "write") {
        std::fs::write(&place, &page).expect("writable");
    }
    assert!(std::fs::read_to_string(&place).unwrap_or_default() == page, "tests/attack/saml/table.md is stale");
}

/// No two variants have one name, and every row is held here or where this page says.
#[test]
fn every_row_is_held() {
    let variants = super::all();
    let mut paths = BTreeSet::new();
    for variant in &variants {
        assert!(paths.insert(variant.path()), "{} twice", variant.path());
    }
    let held: BTreeSet<u8> = variants.iter().flat_map(|variant| variant.rows.iter().copied()).collect();
    let rows = std::fs::read_to_string(root().join("tests/requirements.tsv")).expect("the rows");
    let rows = rows.lines().filter_map(|row| row.strip_prefix("ST-SAML-")?.get(..2)?.parse::<u8>().ok());
    let mut missing = Vec::new();
    for row in rows {
        let elsewhere = ELSEWHERE.iter().find(|(number, _)| *number == row).map(|(_, file)| *file);
        let named = elsewhere.is_some_and(|file| {
            let text =
                std::fs::read_to_string(root().join(file)).unwrap_or_default().to_ascii_lowercase().replace('_', "-");
            text.contains(&format!("st-saml-{row:02}"))
        });
        if !held.contains(&row) && !named {
            missing.push((row, elsewhere));
        }
    }
    assert!(missing.is_empty(), "rows that nothing holds: {missing:?}");
}
