//! Link: a connection of the running program, with its client and its addresses resolved.

use aws_lc_rs::digest::{Context, SHA256};
use gate_oidc::Settings;
use gatewright_bundle::program::{Client, ClientAuth, Connection, Oidc, Org, Protocol, Saml};
use gatewright_terms::Refusal;

use super::Running;
use crate::signin::CallbackPath;

/// A connection of the running program.
pub(crate) struct Link<'r> {
    pub(crate) connection: &'r Connection,
    pub(crate) way: Way<'r>,
}

/// How people sign in through it.
pub(crate) enum Way<'r> {
    Oidc(OidcLink<'r>),
    Saml(SamlLink<'r>),
}

pub(crate) struct OidcLink<'r> {
    connection: &'r Connection,
    oidc: &'r Oidc,
    client_id: &'r str,
    client_auth: &'r ClientAuth,
    redirect_uri: String,
}

pub(crate) struct SamlLink<'r> {
    pub(crate) saml: &'r Saml,
    /// Who we are to the provider: the address of our metadata for this connection.
    pub(crate) entity_id: String,
    pub(crate) acs: String,
    pub(crate) slo: String,
}

impl OidcLink<'_> {
    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings {
            connection: &self.connection.slug,
            oidc: self.oidc,
            client_id: self.client_id,
            client_auth: self.client_auth,
            redirect_uri: &self.redirect_uri,
        }
    }
}

impl<'r> Link<'r> {
    /// Where the provider's answers arrive.
    pub(crate) fn callback(&self) -> &str {
        match &self.way {
            Way::Oidc(oidc) => &oidc.redirect_uri,
            Way::Saml(saml) => &saml.acs,
        }
    }

    /// `ConnectionUnknown` where people sign in another way.
    pub(crate) fn oidc(&self) -> Result<&OidcLink<'r>, Refusal> {
        match &self.way {
            Way::Oidc(oidc) => Ok(oidc),
            Way::Saml(_) => Err(Refusal::ConnectionUnknown),
        }
    }

    /// `ConnectionUnknown` where people sign in another way.
    pub(crate) fn saml(&self) -> Result<&SamlLink<'r>, Refusal> {
        match &self.way {
            Way::Saml(saml) => Ok(saml),
            Way::Oidc(_) => Err(Refusal::ConnectionUnknown),
        }
    }

    /// A digest of everything that the connection says, to see whether an answer was checked by the very same settings.
    /// Every field prints, and certificates, whose bytes do not, are added.
    pub(crate) fn settings_digest(&self) -> [u8; 32] {
        let mut hash = Context::new(&SHA256);
        hash.update(format!("{:?}", self.connection).as_bytes());
        if let Way::Saml(link) = &self.way {
            for certificate in &link.saml.certificates {
                hash.update(&certificate.0.len().to_be_bytes());
                hash.update(&certificate.0);
            }
        }
        let mut out = [0; 32];
        out.copy_from_slice(hash.finish().as_ref());
        out
    }
}

impl Running {
    pub(crate) fn link<'r>(&'r self, org: &'r Org, connection: &str) -> Result<Link<'r>, Refusal> {
        let unknown = Refusal::ConnectionUnknown;
        let connection =
            org.connections.iter().find(|candidate| candidate.slug.as_str() == connection).ok_or(unknown)?;
        let way = match &connection.protocol {
            Protocol::Oidc(oidc) => Way::Oidc(self.oidc_link(org, connection, oidc)?),
            Protocol::Saml(saml) => Way::Saml(self.saml_link(org, connection, saml)),
        };
        Ok(Link { connection, way })
    }

    fn oidc_link<'r>(
        &'r self,
        org: &'r Org,
        connection: &'r Connection,
        oidc: &'r Oidc,
    ) -> Result<OidcLink<'r>, Refusal> {
        let (client_id, client_auth, path) = match &oidc.client {
            Client::Own { client_id, client_auth } => {
                let path = CallbackPath::Connection { org: org.id.as_str(), connection: connection.slug.as_str() };
                (client_id, client_auth, path)
            }
            Client::Shared(index) => {
                let shared = self.environment().shared_clients.get(*index as usize);
                let shared = shared.ok_or(Refusal::ConnectionUnknown)?;
                (&shared.client_id, &shared.client_auth, CallbackPath::Shared { client: shared.slug.as_str() })
            }
        };
        Ok(OidcLink { connection, oidc, client_id, client_auth, redirect_uri: self.callback(path) })
    }

    fn saml_link<'r>(&self, org: &Org, connection: &Connection, saml: &'r Saml) -> SamlLink<'r> {
        let environment = self.environment();
        SamlLink {
            saml,
            entity_id: environment.sp_entity_id(&org.id, &connection.slug),
            acs: environment.assertion_consumer(&org.id, &connection.slug),
            slo: format!("{}/sso/{}/{}/slo", environment.base_url, org.id, connection.slug),
        }
    }

    /// The address of a callback, which providers have registered.
    pub(crate) fn callback(&self, path: CallbackPath<'_>) -> String {
        let base = &self.environment().base_url;
        match path {
            CallbackPath::Connection { org, connection } => format!("{base}/sso/{org}/{connection}/callback"),
            CallbackPath::Shared { client } => format!("{base}/sso/shared/{client}/callback"),
        }
    }
}
