//! Pages: what `explain` shows, and the language reference. Codes have files; words come from the field table.
//!
//! Invariant: every code that a policy can raise has a page (held by a test), and every word has one by construction.

use std::fmt::Write as _;
use std::sync::Arc;

use gatewright_bundle::program::Overage;

use crate::codes::codes;
use crate::kind::{Kind, spell};
use crate::paths;
use crate::profile::{Profile, Reports, SamlProfile, name_id_word, signed_word};
use crate::words::{Block, FILES, Field, Form, GUARDRAIL, Key};

/// One page of `explain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// `GW0102`, or a word with what it stands in: `session.idle`.
    pub name: String,
    /// `unknown-reference`, or the word's sentence.
    pub title: String,
    /// Markdown.
    pub text: String,
}

macro_rules! pages {
    ($($number:literal)+) => {
        const FILES_OF_CODES: &[(&str, &str)] = &[$(($number, include_str!(concat!("../pages/GW", $number, ".md")))),+];
    };
}

pages! {
    "0001" "0002" "0003" "0004" "0005" "0006" "0007" "0009" "0010" "0011" "0012" "0013" "0014"
    "0101" "0102" "0103" "0104" "0105" "0106" "0107" "0108" "0109" "0110" "0111"
    "0201" "0202" "0203" "0204" "0206" "0207" "0209" "0210"
    "0301" "0302" "0303" "0305" "0306" "0307" "0308"
    "0401" "0402" "0403" "0404" "0405" "0406" "0407" "0408" "0409" "0410" "0411" "0412" "0414" "0415" "0416" "0417"
    "0418" "0419" "0420" "0421" "0422" "0423" "0424"
    "0501" "0502" "0503" "0504" "0505" "0506" "0507" "0508"
    "0601" "0604" "0701" "0702" "0703" "0704" "0705" "0801" "0802" "0810"
    "0901" "0902" "0906" "0907" "0908" "0912" "0913" "0914" "0915"
    "1104" "1201" "1202" "1203" "1204" "1205" "1207" "1208" "1305" "1414"
}

/// The page of a code, by its number.
pub fn page(number: u16) -> Option<Page> {
    let code = codes().into_iter().find(|code| code.number == number)?;
    let digits = format!("{number:04}");
    let (_, text) = FILES_OF_CODES.iter().find(|(known, _)| *known == digits)?;
    Some(Page { name: format!("GW{digits}"), title: code.slug.to_owned(), text: (*text).to_owned() })
}

/// Every block of the language once, outermost first, with the blocks that it stands in.
fn blocks() -> Vec<&'static Block> {
    let mut found: Vec<&'static Block> = Vec::new();
    let mut open: Vec<&'static Block> = FILES.iter().rev().map(|(_, block)| *block).collect();
    while let Some(block) = open.pop() {
        if found.iter().any(|known| std::ptr::eq(*known, block)) {
            continue;
        }
        found.push(block);
        let inner = block.fields.iter().filter_map(|field| match field.form {
            Form::Entry(inner) => Some(inner),
            Form::Fact(_) | Form::Property(_) => None,
        });
        open.extend(inner.collect::<Vec<_>>().into_iter().rev());
    }
    found
}

/// The pages of every word, sorted: `session` and `session.idle`.
pub fn word_pages() -> Vec<Page> {
    let mut pages = Vec::new();
    let all = blocks();
    for block in &all {
        let name = name_among(block, &all);
        let facts = block.fields.iter().filter(|field| !matches!(field.form, Form::Entry(_)));
        pages.extend(facts.map(|field| word_page(block, &name, field)));
        if !block.is_file() {
            pages.push(Page { name, title: block.about.to_owned(), text: section(block, "#") });
        }
    }
    pages.sort_by(|one, two| one.name.cmp(&two.name));
    pages
}

/// Its word; where two blocks have one, with the word that it stands in.
fn name_among(block: &Block, all: &[&Block]) -> String {
    if all.iter().filter(|other| other.word == block.word).count() < 2 {
        return block.word.to_owned();
    }
    let holds = |outer: &&&Block| {
        outer.fields.iter().any(|field| matches!(field.form, Form::Entry(inner) if std::ptr::eq(inner, block)))
    };
    all.iter().find(holds).map_or_else(|| block.word.to_owned(), |outer| format!("{}.{}", outer.word, block.word))
}

fn word_page(block: &Block, within: &str, field: &Field) -> Page {
    let name = if block.is_file() { field.word.to_owned() } else { format!("{within}.{}", field.word) };
    let mut text = format!("# `{}`\n\n{}\n\n", field.word, field.about);
    let place = if block.is_file() { "in the manifest".to_owned() } else { format!("inside `{}`", block.word) };
    let example = if matches!(field.form, Form::Property(_)) { block.example } else { field.example };
    let _ = writeln!(text, "Stands {place}: {}.\n\n```kdl\n{example}\n```", shape_of(field));
    Page { name, title: field.about.to_owned(), text }
}

