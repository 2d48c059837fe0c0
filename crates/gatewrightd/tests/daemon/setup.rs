//! Setup: `keys init`, `token create`, `check-config`, and the words of the command line.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use crate::home::{Home, gatewrightd, mode};

#[test]
fn keys_init_makes_what_is_missing_privately_and_replaces_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = dir.path().join("deep/secrets");
    let init = || crate::home::ended(&gatewrightd().args(["keys", "init"]).arg(&secrets).output().unwrap());
    let made = init();
    assert_eq!((made.code, made.out.lines().count()), (0, 6), "{made:?}");
    assert_eq!((mode(&secrets), mode(&secrets.join("keys"))), (0o700, 0o700));
    let names = ["client.pem", "assertion.pem", "checkpoint.pem", "audit.key", "saml.key", "saml.crt"];
    let read = || names.map(|name| std::fs::read(secrets.join("keys").join(name)).unwrap());
    let before = read();
    for name in names {
        assert_eq!(mode(&secrets.join("keys").join(name)), 0o600, "{name}");
    }
    std::fs::set_permissions(&secrets, Permissions::from_mode(0o755)).unwrap();
    let again = init();
    assert_eq!((again.code, mode(&secrets)), (0, 0o700));
    assert!(again.out.starts_with("every key is there already"), "{again:?}");
    assert_eq!(read(), before);
    std::fs::remove_file(secrets.join("keys/client.pem")).unwrap();
    let one = init();
    assert!(
        one.out.starts_with("made ") && one.out.ends_with("client.pem\n") && one.out.lines().count() == 1,
        "{one:?}"
    );
    assert_eq!(read()[1..], before[1..]);
    // A key without its certificate is no reason to make another one.
    for (gone, other) in [("saml.key", "saml.crt"), ("saml.crt", "saml.key")] {
        std::fs::rename(secrets.join("keys").join(gone), secrets.join("away")).unwrap();
        let half = init();
        assert!(half.code == 2 && half.err.contains(gone) && half.err.contains(other), "{half:?}");
        std::fs::rename(secrets.join("away"), secrets.join("keys").join(gone)).unwrap();
    }
    assert_eq!(read()[1..], before[1..]);
}

#[test]
fn token_create_prints_the_token_last_and_refuses_nonsense() {
    let home = Home::new();
    let store = format!("sqlite:{}", home.path("gate.db").display());
    let made =
        home.command(&["token", "create", "ops", "--scope", "read,members", "--scope", "deploy", "--store", &store]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(made.out.lines().last().unwrap().len(), 43);
    let stored = std::fs::read(home.path("gate.db")).unwrap();
    let token = made.out.trim().as_bytes();
    assert!(!stored.windows(token.len()).any(|window| window == token), "only its hash is stored");
    for arguments in [
        &["token", "create", "ops", "--scope", "read", "--store", &store][..],
        &["token", "create", "Ops", "--scope", "read", "--store", &store],
        &["token", "create", "x", "--scope", "write", "--store", &store],
        &["token", "create", "x", "--store", &store],
        &["token", "create", "x", "--scope", "read", "--store", "postgres://x"],
        &["token", "create", "x", "--scope", "read", "--store", ""],
    ] {
        let refused = home.command(arguments);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{arguments:?} {refused:?}");
    }
    let away = home.command(&["token", "create", "x", "--scope", "read", "--store", "sqlite:/nowhere/at/all/gate.db"]);
    assert_eq!(away.code, 6, "{away:?}");
}

#[test]
fn check_config_says_what_it_would_do_and_where_each_value_stands() {
    let home = Home::new();
    let mut command = gatewrightd();
    let file = format!("listen = \"127.0.0.1:9\"\nbundle = \"{}\"\n", home.path("bundle").display());
    std::fs::write(home.path("gatewrightd.toml"), file).unwrap();
    command.arg("check-config").args(["--environment", "dev"]).current_dir(home.dir.path());
    command.env("GATEWRIGHTD_TRUST", home.path("trust")).env("GATEWRIGHTD_SECRETS", home.path("secrets"));
    command.env("GATEWRIGHTD_TRUSTED_PROXY", "10.0.0.0/8, ::1").env("GATEWRIGHTD_PORT", "tcp://10.0.0.1:80");
    let told = crate::home::ended(&command.output().unwrap());
    assert_eq!(told.code, 0, "{told:?}");
    for line in [
        "environment = dev   (from the command line)",
        "listen = 127.0.0.1:9   (from gatewrightd.toml)",
        "admin-listen = 127.0.0.1:8081   (the default)",
        "trusted-proxy = ::1   (from GATEWRIGHTD_TRUSTED_PROXY)",
    ] {
        assert!(told.out.lines().any(|told| told == line), "{line}\n{}", told.out);
    }
    assert!(told.out.contains("would serve http://127.0.0.1:8080 with bundle sha256:"), "{}", told.out);
    assert!(!home.path("bundle.highest-dev").exists(), "nothing was accepted");
}

#[test]
fn what_is_written_wrongly_is_exit_2() {
    let home = Home::new();
    for arguments in
        [&["--nonsense"][..], &["serve"], &["keys"], &["token"], &["--listen"], &["--environment", ""], &[]]
    {
        let refused = home.command(arguments);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{arguments:?} {refused:?}");
        assert!(!refused.err.is_empty());
    }
    assert_eq!(home.command(&["--help"]).code, 0);
    assert_eq!(home.command(&["--version"]).code, 0);
}
