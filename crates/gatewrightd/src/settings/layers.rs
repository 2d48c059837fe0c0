//! Layers: the three places where a setting may stand, and which one counts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::Written;
use crate::arguments::RunFlags;
use crate::exit::Ended;

/// A page of settings; more is another file.
const FILE_BYTES_MAX: u64 = 64 * 1024;

const PREFIX: &str = "GATEWRIGHTD_";

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Flag,
    Variable(String),
    File(PathBuf),
    Default,
}

/// The variables of the process, and the files that are looked at where none is named, first to last.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
    files: Vec<PathBuf>,
}

impl Environment {
    pub(crate) fn new(variables: BTreeMap<String, String>, files: Vec<PathBuf>) -> Self {
        Self { variables, files }
    }

    fn get(&self, name: &'static str) -> Option<Written> {
        let variable = format!("{PREFIX}{}", name.to_uppercase().replace('-', "_"));
        let text = self.variables.get(&variable)?.clone();
        Some(Written { name, text, place: Place::Variable(variable) })
    }
}

/// The file. The names are those of the flags.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    environment: Option<String>,
    bundle: Option<String>,
    trust: Option<String>,
    store: Option<String>,
    listen: Option<String>,
    admin_listen: Option<String>,
    secrets: Option<String>,
    trusted_proxy: Option<Vec<String>>,
    outbound_allow: Option<Vec<String>>,
    outbound_ca: Option<String>,
    stale_sessions_max: Option<String>,
    checkpoint: Option<String>,
}

/// All places, read.
pub(crate) struct Layers {
    flags: BTreeMap<&'static str, Vec<String>>,
    environment: Environment,
    file: BTreeMap<&'static str, Vec<String>>,
    path: PathBuf,
    told: Vec<(&'static str, String, Place)>,
}

impl Layers {
    pub(crate) fn read(flags: &RunFlags, environment: &Environment) -> Result<Self, Ended> {
        let named = flags.config.clone().map(|path| (path, Place::Flag));
        let named = named.or(environment.get("config").map(|written| (PathBuf::from(&written.text), written.place)));
        let path = match named {
            Some((path, place)) if path.as_os_str().is_empty() => {
                return Err(Ended::usage(format!("`config` is empty ({place})")));
            }
            Some((path, _)) => Some(path),
            None => environment.files.iter().find(|path| path.exists()).cloned(),
        };
        let file = path.as_ref().map(read_file).transpose()?.unwrap_or_default();
        Ok(Self {
            flags: of_flags(flags),
            environment: environment.clone(),
            file: of_file(file),
            path: path.unwrap_or_default(),
            told: Vec::new(),
        })
    }

    /// The value that counts, of a setting that a start needs.
    pub(crate) fn one(&mut self, name: &'static str, default: Option<&str>) -> Result<Written, Ended> {
        let found = self.maybe_silent(name)?;
        let found = found.or(default.map(|text| Written { name, text: text.to_owned(), place: Place::Default }));
        let variable = name.to_uppercase().replace('-', "_");
        let written = found.ok_or_else(|| {
            Ended::usage(format!(
                "`{name}` is not set; write `--{name}`, {PREFIX}{variable}, or a line in gatewrightd.toml"
            ))
        })?;
        self.told.push((name, written.text.clone(), written.place.clone()));
        Ok(written)
    }

    /// The value that counts, of a setting that may be left out.
    pub(crate) fn maybe(&mut self, name: &'static str) -> Result<Option<Written>, Ended> {
        let found = self.maybe_silent(name)?;
        self.told.extend(found.iter().map(|written| (name, written.text.clone(), written.place.clone())));
        Ok(found)
    }

    fn maybe_silent(&self, name: &'static str) -> Result<Option<Written>, Ended> {
        let mut all = self.all(name, false)?;
        Ok(if all.is_empty() { None } else { Some(all.remove(0)) })
    }

