//! Check: what a start would do, without doing it.

use gatewright_bundle::{Expected, verify};
use gatewright_terms::Timestamp;

use crate::beside::HighestFile;
use crate::exit::Ended;
use crate::secrets::SecretsDir;
use crate::settings::Settings;
use crate::signatures;
use crate::source::{First, Instead, Source};
use crate::start;

/// Lines for the operator; an error is the one that a start would end with.
pub(crate) async fn check(settings: &Settings, now: Timestamp) -> Result<Vec<String>, Ended> {
    let mut lines: Vec<String> =
        settings.told.iter().map(|(name, text, place)| format!("{name} = {text}   ({place})")).collect();
    let secrets = SecretsDir::open(&settings.secrets)?;
    secrets.keys()?;
    let saml_keys = secrets.saml_keys()?.is_some();
    signatures::verifier()?;
    start::outbound(settings)?;
    let accepted = HighestFile::of(settings.beside(), &settings.environment).read().map_err(Ended::trust)?;
    let First { offer, instead } = Source::of(settings, &secrets)?.first(accepted, now).await?;
    let expected = Expected { environment: &settings.environment, now, accepted };
    let bundle = verify(&offer.bundle, &offer.trust, &expected).map_err(|refused| start::refused(&refused))?;
    let (digest, sequence, orgs) = (bundle.digest(), bundle.sequence(), bundle.org_ids().len());
    lines.push(format!(
        "would serve {} with bundle sha256:{digest}, sequence {sequence}, {orgs} organisations",
        bundle.environment().base_url
    ));
    if let Some(Instead { why, copy }) = instead {
        lines
            .push(format!("this is the last good copy, {}, since {why}; the status would be degraded", copy.display()));
    }
    let missing = start::missing(&secrets, saml_keys, &offer.bundle).check()?;
    for name in missing.client_secrets {
        lines.push(format!("the client secret {name} is missing; sign-ins that need it will be refused"));
    }
    Ok(lines)
}
