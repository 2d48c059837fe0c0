//! `keygen`: a new signing key, and its public half in the trust file.
//!
//! Invariant: a key file is never overwritten, and a threshold never changes unless that is asked for.

mod draft;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use gatewright_bundle::{KeyId, TrustedKey};
use gatewright_terms::Slug;
use serde_json::json;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::{files, keys};

use draft::Draft;

/// Make a signing key and add its public half to a trust file
///
/// KEY is secret: it signs bundles. TRUST is public: a runtime believes the bundles that enough of its keys signed.
/// Review changes of TRUST as carefully as you would guard KEY.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright keygen --out ada.key --trust trust\n  gatewright keygen --out bob.key --trust trust --threshold 2     both must sign from now on"
)]
pub(crate) struct Keygen {
    /// Where the key goes: a new file, of mode 600
    #[arg(long, value_name = "KEY")]
    out: PathBuf,
    /// The trust file; made, or extended by the new key
    #[arg(long, value_name = "TRUST")]
    trust: PathBuf,
    /// How many of the keys must sign [default: 1 in a new trust file, else as it is]
    #[arg(long, value_name = "N")]
    threshold: Option<usize>,
    /// What the trust file calls the key [default: from the name of KEY]
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    name: Option<Slug>,
}

fn parse_name(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|error| {
        let nearest = error.suggestion.map(|nearest| format!("such as `{nearest}`"));
        format!("small letters, digits and hyphens, {}", nearest.unwrap_or_else(|| "a letter first".into()))
    })
}

impl Keygen {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let old = self.read_trust()?;
        let key = keys::generate()?;
        let public = key.verifying_key().to_bytes();
        let name = self.name_in(old.as_ref())?;
        let draft = self.extended(old, TrustedKey { name: name.clone(), key: public })?;
        keys::write(&self.out, &key)?;
        files::write("the trust file", &self.trust, draft.text().as_bytes()).inspect_err(|_| {
            // Without its public half the new key is worth nothing; the failure to write is what is reported.
            let _ = fs::remove_file(&self.out);
        })?;
        self.report(&name, &public, &draft, context)
    }

    fn read_trust(&self) -> Result<Option<Draft>, Failure> {
        if self.trust.symlink_metadata().is_err() {
            return Ok(None);
        }
        let text = files::read_text("the trust file", &self.trust)?;
        Draft::parse(&text).map(Some).map_err(|refused| {
            Failure::usage(format!("`{}` is no trust file: {refused}", self.trust.display()))
                .help("name another --trust, which is made where it is missing")
        })
    }

    fn extended(&self, old: Option<Draft>, key: TrustedKey) -> Result<Draft, Failure> {
        let draft = match old {
            None => Draft::new(key, self.threshold.unwrap_or(1)),
            Some(old) => {
                let threshold = self.threshold.unwrap_or(old.threshold());
                old.with_key(key).and_then(|draft| draft.with_threshold(threshold))
            }
        };
        draft.map_err(|error| {
            Failure::usage(format!("`{}` cannot become such a trust file: {error}", self.trust.display()))
        })
    }

    fn report(&self, name: &Slug, public: &[u8; 32], draft: &Draft, context: &Context) -> Result<Report, Failure> {
        let (id, count, missing) = (KeyId::of(public), draft.keys().len(), draft.missing());
        let (secret, trust) = (self.out.display(), self.trust.display());
        if context.wants_json() {
            return Ok(Report::done(context::json(&json!({
                "schema": "gatewright.keygen/1", "name": name.as_str(), "id": id.to_string(), "key": secret.to_string(),
                "trust": trust.to_string(), "keys": count, "threshold": draft.threshold(), "missing": missing,
            }))?));
        }
        let style = context.style();
        let must = format!("{} of {count} must sign", draft.threshold());
        let body = format!(
            "{} key `{name}` {}\n  secret  {secret}\n  public  {trust}: {must}\n",
            style.green("✓"),
            style.dim(id)
        );
        let report = Report::done(body).hint("keep the secret out of version control; the trust file belongs into it");
        Ok(match missing {
            0 => report,
            1 => report.hint("nobody believes the trust file yet: one more key is needed"),
            more => report.hint(format!("nobody believes the trust file yet: {more} more keys are needed")),
        })
    }

    /// `--name`, else one that is free and comes from the name of the file.
    fn name_in(&self, trust: Option<&Draft>) -> Result<Slug, Failure> {
        if let Some(name) = &self.name {
            return Ok(name.clone());
        }
        let base = nearest_slug(&self.out);
        let numbered = (2..100).map(|number| format!("{base}-{number}"));
        let is_free = |name: &Slug| trust.is_none_or(|trust| trust.keys().iter().all(|key| key.name != *name));
        let mut names = [base.clone()].into_iter().chain(numbered).filter_map(|name| Slug::parse(&name).ok());
        names.find(is_free).ok_or_else(|| {
            Failure::usage(format!("no name for the key comes from `{}`", self.out.display()))
                .help("--name NAME gives it one")
        })
    }
}

fn nearest_slug(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    match Slug::parse(&stem) {
        Ok(slug) => slug.to_string(),
        Err(error) => error.suggestion.unwrap_or_else(|| "key".into()),
    }
}
