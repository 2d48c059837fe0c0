//! Generator: sound programs of every shape, from dice that proptest throws and shrinks.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_bundle::program::*;
use gatewright_terms::{
    Attribute, AttributeValue, DomainName, EmailAddress, GroupName, OrgId, PermissionName, Seconds, Slug, Timestamp,
    Trait,
};
use proptest::prelude::*;

/// Random bytes, then zeros.
pub(crate) struct Dice(std::vec::IntoIter<u8>);

impl Dice {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into_iter())
    }

    fn below(&mut self, end: u8) -> u8 {
        self.0.next().unwrap_or(0) % end
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::from(self.below(u8::try_from(of.len()).unwrap()))].clone()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.yes().then(|| make(self))
    }

    fn index(&mut self, len: usize) -> Option<u32> {
        (len > 0).then(|| u32::from(self.below(u8::try_from(len).unwrap())))
    }

    fn number(&mut self) -> u32 {
        self.pick(&[1, 23, 24, 255, 256, 65_535, 65_536, u32::MAX])
    }

    fn text(&mut self) -> String {
        let unit = self.pick(&["x", "ü", "日本", "a b", "\u{202e}", "\"", "https://h/"]);
        unit.repeat(usize::from(self.below(30)) + 1)
    }

    fn group(&mut self) -> GroupName {
        let text = self.text();
        GroupName::parse(text.split_at(text.floor_char_boundary(256)).0).unwrap()
    }

    fn slugs(&mut self, most: u8) -> Vec<Slug> {
        let set: BTreeSet<Slug> = (0..self.below(most + 1)).map(|_| slug(&format!("s{}", self.below(200)))).collect();
        set.into_iter().collect()
    }
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn program() -> impl Strategy<Value = Program> {
    prop::collection::vec(any::<u8>(), 0..1200).prop_map(|bytes| roll(&mut Dice::new(bytes)))
}

fn roll(dice: &mut Dice) -> Program {
    let catalogue = catalogue(dice);
    let ids = dice.slugs(5);
    let environment = environment(dice, &ids);
    let orgs = ids
        .iter()
        .zip(0..)
        .map(|(id, number)| org(dice, OrgId::from(id.clone()), number, &catalogue, &environment))
        .collect();
    Program { environment, catalogue, orgs }
}

fn environment(dice: &mut Dice, orgs: &[Slug]) -> Environment {
    Environment {
        name: dice.pick(&[slug("dev"), slug("production")]),
        base_url: dice.text(),
        apps: dice
            .slugs(3)
            .into_iter()
            .map(|slug| App {
                slug,
                origin: dice.text(),
                org: dice.index(orgs.len()).map(|at| OrgId::from(orgs[at as usize].clone())).filter(|_| dice.yes()),
            })
            .collect(),
        shared_clients: dice
            .slugs(3)
            .into_iter()
            .map(|slug| SharedClient {
                slug,
                provider: self::slug("google"),
                client_id: dice.text(),
                client_auth: auth(dice),
            })
            .collect(),
    }
}

fn catalogue(dice: &mut Dice) -> Catalogue {
    let names: BTreeSet<PermissionName> =
        dice.slugs(6).iter().map(|word| PermissionName::parse(&format!("{word}.read")).unwrap()).collect();
    let risks = [Risk::None, Risk::Credential, Risk::Spend, Risk::Privileged];
    let permissions: Vec<_> = names.into_iter().map(|name| Permission { name, risk: dice.pick(&risks) }).collect();
    let mut roles = BTreeMap::new();
    for scope in [Scope::Org, Scope::Project] {
        for slug in dice.slugs(4) {
            let permits: BTreeSet<u32> = (0..dice.below(4)).filter_map(|_| dice.index(permissions.len())).collect();
            let label = dice.maybe(Dice::text).unwrap_or_default();
            roles.insert((scope, slug.clone()), Role { scope, slug, label, permits: permits.into_iter().collect() });
        }
    }
    Catalogue { permissions, roles: roles.into_values().collect() }
}

