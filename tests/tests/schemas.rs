//! Schemas: what the programs print is what `schemas/` says, and so is every example of the pages.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use boon::{Compiler, Schemas};
use gatewright_tests::{House, Visitor, client, programs, root};
use serde_json::{Value, json};

/// Holds a document against the schema that it names. Gives the name.
fn hold(document: &Value) -> String {
    let named = document["schema"].as_str().unwrap_or_else(|| panic!("no `schema` in {document:#}"));
    let name = named.strip_prefix("gatewright.").and_then(|rest| rest.strip_suffix("/1")).expect("gatewright.NAME/1");
    assert_eq!(refused(document, name), None, "{document:#}");
    name.to_owned()
}

/// Why the document is not of that schema.
fn refused(document: &Value, name: &str) -> Option<String> {
    let file = root().join("schemas").join(format!("{name}.json"));
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.set_default_draft(boon::Draft::V2020_12);
    let index =
        compiler.compile(&file.to_string_lossy(), &mut schemas).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    schemas.validate(document, index).err().map(|error| format!("{error:#}"))
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Runs the command line whatever its exit, and gives the document that it printed.
fn said(words: &[&str]) -> Value {
    let output =
        Command::new(programs().join("gatewright")).args(words).args(["--output", "json"]).output().expect("built");
    parse(&String::from_utf8(output.stdout).expect("text"))
}

#[tokio::test]
async fn what_the_programs_print_is_of_its_schema() {
    let mut held = command_line();
    held.extend(listeners().await);
    let there: BTreeSet<String> = std::fs::read_dir(root().join("schemas"))
        .expect("schemas")
        .filter_map(|entry| Some(entry.ok()?.file_name().into_string().ok()?.strip_suffix(".json")?.to_owned()))
        .collect();
    assert_eq!(held, there, "each schema is held by something real");
}

fn command_line() -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (policies, draft, key, trust, signed) = (at("policies"), at("draft"), at("key"), at("trust"), at("signed"));
    said(&["init", &policies]);
    said(&["keygen", "--out", &key, "--trust", &trust]);
    let broken = root().join("tests/gallery/workspace");
    let documents = [
        said(&["check", &policies, "--as-of", "2026-11-24"]),
        said(&["check", &broken.to_string_lossy()]),
        said(&["fmt", &policies, "--check"]),
        said(&["fmt", &broken.to_string_lossy(), "--check"]),
        said(&["compile", "--workspace", &policies, "--environment", "production", "--out", &draft]),
        said(&["inspect", &draft]),
        said(&["sign", &draft, "--key", &key, "--sequence", "1", "--expires", "90d", "--out", &signed]),
        said(&["sign", &draft, "--key", &key, "--sequence", "2", "--out", &signed]),
        said(&["inspect", &signed]),
        said(&["verify", &signed, "--trust", &trust, "--environment", "production"]),
        said(&["verify", &signed, "--trust", &trust, "--environment", "staging"]),
        said(&["explain", "--all"]),
        said(&["try", "--workspace", &policies, "--org", "acme", "--email", "jane.doe@acme.example"]),
        said(&["try", "--workspace", &policies, "--org", "acme", "--email", "mallory@evil.example"]),
        said(&["test", "--workspace", &policies, "--coverage"]),
        said(&["show", "org", "acme", "--workspace", &policies]),
        said(&["who", "project.read", "--workspace", &policies]),
        tested(&policies),
        compared(&policies, &draft),
        fetched(&at("saml")),
    ];
    let reviewed = reviewed(&at("reviewed"));
    documents.iter().chain(&reviewed).map(hold).collect()
}

