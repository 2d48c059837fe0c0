//! Variant: a defect in one honest message, the refusal that it must earn, and the twin without it.

use gatewright_terms::Refusal;

use super::message::{Base, Message};
use super::world::{Identity, Outcome, Setting, deliver};

type Change = Box<dyn Fn(Message) -> Message>;

/// How a kind of message is made false.
pub(crate) struct Defect {
    name: String,
    rows: &'static [u8],
    refusal: Refusal,
    reason: &'static str,
    stopped_by: StoppedBy,
    bases: &'static [Base],
    bad: Change,
    twin: Change,
    bad_setting: fn(&mut Setting),
    setting: fn(&mut Setting),
    identity: fn(&mut Identity),
}

/// Who may not be asked any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoppedBy {
    /// No verifier, no decryptor.
    Screen,
    Signature,
    Checks,
}

impl StoppedBy {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Signature => "signature",
            Self::Checks => "checks",
        }
    }
}

/// Before any cryptography. In a message whose assertion is plain, unless told otherwise.
pub(crate) fn screen(
    name: impl Into<String>,
    rows: &'static [u8],
    refusal: Refusal,
    reason: &'static str,
    bad: impl Fn(Message) -> Message + 'static,
) -> Defect {
    Defect {
        name: name.into(),
        rows,
        refusal,
        reason,
        stopped_by: StoppedBy::Screen,
        bases: Base::PLAIN,
        bad: Box::new(bad),
        twin: Box::new(|message| message),
        bad_setting: |_| {},
        setting: |_| {},
        identity: |_| {},
    }
}

/// By a signature that is not good.
pub(crate) fn signature(
    name: impl Into<String>,
    rows: &'static [u8],
    bad: impl Fn(Message) -> Message + 'static,
) -> Defect {
    let defect = screen(name, rows, Refusal::SamlSignature, "signature", bad);
    Defect { stopped_by: StoppedBy::Signature, ..defect }
}

/// By what a well-signed message says: in every kind of message.
pub(crate) fn check(
    name: impl Into<String>,
    rows: &'static [u8],
    refusal: Refusal,
    reason: &'static str,
    bad: impl Fn(Message) -> Message + 'static,
) -> Defect {
    let defect = screen(name, rows, refusal, reason, bad);
    Defect { stopped_by: StoppedBy::Checks, bases: Base::ALL, ..defect }
}

impl Defect {
    #[must_use]
    pub(crate) fn on(self, bases: &'static [Base]) -> Self {
        Self { bases, ..self }
    }

    /// What the twin has in the place of the defect.
    #[must_use]
    pub(crate) fn twin(self, twin: impl Fn(Message) -> Message + 'static) -> Self {
        Self { twin: Box::new(twin), ..self }
    }

    /// For both.
    #[must_use]
    pub(crate) fn setting(self, setting: fn(&mut Setting)) -> Self {
        Self { setting, ..self }
    }

    /// For the bad one alone: there the defect is what the policy asks.
    #[must_use]
    pub(crate) fn bad_setting(self, bad_setting: fn(&mut Setting)) -> Self {
        Self { bad_setting, ..self }
    }

    /// Who the twin is, if not Ada as always.
    #[must_use]
    pub(crate) fn identity(self, identity: fn(&mut Identity)) -> Self {
        Self { identity, ..self }
    }

    #[must_use]
    pub(crate) fn stopped_by(self, stopped_by: StoppedBy) -> Self {
        Self { stopped_by, ..self }
    }

    pub(crate) fn variants(&self, class: &'static str) -> Vec<Variant> {
        self.bases.iter().map(|base| self.variant(class, *base)).collect()
    }

    fn variant(&self, class: &'static str, base: Base) -> Variant {
        let mut twin_setting = Setting::default();
        (self.setting)(&mut twin_setting);
        let mut bad_setting = twin_setting.clone();
        (self.bad_setting)(&mut bad_setting);
        let mut identity = Identity::default();
        (self.identity)(&mut identity);
        Variant {
            class,
            name: self.name.clone(),
            base,
            rows: self.rows,
            refusal: self.refusal,
            reason: self.reason,
            stopped_by: self.stopped_by,
            bad: ((self.bad)(Message::honest(base)), bad_setting),
            twin: ((self.twin)(Message::honest(base)), twin_setting),
            identity,
        }
    }
}

pub(crate) struct Variant {
    pub(crate) class: &'static str,
    pub(crate) name: String,
    pub(crate) base: Base,
    /// Numbers of rows `ST-SAML-…`.
    pub(crate) rows: &'static [u8],
    pub(crate) refusal: Refusal,
    pub(crate) reason: &'static str,
    pub(crate) stopped_by: StoppedBy,
    pub(crate) bad: (Message, Setting),
    pub(crate) twin: (Message, Setting),
    pub(crate) identity: Identity,
}

impl Variant {
    pub(crate) fn path(&self) -> String {
        format!("{}/{}@{}", self.class, self.name, self.base.name())
    }

    /// What does not hold, if anything.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let outcome = deliver(&self.bad.0.form_value(), &self.bad.1);
        match &outcome.result {
            Ok(identity) => faults.push(format!("ACCEPTED as {}", identity.subject)),
            Err(refused) if refused.refusal != self.refusal || refused.reason != self.reason => {
                faults.push(format!("refused for another reason: {refused}, not {}/{}", self.refusal, self.reason));
            }
            Err(_) => {}
        }
        if !self.was_stopped_in_time(&outcome) {
            faults.push(format!("asked {} verifiers and {} decryptors", outcome.verified, outcome.decrypted));
        }
        match deliver(&self.twin.0.form_value(), &self.twin.1).result {
            Err(refused) => faults.push(format!("its twin is refused: {refused}")),
            Ok(identity) if identity != self.identity => {
                faults.push(format!("its twin is somebody else: {identity:?}"));
            }
            Ok(_) => {}
        }
        if self.bad.0.form_value() == self.twin.0.form_value()
            && self.bad.1.saml == self.twin.1.saml
            && self.bad.1.request == self.twin.1.request
        {
            faults.push("its twin is the same".to_owned());
        }
        faults
    }

    fn was_stopped_in_time(&self, outcome: &Outcome) -> bool {
        match self.stopped_by {
            StoppedBy::Screen => outcome.verified == 0 && outcome.decrypted == 0,
            StoppedBy::Signature => outcome.verified > 0,
            // Well signed, where the verifier was asked.
            StoppedBy::Checks => self.reason == "signature" || outcome.good == outcome.verified,
        }
    }
}

/// Every variant of the class is refused for its own reason, and its twin is let in.
pub(crate) fn hold(class: &str) {
    let variants = super::variants(class);
    assert!(!variants.is_empty(), "{class} is empty");
    let faults: Vec<String> = variants
        .iter()
        .flat_map(|variant| variant.faults().into_iter().map(|fault| format!("{}: {fault}", variant.path())))
        .collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), variants.len(), faults.join("\n"));
}
