//! Environment: the twins of where things are.

use gatewright_terms::{OrgId, Slug};
use minicbor::{Decode, Encode};

use super::connection::ClientAuthWire;
use super::list::List;
use super::{text, word};
use crate::limits::{APPS_MAX, SHARED_CLIENTS_MAX};
use crate::malformed::Defect;
use crate::program::{App, Environment, SharedClient};

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct EnvironmentWire<'a> {
    #[b(0)]
    name: &'a str,
    #[b(1)]
    base_url: &'a str,
    #[b(2)]
    apps: List<AppWire<'a>, APPS_MAX>,
    #[b(3)]
    shared_clients: List<SharedClientWire<'a>, SHARED_CLIENTS_MAX>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct AppWire<'a> {
    #[b(0)]
    slug: &'a str,
    #[b(1)]
    origin: &'a str,
    #[b(2)]
    org: Option<&'a str>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct SharedClientWire<'a> {
    #[b(0)]
    slug: &'a str,
    #[b(1)]
    provider: &'a str,
    #[b(2)]
    client_id: &'a str,
    #[b(3)]
    client_auth: ClientAuthWire<'a>,
}

impl<'a> EnvironmentWire<'a> {
    pub(super) fn of(environment: &'a Environment) -> Self {
        Self {
            name: environment.name.as_str(),
            base_url: &environment.base_url,
            apps: List::of(&environment.apps, |app| AppWire {
                slug: app.slug.as_str(),
                origin: &app.origin,
                org: app.org.as_ref().map(OrgId::as_str),
            }),
            shared_clients: List::of(&environment.shared_clients, |client| SharedClientWire {
                slug: client.slug.as_str(),
                provider: client.provider.as_str(),
                client_id: &client.client_id,
                client_auth: ClientAuthWire::of(&client.client_auth),
            }),
        }
    }

    pub(super) fn convert(&self) -> Result<Environment, Defect> {
        Ok(Environment {
            name: word(Slug::parse(self.name), "the name of the environment")?,
            base_url: text(self.base_url, "the base URL")?,
            apps: self.apps.convert(AppWire::convert)?,
            shared_clients: self.shared_clients.convert(SharedClientWire::convert)?,
        })
    }
}

impl AppWire<'_> {
    fn convert(&self) -> Result<App, Defect> {
        Ok(App {
            slug: word(Slug::parse(self.slug), "an app")?,
            origin: text(self.origin, "the origin of an app")?,
            org: self.org.map(|org| word(OrgId::parse(org), "the organisation of an app")).transpose()?,
        })
    }
}

impl SharedClientWire<'_> {
    fn convert(&self) -> Result<SharedClient, Defect> {
        Ok(SharedClient {
            slug: word(Slug::parse(self.slug), "a shared client")?,
            provider: word(Slug::parse(self.provider), "the provider of a shared client")?,
            client_id: text(self.client_id, "a client id")?,
            client_auth: self.client_auth.convert()?,
        })
    }
}
