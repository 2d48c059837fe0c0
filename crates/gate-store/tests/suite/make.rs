//! Make: rows to try a store with. Numbers stand for random values.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use gate_store::Store;
use gate_store::rows::{
    Answer, AnswerFlow, Asked, Errand, Flow, FlowLimits, Handover, NameId, Outcome, Proved, Purpose, RowId, Seen,
    Session, SignIn, SignInDone, TokenHash, WhenFull,
};
use gatewright_audit::record::{Draft, Event, Sealed, Stream};
use gatewright_terms::{Attribute, AttributeValue, EmailAddress, GroupName, IdentityKey, OrgId, Slug, Timestamp};

pub(crate) const NO_LIMITS: FlowLimits = FlowLimits { per_org_max: u32::MAX, per_address_max: u32::MAX };

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_unix(1_800_000_000 + second)
}

pub(crate) fn hash(n: u32) -> TokenHash {
    let mut bytes = [0xaa; 32];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    TokenHash(bytes)
}

pub(crate) fn id(n: u32) -> RowId {
    let mut bytes = [0x55; 16];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    RowId(bytes)
}

pub(crate) fn org(name: &str) -> OrgId {
    OrgId::parse(name).unwrap()
}

pub(crate) fn acme() -> OrgId {
    org("acme")
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(crate) fn key(subject: &str) -> IdentityKey {
    IdentityKey { connection: slug("okta"), issuer: Arc::from("https://id.example"), subject: Arc::from(subject) }
}

pub(crate) fn errand(n: u32) -> Errand {
    Errand {
        browser: hash(1_000_000 + n),
        org: acme(),
        connection: slug("okta"),
        issuer: "https://id.example".into(),
        redirect_uri: "https://sso.example/sso/acme/okta/callback".into(),
        purpose: Purpose::SignIn,
        demand: None,
        app: Some(slug("wiki")),
        return_to: None,
    }
}

pub(crate) fn flow(n: u32) -> Flow {
    Flow {
        state: hash(n),
        errand: errand(n),
        asked: Asked::Oidc { nonce: format!("nonce-{n}"), pkce_verifier: format!("verifier-{n}") },
        address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        began: at(0),
        expires: at(600),
    }
}

/// The flow `n`, of SAML.
pub(crate) fn saml_flow(n: u32) -> Flow {
    Flow { asked: Asked::Saml { request_id: format!("_{n:040x}") }, ..flow(n) }
}

pub(crate) fn name(value: &str) -> NameId {
    NameId {
        value: value.to_owned(),
        format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned()),
        name_qualifier: None,
        sp_name_qualifier: None,
    }
}

/// The answer to the flow `n` by the assertion `assertion`, waiting under the handle `n`.
pub(crate) fn answered(n: u32, assertion: u32) -> AnswerFlow {
    AnswerFlow { state: Some(hash(n)), seen: Some(seen(assertion)), answer: answer(n) }
}

pub(crate) fn seen(message: u32) -> Seen {
    Seen { org: acme(), connection: slug("okta"), message: hash(message), until: at(300), at_once_max: 1_000 }
}

pub(crate) fn answer(n: u32) -> Answer {
    let proved = Proved {
        subject: format!("person-{n}"),
        email: email("ada@acme.com"),
        given_name: Some(AttributeValue::parse("Ada").unwrap()),
        family_name: None,
        groups: Some(vec![GroupName::parse("ml").unwrap(), GroupName::parse("x=1, y").unwrap()]),
        attributes: [attribute("site", "a=b, c"), attribute("team", "ML")].into(),
        authenticated: at(-60),
        authentication_told: true,
        acr: Some("urn:acr:gold".into()),
        session_ends: Some(at(3_600)),
        name_id: Some(name("n-1")),
        session_index: Some("index-1".into()),
    };
    Answer {
        handle: hash(5_000_000 + n),
        errand: errand(n),
        unsolicited: false,
        settings: [7; 32],
        outcome: Outcome::Proved(Box::new(proved)),
        story: vec!["screen: 1 step".into(), "signature: good".into()],
        expires: at(60),
    }
}

fn attribute(name: &str, value: &str) -> Attribute {
    Attribute { name: slug(name), value: AttributeValue::parse(value).unwrap() }
}

