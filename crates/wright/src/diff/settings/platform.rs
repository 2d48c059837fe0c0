//! Platform: the lines of environment and catalogue.

use gatewright_bundle::program::{
    App, Catalogue, Client, ClientAuth, Environment, Permission, Program, Risk, Role, SharedClient,
};

use super::super::path;
use super::defence::word;
use super::{Lines, Pen};
use crate::diff::fact::RoleName;

pub(super) fn lines(program: &Program) -> Lines {
    let mut lines = Lines::new();
    // The organisations have lines of their own.
    let Program { environment, catalogue, orgs: _ } = program;
    let mut pen = Pen { lines: &mut lines, path: String::new() };
    of_environment(environment, &mut pen);
    of_catalogue(catalogue, &mut pen);
    lines
}

/// Whether equal organisations of both say the same: indices into these lists mean the same.
pub(super) fn has_same_names(before: &Program, after: &Program) -> bool {
    before.catalogue == after.catalogue && before.environment.shared_clients == after.environment.shared_clients
}

fn of_environment(environment: &Environment, pen: &mut Pen<'_>) {
    let Environment { name, base_url, apps, shared_clients } = environment;
    pen.trust("environment", name);
    pen.trust("base-url", base_url);
    for App { slug, origin, org } in apps {
        let mut pen = pen.below(format!("app[{slug}]"));
        pen.trust(".origin", origin);
        // An app for one organisation alone is closed to the others.
        if let Some(org) = org {
            pen.defence(".org", org, 1);
        }
    }
    for SharedClient { slug, provider, client_id, client_auth } in shared_clients {
        let mut pen = pen.below(format!("shared-client[{slug}]"));
        pen.label(".provider", provider);
        pen.trust(".client-id", client_id);
        pen.trust(".client-auth", auth(client_auth));
    }
}

fn of_catalogue(catalogue: &Catalogue, pen: &mut Pen<'_>) {
    let Catalogue { permissions, roles } = catalogue;
    for Permission { name, risk } in permissions {
        let strength = match risk {
            Risk::None => 0,
            Risk::Credential | Risk::Spend => 1,
            Risk::Privileged => 2,
        };
        pen.label(&format!("permission[{name}]"), "");
        // What has no risk is guarded by nothing.
        if *risk != Risk::None {
            pen.defence(&format!("permission[{name}].risk"), word(risk), strength);
        }
    }
    for role in roles {
        // What it permits is said where people gain or lose it.
        let Role { scope: _, slug: _, label, permits: _ } = role;
        pen.label(&format!("{}.label", path::role(&RoleName::of(role))), label);
    }
}

pub(super) fn auth(auth: &ClientAuth) -> String {
    match auth {
        ClientAuth::PrivateKeyJwt => "private-key-jwt".to_owned(),
        ClientAuth::SecretBasic { secret } => format!("client-secret-basic {}/{}", secret.owner, secret.name),
        ClientAuth::SecretPost { secret } => format!("client-secret-post {}/{}", secret.owner, secret.name),
        ClientAuth::None => "none".to_owned(),
    }
}

pub(super) fn client(client: &Client, environment: &Environment) -> String {
    match client {
        Client::Own { client_id, client_auth } => format!("{client_id} {}", auth(client_auth)),
        Client::Shared(at) => {
            let shared = crate::diff::fact::at(&environment.shared_clients, *at);
            shared.map(|shared| format!("shared {}", shared.slug)).unwrap_or_default()
        }
    }
}
