//! Org: the lines of one organisation.

use gatewright_bundle::program::{
    Catalogue, Join, Org, Program, Project, SessionRules, Stage, StepUp, Visibility, WhenFull,
};
use wright_policy::spell;

use super::connection;
use super::defence::{at_most, tolerance, word};
use super::{Lines, Pen};
use crate::diff::fact::at;

pub(super) fn lines(org: &Org, program: &Program) -> Lines {
    let mut lines = Lines::new();
    // Domains, grants and blocks are said where people gain or lose by them.
    let Org {
        id,
        name,
        plan,
        time_zone,
        domains: _,
        owners,
        connections,
        join,
        stage,
        projects,
        default_project,
        grants: _,
        blocked_groups: _,
        session,
        step_ups,
    } = org;
    let mut pen = Pen { lines: &mut lines, path: format!("org[{id}]") };
    pen.label(".name", name);
    // Laws choose organisations by their plan.
    pen.defence(".plan", plan, 0);
    pen.label(".time-zone", time_zone);
    for owner in owners {
        // That there is such an owner is said elsewhere; this is how the address is spelt.
        pen.label(&format!(".owner[{}].address", owner.mailbox_key()), owner);
    }
    for one in connections {
        connection::note(one, &program.environment, &mut pen.below(format!(".connection[{}]", one.slug)));
    }
    match join {
        Join::JustInTime => pen.label(".join", "jit"),
    }
    of_stage(*stage, &mut pen);
    for project in projects {
        of_project(project, &mut pen);
    }
    if let Some(project) = default_project.and_then(|project| at(projects, project)) {
        pen.label(".default-project", &project.slug);
    }
    of_session(session, &mut pen.below(".session"));
    for step_up in step_ups {
        of_step_up(step_up, &program.catalogue, &mut pen);
    }
    lines
}

/// Under `test` nobody gets in; under `optional` other ways in stay open.
fn of_stage(stage: Stage, pen: &mut Pen<'_>) {
    match stage {
        Stage::Test => pen.closed(".stage", word(stage)),
        Stage::Optional => pen.defence(".stage", word(stage), -1),
        Stage::Required => pen.defence(".stage", word(stage), 0),
    }
}

fn of_project(project: &Project, pen: &mut Pen<'_>) {
    // Its default role is said where people gain or lose by it; what it is worth is the default project's alone.
    let Project { slug, name, visibility, default_role } = project;
    let mut pen = pen.below(format!(".project[{slug}]"));
    pen.label("", "");
    pen.label(".name", name);
    let strength = match visibility {
        Visibility::Open => 0,
        Visibility::Closed => 1,
        Visibility::Private => 2,
    };
    pen.defence(".visibility", word(visibility), strength);
    pen.label(".has-default-role", default_role.is_some());
}

fn of_session(session: &SessionRules, pen: &mut Pen<'_>) {
    let SessionRules { idle, absolute, concurrent, when_full, max_authentication_age } = session;
    pen.defence(".idle", spell(idle.0), at_most(*idle));
    pen.defence(".absolute", spell(absolute.0), at_most(*absolute));
    pen.defence(".concurrent", concurrent, tolerance(*concurrent));
    let strength = match when_full {
        WhenFull::EndOldest => 0,
        WhenFull::Refuse => 1,
    };
    pen.defence(".when-full", word(when_full), strength);
    if let Some(age) = max_authentication_age {
        pen.defence(".max-authentication-age", spell(age.0), at_most(*age));
    }
}

fn of_step_up(step_up: &StepUp, catalogue: &Catalogue, pen: &mut Pen<'_>) {
    let StepUp { permission, within, acr } = step_up;
    let Some(permission) = at(&catalogue.permissions, *permission) else { return };
    let mut pen = pen.below(format!(".step-up[{}]", permission.name));
    pen.defence(".within", spell(within.0), at_most(*within));
    if let Some(acr) = acr {
        pen.defence(".acr", acr, 1);
    }
}