/// `test` of a workspace with a case that fails and laws that are broken and vacuous.
fn tested(policies: &str) -> Value {
    let law = |title: &str, anyone: &str| format!("law \"{title}\" {{ anyone {anyone}; never role=\"admin\"; }}\n");
    let laws = format!("{platform}/laws.kdl", platform = format_args!("{policies}/platform"));
    let text = law("nobody administers", "except=\"owners\"") + &law("no stranger does", "outside=\"org-domains\"");
    std::fs::write(&laws, text).expect("writable");
    let file = format!("{policies}/orgs/acme/org.test.kdl");
    let whole = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, whole.replace("expect \"refuse\"\n        reason \"blocked-group\"", "expect \"admit\""))
        .expect("writable");
    let said = said(&["test", "--workspace", policies]);
    assert_eq!((&said["summary"]["failed"], &said["summary"]["vacuous"]), (&json!(2), &json!(1)), "{said:#}");
    std::fs::write(&file, whole).expect("writable");
    std::fs::remove_file(laws).expect("it was written");
    said
}

/// `diff` of a bundle and a workspace that changed in several ways since.
fn compared(policies: &str, bundle: &str) -> Value {
    let org = format!("{policies}/orgs/acme/org.kdl");
    let text = std::fs::read_to_string(&org).expect("readable");
    let (before, after) = text.split_once("    block").expect("a block");
    let more = "    grant role=\"admin\" group=\"ops\"\n    session { idle \"10m\"; }\n";
    let after = after.split_once('\n').expect("the rest").1;
    std::fs::write(&org, format!("{before}{more}{after}")).expect("writable");
    said(&["diff", bundle, "--workspace", policies])
}

/// `review` of a commit whose manifest asks for an approval, of a change that needs it, without and with reviews, and these.
fn reviewed(policies: &str) -> [Value; 5] {
    said(&["init", policies]);
    let write = |path: &str, from: &str, to: &str| {
        let path = format!("{policies}/{path}");
        let text = std::fs::read_to_string(&path).expect("readable").replacen(from, to, 1);
        std::fs::write(path, text).expect("writable");
    };
    let rules = "approval \"privileged\" from=\"@lumen/identity\"; approval \"trust-root\" from=\"@lumen/security\"; \
        approval \"weakening\" from=\"@lumen/security\"; brake \"orgs-changed\" at-most=\"25\"; orgs ";
    write("policy.kdl", "orgs ", rules);
    let git = |words: &[&str]| {
        let who =
            ["-C", policies, "-c", "user.name=ada", "-c", "user.email=ada@acme.example", "-c", "commit.gpgsign=false"];
        assert!(Command::new("git").args(who).args(words).output().expect("git").status.success(), "{words:?}");
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message=main"]);
    write("orgs/acme/org.kdl", "    block", "    grant role=\"admin\" group=\"ops\"\n    block");
    let review = ["review", "main", "--workspace", policies];
    let stopped = said(&review);
    let changes = [&stopped["needs"][0]["changes"][0]["id"]];
    let by = json!({"by": "ada", "teams": ["@lumen/identity"], "changes": changes});
    let reviews = json!({"schema": "gatewright.reviews/1", "author": "bob", "reviews": [by]});
    let file = format!("{policies}/reviews.json");
    std::fs::write(&file, reviews.to_string()).expect("writable");
    let open = said(&[&review[..], &["--reviews", &file]].concat());
    assert_eq!((&stopped["open"], &open["open"]), (&json!(false), &json!(true)), "{open:#}");
    let (key, trust, out) = (format!("{policies}.key"), format!("{policies}.trust"), format!("{policies}.ada"));
    said(&["keygen", "--out", &key, "--trust", &trust]);
    let signed = said(&[&review[..], &["--sign", &key, "--out", &out]].concat());
    let public = std::fs::read_to_string(&trust).expect("readable");
    let public = public.split_whitespace().find(|word| word.starts_with("ed25519:")).expect("a key");
    let by = json!({"by": "ada", "teams": ["@lumen/identity"], "key": public});
    let approvers = json!({"schema": "gatewright.approvers/1", "approvers": [by]});
    let signed = json!({"schema": "gatewright.reviews/1", "author": "bob", "reviews": [], "signed": [signed]});
    std::fs::write(&file, signed.to_string()).expect("writable");
    std::fs::write(&out, approvers.to_string()).expect("writable");
    let by_signature = said(&[&review[..], &["--reviews", &file, "--approvers", &out]].concat());
    assert_eq!(by_signature["open"], true, "{by_signature:#}");
    [stopped, open, reviews, signed, approvers]
}

/// `idp fetch` from a provider on this machine.
fn fetched(policies: &str) -> Value {
    let write = |path: &str, text: String| std::fs::write(format!("{policies}/{path}"), text).expect("writable");
    said(&["init", policies]);
    let org = std::fs::read_to_string(format!("{policies}/orgs/acme/org.kdl")).expect("readable");
    let (before, rest) = org.split_once("oidc {").expect("a connection");
    let after = rest.split_once('}').expect("its end").1;
    let saml = "saml { entity-id \"http://www.okta.com/exk1acme0000\"; metadata \"okta.xml\"; }";
    write("orgs/acme/org.kdl", format!("{before}{saml}{after}"));
    write("environments/dev.kdl", "environment \"dev\" { base-url \"http://localhost:8080\"; }\n".to_owned());
    let metadata = std::fs::read_to_string(root().join("tests/ui/metadata/okta.xml")).expect("metadata");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let from = format!("http://{}/metadata", listener.local_addr().expect("an address"));
    let provider = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        std::io::Read::read(&mut stream, &mut [0; 4096]).expect("a request");
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", metadata.len());
        std::io::Write::write_all(&mut stream, (head + &metadata).as_bytes()).expect("an answer");
    });
    let document = said(&["idp", "fetch", "acme/okta", "--from", &from, "--workspace", policies]);
    provider.join().expect("it has answered");
    document
}

