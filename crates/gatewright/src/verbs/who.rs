//! `who`: who can do something, in every organisation, by the lines that let them.

use std::fmt::Write as _;

use clap::Args;
use gatewright_bundle::program::{Catalogue, Org};
use gatewright_terms::{GroupName, PermissionName, Slug, Trait};
use serde_json::{Value, json};
use wright::{Compiled, Way, Who as Whom, compile, ways};

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::style::plain;
use crate::verbs::bundle::parse_environment;
use crate::verbs::{check, choose};

/// Show who can do something
///
/// Lists every line by which somebody has the permission: owners, grants to groups and domains, the default project. Who is
/// in a group only the provider knows. Whoever is in a blocked group can nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright who billing.write\n  gatewright who model.deploy --org acme --output json"
)]
pub(crate) struct Who {
    /// The permission, as the catalogue calls it
    permission: String,
    /// In this organisation alone
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// The environment [default: the only one, else `production`]
    #[arg(long, value_name = "ENV", value_parser = parse_environment)]
    environment: Option<Slug>,
}

impl Who {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let outcome = compile(&context.workspace(None)?, check::threads(), context.as_of());
        check::refuse_unreadable(&outcome.unreadable)?;
        let environment = choose::environment(self.environment.as_ref(), &outcome)?;
        let Some(compiled) = outcome.programs.get(environment) else {
            return Ok(
                check::report(&outcome, context)?.hint("the policy has to be right before anybody can do anything")
            );
        };
        let permission = find(&self.permission, &compiled.program.catalogue)?;
        let orgs: Vec<&Org> = match &self.org {
            Some(wanted) => vec![choose::org(wanted, &compiled.program)?],
            None => compiled.program.orgs.iter().collect(),
        };
        let all: Vec<(&Org, Vec<Way>)> = orgs
            .into_iter()
            .map(|org| (org, ways(&compiled.program, org, permission)))
            .filter(|(_, ways)| !ways.is_empty())
            .collect();
        if context.wants_json() {
            return Ok(Report::done(context::json(&json!({
                "schema": "gatewright.who/1",
                "environment": environment.as_str(),
                "permission": permission.as_str(),
                "orgs": all.iter().map(|(org, ways)| of_org(org, ways, compiled)).collect::<Vec<_>>(),
            }))?));
        }
        Ok(Report::done(human(permission, &all, compiled, context)))
    }
}

fn find<'c>(wanted: &str, catalogue: &'c Catalogue) -> Result<&'c PermissionName, Failure> {
    let names = || catalogue.permissions.iter().map(|permission| &permission.name);
    names().find(|name| name.as_str() == wanted).ok_or_else(|| {
        let failure = Failure::usage(format!("the catalogue has no permission `{}`", plain(wanted)));
        match wright_syntax::suggest(wanted, names().map(PermissionName::as_str)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`permission \"…\"` lines of the platform's files name them all"),
        }
    })
}

fn human(permission: &PermissionName, all: &[(&Org, Vec<Way>)], compiled: &Compiled, context: &Context) -> String {
    let style = context.style();
    if all.is_empty() {
        return format!("nobody can `{permission}`\n");
    }
    let mut body = String::new();
    for (org, ways) in all {
        let _ = writeln!(body, "{}", style.bold(&org.id));
        for way in ways {
            let on = way.project.as_ref().map(|project| format!(" on `{project}`")).unwrap_or_default();
            let place = compiled.provenance.of(&way.path).filter(|origin| origin.line > 0);
            let place = place.map(|origin| format!("   {}:{}", origin.file, origin.line)).unwrap_or_default();
            let who = plain(&words(&way.who)) + &through(org, &way.who);
            let _ = writeln!(body, "  {who} as `{}`{on}{}", way.role, style.dim(plain(&place)));
        }
        let blocked: Vec<String> =
            org.blocked_groups.iter().map(|group| format!("`{}`", plain(group.as_str()))).collect();
        if !blocked.is_empty() {
            let _ = writeln!(body, "  {}", style.dim(format!("except whoever is in {}", blocked.join(", "))));
        }
    }
    body
}

/// Of which connection, where the organisation has several.
fn through(org: &Org, who: &Whom) -> String {
    match who {
        Whom::Having { connection, .. } if org.has_several_connections() => format!(" of `{connection}`"),
        Whom::Having { .. } | Whom::Owner(_) | Whom::EveryoneIn(_) | Whom::EveryMember => String::new(),
    }
}

fn words(who: &Whom) -> String {
    match who {
        Whom::Owner(owner) => format!("owner `{owner}`"),
        Whom::Having { what: Trait::Group(group), .. } => format!("group `{group}`"),
        Whom::Having { what: Trait::Attribute(attribute), .. } => format!("attribute `{attribute}`"),
        Whom::EveryoneIn(domain) => format!("everyone in `{domain}`"),
        Whom::EveryMember => "every member".to_owned(),
    }
}

fn of_org(org: &Org, ways: &[Way], compiled: &Compiled) -> Value {
    let row = |way: &Way| {
        let (through, who) = match &way.who {
            Whom::Owner(owner) => ("owner", Some(owner.to_string())),
            Whom::Having { what, .. } => {
                (if what.group().is_some() { "group" } else { "attribute" }, Some(what.to_string()))
            }
            Whom::EveryoneIn(domain) => ("everyone-in", Some(domain.to_string())),
            Whom::EveryMember => ("default-project", None),
        };
        let connection = if let Whom::Having { connection, .. } = &way.who { Some(connection) } else { None };
        let place = compiled.provenance.of(&way.path).filter(|origin| origin.line > 0);
        json!({
            "through": through,
            "who": who,
            "connection": connection.map(Slug::as_str),
            "role": way.role.as_str(),
            "project": way.project.as_ref().map(Slug::as_str),
            "path": way.path,
            "file": place.map(|origin| &*origin.file),
            "line": place.map(|origin| origin.line),
        })
    };
    json!({
        "org": org.id.as_str(),
        "ways": ways.iter().map(row).collect::<Vec<_>>(),
        "blocked": org.blocked_groups.iter().map(GroupName::as_str).collect::<Vec<_>>(),
    })
}
