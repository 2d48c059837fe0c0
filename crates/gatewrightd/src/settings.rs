//! Settings: flags over `GATEWRIGHTD_*` over the file over the defaults, parsed once.
//!
//! Reads texts from the three places. Gives [`Settings`], or the sentence that says which text is wrong and where it
//! stands.
//!
//! Invariant: the value that counts is valid or an error, and an empty one is an error wherever it stands, so that an unset
//! variable of a script is not a default.
//! Invariant: the environment is an argument.

mod bundle_at;
mod layers;
mod values;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use gatewright_terms::{Seconds, Slug};
use ipnet::IpNet;

use crate::arguments::RunFlags;
use crate::exit::Ended;

pub(crate) use bundle_at::{Address, BundleAt};
pub(crate) use layers::{Environment, Layers, Place};

/// The one environment that may speak plain HTTP on loopback.
const DEV: &str = "dev";

/// Everything that a start needs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) environment: Slug,
    pub(crate) bundle: BundleAt,
    pub(crate) trust: PathBuf,
    pub(crate) store: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) admin_listen: SocketAddr,
    pub(crate) secrets: PathBuf,
    pub(crate) trusted_proxy: Vec<IpNet>,
    pub(crate) outbound_allow: Vec<IpNet>,
    pub(crate) outbound_ca: Option<PathBuf>,
    pub(crate) stale_sessions_max: Seconds,
    pub(crate) checkpoint: PathBuf,
    /// Each setting as it was written, and where: for `check-config`.
    pub(crate) told: Vec<(&'static str, String, Place)>,
}

impl Settings {
    /// Layers and parses.
    pub(crate) fn read(flags: &RunFlags, environment: &Environment) -> Result<Self, Ended> {
        let mut layers = Layers::read(flags, environment)?;
        let store = values::store(&layers.one("store", Some("sqlite:/var/lib/gatewright/gate.db"))?)?;
        let checkpoint_default = format!("{}.checkpoint", store.display());
        let bundle = BundleAt::parse(layers.one("bundle", Some("/var/lib/gatewright/bundles"))?)?;
        layers.show("bundle", &bundle);
        let settings = Self {
            environment: values::environment(&layers.one("environment", None)?)?,
            bundle,
            trust: values::path(layers.one("trust", Some("/var/lib/gatewright/trust"))?),
            listen: values::address(&layers.one("listen", Some("127.0.0.1:8080"))?)?,
            admin_listen: values::address(&layers.one("admin-listen", Some("127.0.0.1:8081"))?)?,
            secrets: values::path(layers.one("secrets", Some("/var/lib/gatewright/secrets"))?),
            trusted_proxy: values::networks(&layers.many("trusted-proxy")?)?,
            outbound_allow: values::networks(&layers.many("outbound-allow")?)?,
            outbound_ca: layers.maybe("outbound-ca")?.map(values::path),
            stale_sessions_max: values::seconds(&layers.one("stale-sessions-max", Some("30s"))?)?,
            checkpoint: values::path(layers.one("checkpoint", Some(&checkpoint_default))?),
            store,
            told: layers.told(),
        };
        settings.check()
    }

    /// The store alone, for `token create`.
    pub(crate) fn read_store(flags: &RunFlags, environment: &Environment) -> Result<PathBuf, Ended> {
        let mut layers = Layers::read(flags, environment)?;
        values::store(&layers.one("store", Some("sqlite:/var/lib/gatewright/gate.db"))?)
    }

    pub(crate) fn is_dev(&self) -> bool {
        self.environment.as_str() == DEV
    }

    /// What the files about bundles lie beside: the bundle, or the store where bundles come from an address.
    pub(crate) fn beside(&self) -> &Path {
        self.bundle.beside(&self.store)
    }

    /// What holds between settings.
    fn check(self) -> Result<Self, Ended> {
        if self.bundle.is_http() && !self.is_dev() {
            return Err(Ended::usage(format!(
                "`bundle` is {}, and only the environment `dev` may use http; write `https://`",
                self.bundle
            )));
        }
        for (name, address) in [("listen", self.listen), ("admin-listen", self.admin_listen)] {
            if self.is_dev() && !address.ip().to_canonical().is_loopback() {
                return Err(Ended::usage(format!(
                    "`{name}` is {address}, and the environment `dev` runs on loopback alone; use 127.0.0.1 or another environment"
                )));
            }
        }
        if self.listen == self.admin_listen && self.listen.port() != 0 {
            return Err(Ended::usage(format!(
                "`listen` and `admin-listen` are both {}; they are two listeners",
                self.listen
            )));
        }
        Ok(self)
    }
}

/// A value with its name and its place, so that an error can say both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) place: Place,
}