/// A member, a stranger and an operator meet a gate that runs.
async fn listeners() -> BTreeSet<String> {
    let mut house = House::build(1).await;
    house.start();
    let client = client();
    let mut ada = Visitor::new(&client, &house, 0, "ada");
    ada.sign_in(&house, &["admins"]).await.expect("she gets in");
    let mut documents = vec![parse(&ada.get("/session").await.expect("an answer").text().await.expect("text"))];

    let code = refused_with_a_code(&client, &house).await;
    for path in ["/v1/bundle", "/v1/orgs/w0/members", "/v1/orgs/w0/domains", &format!("/v1/trace/{code}")] {
        documents.push(parse(&house.admin(path).await));
    }
    documents.push(trail(&house).await);
    documents.extend(deployed(&house));
    std::fs::write(house.at("bundle"), "nonsense").expect("writable");
    documents.push(until_refused(&house).await);
    documents.extend(records(&house).await);
    documents.iter().map(hold).collect()
}

/// `deploy` of another sequence, `status` and `diff` of what runs then.
fn deployed(house: &House) -> [Value; 8] {
    let (runtime, bundle, workspace) = (house.admin_url(), house.at("bundle"), house.at("workspace"));
    let ask = |words: &[&str]| {
        parse(&house.run("gatewright", &[words, &["--runtime", &runtime, "--output", "json"]].concat()))
    };
    house.publish(2);
    let deployed = ask(&["deploy", &bundle]);
    assert_eq!(deployed["running"]["sequence"], 2, "{deployed:#}");
    let members = house.at("members.json");
    let taken = ask(&["snapshot", "--out", &members]);
    assert_eq!((&taken["members"], &taken["unrecorded"]), (&json!(1), &json!(0)), "{taken:#}");
    let snapshot = parse(&std::fs::read_to_string(&members).expect("it was written"));
    let compared = ask(&["diff", "running:dev", "--workspace", &workspace]);
    let listed = ask(&["why", "ada@w0.example", "--workspace", &workspace]);
    assert_eq!(listed["people"][0]["outcome"], "admit", "{listed:#}");
    assert!(listed["people"][0]["steps"][0]["line"].is_number(), "the workspace is what runs: {listed:#}");
    let later = ask(&["why", "ada@w0.example", "--org", "w0", "--at", "2126-01-01"]);
    assert_eq!(later["people"][0]["sessions"][0]["over"], "absolute", "{later:#}");
    [listed, later, deployed, ask(&["status"]), ask(&["status", &bundle]), compared, taken, snapshot]
}

