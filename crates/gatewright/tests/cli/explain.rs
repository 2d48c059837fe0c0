//! Explain: every page is found by the name under which people meet it.

use crate::support::Place;

#[test]
fn every_page_is_listed_with_its_kind() {
    let json = Place::new().run(&["explain", "--all", "--output", "json"]).exits(0).json();
    let pages = json["pages"].as_array().unwrap();
    for kind in ["code", "word", "refusal"] {
        assert!(pages.iter().any(|page| page["kind"] == kind), "{kind}");
    }
    for page in pages {
        let text = page["text"].as_str().unwrap();
        assert!(text.len() > 20 && !page["title"].as_str().unwrap().is_empty(), "{page}");
    }
    for name in ["GW0101", "GW1411", "GW1401", "GW1409", "no-grant", "domain-not-proved"] {
        assert!(pages.iter().any(|page| page["name"] == name), "{name}");
    }
}

#[test]
fn every_name_leads_to_its_page() {
    let place = Place::new();
    let all = place.run(&["explain", "--all", "--output", "json"]).json();
    // A process for each page would take long; one of each kind stands for the rest, and codes by three names.
    for topic in ["GW1411", "gw1411", "1411", "lockout", "GW1401", "no-grant", "grant"] {
        let found = place.run(&["explain", topic, "--output", "json"]).exits(0).json();
        let page = &found["pages"][0];
        assert!(all["pages"].as_array().unwrap().contains(page), "{topic}");
    }
}

#[test]
fn an_unknown_topic_suggests_what_may_be_meant() {
    let place = Place::new();
    insta::assert_snapshot!(place.run(&["explain", "no-grnat"]).exits(2).whole());
    insta::assert_snapshot!(place.run(&["explain", "\u{1b}[2Jx"]).exits(2).whole());
    place.run(&["explain"]).exits(2);
    place.run(&["explain", "no-grant", "--all"]).exits(2);
}

#[test]
fn a_page_reads_well() {
    let place = Place::new();
    insta::assert_snapshot!(place.run(&["explain", "domain-not-proved"]).exits(0).stdout);
    insta::assert_snapshot!(place.run(&["explain", "GW1401"]).exits(0).stdout);
    insta::assert_snapshot!(place.run(&["explain", "lockout"]).exits(0).stdout);
}

/// No policy raises these; a file that is verified does, or a change that is reviewed: each is shown to a person in some test.
#[test]
fn every_code_that_no_policy_raises_has_a_snapshot_of_what_the_terminal_shows() {
    let shown: String = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/snapshots"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let json = Place::new().run(&["explain", "--all", "--output", "json"]).exits(0).json();
    let of_policies: Vec<String> = wright::codes().iter().map(|code| format!("GW{:04}", code.number)).collect();
    let codes = json["pages"].as_array().unwrap().iter().filter(|page| page["kind"] == "code");
    let of_bundles: Vec<&str> = codes
        .map(|page| page["name"].as_str().unwrap())
        .filter(|name| !of_policies.iter().any(|known| known == name))
        .collect();
    assert!(of_bundles.len() >= 4, "{of_bundles:?}");
    for code in of_bundles {
        let (failed, stopped) = (format!("error[{code}]: "), format!(" {code}\n"));
        assert!(shown.contains(&failed) || shown.contains(&stopped), "{code} is in no snapshot");
    }
}
