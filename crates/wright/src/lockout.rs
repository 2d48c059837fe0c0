//! GW1411 lockout: an organisation that nobody could administer.
//!
//! Reads the lockouts that [`crate::prove`] found in one environment; gives a diagnostic for each organisation. What two
//! environments say alike the sink folds into one.

use std::sync::Arc;

use gatewright_terms::Refusal;
use wright_policy::{Provenance, Workspace};
use wright_syntax::diagnostic::{Code, Diagnostic, Severity};

use crate::places::Places;
use crate::proven::Lockout;

/// No owner and no admin of an organisation can sign in.
pub const LOCKOUT: Code = Code { number: 1411, slug: "lockout", severity: Severity::Error };

/// What `gatewright explain GW1411` says.
pub(crate) const LOCKOUT_PAGE: &str = include_str!("lockout.md");

/// One diagnostic for each organisation, at its owners, or at itself where it has none.
pub(crate) fn report(lockouts: &[Lockout], provenance: &Provenance, workspace: &Workspace) -> Vec<Diagnostic> {
    let places = Places { provenance, workspace };
    lockouts.iter().map(|lockout| diagnostic(lockout, &places)).collect()
}

fn diagnostic(lockout: &Lockout, places: &Places<'_>) -> Diagnostic {
    let path = format!("org[{}]", lockout.org);
    let owners = lockout.owners.iter().map(|(owner, refusal)| (format!("{path}.owner[{owner}]"), *refusal));
    let lines = owners.chain(lockout.admins.iter().cloned());
    let mut marks: Vec<_> = lines.filter_map(|(line, refusal)| Some((places.of(&line)?, says(refusal)))).collect();
    if marks.is_empty() {
        let nobody = lockout.owners.is_empty() && lockout.admins.is_empty();
        let text = if nobody { "names no owner and grants no admin" } else { "none of its owners and admins gets in" };
        marks.push((places.of(&path).unwrap_or_else(|| places.manifest()), text.to_owned()));
    }
    Diagnostic {
        code: LOCKOUT,
        message: format!("`{}` would have no owner and no admin who can sign in", lockout.org),
        primary: marks.remove(0),
        related: marks,
        help: Some(first_refusal(lockout).map_or_else(nobody_named, refused)),
        fix: None,
        path: Arc::from(path),
        org: Some(Arc::from(lockout.org.as_str())),
    }
}

fn says(refusal: Refusal) -> String {
    if refusal == Refusal::NoGrant {
        return "gets in, and administers nothing".to_owned();
    }
    format!("would be refused: {refusal}")
}

fn first_refusal(lockout: &Lockout) -> Option<Refusal> {
    let owner = lockout.owners.first().map(|(_, refusal)| *refusal);
    owner.or_else(|| lockout.admins.first().map(|(_, refusal)| *refusal))
}

fn nobody_named() -> String {
    "add `owner \"…\"` with an address in one of its domains, or grant `admin` to a group".into()
}

fn refused(refusal: Refusal) -> String {
    format!("the gate would refuse all of them; `gatewright explain {refusal}` says why, and what to do")
}

#[cfg(test)]
mod tests {
    use gatewright_terms::{EmailAddress, OrgId};
    use wright_policy::{MANIFEST, Origin};
    use wright_syntax::source::Span;

    use super::*;

    #[test]
    fn every_owner_is_marked_with_its_reason() {
        let text = "org \"acme\" {\n    owner \"a@x.example\"\n    owner \"b@x.example\"\n}\n";
        let workspace = Workspace::new([("orgs/acme/org.kdl".to_owned(), text.as_bytes().to_vec())], []);
        let origin = |path: &str, line| Origin { path: path.into(), file: "orgs/acme/org.kdl".into(), line };
        let origins = vec![
            origin("org[acme]", 1),
            origin("org[acme].owner[a@x.example]", 2),
            origin("org[acme].owner[b@x.example]", 3),
        ];
        let owner = |text| (EmailAddress::parse(text).unwrap(), Refusal::DomainNotOurs);
        let lockout = Lockout {
            org: OrgId::parse("acme").unwrap(),
            owners: vec![owner("a@x.example"), owner("b@x.example")],
            admins: vec![],
        };
        let found = report(std::slice::from_ref(&lockout), &Provenance { origins }, &workspace).remove(0);
        let marked = |span: Span| text.get(span.start as usize..span.end as usize).unwrap();
        assert_eq!(marked(found.primary.0), "owner \"a@x.example\"");
        assert_eq!(marked(found.related[0].0), "owner \"b@x.example\"");
        assert_eq!(found.primary.1, "would be refused: domain-not-ours");
        // Without provenance the manifest is where it is said.
        let lost = report(&[lockout], &Provenance { origins: vec![] }, &workspace).remove(0);
        assert_eq!(&*workspace.source(lost.primary.0.file).unwrap().path, MANIFEST);
    }
}
