//! Tokens: how operators prove who they are.

use gate_store::rows::AdminToken;
use gate_store::{Store, StoreError};
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::{Slug, Timestamp};

use super::{AdminError, Operator, Scope};
use crate::token::hash_presented;
use crate::trail::{Fields, draft, no_random};
use crate::{Gate, Random, Token};

impl Gate {
    /// Checks an admin token (what follows `Bearer `).
    pub async fn operator(&self, token: &str) -> Result<Operator, AdminError> {
        let hash = hash_presented(token).ok_or(AdminError::TokenUnknown)?;
        let found = self.store.token(hash).await?.ok_or(AdminError::TokenUnknown)?;
        // A scope that a later version wrote gives nothing here.
        let scopes = found.scopes.iter().filter_map(|scope| Scope::from_slug(scope.as_str())).collect();
        Ok(Operator { name: found.name, scopes })
    }
}

/// On the host, beside the running gate: makes an admin token straight in the store, audited. `None` where the name is
/// taken.
pub async fn create_token(
    store: &dyn Store,
    random: &dyn Random,
    name: &Slug,
    scopes: &[Scope],
    now: Timestamp,
) -> Result<Option<Token>, StoreError> {
    let token = Token::generate(random).map_err(no_random)?;
    let mut words: Vec<Slug> = scopes.iter().filter_map(|scope| Slug::parse(scope.slug()).ok()).collect();
    words.sort();
    words.dedup();
    let listed = words.iter().map(Slug::as_str).collect::<Vec<_>>().join(" ");
    let fields = Fields::default().with("token", name).with("scopes", listed);
    let record = draft(Stream::Platform, now, Event::TokenMade, fields);
    let row = AdminToken { name: name.clone(), hash: token.hash(), scopes: words, made: now };
    Ok(store.add_token(row, vec![record]).await?.then_some(token))
}
