//! Token: makes an admin token on the host, straight in the store.

use gate_core::SystemRandom;
use gate_core::admin::{Scope, create_token};
use gate_store::SqliteStore;
use gatewright_terms::{Slug, Timestamp};

use crate::arguments::{RunFlags, TokenCreate};
use crate::exit::Ended;
use crate::settings::{Environment, Settings};

/// Gives the token: the one time that it is seen.
pub(crate) async fn create(create: TokenCreate, environment: &Environment, now: Timestamp) -> Result<String, Ended> {
    let name = Slug::parse(&create.name).map_err(|_| {
        Ended::usage(format!(
            "`{}` is no name; write lower-case letters, digits and dashes",
            create.name.escape_default()
        ))
    })?;
    let scopes = create.scope.iter().map(|text| scope(text)).collect::<Result<Vec<_>, _>>()?;
    let flags = RunFlags { store: create.store, config: create.config, ..RunFlags::default() };
    let path = Settings::read_store(&flags, environment)?;
    let store = SqliteStore::open(&path)
        .await
        .map_err(|error| Ended::unavailable(format!("store {}: {error}", path.display())))?;
    let made = create_token(&store, &SystemRandom, &name, &scopes, now).await;
    store.close().await;
    match made {
        Err(error) => Err(Ended::unavailable(format!("store {}: {error}", path.display()))),
        Ok(None) => Err(Ended::usage(format!("a token with the name `{name}` exists; choose another name"))),
        Ok(Some(token)) => Ok(token.reveal().to_owned()),
    }
}

fn scope(text: &str) -> Result<Scope, Ended> {
    Scope::from_slug(text).ok_or_else(|| {
        let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.slug()).collect();
        Ended::usage(format!("`{}` is no scope; there are {}", text.escape_default(), known.join(", ")))
    })
}
