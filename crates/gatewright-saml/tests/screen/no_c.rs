//! No C: nothing that this crate is linked with is written in C, opens a socket or reads a clock by itself.

use std::process::Command;

fn tree(edges: &str) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--offline",
            "-p",
            "gatewright-saml",
            "--edges",
            edges,
            "--prefix",
            "none",
            "--format",
            "{p}|{l}",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo tree");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names");
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// ST-SAML-02: the crates that read strangers' bytes hold no C.
#[test]
fn st_saml_02_the_crate_holds_no_c() {
    let normal = tree("normal");
    assert!(normal.iter().any(|name| name == "base64") && normal.len() > 5, "{normal:?}");
    for name in tree("normal,build") {
        let is_c = name.ends_with("-sys")
            || ["cc", "cmake", "bindgen", "pkg-config", "nasm-rs", "ring", "openssl"].contains(&name.as_str());
        assert!(!is_c, "gatewright-saml is linked with `{name}`");
    }
    for part in ["libxml", "aws-lc", "samael", "xmlsec", "tokio", "mio", "socket2", "quick-xml", "roxmltree"] {
        assert!(!normal.iter().any(|name| name.starts_with(part)), "gatewright-saml is linked with `{part}`");
    }
}
