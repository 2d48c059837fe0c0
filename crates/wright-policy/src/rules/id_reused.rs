//! Id reused (GW0107): an organisation with the id of one that is gone would inherit whatever still bears it.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const ID_REUSED: Code = error(107, "id-reused");

pub(super) const CHECK: Check = Check::new(&[ID_REUSED], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        let Some(retired) = policy.governance.retired.get(&org.id) else { continue };
        let message = format!("org `{}` was retired on {}; ids are never reused", org.id, retired.on);
        Finding::new(ID_REUSED, org.written.at, message)
            .mark("the id of one that is gone")
            .also(retired.at, "retired here")
            .help("choose another id, for the folder too")
            .path(&org.written.path)
            .report(sink);
    }
}