pub(crate) fn draft(event: Event, fields: &[(&str, &str)]) -> Draft {
    let fields = fields.iter().map(|(name, value)| (slug(name), (*value).to_owned())).collect();
    Draft { stream: Stream::Org(acme()), at: at(0), event, fields, personal: None }
}

pub(crate) fn sealed(key: RowId) -> Sealed {
    Sealed { commitment: [7; 32], ciphertext: vec![1, 2, 3], key_id: key.0 }
}

/// The session `n` of a person.
pub(crate) fn session(subject: &str, n: u32) -> Session {
    Session {
        token: hash(n),
        id: id(n),
        org: acme(),
        member: id(0),
        key: key(subject),
        email: email(&format!("{}@acme.com", subject.to_ascii_lowercase())),
        groups: None,
        attributes: [attribute("team", "ML"), attribute("team", "= x")].into(),
        is_owner: false,
        authenticated: at(-5),
        authentication_told: false,
        acr: None,
        session_ends: None,
        name_id: None,
        session_index: None,
        created: at(i64::from(n)),
        last_seen: at(i64::from(n)),
        child: None,
    }
}

/// A person's sign-in that makes the session `n`, as the gate drafts it for a newcomer.
pub(crate) fn sign_in(subject: &str, n: u32) -> SignIn {
    let person_key = id(2_000_000 + n);
    let mut joined = draft(Event::MemberJoined, &[("connection", "okta")]);
    joined.personal = Some(sealed(person_key));
    let mut signed_in = draft(Event::SignedIn, &[("connection", "okta"), ("session", &id(n).to_string())]);
    signed_in.personal = Some(sealed(person_key));
    SignIn {
        session: session(subject, n),
        new_member: id(1_000_000 + n),
        new_person_key: (person_key, vec![9, 9, 9]),
        bind_owner: None,
        concurrent_max: 100,
        when_full: WhenFull::EndOldest,
        replaces: None,
        may_join: true,
        audit: vec![joined, signed_in],
    }
}

/// Signs a person in and gives the member and what made room.
pub(crate) async fn enter(store: &dyn Store, sign_in: SignIn) -> (RowId, Vec<RowId>) {
    let done = store.sign_in(sign_in).await.unwrap();
    let SignInDone::Done { member, ended } = done else { panic!("{done:?}") };
    (member, ended)
}

pub(crate) fn handover(n: u32, parent: RowId) -> Handover {
    Handover {
        code: hash(3_000_000 + n),
        parent,
        app: slug("wiki"),
        origin: "https://wiki.example".into(),
        return_to: "/start".into(),
        expires: at(30),
    }
}

/// Hands a session over and gives the child `n`.
pub(crate) async fn child_of(store: &dyn Store, parent: RowId, n: u32) -> Session {
    let handover = handover(n, parent);
    store.put_handover(handover.clone(), vec![]).await.unwrap();
    let child = (hash(4_000_000 + n), id(4_000_000 + n));
    store.take_handover(handover.code, &handover.origin, child, at(1)).await.unwrap().unwrap().child
}

/// The event and the fields of every record of a stream, which must be one whole chain.
pub(crate) async fn story(store: &dyn Store, stream: &Stream) -> Vec<(String, Vec<(String, String)>)> {
    let records = store.records(stream, 1, u32::MAX).await.unwrap();
    let mut told = Vec::new();
    let (mut sequence, mut previous) = (0, [0; 32]);
    for record in records {
        let chained = record.read().unwrap();
        assert_eq!((record.sequence, record.previous, &record.stream), (sequence + 1, previous, stream));
        assert_eq!((chained.sequence, chained.previous, &chained.stream), (sequence + 1, previous, stream));
        assert_eq!(record.hash, <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(&record.chained)));
        (sequence, previous) = (record.sequence, record.hash);
        let fields = chained.fields.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        told.push((chained.event, fields));
    }
    let head = store.heads().await.unwrap().into_iter().find(|(of, _)| of == stream).map(|(_, head)| head);
    assert_eq!(head.map_or((0, [0; 32]), |head| (head.sequence, head.hash)), (sequence, previous));
    told
}

pub(crate) async fn events(store: &dyn Store) -> Vec<String> {
    story(store, &Stream::Org(acme())).await.into_iter().map(|(event, _)| event).collect()
}