impl Written {
    fn wrong(&self, why: &str) -> Ended {
        Ended::usage(format!("`{}` is `{}` ({}): {why}", self.name, self.text.escape_default(), self.place))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => out.write_str("from the command line"),
            Self::Variable(name) => write!(out, "from {name}"),
            Self::File(path) => write!(out, "from {}", path.display()),
            Self::Default => out.write_str("the default"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(bundle: &str) -> RunFlags {
        RunFlags { environment: Some("production".into()), bundle: Some(bundle.into()), ..RunFlags::default() }
    }

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        Environment::new(
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            Vec::new(),
        )
    }

    fn read(flags: &RunFlags, pairs: &[(&str, &str)]) -> Result<Settings, String> {
        Settings::read(flags, &environment(pairs)).map_err(|ended| ended.why)
    }

    #[test]
    fn flags_outweigh_the_environment_and_that_the_file_and_that_the_defaults() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("gatewrightd.toml");
        std::fs::write(&file, "listen = \"127.0.0.3:3\"\nadmin-listen = \"127.0.0.3:4\"\nbundle = \"/file\"\n")
            .unwrap();
        let with_file = RunFlags { config: Some(file), ..flags("/flag") };
        let settings =
            read(&with_file, &[("GATEWRIGHTD_BUNDLE", "/variable"), ("GATEWRIGHTD_LISTEN", "127.0.0.2:2")]).unwrap();
        assert_eq!(settings.bundle, BundleAt::Path("/flag".into()));
        assert_eq!(settings.beside(), Path::new("/flag"));
        assert_eq!(settings.listen.to_string(), "127.0.0.2:2");
        assert_eq!(settings.admin_listen.to_string(), "127.0.0.3:4");
        assert_eq!(settings.secrets, Path::new("/var/lib/gatewright/secrets"));
        assert_eq!(settings.checkpoint, Path::new("/var/lib/gatewright/gate.db.checkpoint"));
        let (_, _, place) = settings.told.iter().find(|(name, _, _)| *name == "listen").unwrap();
        assert_eq!(place.to_string(), "from GATEWRIGHTD_LISTEN");
    }

    #[test]
    fn an_empty_or_malformed_value_is_an_error_wherever_it_stands() {
        for (name, value) in [
            ("GATEWRIGHTD_BUNDLE", ""),
            ("GATEWRIGHTD_LISTEN", ""),
            ("GATEWRIGHTD_LISTEN", "8080"),
            ("GATEWRIGHTD_LISTEN", "localhost:8080"),
            ("GATEWRIGHTD_TRUSTED_PROXY", ""),
            ("GATEWRIGHTD_TRUSTED_PROXY", "10.0.0.0/8,"),
            ("GATEWRIGHTD_TRUSTED_PROXY", "10.0.0.0/33"),
            ("GATEWRIGHTD_TRUSTED_PROXY", "10.0.0.1/8"),
            ("GATEWRIGHTD_OUTBOUND_ALLOW", "any"),
            ("GATEWRIGHTD_STALE_SESSIONS_MAX", "30"),
            ("GATEWRIGHTD_STALE_SESSIONS_MAX", "-1s"),
            ("GATEWRIGHTD_STALE_SESSIONS_MAX", "90000000000s"),
            ("GATEWRIGHTD_STORE", "sqlite:"),
            ("GATEWRIGHTD_STORE", "postgres://db/gate"),
            ("GATEWRIGHTD_STORE", "/var/lib/gate.db"),
            ("GATEWRIGHTD_ENVIRONMENT", "Production"),
        ] {
            let error = read(
                &RunFlags { environment: None, ..RunFlags::default() },
                &[("GATEWRIGHTD_ENVIRONMENT", "production"), (name, value)],
            )
            .unwrap_err();
            assert!(
                error.contains(&name.trim_start_matches("GATEWRIGHTD_").to_lowercase().replace('_', "-")),
                "{name}={value}: {error}"
            );
        }
        for bundle in ["", "http://x", "oci://x", "https://user@bundles.example/b", "https://bundles.example/b#x"] {
            assert!(read(&flags(bundle), &[]).is_err(), "{bundle}");
        }
        assert!(read(&RunFlags::default(), &[]).unwrap_err().contains("`environment`"));
    }

    #[test]
    fn a_bundle_may_stand_at_an_address_whose_query_is_not_told() {
        let settings = read(&flags("https://bundles.example/b?sig=canary"), &[]).unwrap();
        assert_eq!(settings.beside(), Path::new("/var/lib/gatewright/gate.db"));
        let (_, text, _) = settings.told.iter().find(|(name, _, _)| *name == "bundle").unwrap();
        assert_eq!(text, "https://bundles.example/b?...");
        assert!(!format!("{settings:?}").contains("canary"));
        let http = read(&flags("http://bundles.example/b?sig=canary"), &[]).unwrap_err();
        assert!(http.contains("only the environment `dev`") && !http.contains("canary"), "{http}");
        let dev = RunFlags { environment: Some("dev".into()), ..flags("http://127.0.0.1:1/b") };
        assert!(read(&dev, &[]).is_ok());
    }

    #[test]
    fn the_file_is_strict() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("g.toml");
        let with_file = RunFlags { config: Some(file.clone()), ..flags("/b") };
        assert!(read(&with_file, &[]).unwrap_err().contains("g.toml"));
        for bad in
            ["lisden = \"127.0.0.1:1\"", "listen = 1", "listen = ", "trusted-proxy = \"10.0.0.0/8\"", "listen = \"\""]
        {
            std::fs::write(&file, bad).unwrap();
            assert!(read(&with_file, &[]).is_err(), "{bad}");
        }
        std::fs::write(&file, "trusted-proxy = [\"10.0.0.0/8\", \"::1/128\"]").unwrap();
        assert_eq!(read(&with_file, &[]).unwrap().trusted_proxy.len(), 2);
    }

    #[test]
    fn dev_stays_on_loopback() {
        let dev =
            |listen: &str| RunFlags { environment: Some("dev".into()), listen: Some(listen.into()), ..flags("/b") };
        assert!(read(&dev("127.0.0.1:0"), &[]).is_ok());
        assert!(read(&dev("[::1]:0"), &[]).is_ok());
        assert!(read(&dev("0.0.0.0:0"), &[]).unwrap_err().contains("loopback"));
        assert!(read(&RunFlags { listen: Some("0.0.0.0:0".into()), ..flags("/b") }, &[]).is_ok());
        assert!(read(&RunFlags { listen: Some("127.0.0.1:8081".into()), ..flags("/b") }, &[]).is_err());
    }
}
