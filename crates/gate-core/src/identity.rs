//! Identity: who signed in, as a provider proved it, whatever it speaks.
//!
//! Reads the proof of either crate, or what a store kept of one; gives what joining, deciding and sessions read.
//!
//! Invariant: made from a proof alone (invariant 3): a verified token, a verified assertion, or the row that a store gives
//! back of one. Private fields and no other constructor.

use std::collections::BTreeSet;

use gate_store::rows::{NameId, Outcome, Proved, SessionGroups, TakenAnswer};
use gatewright_decide::Authentication;
use gatewright_terms::{Attribute, AttributeValue, EmailAddress, IdentityKey, Timestamp};

use crate::SessionDoor;

/// The proof of one of the crates that make one.
#[derive(Clone, Copy)]
pub(crate) enum Verified<'a> {
    Oidc(&'a gate_oidc::Verified),
    Saml(&'a gatewright_saml::Verified),
}

/// A proven person.
pub(crate) struct Identity {
    door: SessionDoor,
    key: IdentityKey,
    proved: Proved,
    /// The provider began by itself.
    unsolicited: bool,
    story: Vec<String>,
}

impl Identity {
    /// The one place where a proof becomes an identity. `now` is the time of the sign-in, which counts where the provider
    /// does not say when the person proved who they are.
    pub(crate) fn of(verified: Verified<'_>, now: Timestamp) -> Self {
        match verified {
            Verified::Oidc(verified) => Self {
                door: SessionDoor::OidcCallback,
                key: verified.identity_key(),
                proved: of_oidc(verified, now),
                unsolicited: false,
                story: verified.story().iter().map(ToString::to_string).collect(),
            },
            Verified::Saml(verified) => Self {
                door: SessionDoor::SamlAcs,
                key: verified.identity_key(),
                proved: of_saml(verified),
                unsolicited: verified.in_response_to().is_none(),
                story: verified.story().iter().map(ToString::to_string).collect(),
            },
        }
    }

    /// What a store kept of an identity until its browser came; `None` where it kept a refusal.
    pub(crate) fn kept(taken: &TakenAnswer) -> Option<Self> {
        let answer = taken.answer();
        match &answer.outcome {
            Outcome::Refused(_) => None,
            Outcome::Proved(proved) => Some(Self {
                door: SessionDoor::SamlAcs,
                key: IdentityKey {
                    connection: answer.errand.connection.clone(),
                    issuer: answer.errand.issuer.as_str().into(),
                    subject: proved.subject.as_str().into(),
                },
                proved: Proved::clone(proved),
                unsolicited: answer.unsolicited,
                story: answer.story.clone(),
            }),
        }
    }

    /// The facts to keep until the browser comes.
    pub(crate) fn into_row(self) -> (Proved, Vec<String>) {
        (self.proved, self.story)
    }

    pub(crate) fn door(&self) -> SessionDoor {
        self.door
    }

    pub(crate) fn key(&self) -> &IdentityKey {
        &self.key
    }

    pub(crate) fn email(&self) -> &EmailAddress {
        &self.proved.email
    }

    pub(crate) fn given_name(&self) -> Option<&AttributeValue> {
        self.proved.given_name.as_ref()
    }

    pub(crate) fn family_name(&self) -> Option<&AttributeValue> {
        self.proved.family_name.as_ref()
    }

    pub(crate) fn groups(&self) -> &SessionGroups {
        &self.proved.groups
    }

    pub(crate) fn attributes(&self) -> &BTreeSet<Attribute> {
        &self.proved.attributes
    }

    pub(crate) fn authentication(&self) -> Authentication<'_> {
        let Proved { authenticated: at, authentication_told: told, acr, .. } = &self.proved;
        Authentication { at: *at, told: *told, acr: acr.as_deref() }
    }

    pub(crate) fn session_ends(&self) -> Option<Timestamp> {
        self.proved.session_ends
    }

    pub(crate) fn name_id(&self) -> Option<&NameId> {
        self.proved.name_id.as_ref()
    }

    pub(crate) fn session_index(&self) -> Option<&str> {
        self.proved.session_index.as_deref()
    }

    pub(crate) fn is_unsolicited(&self) -> bool {
        self.unsolicited
    }

    pub(crate) fn story(&self) -> &[String] {
        &self.story
    }
}

fn of_oidc(verified: &gate_oidc::Verified, now: Timestamp) -> Proved {
    let told = verified.authentication_told();
    Proved {
        subject: verified.subject().to_owned(),
        email: verified.email().clone(),
        given_name: verified.given_name().cloned(),
        family_name: verified.family_name().cloned(),
        groups: match verified.groups() {
            gate_oidc::Groups::Known(names) => Some(names.clone()),
            gate_oidc::Groups::Unknown => None,
        },
        attributes: verified.attributes().clone(),
        authenticated: if told { verified.authenticated() } else { now },
        authentication_told: told,
        acr: verified.acr().map(str::to_owned),
        session_ends: None,
        name_id: None,
        session_index: None,
    }
}

fn of_saml(verified: &gatewright_saml::Verified) -> Proved {
    Proved {
        subject: verified.subject().to_owned(),
        email: verified.email().clone(),
        given_name: verified.given_name().cloned(),
        family_name: verified.family_name().cloned(),
        groups: match verified.groups() {
            gatewright_saml::Groups::Known(names) => Some(names.clone()),
            gatewright_saml::Groups::Unknown => None,
        },
        attributes: verified.attributes().clone(),
        authenticated: verified.authenticated(),
        // `AuthnInstant` cannot be left out.
        authentication_told: true,
        acr: verified.acr().map(str::to_owned),
        session_ends: verified.session_ends(),
        name_id: verified.name_id().map(name_id),
        session_index: verified.session_index().map(str::to_owned),
    }
}

fn name_id(name: &gatewright_saml::SubjectId) -> NameId {
    NameId {
        value: name.value.clone(),
        format: name.format.clone(),
        name_qualifier: name.name_qualifier.clone(),
        sp_name_qualifier: name.sp_name_qualifier.clone(),
    }
}