fn org(dice: &mut Dice, id: OrgId, number: u32, catalogue: &Catalogue, environment: &Environment) -> Org {
    let connections: Vec<_> = dice.slugs(3).into_iter().map(|slug| connection(dice, slug, environment)).collect();
    let domains: BTreeMap<DomainName, u32> = (0..dice.below(4))
        .filter_map(|_| {
            let name = format!("d{}.org{number}.example", dice.below(50));
            Some((DomainName::parse(&name).unwrap(), dice.index(connections.len())?))
        })
        .collect();
    let domains: Vec<_> = domains.into_iter().map(|(name, connection)| Domain { name, connection }).collect();
    let owners: BTreeMap<String, EmailAddress> = (0..dice.below(4))
        .map(|_| EmailAddress::parse(&format!("Owner{}@acme.com", dice.below(9))).unwrap())
        .map(|owner| (owner.mailbox_key(), owner))
        .collect();
    let roles = |dice: &mut Dice, scope| {
        let of: Vec<u32> =
            catalogue.roles.iter().zip(0..).filter(|(role, _)| role.scope == scope).map(|(_, at)| at).collect();
        dice.index(of.len()).map(|at| of[at as usize])
    };
    let projects: Vec<_> = dice
        .slugs(4)
        .into_iter()
        .map(|slug| Project {
            slug,
            name: dice.text(),
            visibility: dice.pick(&[Visibility::Open, Visibility::Closed, Visibility::Private]),
            default_role: roles(dice, Scope::Project),
        })
        .collect();
    let mut grants = BTreeSet::new();
    for _ in 0..dice.below(8) {
        let project = dice.index(projects.len()).filter(|_| dice.yes());
        let scope = if project.is_some() { Scope::Project } else { Scope::Org };
        let to = match dice.index(connections.len()) {
            Some(connection) if dice.yes() => Grantee::Having { connection, what: told(dice) },
            _ => Grantee::EveryoneIn(DomainName::parse("acme.com").unwrap()),
        };
        grants.extend(roles(dice, scope).map(|role| Grant { role, project, to }));
    }
    let blocked: BTreeSet<_> = (0..dice.below(3)).map(|_| dice.group()).collect();
    Org {
        id,
        name: dice.text(),
        plan: slug("team"),
        time_zone: "Europe/Vienna".into(),
        domains,
        owners: owners.into_values().collect(),
        connections,
        join: Join::JustInTime,
        stage: dice.pick(&[Stage::Test, Stage::Optional, Stage::Required]),
        step_ups: step_ups(dice, catalogue.permissions.len()),
        default_project: dice.index(projects.len()),
        projects,
        grants: grants.into_iter().collect(),
        blocked_groups: blocked.into_iter().collect(),
        session: SessionRules {
            idle: Seconds(dice.number()),
            absolute: Seconds(dice.number()),
            concurrent: dice.number(),
            when_full: dice.pick(&[WhenFull::EndOldest, WhenFull::Refuse]),
            max_authentication_age: dice.maybe(|dice| Seconds(dice.number())),
        },
    }
}

fn step_ups(dice: &mut Dice, permissions: usize) -> Vec<StepUp> {
    let all: BTreeMap<u32, StepUp> = (0..dice.below(4))
        .filter_map(|_| {
            let permission = dice.index(permissions)?;
            Some((permission, StepUp { permission, within: Seconds(dice.number()), acr: dice.maybe(Dice::text) }))
        })
        .collect();
    all.into_values().collect()
}

fn connection(dice: &mut Dice, slug: Slug, environment: &Environment) -> Connection {
    let protocol = if dice.yes() {
        Protocol::Saml(saml(dice, &environment.apps))
    } else {
        Protocol::Oidc(oidc(dice, environment.shared_clients.len()))
    };
    Connection { slug, provider: dice.pick(&[self::slug("okta"), self::slug("generic")]), protocol }
}

