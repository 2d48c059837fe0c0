//! Write: the files that change, each put in place whole. What fails does not keep the others from being written.

use wright::Formatting;

use crate::failure::Failure;
use crate::files;
use crate::workspace::DirectoryWorld;

pub(super) fn changed(formatting: &Formatting, world: &DirectoryWorld) -> Result<(), Failure> {
    let write = |(path, text): (&str, &str)| {
        files::rewrite(world.aside(), "the file", &world.place(path), text.as_bytes()).err()
    };
    let mut failures = super::changes(formatting).filter_map(write);
    let Some(first) = failures.next() else { return Ok(()) };
    let others = failures.count();
    Err(if others == 0 { first } else { first.help(format!("and {others} more like it")) })
}
