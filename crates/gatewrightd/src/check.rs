//! Check: what a start would do, without doing it.

use gatewright_bundle::{Expected, verify};
use gatewright_terms::Timestamp;

use crate::beside::HighestFile;
use crate::exit::Ended;
use crate::secrets::SecretsDir;
use crate::settings::Settings;
use crate::source::Source;
use crate::start;

/// Lines for the operator; an error is the one that a start would end with.
pub(crate) fn check(settings: &Settings, now: Timestamp) -> Result<Vec<String>, Ended> {
    let mut lines: Vec<String> =
        settings.told.iter().map(|(name, text, place)| format!("{name} = {text}   ({place})")).collect();
    let secrets = SecretsDir::open(&settings.secrets)?;
    secrets.keys()?;
    start::outbound(settings)?;
    let source = Source::of(settings);
    let offer = source.read().map_err(Ended::trust)?;
    let accepted = HighestFile::of(&settings.bundle, &settings.environment).read().map_err(Ended::trust)?;
    let expected = Expected { environment: &settings.environment, now, accepted };
    let bundle = verify(&offer.bundle, &offer.trust, &expected).map_err(|refused| start::refused(&refused))?;
    let (digest, sequence, orgs) = (bundle.digest(), bundle.sequence(), bundle.org_ids().len());
    lines.push(format!(
        "would serve {} with bundle sha256:{digest}, sequence {sequence}, {orgs} organisations",
        bundle.environment().base_url
    ));
    for name in start::missing_secrets(&secrets, &offer.bundle) {
        lines.push(format!("the client secret {name} is missing; sign-ins that need it will be refused"));
    }
    Ok(lines)
}
