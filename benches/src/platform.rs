//! Platform: a workspace of many organisations, grown out of `policies/`, and the edits that a pull request makes to it.
//!
//! Invariant: equal numbers give equal bytes.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// Nine of ten organisations use it.
const WORKFORCE: &str = r#"preset "workforce" {
    about "OIDC, members at their first sign-in, the rights of a customer with a platform team"

    param "admins" type="group" default="lumen-admins"

    members "sso" {
        join "jit"
    }

    project "default" {
        name "Default project"
        default-role "viewer"
    }

    default-project "default"

    grant role="admin" group="$admins"
    grant role="editor" project="default" group="ml-research"
    block group="contractors-offboarded"

    session {
        idle "1h"
        absolute "10h"
    }

    step-up "billing.write" within="20m"
}
"#;

/// One of twenty uses it.
const REGULATED: &str = r#"preset "regulated" {
    about "Short sessions, and whatever is grave asks again"

    members "sso" {
        join "jit"
    }

    project "default" {
        name "Default project"
    }

    default-project "default"

    grant role="admin" group="lumen-admins"

    session {
        idle "15m"
        absolute "4h"
    }

    step-up "billing.write" within="5m"
}
"#;

/// Writes the workspace: what `policies` holds, two presets and `orgs` organisations more.
pub(crate) fn write(policies: &Path, root: &Path, orgs: usize) -> io::Result<()> {
    copy(policies, root)?;
    let presets = root.join("presets");
    fs::create_dir_all(&presets)?;
    fs::write(presets.join("workforce.kdl"), WORKFORCE)?;
    fs::write(presets.join("regulated.kdl"), REGULATED)?;
    let metadata = fs::read_to_string(policies.join("orgs/acme/okta-metadata.xml"))?;
    (0..orgs).try_for_each(|n| write_org(root, n, &metadata))
}

/// A group more, for this many organisations that lie far apart.
pub(crate) fn change_orgs(root: &Path, orgs: usize, changed: usize) -> io::Result<()> {
    let step = (orgs / changed.max(1)).max(1);
    (0..orgs).step_by(step).take(changed).try_for_each(|n| {
        let path = root.join(format!("orgs/{}/org.kdl", slug(n)));
        let text = fs::read_to_string(&path)?;
        let added = format!("    grant role=\"developer\" group=\"platform-{n}\"\n}}\n");
        fs::write(&path, text.trim_end().trim_end_matches('}').to_owned() + &added)
    })
}

/// One line of the preset that nine of ten use.
pub(crate) fn change_preset(root: &Path) -> io::Result<()> {
    let path = root.join("presets/workforce.kdl");
    let text = fs::read_to_string(&path)?;
    fs::write(&path, text.replace("within=\"20m\"", "within=\"10m\""))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn slug(n: usize) -> String {
    format!("customer-{n:05}")
}

fn write_org(root: &Path, n: usize, metadata: &str) -> io::Result<()> {
    let folder = root.join("orgs").join(slug(n));
    fs::create_dir_all(&folder)?;
    if of_kind(n) == Kind::Saml {
        let own = metadata.replace("exk1acme0000", &format!("exk{n}"));
        fs::write(folder.join("okta-metadata.xml"), own)?;
    }
    fs::write(folder.join("org.kdl"), org(n))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Workforce,
    Regulated,
    Saml,
}

fn of_kind(n: usize) -> Kind {
    match n % 20 {
        9 => Kind::Regulated,
        19 => Kind::Saml,
        _ => Kind::Workforce,
    }
}

fn org(n: usize) -> String {
    let (slug, mut text) = (slug(n), String::new());
    let _ = write!(
        text,
        "// Customer {n}: whoever changes this file asks the team that is named in it.\n\norg \"{slug}\" {{\n    name \"Customer {n}\"\n    \
         legal-name \"Customer {n}, Incorporated\"\n    plan \"enterprise\"\n    time-zone \"{}\"\n    team \"@lumen/customers-{}\"\n\n",
        ZONES.get(n % ZONES.len()).unwrap_or(&"UTC"),
        n % 40,
    );
    let several = n % 100 == 19;
    let [sign_in, of_labs] = if several { [" sign-in=\"okta\"", " sign-in=\"keycloak\""] } else { [""; 2] };
    let _ = write!(
        text,
        "    // The policy claims the domains; the runtime holds the proofs.\n    domain \"{slug}.example\"{sign_in}\n    domain \"{slug}-labs.example\"{of_labs}\n\n    \
         owner \"ada@{slug}.example\"\n    owner \"grace@{slug}.example\"\n\n{}",
        connections(n, several),
    );
    text.push_str(&rules(n, &slug));
    text
}

const ZONES: [&str; 5] = ["America/New_York", "Europe/Berlin", "Asia/Tokyo", "UTC", "America/Los_Angeles"];

fn connections(n: usize, several: bool) -> String {
    let okta = if of_kind(n) == Kind::Saml {
        format!(
            "    connection \"okta\" {{\n        provider \"okta\"\n        saml {{\n            entity-id \"http://www.okta.example/exk{n}\"\n            \
             metadata \"okta-metadata.xml\"\n            want-signed \"both\"\n        }}\n    }}\n\n"
        )
    } else {
        oidc("okta", &format!("https://customer-{n:05}.okta.com"), n)
    };
    if several { okta + &oidc("keycloak", &format!("https://id.customer-{n:05}.example/realms/main"), n) } else { okta }
}

fn oidc(name: &str, issuer: &str, n: usize) -> String {
    let provider = if name == "okta" { "okta" } else { "generic" };
    format!(
        "    connection \"{name}\" {{\n        provider \"{provider}\"\n        oidc {{\n            issuer \"{issuer}\"\n            client-id \"0oa{n}\"\n        \
         }}\n    }}\n\n"
    )
}

fn rules(n: usize, slug: &str) -> String {
    let connection = if n % 100 == 19 { " connection=\"okta\"" } else { "" };
    let taken_over = match of_kind(n) {
        Kind::Workforce => format!("    use \"workforce\" admins=\"admins-{n}\"\n\n"),
        Kind::Regulated => "    use \"regulated\"\n\n".to_owned(),
        Kind::Saml => format!(
            "    members \"sso\" {{\n        join \"jit\"\n    }}\n\n    project \"default\" {{\n        name \"Default project\"\n    }}\n\n    \
             default-project \"default\"\n\n    grant role=\"admin\" group=\"lumen-admins\"{connection}\n"
        ),
    };
    format!(
        "{taken_over}    project \"research\" {{\n        name \"Research\"\n        visibility \"closed\"\n    }}\n\n    \
         // Everybody gets every grant that matches.\n    grant role=\"developer\" everyone-in=\"{slug}.example\"\n    \
         grant role=\"developer\" everyone-in=\"{slug}-labs.example\"\n    \
         grant role=\"editor\" project=\"research\" group=\"researchers-{n}\"{connection}\n    \
         grant role=\"viewer\" project=\"research\" group=\"finance\"{connection}\n\n    block group=\"former-staff\"\n}}\n"
    )
}