    /// The list that counts; lists of several places are not joined.
    pub(crate) fn many(&mut self, name: &'static str) -> Result<Vec<Written>, Ended> {
        let all = self.all(name, true)?;
        self.told.extend(all.iter().map(|written| (name, written.text.clone(), written.place.clone())));
        Ok(all)
    }

    /// Shows another text than the one that was written, which may hold a credential.
    pub(crate) fn show(&mut self, name: &'static str, text: &dyn std::fmt::Display) {
        for (_, told, _) in self.told.iter_mut().filter(|(told, _, _)| *told == name) {
            *told = text.to_string();
        }
    }

    /// What `check-config` says.
    pub(crate) fn told(self) -> Vec<(&'static str, String, Place)> {
        self.told
    }

    fn all(&self, name: &'static str, is_list: bool) -> Result<Vec<Written>, Ended> {
        let flags = self.flags.get(name).map(|texts| (texts.clone(), Place::Flag));
        let variable = self.environment.get(name).map(|written| {
            let texts = if is_list {
                written.text.split(',').map(|text| text.trim().to_owned()).collect()
            } else {
                vec![written.text]
            };
            (texts, written.place)
        });
        let file = self.file.get(name).map(|texts| (texts.clone(), Place::File(self.path.clone())));
        for (texts, place) in [&flags, &variable, &file].into_iter().flatten() {
            if texts.iter().any(|text| text.trim().is_empty()) {
                return Err(Ended::usage(format!("`{name}` is empty ({place}); leave it out or give it a value")));
            }
        }
        let (texts, place) = flags.or(variable).or(file).unwrap_or((Vec::new(), Place::Default));
        Ok(texts.into_iter().map(|text| Written { name, text, place: place.clone() }).collect())
    }
}

fn read_file(path: &PathBuf) -> Result<File, Ended> {
    let wrong = |why: String| Ended::usage(format!("{}: {why}", path.display()));
    let length = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if length > FILE_BYTES_MAX {
        return Err(wrong(format!("{length} bytes are no file of settings")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    toml::from_str(&text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))
}

fn of_flags(flags: &RunFlags) -> BTreeMap<&'static str, Vec<String>> {
    let flags = flags.clone();
    let one = |value: Option<String>| value.map(|text| vec![text]);
    let many = |values: Vec<String>| Some(values).filter(|values| !values.is_empty());
    collect([
        ("environment", one(flags.environment)),
        ("bundle", one(flags.bundle)),
        ("trust", one(flags.trust)),
        ("store", one(flags.store)),
        ("listen", one(flags.listen)),
        ("admin-listen", one(flags.admin_listen)),
        ("secrets", one(flags.secrets)),
        ("trusted-proxy", many(flags.trusted_proxy)),
        ("outbound-allow", many(flags.outbound_allow)),
        ("outbound-ca", one(flags.outbound_ca)),
        ("stale-sessions-max", one(flags.stale_sessions_max)),
        ("checkpoint", one(flags.checkpoint)),
    ])
}

fn of_file(file: File) -> BTreeMap<&'static str, Vec<String>> {
    let one = |value: Option<String>| value.map(|text| vec![text]);
    collect([
        ("environment", one(file.environment)),
        ("bundle", one(file.bundle)),
        ("trust", one(file.trust)),
        ("store", one(file.store)),
        ("listen", one(file.listen)),
        ("admin-listen", one(file.admin_listen)),
        ("secrets", one(file.secrets)),
        ("trusted-proxy", file.trusted_proxy),
        ("outbound-allow", file.outbound_allow),
        ("outbound-ca", one(file.outbound_ca)),
        ("stale-sessions-max", one(file.stale_sessions_max)),
        ("checkpoint", one(file.checkpoint)),
    ])
}

fn collect<const N: usize>(values: [(&'static str, Option<Vec<String>>); N]) -> BTreeMap<&'static str, Vec<String>> {
    values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