/// The whole language reference as Markdown, generated from the field table.
pub fn reference() -> String {
    let mut text = String::from(
        "# The policy language, version 1: every word\n\n\
         Generated from the field table; do not edit. A *fact* is a line of its own (`word value`), a *property* stands \
         on the line of its entry (`word=value`), an *entry* may have fields of its own. *many*: may be repeated. \
         *required*: must stand. *environment*: an environment may change it.\n\n## Files\n\n",
    );
    for (path, block) in FILES {
        let _ = writeln!(text, "### `{path}`\n\n{}\n\n{}", block.about, table(block));
    }
    text.push_str("## Words\n");
    for block in blocks().into_iter().filter(|block| !block.is_file()) {
        text.push('\n');
        text.push_str(&section(block, "###"));
    }
    text.push_str("\n## Provider profiles\n");
    text.extend(Profile::all().iter().map(profile_section));
    text
}

fn section(block: &Block, level: &str) -> String {
    let key = match &block.key {
        Key::None => "Without a key: only one can stand.".to_owned(),
        Key::One(kind) => format!("Keyed by {}.", kind.noun()),
        Key::OneAnd(kind, word) => format!("Keyed by {} and its `{word}`.", kind.noun()),
        Key::OneAndAll(kind) => format!("Keyed by {} and all its properties.", kind.noun()),
        Key::Properties => "Keyed by all its properties.".to_owned(),
    };
    let mut text = format!("{level} `{}`\n\n{} {key}\n\n{}", block.word, block.about, table(block));
    if !block.reserved.is_empty() {
        let _ = writeln!(text, "\nReserved: {}.", crate::finding::listed(block.reserved.iter().copied()));
    }
    let _ = writeln!(text, "\n```kdl\n{}\n```", block.example);
    if std::ptr::eq(block, &raw const GUARDRAIL) {
        let _ = writeln!(text, "\nWhat a guardrail can speak of:\n\n{}", paths::reference().trim_end());
    }
    text
}

/// What may stand inside, in the order of the field table.
fn table(block: &Block) -> String {
    let mut text = String::from("| Word | Form | What it is |\n|---|---|---|\n");
    for field in block.fields {
        let _ = writeln!(text, "| `{}` | {} | {} |", field.word, shape_of(field), field.about.replace('|', "\\|"));
    }
    text
}

/// `fact, a duration, required`.
fn shape_of(field: &Field) -> String {
    let (form, kind) = match field.form {
        Form::Fact(kind) => ("fact", Some(kind)),
        Form::Property(kind) => ("property", Some(kind)),
        Form::Entry(_) => ("entry", None),
    };
    let mut parts = vec![form.to_owned()];
    parts.extend(kind.map(Kind::described));
    let marks = [(field.many, "many"), (field.required, "required"), (field.environment, "environment")];
    parts.extend(marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| format!("*{mark}*")));
    parts.join(", ")
}

fn profile_section(profile: &Profile) -> String {
    let mut text = format!("\n### `{}`: {}\n\n", profile.name, profile.title);
    if let Some(oidc) = &profile.oidc {
        let auth = crate::finding::listed(oidc.client_auth.iter().map(|auth| auth.word()));
        let groups = oidc.groups.as_ref().map_or_else(|| "none".to_owned(), |claim| format!("`{claim}`"));
        let _ = writeln!(
            text,
            "Over OpenID Connect:\n\n- Issuer: such as `{}`\n- Client authentication: {auth}; the first is the default\n\
             - Identifies a person by `{}`\n- Groups: {groups}\n- Reports: {}\n",
            oidc.issuer_looks_like,
            oidc.subject_claim,
            reported(&oidc.reports),
        );
    }
    if let Some(saml) = &profile.saml {
        let _ = writeln!(text, "Over SAML:\n\n{}", saml_lines(saml));
    }
    let _ = writeln!(text, "Quirks:\n");
    for (note, source) in &profile.notes {
        let _ = writeln!(text, "- {note} ([source]({source}))");
    }
    text
}

fn saml_lines(saml: &SamlProfile) -> String {
    let or_name_id = |name: &Option<Arc<str>>| name.as_ref().map_or("the NameID".into(), |name| format!("`{name}`"));
    let mut text = format!("- Entity id: such as `{}`\n", saml.entity_id_looks_like);
    let _ = writeln!(text, "- Signs: {}; NameID: {}", signed_word(saml.want_signed), name_id_word(saml.name_id));
    let _ = writeln!(
        text,
        "- Identifies a person by {}; address in {}",
        or_name_id(&saml.subject),
        or_name_id(&saml.email)
    );
    let lists = match saml.overage {
        Overage::AbsentIsEmpty => "whole".to_owned(),
        Overage::EntraMarkers => "replaced by a marker where they are long".to_owned(),
        Overage::CutAt(at) => format!("cut at {at}"),
    };
    let _ = writeln!(text, "- Groups: `{}`, {lists}", saml.groups);
    let _ = writeln!(text, "- Clock skew: `{}`; reports: {}", spell(saml.clock_skew.0), reported(&saml.reports));
    text
}

/// What it says about an authentication, in words.
fn reported(reports: &Reports) -> String {
    let time = reports.authentication_time.then(|| "its time".to_owned());
    let class = match (reports.says_acr(), reports.acrs.as_slice()) {
        (false, _) => None,
        (true, []) => Some("its class".to_owned()),
        (true, known) => {
            Some(format!("its class, one of {}", crate::finding::listed(known.iter().map(|known| &**known))))
        }
    };
    let said: Vec<String> = time.into_iter().chain(class).collect();
    if said.is_empty() { "nothing about the authentication".to_owned() } else { said.join(" and ") }
}
