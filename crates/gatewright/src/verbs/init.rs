//! `init`: a small workspace that passes `check` and teaches by its comments.
//!
//! Invariant: nothing that is there already is touched.

mod forge;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::files;

use forge::Forge;

/// Write a small workspace that passes `check`
///
/// Makes a manifest, a catalogue of permissions and roles, defaults, an environment, and one organisation with an
/// OpenID connection and its tests. Each file says in its comments what it is for.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright init policies && gatewright check policies\n  gatewright init policies --forge github"
)]
pub(crate) struct Init {
    /// The folder; made where it is missing
    #[arg(default_value = "policies")]
    folder: PathBuf,
    /// And what this forge runs for a pull request, written from here: the top of the repository
    #[arg(long, value_name = "FORGE")]
    forge: Option<Forge>,
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
        let of_forge = self.forge.map(|forge| forge.files(folder)).transpose()?.unwrap_or_default();
        for (path, _) in TEMPLATE {
            refuse_existing(&folder.join(path), folder)?;
        }
        for (path, _) in &of_forge {
            refuse_existing(Path::new(path), folder)?;
        }
        for (path, text) in TEMPLATE {
            write(&folder.join(path), text)?;
        }
        for (path, text) in &of_forge {
            write(Path::new(path), text)?;
        }
        let of_forge: Vec<&str> = of_forge.iter().map(|(path, _)| *path).collect();
        if context.wants_json() {
            return Ok(Report::done(context::json(&self.json(&of_forge))?));
        }
        Ok(self.hints(Report::done(self.human(&of_forge))))
    }

    /// `files` lie below the workspace, `forge_files` below where it ran.
    fn json(&self, of_forge: &[&str]) -> Value {
        let paths: Vec<_> = TEMPLATE.iter().map(|(path, _)| path).collect();
        let workspace = self.folder.display().to_string();
        json!({"schema": "gatewright.init/1", "workspace": workspace, "files": paths, "forge_files": of_forge})
    }

    fn human(&self, of_forge: &[&str]) -> String {
        let own = TEMPLATE.iter().map(|(path, _)| self.folder.join(path).display().to_string());
        own.chain(of_forge.iter().map(ToString::to_string)).map(|path| format!("{path}\n")).collect()
    }

    fn hints(&self, report: Report) -> Report {
        let (folder, shown) = (&self.folder, self.folder.display());
        let first = folder.join("orgs/acme/org.kdl");
        let report = report
            .hint("")
            .hint(format!("Read them from the top, beginning with {}. Then:", first.display()))
            .hint(format!("  gatewright check {shown}"))
            .hint(format!("  gatewright test --workspace {shown}"))
            .hint(format!("  gatewright compile --workspace {shown} --environment production --out acme.bundle"));
        let Some(forge) = self.forge else { return report };
        report.hint("").hint(format!(
            "Fill in where the binary is fetched, and its SHA-256: {}. Nothing runs before.",
            forge.to_fill_in()
        ))
    }
}

fn write(place: &Path, text: &str) -> Result<(), Failure> {
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent).map_err(|error| Failure::file("make the folder", parent, &error))?;
    }
    files::write("the file", place, text.as_bytes())
}

fn refuse_existing(place: &Path, folder: &Path) -> Result<(), Failure> {
    if place.symlink_metadata().is_err() {
        return Ok(());
    }
    let shown = folder.display();
    Err(Failure::usage(format!("`{}` exists already; nothing was written", place.display())).help(format!(
        "`gatewright check {shown}` judges what is there; `gatewright init OTHER-FOLDER` begins elsewhere"
    )))
}
