//! Bundle at: where bundles come from: a file, a directory, or an address.
//!
//! Invariant: what is shown of an address has no query, which may be a credential; one with a user in it is no setting,
//! since it would stand in the list of processes.

use std::fmt;
use std::path::{Path, PathBuf};

use url::Url;

use super::Written;
use crate::exit::Ended;

/// The place of the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BundleAt {
    /// A file, or a directory of which the highest sequence counts.
    Path(PathBuf),
    Address(Address),
}

/// An address without a user and without a fragment. Shown without its query.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address(Url);

impl BundleAt {
    pub(super) fn parse(written: Written) -> Result<Self, Ended> {
        if !written.text.contains("://") {
            return Ok(Self::Path(PathBuf::from(written.text)));
        }
        // The text is not repeated: it may hold a credential.
        let wrong = |why: &str| Ended::usage(format!("`{}` ({}): {why}", written.name, written.place));
        let url = Url::parse(&written.text).map_err(|error| wrong(&format!("this is no address: {error}")))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(wrong("a bundle is a file, a directory, or an address that begins with `https://`"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(
                "the address has a user in it; a credential goes into `bundle-token` of the secrets directory",
            ));
        }
        if url.fragment().is_some() {
            return Err(wrong("the address has a `#` in it, and what follows it is never sent; leave it out"));
        }
        Ok(Self::Address(Address(url)))
    }

    /// What the files about bundles lie beside.
    pub(crate) fn beside<'a>(&'a self, store: &'a Path) -> &'a Path {
        match self {
            Self::Path(path) => path,
            Self::Address(_) => store,
        }
    }

    /// Plain HTTP.
    pub(super) fn is_http(&self) -> bool {
        match self {
            Self::Path(_) => false,
            Self::Address(address) => address.0.scheme() == "http",
        }
    }
}

impl Address {
    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for BundleAt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(out),
            Self::Address(address) => address.fmt(out),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        shown.set_query(None);
        out.write_str(shown.as_str())?;
        if self.0.query().is_some() { out.write_str("?...") } else { Ok(()) }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Place;

    fn parse(text: &str) -> Result<BundleAt, String> {
        let written = Written { name: "bundle", text: text.to_owned(), place: Place::Flag };
        BundleAt::parse(written).map_err(|ended| ended.why)
    }

    #[test]
    fn what_is_shown_holds_no_query() {
        let address = parse("https://bundles.example/dev?sig=canary").unwrap();
        assert_eq!(address.to_string(), "https://bundles.example/dev?...");
        assert!(!format!("{address:?}").contains("canary"));
        assert_eq!(parse("https://bundles.example/dev").unwrap().to_string(), "https://bundles.example/dev");
        assert_eq!(parse("/var/b").unwrap(), BundleAt::Path("/var/b".into()));
    }

    #[test]
    fn what_is_no_address_of_a_bundle_is_refused_without_repeating_it() {
        for bad in [
            "https://user@canary.example/b",
            "https://:canary@bundles.example/b",
            "https://bundles.example/b#canary",
            "https://bundles.example/b?canary#",
            "oci://canary",
            "file:///canary",
            "https://",
            "https://[canary/b",
            "https://canary.example:99999/b",
        ] {
            let why = parse(bad).unwrap_err();
            assert!(why.starts_with("`bundle` (from the command line): ") && !why.contains("canary"), "{bad}: {why}");
        }
    }
}
