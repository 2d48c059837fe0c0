//! People: what is told of members without saying who they are.

use std::collections::BTreeSet;

use gate_store::Store as _;
use gate_store::rows::{RowId, Session, SignIn, SignInDone, TokenHash, WhenFull};
use gatewright_terms::{EmailAddress, GroupName, IdentityKey, OrgId, Timestamp};
use serde_json::{Value, json};

use crate::policy::slug;
use crate::world::World;

const PATH: &str = "/v1/members-snapshot";

async fn snapshot(world: &World) -> Value {
    let answer = world.operate("GET", PATH, &world.reader, "").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    answer.json()
}

fn sixteen(n: u32) -> [u8; 16] {
    u128::from(n).to_be_bytes()
}

/// Somebody who signed in, as the store takes it.
async fn enter(world: &World, n: u32, email: &str, groups: Option<&[&str]>) -> RowId {
    let mut token = [0; 32];
    token[..4].copy_from_slice(&n.to_be_bytes());
    let group = |name: &&str| GroupName::parse(name).unwrap();
    let session = Session {
        token: TokenHash(token),
        id: RowId(sixteen(1_000_000 + n)),
        org: OrgId::parse("acme").unwrap(),
        member: RowId(sixteen(n)),
        key: IdentityKey { connection: slug("main"), issuer: world.idp.issuer().into(), subject: n.to_string().into() },
        email: EmailAddress::parse(email).unwrap(),
        groups: groups.map(|names| names.iter().map(group).collect()),
        attributes: BTreeSet::new(),
        is_owner: false,
        authenticated: Timestamp::from_unix(7),
        authentication_told: true,
        acr: None,
        session_ends: None,
        name_id: None,
        session_index: None,
        created: Timestamp::from_unix(7),
        last_seen: Timestamp::from_unix(7),
        child: None,
    };
    let sign_in = SignIn {
        session,
        new_member: RowId(sixteen(n)),
        new_person_key: (RowId(sixteen(2_000_000 + n)), vec![9]),
        bind_owner: email.starts_with("boss@").then(|| email.to_owned()),
        concurrent_max: 9,
        when_full: WhenFull::EndOldest,
        replaces: None,
        may_join: true,
        audit: Vec::new(),
    };
    let done = world.store.sign_in(sign_in).await.unwrap();
    let SignInDone::Done { member, .. } = done else { panic!("{done:?}") };
    member
}

