//! Routes: every path of both listeners with its method and purpose. The routers are built from these two lists, and so
//! is the page of the docs.
//!
//! Invariant: a route that is not in the list does not exist.

use std::fmt::Write as _;

use axum::http::HeaderValue;
use axum::routing::MethodFilter;
use gate_core::admin::Scope;

/// A route of the public listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicRoute {
    Home,
    LoginPage,
    Login,
    Start,
    Callback,
    SharedCallback,
    Acs,
    Finish,
    Metadata,
    SingleLogout,
    SingleLogoutForm,
    TestSignIn,
    Logout,
    Session,
    Verify,
    Handover,
    Healthz,
    Readyz,
    Jwks,
}

/// A route of the admin listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminRoute {
    Bundle,
    Deploy,
    BundleContent,
    Members,
    Why,
    RemoveMember,
    EndSessions,
    Domains,
    ProveDomain,
    MakeTestLink,
    OrgAudit,
    PlatformAudit,
    Checkpoint,
    MembersSnapshot,
    Trace,
    Metrics,
    Healthz,
    Readyz,
}

/// Methods that routes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    pub(crate) const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

impl PublicRoute {
    pub const ALL: &'static [Self] = &[
        Self::LoginPage,
        Self::Login,
        Self::Start,
        Self::Callback,
        Self::SharedCallback,
        Self::Acs,
        Self::Finish,
        Self::Metadata,
        Self::SingleLogout,
        Self::SingleLogoutForm,
        Self::TestSignIn,
        Self::Home,
        Self::Logout,
        Self::Session,
        Self::Verify,
        Self::Handover,
        Self::Healthz,
        Self::Readyz,
        Self::Jwks,
    ];

    /// Method, path, purpose.
    #[expect(clippy::too_many_lines, reason = "a table, with one row for each route")]
    pub const fn row(self) -> (Verb, &'static str, &'static str) {
        match self {
            Self::Home => {
                (Verb::Get, "/", "Who is signed in, with a button to sign out; leads to `/login` without a session.")
            }
            Self::LoginPage => (
                Verb::Get,
                "/login",
                "Asks for the e-mail address. `app=` and `return_to=` say where to go afterwards; with a live session, straight there.",
            ),
            Self::Login => (
                Verb::Post,
                "/login",
                "Takes `email`, and leads to the sign-in of its domain. The answer depends on the domain alone.",
            ),
            Self::Start => (
                Verb::Get,
                "/sso/{org}/{connection}/start",
                "Begins a sign-in at the identity provider of the connection. Takes `app=` and `return_to=`; `step_up=` names the permission that the session is not good enough for.",
            ),
            Self::Callback => (
                Verb::Get,
                "/sso/{org}/{connection}/callback",
                "Where the identity provider of the connection sends the browser back to.",
            ),
            Self::SharedCallback => {
                (Verb::Get, "/sso/shared/{client}/callback", "The same for a client that several organisations share.")
            }
            Self::Acs => (
                Verb::Post,
                "/sso/{org}/{connection}/acs",
                "Takes the `SAMLResponse` that the identity provider's form sends, and leads to `/sso/finish`. No cookie is read.",
            ),
            Self::Finish => {
                (Verb::Get, "/sso/finish", "Ends a SAML sign-in in the browser that began it. Takes the one-time `h=`.")
            }
            Self::Metadata => (
                Verb::Get,
                "/sso/{org}/{connection}/metadata",
                "Our SAML metadata for the connection. Its address is our entityID.",
            ),
            Self::SingleLogout => (
                Verb::Get,
                "/sso/{org}/{connection}/slo",
                "SAML single logout by redirect: takes the identity provider's request, or its answer to ours.",
            ),
            Self::SingleLogoutForm => {
                (Verb::Post, "/sso/{org}/{connection}/slo", "The same by form: `SAMLRequest` or `SAMLResponse`.")
            }
            Self::TestSignIn => (
                Verb::Get,
                "/sso/{org}/{connection}/test",
                "Tries the connection by a one-time link: takes `t=`, and ends in a trace instead of a session.",
            ),
            Self::Logout => (
                Verb::Post,
                "/logout",
                "Ends the session, and leads to the identity provider's own logout where it has one. Refused when the form stood on another site.",
            ),
            Self::Session => {
                (Verb::Get, "/session", "Who is signed in, as JSON: organisation, roles, projects, times.")
            }
            Self::Verify => (
                Verb::Get,
                "/auth/verify",
                "Whether a request may pass, for the proxy in front of an app. Takes `org=`, `app=`, `permission=`, `project=`.",
            ),
            Self::Handover => (
                Verb::Get,
                "/.gatewright/callback",
                "On the origin of an app, passed on by its proxy: takes the one-time `code=` and sets the app's own cookie.",
            ),
            Self::Healthz => (Verb::Get, "/healthz", "One word. 200 as long as the process answers."),
            Self::Readyz => (Verb::Get, "/readyz", "The same word; 503 where the store is away."),
            Self::Jwks => (Verb::Get, "/.well-known/jwks.json", "The public keys that we sign with."),
        }
    }

    /// Whether `HEAD` is answered: load balancers ask so. Elsewhere a `HEAD` would spend a one-time code unseen.
    pub(crate) const fn has_head(self) -> bool {
        matches!(self, Self::Healthz | Self::Readyz)
    }
}

