//! Determinism (ST-BUN-01): the reference workspace, one digest, whatever surrounds the compiler.
//!
//! The library's own test varies file order and threads a hundred times; here are processes: time zone, locale, mask,
//! folder, path, the date that is judged by, and the order and time in which the files came to be.

use std::fs;
use std::path::Path;

use crate::support::{Place, ran};

/// Time zone, locale, mask, folder of the copy, date.
const SURROUNDINGS: [(&str, &str, &str, &str, &str); 8] = [
    ("UTC", "C", "022", "a", "1970-01-01"),
    ("Pacific/Kiritimati", "en_US.UTF-8", "000", "another/place", "1999-12-31T23:59:59Z"),
    ("America/Adak", "tr_TR.UTF-8", "077", "ümläut", "2026-11-24T10:00:00+01:00"),
    ("Asia/Kathmandu", "zh_CN.GB18030", "027", "with space", "2027-02-28"),
    ("Europe/Zurich", "de_CH.UTF-8", "002", "e/e/e/e/e/e/e/e", "2038-01-19T03:14:08Z"),
    ("Nonsense/Zone", "xx_XX", "022", "f", "2100-02-28"),
    (":/etc/passwd", "POSIX", "022", "g", "2400-02-29"),
    ("<+99>-99", "ar_EG.UTF-8", "022", "h", "9999-12-30"),
];

#[test]
fn st_bun_01_one_digest_in_every_surrounding() {
    let place = Place::new();
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let compile = |(zone, locale, mask, folder, date): (&str, &str, &str, &str, &str), turn: usize| {
        copy(&reference, &place.path(folder), turn);
        let out = place.path(&format!("{turn}.bundle"));
        let program = env!("CARGO_BIN_EXE_gatewright");
        let script = format!(
            "umask {mask} && exec {program} compile --environment production --out \"$1\" --output json --as-of {date}"
        );
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &script, "sh"]).arg(&out).current_dir(place.path(folder));
        command.env_clear().env("TZ", zone).env("LANG", locale).env("LC_ALL", locale);
        let digest = ran(command).exits(0).json()["digest"].clone();
        (digest, fs::read(&out).unwrap(), fs::read(place.path(&format!("{turn}.bundle.provenance.json"))).unwrap())
    };
    let first = compile(SURROUNDINGS[0], 0);
    for (turn, surrounding) in SURROUNDINGS.into_iter().enumerate().skip(1) {
        assert_eq!(first, compile(surrounding, turn), "{surrounding:?}");
    }
}

/// Copies a folder; in odd turns its files come to be in the opposite order.
fn copy(from: &Path, to: &Path, turn: usize) {
    fs::create_dir_all(to).unwrap();
    let mut names: Vec<_> = fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    if turn % 2 == 1 {
        names.reverse();
    }
    for name in names {
        let target = to.join(name.file_name().unwrap());
        if name.is_dir() {
            copy(&name, &target, turn);
        } else {
            fs::copy(&name, target).unwrap();
        }
    }
}