#[tokio::test]
async fn members_are_told_without_who_they_are() {
    let world = World::new().await;
    assert_eq!(snapshot(&world).await["orgs"], json!([]), "an organisation without members is not in it");
    let hostile = ["\"]}{\u{202e}", "a,b=c\\", "staff", "staff"];
    enter(&world, 1, "mallory@acme.com", Some(&hostile)).await;
    enter(&world, 2, "boss@acme.com", None).await;
    enter(&world, 3, "left@acme.com", Some(&[])).await;
    let (removed, ada) = (RowId(sixteen(3)), world.ada().await);
    world.store.remove_member(&OrgId::parse("acme").unwrap(), removed, vec![]).await.unwrap();

    let first = snapshot(&world).await;
    assert_eq!(first["schema"], "gatewright.members-snapshot/1");
    assert_eq!((&first["environment"], &first["taken"]), (&json!("test"), &json!("2027-01-15T08:00:00Z")));
    let runs = world.operate("GET", "/v1/bundle", &world.reader, "").await.json();
    assert_eq!(first["bundle"], runs["running"]["digest"]);
    assert_eq!((&first["orgs"][0]["org"], &first["orgs"][0]["unrecorded"]), (&json!("acme"), &json!(0)));
    let members = first["orgs"][0]["members"].as_array().unwrap();
    assert_eq!(members.len(), 3);
    let names: Vec<&str> = members.iter().map(|member| member["pseudonym"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.iter().all(|name| name.len() == 32), "{names:?}");
    let of = |groups: Value| members.iter().find(|member| member["groups"] == groups).unwrap();
    let mallory = of(json!(["\"]}{\u{202e}", "a,b=c\\", "staff"]));
    assert_eq!((&mallory["connection"], &mallory["domain"]), (&json!("main"), &json!("acme.com")));
    assert_eq!((&mallory["owner"], &of(Value::Null)["owner"]), (&json!(false), &json!(true)));
    // Nobody is named, not even to whoever knows the ids.
    let listed = world.operate("GET", "/v1/orgs/acme/members", &world.reader, "").await.json();
    let text = first.to_string();
    for known in listed["members"].as_array().unwrap().iter().flat_map(|it| [&it["email"], &it["id"]]) {
        assert!(!text.contains(known.as_str().unwrap()), "{known}");
    }
    assert!(!text.contains("id.example") && !ada.is_empty());

    assert_eq!(snapshot(&world).await, first, "the same state is the same text");
    let trail = world.operate("GET", "/v1/audit", &world.reader, "").await.body;
    let readings = trail.lines().filter(|line| line.contains("members-snapshot") && line.contains("reader"));
    assert_eq!(readings.count(), 3, "{trail}");
}

/// More than one page of the store, and pseudonyms that neither repeat nor leave anybody out.
#[tokio::test]
async fn thousands_of_members_come_in_order() {
    let world = World::new().await;
    for n in 0..1_203 {
        enter(&world, n + 10, &format!("person-{n}@acme.com"), Some(&["staff"])).await;
    }
    let all = snapshot(&world).await;
    let members = all["orgs"][0]["members"].as_array().unwrap();
    let names: BTreeSet<&str> = members.iter().map(|member| member["pseudonym"].as_str().unwrap()).collect();
    assert_eq!((members.len(), names.len()), (1_203, 1_203));
    let taken: Vec<&str> = members.iter().map(|member| member["pseudonym"].as_str().unwrap()).collect();
    assert!(taken.is_sorted());
}

/// What `gatewright why` asks: one person, rule by rule, with their sessions.
#[tokio::test]
async fn a_person_is_explained_rule_by_rule() {
    let world = World::new().await;
    world.ada().await;
    let found = world.operate("GET", "/v1/orgs/acme/members?email=ADA%40acme.com", &world.reader, "").await.json();
    let id = found["members"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(found["members"].as_array().unwrap().len(), 1);
    let path = format!("/v1/orgs/acme/members/{id}/why");
    let why = world.operate("GET", &path, &world.reader, "").await.json();
    let person = &why["people"][0];
    assert_eq!((&why["schema"], &person["outcome"]), (&json!("gatewright.why/1"), &json!("admit")), "{why:#}");
    assert_eq!((&person["reason"], &person["closest"]), (&Value::Null, &Value::Null));
    let steps = person["steps"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["stage"] == "role" && step["path"].is_string()), "{why:#}");
    assert!(steps.iter().any(|step| step["text"] == "`acme.com` is claimed and proved"), "{why:#}");
    assert_eq!((person["sessions"].as_array().unwrap().len(), &person["sessions"][0]["over"]), (1, &Value::Null));
    let later = world.operate("GET", &format!("{path}?at=4000000000"), &world.reader, "").await.json();
    assert_eq!(later["people"][0]["sessions"][0]["over"], "absolute");

    let trail = world.operate("GET", "/v1/orgs/acme/audit", &world.reader, "").await.body;
    assert!(trail.contains(&format!("why {id}")), "{trail}");
    for (path, status) in [
        (format!("{path}?at=1"), 400),
        (format!("{path}?at=x"), 400),
        (path.replace("acme", "umbrella"), 404),
        (path.replace("acme", "nobody"), 404),
        (path.replace(&id, &"0".repeat(32)), 404),
        ("/v1/orgs/acme/members?email=ada".to_owned(), 400),
        ("/v1/orgs/acme/members?email=ada%40acme.com&after=x".to_owned(), 400),
    ] {
        assert_eq!(world.operate("GET", &path, &world.reader, "").await.status, status, "{path}");
    }
}

#[tokio::test]
async fn whoever_is_kept_out_is_told_what_would_let_them_in() {
    let world = World::with(|program| {
        let acme = program.orgs.iter_mut().find(|org| org.id.as_str() == "acme").unwrap();
        acme.blocked_groups = vec![GroupName::parse("leavers").unwrap()];
    })
    .await;
    let why = async |id: RowId| {
        let path = format!("/v1/orgs/acme/members/{id}/why");
        world.operate("GET", &path, &world.reader, "").await.json()["people"][0].clone()
    };
    let eve = enter(&world, 5, "eve@acme.com", Some(&["leavers"])).await;
    let person = why(eve).await;
    assert_eq!((&person["outcome"], &person["reason"]), (&json!("refuse"), &json!("blocked-group")), "{person:#}");
    assert!(person["closest"]["words"].as_str().unwrap().contains("not in `leavers`"), "{person:#}");
    let overage = enter(&world, 6, "max@acme.com", None).await;
    let person = why(overage).await;
    assert_eq!((&person["groups"], &person["reason"]), (&Value::Null, &json!("group-overage")), "{person:#}");
    world.store.remove_member(&OrgId::parse("acme").unwrap(), eve, vec![]).await.unwrap();
    let person = why(eve).await;
    assert_eq!((&person["reason"], &person["closest"]), (&json!("removed-member"), &Value::Null), "{person:#}");
}