impl AdminRoute {
    pub const ALL: &'static [Self] = &[
        Self::Bundle,
        Self::Deploy,
        Self::BundleContent,
        Self::Members,
        Self::Why,
        Self::RemoveMember,
        Self::EndSessions,
        Self::Domains,
        Self::ProveDomain,
        Self::MakeTestLink,
        Self::OrgAudit,
        Self::PlatformAudit,
        Self::Checkpoint,
        Self::MembersSnapshot,
        Self::Trace,
        Self::Metrics,
        Self::Healthz,
        Self::Readyz,
    ];

    /// Method, path, the scope that a token needs, purpose.
    #[expect(clippy::too_many_lines, reason = "a table, with one row for each route")]
    pub const fn row(self) -> (Verb, &'static str, Option<Scope>, &'static str) {
        const READ: Option<Scope> = Some(Scope::Read);
        const MEMBERS: Option<Scope> = Some(Scope::Members);
        match self {
            Self::Bundle => (Verb::Get, "/v1/bundle", READ, "Which bundle runs, and which one was refused and why."),
            Self::Deploy => (
                Verb::Put,
                "/v1/bundle",
                Some(Scope::Deploy),
                "Takes a signed bundle, puts it in force, and answers as `GET` does. `If-Match: \"sha256:…\"` names the bundle that it must replace: else 412. One that is refused is 422, with `code`, and changes nothing but the status.",
            ),
            Self::BundleContent => (
                Verb::Get,
                "/v1/bundle/content",
                READ,
                "The bundle that runs, without its signatures: what `gatewright diff running:ENV` compares with.",
            ),
            Self::Members => (
                Verb::Get,
                "/v1/orgs/{org}/members",
                READ,
                "Members, sorted by id. `after=` takes the last id of the page before, `email=` an address instead: those who have it.",
            ),
            Self::Why => (
                Verb::Get,
                "/v1/orgs/{org}/members/{id}/why",
                READ,
                "What the running policy decides about a member as they last signed in, rule by rule, with the closest change that would admit them, and their sessions. `at=` takes a later time, in seconds since 1970. The reading is audited.",
            ),
            Self::RemoveMember => {
                (Verb::Delete, "/v1/orgs/{org}/members/{id}", MEMBERS, "Removes a member and ends their sessions.")
            }
            Self::EndSessions => {
                (Verb::Delete, "/v1/orgs/{org}/members/{id}/sessions", MEMBERS, "Ends every session of a member.")
            }
            Self::Domains => (
                Verb::Get,
                "/v1/orgs/{org}/domains",
                READ,
                "The domains that the organisation claims, and their proofs.",
            ),
            Self::ProveDomain => (
                Verb::Post,
                "/v1/orgs/{org}/domains/{domain}/proofs",
                MEMBERS,
                "States that the organisation owns the domain. Takes `{\"method\": \"manual\", \"reason\": TEXT}`.",
            ),
            Self::MakeTestLink => (
                Verb::Post,
                "/v1/orgs/{org}/connections/{connection}/test-links",
                MEMBERS,
                "Makes a one-time link that tries the connection and shows a trace. Gives `{\"url\", \"expires\"}`.",
            ),
            Self::OrgAudit => (
                Verb::Get,
                "/v1/orgs/{org}/audit",
                READ,
                "The audit records of the organisation as JSON Lines. `from=` takes a sequence number.",
            ),
            Self::PlatformAudit => {
                (Verb::Get, "/v1/audit", READ, "The audit records that concern no organisation, in the same form.")
            }
            Self::Checkpoint => (Verb::Get, "/v1/checkpoint", READ, "A checkpoint over every chain, signed now."),
            Self::MembersSnapshot => (
                Verb::Get,
                "/v1/members-snapshot",
                READ,
                "The members of every organisation as they last signed in, under pseudonyms: what `gatewright diff --members` counts. The reading is audited.",
            ),
            Self::Trace => {
                (Verb::Get, "/v1/trace/{code}", READ, "The whole story behind a support code. The reading is audited.")
            }
            Self::Metrics => (Verb::Get, "/metrics", READ, "What is [counted](metrics.md), as OpenMetrics text."),
            Self::Healthz => (Verb::Get, "/healthz", None, "As on the public listener."),
            Self::Readyz => (Verb::Get, "/readyz", None, "As on the public listener."),
        }
    }
}

/// The `Allow` of a path. axum's own would name `HEAD` beside every `GET`.
pub(crate) fn allow(rows: impl Iterator<Item = (Verb, &'static str)>, path: &str) -> Option<HeaderValue> {
    let verbs: Vec<&str> = rows.filter(|(_, template)| fits(template, path)).map(|(verb, _)| verb.word()).collect();
    HeaderValue::from_str(&verbs.join(", ")).ok()
}

fn fits(template: &str, path: &str) -> bool {
    let same = |(wanted, found): (&str, &str)| wanted.starts_with('{') || wanted == found;
    template.split('/').count() == path.split('/').count() && template.split('/').zip(path.split('/')).all(same)
}

/// The page of the docs. A test fails where the committed page differs.
pub fn routes_markdown() -> String {
    let mut page = String::from(
        "# Routes\n\nGenerated from the code. A method that is not listed is answered with 405, a path with 404.\n\n\
         ## Public listener\n\n| Method | Path | Does |\n|---|---|---|\n",
    );
    for (verb, path, purpose) in PublicRoute::ALL.iter().map(|route| route.row()) {
        let _ = writeln!(page, "| {} | `{path}` | {purpose} |", verb.word());
    }
    page.push_str(
        "\n## Admin listener\n\nEvery route but the two of health takes `Authorization: Bearer TOKEN`. Errors are RFC 9457 \
         problem documents.\n\n| Method | Path | Scope | Does |\n|---|---|---|---|\n",
    );
    for (verb, path, scope, purpose) in AdminRoute::ALL.iter().map(|route| route.row()) {
        let scope = scope.map_or_else(|| "none".to_owned(), |scope| format!("`{}`", scope.slug()));
        let _ = writeln!(page, "| {} | `{path}` | {scope} | {purpose} |", verb.word());
    }
    page
}
