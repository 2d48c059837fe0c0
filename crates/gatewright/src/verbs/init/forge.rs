//! Forge: what a forge runs for a pull request, as files of the repository that the workspace lies in.
//!
//! Invariant: the folder's name goes into files that are no policy only where it needs no quotes there.

use std::path::{Component, Path};

use clap::ValueEnum;

use crate::failure::Failure;
use crate::style::plain;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Forge {
    /// Workflows, and the actions that they call
    Github,
    /// A pipeline for merge requests
    Gitlab,
}

/// A path of the repository, and the text as `integrations` has it.
type File = (&'static str, &'static str);

/// `AT from FOLDER`: files below `integrations/FOLDER`, to be written below `AT`.
macro_rules! files {
    ($at:literal from $folder:literal: $($name:literal),+) => {
        &[$((
            concat!($at, $name),
            include_str!(concat!("../../../../../integrations/", $folder, $name)),
        )),+]
    };
}

const SHARED: &[File] = files!(".gatewright/scripts/" from "scripts/": "api.sh", "checks.sh", "form.jq", "install.sh");

const GITHUB: &[&[File]] = &[
    files!(".github/workflows/" from "github/workflows/": "gatewright.yml", "gatewright-verdict.yml"),
    files!(".gatewright/github/" from "github/": "check/action.yml", "comment/action.yml", "review/action.yml"),
    files!(".gatewright/scripts/" from "scripts/": "comment.sh", "event.sh", "review.sh", "reviews.sh"),
    SHARED,
];

const GITLAB: &[&[File]] = &[
    files!("." from "gitlab/": "gitlab-ci.yml"),
    files!(".gatewright/gitlab/" from "gitlab/": "gatewright.gitlab-ci.yml"),
    files!(".gatewright/scripts/" from "scripts/": "note.sh"),
    SHARED,
];

impl Forge {
    /// What to write from where the program runs, for the workspace in that folder.
    pub(super) fn files(self, folder: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
        let name = plain_name(folder)?;
        let text = |text: &str| {
            text.replace("workspace: policies\n", &format!("workspace: {name}\n"))
                .replace("GATEWRIGHT_WORKSPACE: policies\n", &format!("GATEWRIGHT_WORKSPACE: {name}\n"))
        };
        let all = match self {
            Self::Github => GITHUB,
            Self::Gitlab => GITLAB,
        };
        Ok(all.iter().copied().flatten().map(|(path, written)| (*path, text(written))).collect())
    }

    /// Where the address and the SHA-256 of the binary are to be filled in.
    pub(super) const fn to_fill_in(self) -> &'static str {
        match self {
            Self::Github => ".github/workflows/gatewright.yml and gatewright-verdict.yml",
            Self::Gitlab => ".gitlab-ci.yml",
        }
    }
}

/// The folder below the top of a repository, in letters that mean nothing to YAML and shells.
fn plain_name(folder: &Path) -> Result<String, Failure> {
    let below = folder.components().all(|part| matches!(part, Component::Normal(_)));
    let name = folder.to_str().map(|name| name.trim_end_matches('/')).unwrap_or_default();
    let plain_letters = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if below && plain_letters && begins {
        return Ok(name.to_owned());
    }
    let shown = plain(&folder.display().to_string());
    Err(Failure::usage(format!("`{shown}` cannot be named in the files of a forge"))
        .help("run it at the top of the repository, with a folder below it in letters, digits and `/._-`: policies"))
}
