//! Release: the command line as one static binary in an archive, and its SHA-256 beside it.
//!
//! Reads the sources as cargo locks them; writes `gatewright-VERSION-TARGET.tar.gz` and the same name with `.sha256`.
//! Invariant: the same binary gives the same archive: sorted, of no owner, of no time, with one level of compression.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::run::{cargo, command, output, root, run, target};

/// Puts the C library into the binary.
const STATIC: &str = "-Ctarget-feature=+crt-static";
const PAGES: &[&str] = &["LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// `dev` builds faster, for tests of the archive; what people get is `release`.
pub(crate) fn release(profile: &str) -> Result<(), String> {
    let triple = triple()?;
    run(cargo(&["build", "--locked", "--profile", profile, "--package", "gatewright", "--target", &triple])
        .env("CARGO_ENCODED_RUSTFLAGS", flags()))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let binary = target().join(&triple).join(folder).join("gatewright");
    let archive = packed(&binary, &format!("gatewright-{}-{triple}", env!("CARGO_PKG_VERSION")))?;
    eprintln!("xtask: wrote {}", archive.display());
    Ok(())
}

/// Of the compiler, as cargo takes them: no folder of this machine stands in the binary.
fn flags() -> OsString {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let registry = std::env::var_os("CARGO_HOME").map_or_else(|| Path::new(&home).join(".cargo"), PathBuf::from);
    let mut flags = OsString::from(STATIC);
    for (folder, name) in [(root(), "gatewright"), (registry, "cargo")] {
        flags.push("\u{1f}--remap-path-prefix=");
        flags.push(folder);
        flags.push("=");
        flags.push(name);
    }
    flags
}

/// The machine's own, as the compiler names it. `crt-static` means something on Linux alone.
fn triple() -> Result<String, String> {
    let said = output(&mut command("rustc", &["--version", "--verbose"])).ok_or("cannot ask `rustc` for its host")?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("`rustc` names no host")?;
    if host.contains("-linux-") {
        Ok(host.to_owned())
    } else {
        Err(format!("`{host}` has no static binary; use Linux"))
    }
}

/// `target/archives/NAME.tar.gz` with one folder NAME in it.
fn packed(binary: &Path, name: &str) -> Result<PathBuf, String> {
    let archives = target().join("archives");
    let folder = archives.join(name);
    let failed = |path: &Path, error: &std::io::Error| format!("{}: {error}", path.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    }
    std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let pages = PAGES.iter().map(|page| root().join(page));
    for from in pages.chain([binary.to_path_buf()]) {
        let to = folder.join(from.file_name().unwrap_or_default());
        std::fs::copy(&from, to).map_err(|error| failed(&from, &error))?;
    }
    let archive = format!("{name}.tar.gz");
    run(shell(PACK, name).current_dir(&archives))?;
    Ok(archives.join(archive))
}

/// `$1` is the folder. GNU tar; modes as a careful umask leaves them.
const PACK: &str = r#"
set -eu
tar --create --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX "$1" |
    gzip --no-name --best > "$1.tar.gz.new"
mv "$1.tar.gz.new" "$1.tar.gz"
sha256sum "$1.tar.gz" > "$1.tar.gz.sha256"
"#;

fn shell(script: &str, word: &str) -> std::process::Command {
    command("sh", &["-c", script, "sh", word])
}
