//! Origin not https (GW1208): the cookie of a session would travel in the clear. Part of ST-LINT-11.

use std::sync::Arc;

use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::tree::Spanned;

use super::{Check, error};
use crate::finding::Finding;
use crate::kind::is_loopback;
use crate::policy::{Environment, Policy, Written};

const ORIGIN_NOT_HTTPS: Code = error(1208, "origin-not-https");

pub(super) const CHECK: Check = Check::new(&[ORIGIN_NOT_HTTPS], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for environment in &policy.environments {
        encrypted("base-url", environment.base_url.as_ref(), environment, &environment.written, sink);
        for app in &environment.apps {
            encrypted("origin", app.origin.as_ref(), environment, &app.written, sink);
        }
    }
}

fn encrypted(
    word: &str,
    origin: Option<&Spanned<Arc<str>>>,
    environment: &Environment,
    written: &Written,
    sink: &mut Sink,
) {
    let Some(origin) = origin else { return };
    let local = is_loopback(&origin.value);
    if local && environment.is_dev() || !local && origin.value.starts_with("https://") {
        return;
    }
    let finding = Finding::new(
        ORIGIN_NOT_HTTPS,
        origin.span,
        format!("`{word}` must be `https://` and reachable from other machines"),
    )
    .path(&written.path);
    let secure = origin.value.strip_prefix("http://").filter(|_| !local).map(|rest| format!("\"https://{rest}\""));
    match secure {
        Some(secure) => finding.mark("not encrypted").help(format!("write {secure}")).fix(origin.span, secure),
        None => finding.mark("this machine alone").help("only the environment `dev` may use addresses on this machine"),
    }
    .report(sink);
}
