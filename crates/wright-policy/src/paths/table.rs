//! Table: every path that a guardrail can speak of. A new path is a line here and a function that reads it.

use super::{PathRow, Read, Typed, connection, org};
use crate::kind::{DAY, Kind, MINUTE};
use crate::words::{CONNECTION, MEMBERS, OIDC, ORG, PROJECT, SAML, SESSION, SIGNATURES, STEP_UP};

const fn one(path: &'static str, typed: Typed, read: Read) -> PathRow {
    PathRow { path, typed, is_set: false, read }
}

const fn set(path: &'static str, typed: Typed, read: Read) -> PathRow {
    PathRow { path, typed, is_set: true, read }
}

use Read::{Connection, Org, Project, StepUp};
use Typed::{Computed, Word};

/// Sorted by path.
pub(crate) static PATHS: &[PathRow] = &[
    set("block", Computed(Kind::Group, "The groups that are kept out."), Org(org::blocks)),
    set("connection", Word(&ORG, "connection"), Org(org::connections)),
    one("connection[*].oidc.client-auth", Word(&OIDC, "client-auth"), Connection(connection::client_auth)),
    one("connection[*].oidc.client-id", Word(&OIDC, "client-id"), Connection(connection::client_id)),
    one("connection[*].oidc.hosted-domain", Word(&OIDC, "hosted-domain"), Connection(connection::hosted_domain)),
    one("connection[*].oidc.issuer", Word(&OIDC, "issuer"), Connection(connection::issuer)),
    one("connection[*].oidc.shared-client", Word(&OIDC, "shared-client"), Connection(connection::shared_client)),
    one("connection[*].oidc.tenant", Word(&OIDC, "tenant"), Connection(connection::tenant)),
    one("connection[*].provider", Word(&CONNECTION, "provider"), Connection(|it| Some(connection::provider(it)))),
    one("connection[*].saml.binding", Word(&SAML, "binding"), Connection(connection::binding)),
    one("connection[*].saml.clock-skew", Word(&SAML, "clock-skew"), Connection(connection::clock_skew)),
    one("connection[*].saml.digest", Word(&SAML, "digest"), Connection(connection::digest)),
    one("connection[*].saml.encryption", Word(&SAML, "encryption"), Connection(connection::encryption)),
    one("connection[*].saml.entity-id", Word(&SAML, "entity-id"), Connection(connection::entity_id)),
    one("connection[*].saml.name-id", Word(&SAML, "name-id"), Connection(connection::name_id)),
    one("connection[*].saml.sign-requests", Word(&SAML, "sign-requests"), Connection(connection::sign_requests)),
    set(
        "connection[*].saml.signature",
        Computed(
            Kind::Words(SIGNATURES),
            "Every signature that is taken, of the kinds of key that the metadata holds.",
        ),
        Connection(connection::signature),
    ),
    one("connection[*].saml.subject", Word(&SAML, "subject"), Connection(connection::subject)),
    one("connection[*].saml.want-signed", Word(&SAML, "want-signed"), Connection(connection::want_signed)),
    set("connection[*].unsafe", Word(&CONNECTION, "unsafe"), Connection(|it| Some(connection::unsafe_words(it)))),
    one("default-project", Word(&ORG, "default-project"), Org(org::default_project)),
    set("domain", Word(&ORG, "domain"), Org(org::domains)),
    one("members.stage", Word(&MEMBERS, "stage"), Org(org::stage)),
    set("owner", Word(&ORG, "owner"), Org(org::owners)),
    one("plan", Word(&ORG, "plan"), Org(org::plan)),
    set("project", Word(&ORG, "project"), Org(org::projects)),
    one("project[*].default-role", Word(&PROJECT, "default-role"), Project(org::default_role)),
    one("project[*].visibility", Word(&PROJECT, "visibility"), Project(org::visibility)),
    one(
        "revocation-bound.session",
        Computed(
            Kind::Duration { min: MINUTE, max: 90 * DAY },
            "The longest time from the deactivation of somebody at the provider to the end of their last session here. Computed, never missing.",
        ),
        Org(org::revocation_bound_session),
    ),
    one("session.absolute", Word(&SESSION, "absolute"), Org(org::absolute)),
    one("session.concurrent", Word(&SESSION, "concurrent"), Org(org::concurrent)),
    one("session.idle", Word(&SESSION, "idle"), Org(org::idle)),
    one("session.max-authentication-age", Word(&SESSION, "max-authentication-age"), Org(org::max_authentication_age)),
    one("session.when-full", Word(&SESSION, "when-full"), Org(org::when_full)),
    set("step-up", Word(&ORG, "step-up"), Org(org::step_ups)),
    one("step-up[*].acr", Word(&STEP_UP, "acr"), StepUp(org::acr)),
    one("step-up[*].within", Word(&STEP_UP, "within"), StepUp(org::within)),
    one("team", Word(&ORG, "team"), Org(org::team)),
    one("time-zone", Word(&ORG, "time-zone"), Org(org::time_zone)),
];