fn saml(dice: &mut Dice, apps: &[App]) -> Saml {
    let certificates: BTreeSet<Certificate> =
        (0..=dice.below(3)).map(|_| Certificate(vec![dice.below(255); usize::from(dice.below(40)) + 1])).collect();
    let groups = |dice: &mut Dice| SamlGroups { attribute: dice.text(), overage: overage(dice) };
    Saml {
        entity_id: dice.text(),
        sign_in: endpoint(dice),
        logout: dice.maybe(endpoint),
        certificates: certificates.into_iter().collect(),
        want_signed: dice.pick(&[WantSigned::Assertion, WantSigned::Response, WantSigned::Both, WantSigned::Either]),
        algorithms: [
            SignatureAlgorithm::EcdsaSha512,
            SignatureAlgorithm::RsaSha256,
            SignatureAlgorithm::RsaSha384,
            SignatureAlgorithm::RsaSha512,
            SignatureAlgorithm::EcdsaSha256,
            SignatureAlgorithm::EcdsaSha384,
        ][..=usize::from(dice.below(6))]
            .to_vec(),
        encryption: dice.pick(&[Encryption::Optional, Encryption::Required]),
        name_id: dice.pick(&[NameId::Persistent, NameId::Email, NameId::Transient, NameId::Unspecified]),
        subject: dice.maybe(Dice::text).map_or(Subject::NameId, Subject::Attribute),
        attributes: SamlAttributes {
            email: dice.maybe(Dice::text),
            given_name: dice.maybe(Dice::text),
            family_name: dice.maybe(Dice::text),
            groups: dice.maybe(groups),
            own: own_attributes(dice),
        },
        clock_skew: Seconds(dice.number()),
        requests: dice.pick(&[Requests::Signed, Requests::Unsigned]),
        idp_initiated: dice.index(apps.len()).map(|app| IdpInitiated {
            until: Timestamp::from_unix(i64::from(dice.number())),
            app: apps[app as usize].slug.clone(),
        }),
    }
}

fn endpoint(dice: &mut Dice) -> Endpoint {
    Endpoint {
        binding: dice.pick(&[Binding::Redirect, Binding::Post]),
        url: dice.text(),
        response_url: dice.maybe(Dice::text),
    }
}

fn overage(dice: &mut Dice) -> Overage {
    dice.pick(&[Overage::AbsentIsEmpty, Overage::EntraMarkers, Overage::CutAt(100)])
}

fn oidc(dice: &mut Dice, shared: usize) -> Oidc {
    let client = match dice.index(shared).filter(|_| dice.yes()) {
        Some(client) => Client::Shared(client),
        None => Client::Own { client_id: dice.text(), client_auth: auth(dice) },
    };
    let pins = [Pin::HostedDomain(DomainName::parse("acme.com").unwrap()), Pin::Tenant("0a1b".into())];
    Oidc {
        issuer: dice.text(),
        client,
        scopes: ["openid", "email", "profile"].map(String::from)[..=usize::from(dice.below(3))].to_vec(),
        algorithms: [Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Es256, Algorithm::Ps256]
            [..=usize::from(dice.below(4))]
            .to_vec(),
        subject_claim: dice.pick(&["sub".to_owned(), "oid".to_owned()]),
        claims: Claims {
            email: "email".into(),
            given_name: dice.maybe(Dice::text),
            family_name: dice.maybe(Dice::text),
            groups: dice.maybe(Dice::text),
            own: own_attributes(dice),
        },
        email_trust: dice.pick(&[EmailTrust::VerifiedClaim, EmailTrust::OwnIssuer]),
        pin: dice.maybe(|dice| dice.pick(&pins)),
        clock_skew: Seconds(dice.number()),
        group_overage: overage(dice),
    }
}

fn told(dice: &mut Dice) -> Trait {
    if dice.yes() {
        return Trait::Group(dice.group());
    }
    let value = AttributeValue::parse(&dice.below(9).to_string()).unwrap();
    Trait::Attribute(Attribute { name: dice.pick(&[slug("department"), slug("site")]), value })
}

fn own_attributes(dice: &mut Dice) -> Vec<OwnAttribute> {
    dice.slugs(3).into_iter().map(|name| OwnAttribute { name, from: dice.text() }).collect()
}

fn auth(dice: &mut Dice) -> ClientAuth {
    let secret = SecretName { owner: slug("platform"), name: slug("okta") };
    dice.pick(&[
        ClientAuth::PrivateKeyJwt,
        ClientAuth::SecretBasic { secret: secret.clone() },
        ClientAuth::SecretPost { secret },
        ClientAuth::None,
    ])
}

fn finance() -> Trait {
    Trait::Attribute(Attribute { name: slug("department"), value: AttributeValue::parse("Finance").unwrap() })
}

