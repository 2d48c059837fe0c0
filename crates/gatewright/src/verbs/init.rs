//! `init`: a small workspace that passes `check` and teaches by its comments.
//!
//! Invariant: nothing that is there already is touched.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::files;

/// Write a small workspace that passes `check`
///
/// Makes a manifest, a catalogue of permissions and roles, defaults, an environment, and one organisation with an
/// OpenID connection and its tests. Each file says in its comments what it is for.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gatewright init policies && gatewright check policies")]
pub(crate) struct Init {
    /// The folder; made where it is missing
    #[arg(default_value = "policies")]
    folder: PathBuf,
}

/// Path and text of every file, as a reader should meet them.
pub(crate) const TEMPLATE: &[(&str, &str)] = &[
    ("policy.kdl", include_str!("init/template/policy.kdl")),
    ("platform/catalog.kdl", include_str!("init/template/platform/catalog.kdl")),
    ("platform/defaults.kdl", include_str!("init/template/platform/defaults.kdl")),
    ("environments/production.kdl", include_str!("init/template/environments/production.kdl")),
    ("orgs/acme/org.kdl", include_str!("init/template/orgs/acme/org.kdl")),
    ("orgs/acme/org.test.kdl", include_str!("init/template/orgs/acme/org.test.kdl")),
];

impl Init {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let folder = &self.folder;
        for (path, _) in TEMPLATE {
            refuse_existing(folder, path)?;
        }
        for (path, text) in TEMPLATE {
            let place = folder.join(path);
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent).map_err(|error| Failure::file("make the folder", parent, &error))?;
            }
            files::write("the file", &place, text.as_bytes())?;
        }
        let shown = folder.display();
        if context.wants_json() {
            let paths: Vec<_> = TEMPLATE.iter().map(|(path, _)| path).collect();
            let value = json!({"schema": "gatewright.init/1", "workspace": shown.to_string(), "files": paths});
            return Ok(Report::done(context::json(&value)?));
        }
        let body: String = TEMPLATE.iter().map(|(path, _)| format!("{}\n", folder.join(path).display())).collect();
        Ok(Report::done(body)
            .hint("")
            .hint(format!(
                "Read them from the top, beginning with {}. Then:",
                folder.join("orgs/acme/org.kdl").display()
            ))
            .hint(format!("  gatewright check {shown}"))
            .hint(format!("  gatewright test --workspace {shown}"))
            .hint(format!("  gatewright compile --workspace {shown} --environment production --out acme.bundle")))
    }
}

fn refuse_existing(folder: &Path, path: &str) -> Result<(), Failure> {
    let place = folder.join(path);
    if place.symlink_metadata().is_err() {
        return Ok(());
    }
    let shown = folder.display();
    Err(Failure::usage(format!("`{}` exists already; nothing was written", place.display())).help(format!(
        "`gatewright check {shown}` judges what is there; `gatewright init OTHER-FOLDER` begins elsewhere"
    )))
}
