//! Reader: megabytes a second of policy text, beside readers of the same amount of text.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source};
use wright_syntax::{ReadContext, read_kdl};

use crate::figure::Figure;
use crate::measure::nanoseconds;

const ORGS: usize = 1_200;

pub(crate) fn figure() -> Option<Figure> {
    let kdl = kdl_text();
    let (toml, json) = (toml_text(kdl.len()), json_text(kdl.len()));
    let source = Source { path: "orgs/all.kdl".into(), text: Arc::from(kdl.as_str()) };
    let mut sink = Sink::default();
    if read_kdl(&source, FileId(0), ReadContext::Organisation, &mut sink).entries.len() != ORGS
        || !sink.into_sorted().is_empty()
    {
        return None;
    }
    let speed = |bytes: usize, calls: u32, read: &mut dyn FnMut() -> bool| {
        f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) * 1e3 / nanoseconds(calls, read)
    };
    let ours = speed(kdl.len(), 3, &mut || {
        !black_box(read_kdl(&source, FileId(0), ReadContext::Organisation, &mut Sink::default())).entries.is_empty()
    });
    let bytes = speed(kdl.len(), 20, &mut || black_box(kdl.bytes().filter(|&byte| byte == b'"').count()) > 0);
    let of_kdl = speed(kdl.len() / 20, 1, &mut || {
        let some = kdl.get(..kdl.len() / 20).and_then(|some| some.get(..some.rfind("\norg ")?)).unwrap_or_default();
        black_box(some.parse::<kdl::KdlDocument>()).is_ok()
    });
    let of_toml = speed(toml.len(), 1, &mut || black_box(toml.parse::<toml::Table>()).is_ok());
    let of_json = speed(json.len(), 1, &mut || black_box(serde_json::from_str::<serde_json::Value>(&json)).is_ok());
    Some(Figure {
        what: "reading policy text into a spanned tree",
        ours: format!("{ours:.0} MB/s"),
        beside: format!(
            "counting its quotes: {bytes:.0} MB/s; `kdl`: {of_kdl:.1}; `toml`: {of_toml:.0}; `serde_json::Value`: {of_json:.0}"
        ),
        ratio: format!("{:.0}× `kdl`", ours / of_kdl),
        promise: "recorded",
        kept: true,
    })
}

fn kdl_text() -> String {
    let mut text = String::new();
    for n in 0..ORGS {
        let _ = write!(
            text,
            "org \"org-{n}\" {{\n    name       \"Organisation {n}\"\n    legal-name \"Organisation {n}, Inc.\"\n    plan       \"team\"\n\n    \
             domain \"org-{n}.example\" sign-in=\"okta\"\n    connection \"okta\" {{\n        provider \"okta\"\n        oidc {{\n            \
             issuer    \"https://org-{n}.okta.com\"\n            client-id \"0oa{n}\"\n        }}\n    }}\n\n    // Everyone is a developer.\n    \
             grant role=\"developer\" everyone-in=\"org-{n}.example\"\n    grant role=\"admin\"     group=\"admins\"\n    block group=\"left\"\n}}\n"
        );
    }
    text
}

fn toml_text(bytes: usize) -> String {
    let mut text = String::new();
    for n in 0.. {
        if text.len() >= bytes {
            break;
        }
        let _ = write!(
            text,
            "[[org]]\nslug = \"org-{n}\"\nname = \"Organisation {n}\"\nplan = \"team\"\ndomain = \"org-{n}.example\"\n\
             [org.connection.oidc]\nissuer = \"https://org-{n}.okta.com\"\nclient-id = \"0oa{n}\"\n"
        );
    }
    text
}

fn json_text(bytes: usize) -> String {
    let mut text = String::from("[");
    for n in 0.. {
        if text.len() >= bytes {
            break;
        }
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(
            text,
            "{comma}{{\"slug\":\"org-{n}\",\"name\":\"Organisation {n}\",\"plan\":\"team\",\"domain\":\"org-{n}.example\",\
             \"connection\":{{\"oidc\":{{\"issuer\":\"https://org-{n}.okta.com\",\"client-id\":\"0oa{n}\"}}}}}}"
        );
    }
    text + "]"
}