/// Two organisations whose sections are equally long.
pub(crate) fn small() -> Program {
    let org = |id: &str, domain: &str| Org {
        id: OrgId::parse(id).unwrap(),
        name: "Acme Corporation".into(),
        plan: slug("team"),
        time_zone: "Europe/Vienna".into(),
        domains: vec![Domain { name: DomainName::parse(domain).unwrap(), connection: 1 }],
        owners: vec![EmailAddress::parse("ada@acme.com").unwrap()],
        connections: vec![small_saml(), small_connection(id)],
        join: Join::JustInTime,
        stage: Stage::Required,
        step_ups: vec![StepUp { permission: 0, within: Seconds(900), acr: Some("mfa".into()) }],
        projects: vec![Project {
            slug: slug("web"),
            name: "Web".into(),
            visibility: Visibility::Closed,
            default_role: Some(1),
        }],
        default_project: Some(0),
        grants: vec![
            Grant { role: 0, project: None, to: Grantee::group(0, GroupName::parse("Admins").unwrap()) },
            Grant { role: 0, project: None, to: Grantee::Having { connection: 1, what: finance() } },
            Grant { role: 1, project: Some(0), to: Grantee::EveryoneIn(DomainName::parse(domain).unwrap()) },
        ],
        blocked_groups: vec![GroupName::parse("Leavers").unwrap()],
        session: SessionRules {
            idle: Seconds(3600),
            absolute: Seconds(43_200),
            concurrent: 5,
            when_full: WhenFull::EndOldest,
            max_authentication_age: Some(Seconds(36_000)),
        },
    };
    Program {
        environment: Environment {
            name: slug("production"),
            base_url: "https://sso.example.com".into(),
            apps: vec![App {
                slug: slug("wiki"),
                origin: "https://wiki.example.com".into(),
                org: Some(OrgId::parse("acme").unwrap()),
            }],
            shared_clients: Vec::new(),
        },
        catalogue: Catalogue {
            permissions: vec![
                Permission { name: PermissionName::parse("org.settings.write").unwrap(), risk: Risk::Privileged },
                Permission { name: PermissionName::parse("project.read").unwrap(), risk: Risk::None },
            ],
            roles: vec![
                Role { scope: Scope::Org, slug: slug("admin"), label: "Admin".into(), permits: vec![0, 1] },
                Role { scope: Scope::Project, slug: slug("viewer"), label: "Viewer".into(), permits: vec![1] },
            ],
        },
        orgs: vec![org("acme", "acme.com"), org("beta", "beta.com")],
    }
}

/// Sorts before the other one, `sso`.
fn small_saml() -> Connection {
    let endpoint = |path: &str| Endpoint {
        binding: Binding::Redirect,
        url: format!("https://idp.example.com/{path}"),
        response_url: None,
    };
    Connection {
        slug: slug("saml"),
        provider: slug("okta"),
        protocol: Protocol::Saml(Saml {
            entity_id: "https://idp.example.com/saml".into(),
            sign_in: endpoint("sso"),
            logout: Some(endpoint("slo")),
            certificates: vec![Certificate(vec![0x30, 0x82, 0x01]), Certificate(vec![0x30, 0x82, 0x02])],
            want_signed: WantSigned::Both,
            algorithms: vec![SignatureAlgorithm::RsaSha256, SignatureAlgorithm::EcdsaSha256],
            encryption: Encryption::Optional,
            name_id: NameId::Persistent,
            subject: Subject::NameId,
            attributes: SamlAttributes {
                email: Some("email".into()),
                given_name: None,
                family_name: Some("lastName".into()),
                groups: Some(SamlGroups { attribute: "groups".into(), overage: Overage::CutAt(100) }),
                own: vec![OwnAttribute { name: slug("department"), from: "dept".into() }],
            },
            clock_skew: Seconds(60),
            requests: Requests::Signed,
            idp_initiated: Some(IdpInitiated { until: Timestamp::from_unix(1_801_242_000), app: slug("wiki") }),
        }),
    }
}

fn small_connection(id: &str) -> Connection {
    Connection {
        slug: slug("sso"),
        provider: slug("okta"),
        protocol: Protocol::Oidc(Oidc {
            issuer: "https://acme.okta.com".into(),
            client: Client::Own {
                client_id: "0oa1".into(),
                client_auth: ClientAuth::SecretBasic { secret: SecretName { owner: slug(id), name: slug("okta") } },
            },
            scopes: vec!["openid".into(), "email".into(), "groups".into()],
            algorithms: vec![Algorithm::Rs256],
            subject_claim: "sub".into(),
            claims: Claims {
                email: "email".into(),
                given_name: Some("given_name".into()),
                family_name: None,
                groups: Some("groups".into()),
                own: Vec::new(),
            },
            email_trust: EmailTrust::OwnIssuer,
            pin: None,
            clock_skew: Seconds(60),
            group_overage: Overage::CutAt(100),
        }),
    }
}