/// Somebody whose address lies elsewhere, and the support code on their page.
async fn refused_with_a_code(client: &reqwest::Client, house: &House) -> String {
    house.idps[0].person(json!({ "sub": "m", "email": "m@evil.example", "email_verified": true, "groups": [] }));
    let begun = client.get(format!("{}/sso/w0/main/start", house.base_url())).send().await.expect("an answer");
    let header = |name: &str| begun.headers()[name].to_str().expect("text").to_owned();
    let flow = header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let query = house.idps[0].browse(&header("location"));
    let callback = format!("{}/sso/w0/main/callback?{query}", house.base_url());
    let page = client.get(callback).header("cookie", flow).send().await.expect("an answer").text().await.expect("text");
    let (_, code) = page.split_once("GW-").unwrap_or_else(|| panic!("no support code: {page}"));
    format!("GW-{}", code.chars().take("XXXX-XXXX-XXXX-XXXX".len()).collect::<String>())
}

/// The export of one chain with a checkpoint: both documents, and what `audit verify` says of them.
async fn trail(house: &House) -> Value {
    std::fs::write(house.at("acme.jsonl"), house.admin("/v1/orgs/w0/audit").await).expect("writable");
    std::fs::write(house.at("checkpoint"), house.admin("/v1/checkpoint").await).expect("writable");
    let verdict =
        said(&["audit", "verify", &house.at("acme.jsonl"), "--checkpoint", &house.at("checkpoint"), "--org", "w0"]);
    assert_eq!(verdict["sound"], true, "{verdict:#}");
    // Another chain under the same name is not sound, and of the same schema.
    std::fs::write(house.at("cut.jsonl"), house.admin("/v1/audit").await).expect("writable");
    let unsound =
        said(&["audit", "verify", &house.at("cut.jsonl"), "--checkpoint", &house.at("checkpoint"), "--org", "w0"]);
    assert_eq!((unsound["sound"].as_bool(), hold(&unsound).as_str()), (Some(false), "audit-verify"));
    verdict
}

async fn records(house: &House) -> Vec<Value> {
    let lines = [house.admin("/v1/orgs/w0/audit").await, house.admin("/v1/audit").await].concat();
    assert!(
        lines.lines().any(|line| line.contains("\"sealed\"")) && lines.lines().any(|line| !line.contains("\"sealed\""))
    );
    lines.lines().map(parse).chain([parse(&house.admin("/v1/checkpoint").await)]).collect()
}

async fn until_refused(house: &House) -> Value {
    for _ in 0..100 {
        let status = parse(&house.admin("/v1/bundle").await);
        if !status["refused"].is_null() {
            return status;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the gate did not look at its bundle")
}

#[test]
fn schemas_are_strict() {
    let audit = json!({
        "schema": "gatewright.audit/1", "stream": "platform", "sequence": 1, "time": "2026-11-24T09:00:00Z", "at": 1_795_510_800,
        "event": "started", "fields": {"version": "0.1.0"}, "previous": "0".repeat(64), "hash": "a".repeat(64),
    });
    assert_eq!(refused(&audit, "audit"), None);
    for (name, value) in [
        ("more", json!(1)),
        ("schema", json!("gatewright.audit/2")),
        ("sequence", json!(0)),
        ("hash", json!("A")),
        ("stream", json!("org/../x")),
        ("sealed", json!("00")),
        ("fields", json!({"Version": "1"})),
        ("fields", json!({"version": 1})),
    ] {
        let mut other = audit.clone();
        other[name] = value;
        assert!(refused(&other, "audit").is_some(), "{other}");
    }
}

/// Every example that names a schema, in the pages that people copy from.
#[test]
fn examples_of_the_pages_are_of_their_schema() {
    let mut held = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("readable");
        let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("\n```").next());
        for example in blocks.map(parse) {
            hold(&example);
            held += 1;
        }
    }
    assert!(held >= 6, "{held} examples");
}

fn pages() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(root().join("docs")).expect("docs");
    folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .collect()
}
