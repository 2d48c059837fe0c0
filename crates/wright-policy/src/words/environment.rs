//! Words of environments: where things are. Who gets in never stands here.

use super::organisation::{CLIENT_AUTH, ORG};
use super::{Block, Field, Key};
use crate::kind::Kind;

pub(crate) static ENVIRONMENT_FILE: Block = Block {
    word: "",
    key: Key::None,
    fields: &[Field::entry(&ENVIRONMENT).many()],
    reserved: &[],
    about: "One place where the policy is enforced.",
    example: "",
};

static ENVIRONMENT: Block = Block {
    word: "environment",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::fact(
            "base-url",
            Kind::Origin,
            "Where the gate answers, as browsers write it.",
            "base-url \"https://sso.lumen.example\"",
        )
        .required(),
        Field::entry(&APP).many(),
        Field::entry(&SHARED_CLIENT).many(),
        // An overlay: only the fields marked *environment* may stand in it.
        Field::entry(&ORG).many(),
    ],
    reserved: &[],
    about: "Where things are. `dev` is the one environment that may use `http://` on this machine.",
    example: "environment \"production\" {\n    base-url \"https://sso.lumen.example\"\n    app \"console\" origin=\"https://console.lumen.example\"\n}",
};

static APP: Block = Block {
    word: "app",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::property(
            "origin",
            Kind::Origin,
            "Scheme, host and port, as browsers write them.",
            "origin=\"https://console.lumen.example\"",
        )
        .required(),
        Field::property(
            "org",
            Kind::Reference("org"),
            "The one organisation that it serves; all where it is left out.",
            "org=\"acme\"",
        ),
    ],
    reserved: &[],
    about: "An application behind the gate: where forward-auth and `return_to` may lead.",
    example: "app \"console\" origin=\"https://console.lumen.example\"",
};

static SHARED_CLIENT: Block = Block {
    word: "shared-client",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::fact(
            "provider",
            Kind::Reference("provider"),
            "The profile of its identity provider.",
            "provider \"google\"",
        )
        .required(),
        Field::fact(
            "client-id",
            Kind::ClientId,
            "What the provider calls it.",
            "client-id \"lumen.apps.googleusercontent.com\"",
        )
        .required(),
        Field::fact(
            "client-auth",
            CLIENT_AUTH,
            "How it proves itself to the provider.",
            "client-auth \"client-secret-basic\"",
        ),
        Field::fact("secret", Kind::Secret, "The name of its secret, below `platform/`.", "secret \"platform/google\""),
    ],
    reserved: &[],
    about: "The platform's own client at a provider, for organisations that bring none. Each connection pins its tenant.",
    example: "shared-client \"google\" {\n    provider \"google\"\n    client-id \"lumen.apps.googleusercontent.com\"\n    secret \"platform/google\"\n}",
};
