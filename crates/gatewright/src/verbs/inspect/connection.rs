//! Connection: what a bundle says about a way to sign in, in the words of the language.

use gatewright_bundle::program::{
    Binding, Certificate, Client, Connection, Encryption, NameId, Oidc, Overage, Program, Protocol, Requests, Saml,
    Subject, WantSigned,
};
use gatewright_saml::certificate::CertificateFacts;
use wright_policy::spell;

pub(super) fn lines_of(connection: &Connection, program: &Program) -> Vec<(&'static str, String)> {
    let head = format!("{} ({}) at {}", connection.slug, connection.provider, connection.issuer());
    match &connection.protocol {
        Protocol::Oidc(oidc) => vec![("connection", format!("{head} over oidc, client {}", client(oidc, program)))],
        Protocol::Saml(saml) => {
            let mut lines = vec![("connection", format!("{head} over saml"))];
            lines.extend(of_saml(saml).into_iter().map(|line| ("saml", line)));
            lines.extend(saml.certificates.iter().map(|certificate| ("certificate", certificate_line(certificate))));
            lines
        }
    }
}

fn client(oidc: &Oidc, program: &Program) -> String {
    match &oidc.client {
        Client::Own { client_id, .. } => client_id.clone(),
        Client::Shared(index) => program
            .environment
            .shared_clients
            .get(*index as usize)
            .map(|shared| format!("shared {}", shared.slug))
            .unwrap_or_default(),
    }
}

fn of_saml(saml: &Saml) -> Vec<String> {
    let by = |binding: Binding| match binding {
        Binding::Redirect => "redirect",
        Binding::Post => "post",
    };
    let signs = match saml.want_signed {
        WantSigned::Assertion => "the assertion",
        WantSigned::Response => "the response",
        WantSigned::Both => "assertion and response",
        WantSigned::Either => "assertion or response",
    };
    let format = match saml.name_id {
        NameId::Persistent => "persistent",
        NameId::Email => "email",
        NameId::Transient => "transient",
        NameId::Unspecified => "unspecified",
    };
    let subject = match &saml.subject {
        Subject::NameId => "the NameID".to_owned(),
        Subject::Attribute(name) => format!("attribute {name}"),
    };
    let asks = match saml.requests {
        Requests::Signed => "signed requests",
        Requests::Unsigned => "requests without a signature",
    };
    let encryption = match saml.encryption {
        Encryption::Optional => "",
        Encryption::Required => ", encrypted",
    };
    let mut lines = vec![
        format!("asks at {} by {}, {asks}", saml.sign_in.url, by(saml.sign_in.binding)),
        format!("wants signed: {signs}{encryption}; clock skew {}", spell(saml.clock_skew.0)),
        format!(
            "a person is {subject}; NameID {format}; address in {}",
            saml.attributes.email.as_deref().unwrap_or("the NameID")
        ),
    ];
    lines.extend(saml.logout.as_ref().map(|logout| format!("signs out at {} by {}", logout.url, by(logout.binding))));
    lines.extend(saml.attributes.groups.as_ref().map(|groups| {
        let lists = match groups.overage {
            Overage::AbsentIsEmpty => String::new(),
            Overage::EntraMarkers => ", unknown where marked as too long".to_owned(),
            Overage::CutAt(at) => format!(", unknown from {at} on"),
        };
        format!("groups in {}{lists}", groups.attribute)
    }));
    lines.extend(saml.idp_initiated.as_ref().map(|open| {
        format!("unsafe: takes answers that nobody asked for until {}, landing on {}", open.until, open.app)
    }));
    lines
}

fn certificate_line(certificate: &Certificate) -> String {
    match CertificateFacts::parse(&certificate.0) {
        Ok(facts) => {
            format!("sha256:{} {} ends {} ({})", facts.fingerprint_text(), facts.key, facts.not_after, facts.subject)
        }
        Err(not) => format!("unreadable: {not}"),
    }
}
