//! Read speed: MB/s of our reader beside `kdl`, `toml` and `serde_json`, on inputs of about one size that say the same.
//!
//! `cargo run --release -p wright-syntax --example read_speed`
#![allow(clippy::print_stdout, clippy::expect_used, clippy::disallowed_methods, reason = "a measurement for people")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source};
use wright_syntax::{ReadContext, read_kdl};

const ORGANISATIONS: usize = 600;
/// The `kdl` crate is so slow that less must do.
const ORGANISATIONS_KDL: usize = 60;
const LEAST: Duration = Duration::from_secs(1);

fn kdl_text(organisations: usize) -> String {
    (0..organisations).fold(String::new(), |mut text, number| {
        let _ = write!(
            text,
            r#"// Organisation {number}: what a person reads.
org "acme-{number}" {{
    name       "Acme Corp {number}"
    legal-name "Acme Corporation, Inc."
    plan       "enterprise"
    domain "acme-{number}.com" sign-in="okta"
    owner "jane.doe@acme-{number}.com"

    connection "okta" {{
        provider "okta"
        oidc {{
            issuer      "https://acme-{number}.okta.com"
            client-id   "0oa1acme{number}"
            client-auth "private-key-jwt"
        }}
    }}
    members "sso" {{ join "jit" }}
    project "research" {{ name "Research"; visibility "closed" }}

    // A person gets every grant that matches; a block beats any grant.
    grant role="developer"                     everyone-in="acme-{number}.com"
    grant role="admin"                         group="lumen-admins"
    grant role="editor"  project="production"  group="ml-platform"
    grant role="editor"  project="research"    group="ml-research"
    grant role="viewer"  project="production"  group="finance"
    block group="contractors-offboarded"
    session {{
        idle       "1h"
        absolute   "10h"
        concurrent 5
    }}
}}
"#
        );
        text
    })
}

fn toml_text(organisations: usize) -> String {
    (0..organisations).fold(String::new(), |mut text, number| {
        let _ = write!(
            text,
            r#"# Organisation {number}: what a person reads.
[org.acme-{number}]
name = "Acme Corp {number}"
legal-name = "Acme Corporation, Inc."
plan = "enterprise"
domain = [{{ name = "acme-{number}.com", sign-in = "okta" }}]
owner = ["jane.doe@acme-{number}.com"]
grant = [
    {{ role = "developer", everyone-in = "acme-{number}.com" }},
    {{ role = "admin", group = "lumen-admins" }},
    {{ role = "editor", project = "production", group = "ml-platform" }},
    {{ role = "editor", project = "research", group = "ml-research" }},
    {{ role = "viewer", project = "production", group = "finance" }},
]
block = [{{ group = "contractors-offboarded" }}]
[org.acme-{number}.connection.okta]
provider = "okta"
issuer = "https://acme-{number}.okta.com"
client-id = "0oa1acme{number}"
client-auth = "private-key-jwt"
[org.acme-{number}.session]
idle = "1h"
absolute = "10h"
concurrent = 5
"#
        );
        text
    })
}

/// The TOML, as JSON for people.
fn json_text(organisations: usize) -> String {
    let value: serde_json::Value = toml::from_str(&toml_text(organisations)).expect("our own TOML");
    serde_json::to_string_pretty(&value).expect("JSON")
}

/// The best of many rounds: what else the machine does only makes rounds slower.
fn measure(name: &str, bytes: usize, mut read: impl FnMut()) {
    let start = Instant::now();
    let mut best = Duration::MAX;
    while start.elapsed() < LEAST {
        let round = Instant::now();
        read();
        best = best.min(round.elapsed());
    }
    #[expect(clippy::cast_precision_loss, reason = "a measurement")]
    let speed = bytes as f64 / best.as_secs_f64() / 1e6;
    println!("{name:<14} {:>7} KiB {speed:>8.1} MB/s", bytes / 1024);
}

fn main() {
    let text = kdl_text(ORGANISATIONS);
    let source = Source { path: Arc::from("all.kdl"), text: Arc::from(text) };
    measure("wright-syntax", source.text.len(), || {
        let mut sink = Sink::default();
        black_box(read_kdl(&source, FileId(0), ReadContext::Organisation, &mut sink));
        assert!(sink.into_sorted().is_empty(), "our own text is right");
    });
    let text = kdl_text(ORGANISATIONS_KDL);
    measure("kdl", text.len(), || {
        black_box(kdl::KdlDocument::parse_v2(&text).expect("KDL"));
    });
    let text = toml_text(ORGANISATIONS);
    measure("toml", text.len(), || {
        black_box(toml::from_str::<toml::Value>(&text).expect("TOML"));
    });
    let text = json_text(ORGANISATIONS);
    measure("serde_json", text.len(), || {
        black_box(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"));
    });
}
