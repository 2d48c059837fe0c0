//! At providers: the likely cause of a refusal at each identity provider, and the step in its console that repairs it.
//!
//! Reads nothing; the page of a refusal prints it. Menus have the names that the consoles show in English.
//!
//! Invariant: every refusal of a SAML message stands here or in [`NO_CONSOLE`].

use std::fmt::Write as _;

use super::Refusal;

/// What an identity provider's administrator may have done, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtProvider {
    /// The name of the provider profile.
    pub provider: &'static str,
    pub cause: &'static str,
    pub step: &'static str,
}

/// No setting of any provider leads to these: something between us changes messages, or somebody attacks.
const NO_CONSOLE: &[Refusal] = &[
    Refusal::SamlMalformed,
    Refusal::SamlForbiddenMarkup,
    Refusal::SamlStructure,
    Refusal::SamlVersion,
    Refusal::SamlVerifiersDisagree,
    Refusal::SamlReplayed,
    Refusal::SamlBusy,
];

impl Refusal {
    /// The operator's page in Markdown, without its title.
    pub fn text(self) -> String {
        let page = self.page();
        let mut text = format!("{}\n\n**Repair.** {}\n", page.cause, page.repair);
        if NO_CONSOLE.contains(&self) {
            text.push_str("\nNo setting of an identity provider's console leads to this.\n");
        }
        if !self.at_providers().is_empty() {
            text.push_str("\n**At the identity provider.**\n\n");
        }
        for line in self.at_providers() {
            let _ = writeln!(text, "- `{}`: {} *{}*", line.provider, line.cause, line.step);
        }
        text
    }

    /// One line for each provider profile; none where no console is the cause.
    pub fn at_providers(self) -> &'static [AtProvider] {
        ALL.iter().find(|(refusal, _)| *refusal == self).map_or(&[], |(_, lines)| *lines)
    }
}

macro_rules! at_providers {
    ($($refusal:ident { $($provider:literal $cause:literal $step:literal)+ })+) => {
        const ALL: &[(Refusal, &[AtProvider])] = &[$((Refusal::$refusal, &[$(
            AtProvider { provider: $provider, cause: $cause, step: $step },
        )+]),)+];
    };
}

at_providers! {
    SamlTooLarge {
        "okta" "A group attribute statement with a filter that matches everything sends every group."
            "Applications › the application › General › SAML Settings › Edit: narrow the filter of the group attribute statement, such as “Starts with lumen-”."
        "entra" "The groups claim sends all security groups."
            "Enterprise applications › the application › Single sign-on › Attributes & Claims › Groups: choose “Groups assigned to the application”."
        "google" "A long custom attribute is mapped."
            "Apps › Web and mobile apps › the application › SAML attribute mapping: remove what the policy does not read."
        "jumpcloud" "The group attribute sends every group of the person."
            "SSO Applications › the application › User Groups: bind only the groups that the application needs."
        "keycloak" "The group or role mapper sends every group and role."
            "Clients › the client › Client scopes › the dedicated scope: remove `role_list`, and let the group mapper send a single attribute."
        "adfs" "A rule sends every group with `Token-Groups`."
            "Relying Party Trusts › the trust › Edit Claim Issuance Policy: pass groups through a rule with a filter."
    }
    SamlSignatureMissing {
        "okta" "“Response” or “Assertion Signature” is set to Unsigned."
            "Applications › the application › General › SAML Settings › Edit › Show Advanced Settings: set both to Signed."
        "entra" "Entra signs the assertion alone unless it is told otherwise; `want-signed \"both\"` or `\"response\"` asks for more."
            "Single sign-on › SAML Certificates › Edit › Signing Option: “Sign SAML response and assertion”."
        "google" "Google signs the assertion, or with “Signed response” the response instead of it; `want-signed \"both\"` is never met."
            "Service provider details › Signed response: as the policy says; write `want-signed \"either\"` or the one that is ticked."
        "jumpcloud" "“Sign” is set to the other part of the message."
            "SSO Applications › the application › SSO › Sign: “Assertion” or “Assertion and Response”, then export the metadata again."
        "keycloak" "“Sign documents” or “Sign assertions” is off."
            "Clients › the client › Settings › Signature and Encryption: switch on both."
        "adfs" "AD FS signs the assertion alone by default."
            "`Set-AdfsRelyingPartyTrust -TargetName NAME -SamlResponseSignature MessageAndAssertion`."
    }
    SamlSignatureShape {
        "okta" "No setting of Okta leads to this."
            "Look at what stands between Okta and the browser; keep the message and raise an alarm."
        "entra" "No setting of Entra leads to this."
            "Look at what stands between Entra and the browser; keep the message and raise an alarm."
        "google" "No setting of Google leads to this."
            "Look at what stands between Google and the browser; keep the message and raise an alarm."
        "jumpcloud" "No setting of JumpCloud leads to this."
            "Look at what stands between JumpCloud and the browser; keep the message and raise an alarm."
        "keycloak" "“Canonicalization method” is another one than EXCLUSIVE."
            "Clients › the client › Settings › Signature and Encryption › Canonicalization method: EXCLUSIVE."
        "adfs" "No setting of AD FS leads to this."
            "Look at the proxy in front of AD FS; keep the message and raise an alarm."
    }
    SamlAlgorithm {
        "okta" "The application signs with RSA-SHA1 or digests with SHA1."
            "General › SAML Settings › Edit › Show Advanced Settings: Signature Algorithm RSA-SHA256, Digest Algorithm SHA256."
        "entra" "The signing algorithm is SHA-1."
            "Single sign-on › SAML Certificates › Edit › Signing Algorithm: SHA-256."
        "google" "No setting of Google leads to this: it signs with RSA-SHA256."
            "Compare `signature` in the policy."
        "jumpcloud" "The signature algorithm is RSA-SHA1."
            "SSO Applications › the application › SSO › Signature Algorithm: RSA-SHA256."
        "keycloak" "“Signature algorithm” is RSA_SHA1."
            "Clients › the client › Settings › Signature and Encryption › Signature algorithm: RSA_SHA256."
        "adfs" "The secure hash algorithm of the trust is SHA-1."
            "Relying Party Trusts › the trust › Properties › Advanced: SHA-256."
    }
    SamlSignature {
        "okta" "Another certificate was made active, or the metadata of another application was vendored."
            "Sign On › SAML Signing Certificates › Actions › View IdP metadata: give its address to `gatewright idp fetch`, deploy, and only then make a new certificate active."
        "entra" "A new certificate was made active: each lasts three years."
            "Single sign-on › SAML Certificates: copy “App Federation Metadata Url” for `gatewright idp fetch`, deploy, then make the new certificate active."
        "google" "The certificate was exchanged: each lasts five years."
            "Service provider details › Manage certificates: download the metadata, vendor it, deploy, then choose the new certificate."
        "jumpcloud" "The IdP certificate was regenerated."
            "SSO Applications › the application › SSO › Export Metadata: vendor it and deploy."
        "keycloak" "The keys of the realm were rotated."
            "Realm settings › Keys › Providers: keep the old key passive until `gatewright idp fetch` has brought the new one."
        "adfs" "The token-signing certificate rolled over by itself, which it does once a year."
            "Service › Certificates: fetch the metadata while the secondary certificate is published, before `Update-AdfsCertificate` makes it primary."
    }
    SamlEncryption {
        "okta" "The application encrypts to an old certificate of ours, or not at all."
            "General › SAML Settings › Edit › Show Advanced Settings › Assertion Encryption: Encrypted, AES256-CBC only together with a signed response, and the certificate from our metadata."
        "entra" "Token encryption uses an old certificate of ours, or is not active."
            "Enterprise applications › the application › Token encryption: import the certificate from our metadata and activate it. Entra encrypts with AES-256-CBC: let it sign the response too."
        "google" "Google does not encrypt assertions."
            "Remove `encryption \"required\"` from the connection."
        "jumpcloud" "The certificate for encryption is an old one of ours, or none."
            "SSO Applications › the application › SSO › Encrypt assertion: upload the certificate from our metadata."
        "keycloak" "“Encrypt assertions” uses an old certificate of ours, or is off."
            "Clients › the client › Keys › Encrypt assertions: import the certificate from our metadata; choose an AES-GCM algorithm where it is offered."
        "adfs" "The certificate on the tab Encryption is an old one of ours, or none."
            "Relying Party Trusts › the trust › Properties › Encryption: browse to the certificate from our metadata. AD FS encrypts with AES-256-CBC: let it sign the response too."
    }
    SamlStatus {
        "okta" "The person is not assigned to the application, or a sign-on policy refused."
            "Applications › the application › Assignments; Reports › System Log shows the reason."
        "entra" "Assignment is required and the person is not assigned, or Conditional Access refused."
            "Enterprise applications › the application › Users and groups; Sign-in logs show the error `AADSTS…`."
        "google" "The application is off for the person's organisational unit."
            "Apps › Web and mobile apps › the application › User access: switch it on for the unit or group."
        "jumpcloud" "The person is in no group of the application."
            "SSO Applications › the application › User Groups."
        "keycloak" "A required action or authentication flow refused, or the requested authentication context is not known."
            "Realm settings › Events › User events; Clients › the client › Advanced › ACR to LoA mapping."
        "adfs" "An access control policy refused, or the requested authentication context is not known."
            "Relying Party Trusts › the trust › Edit Access Control Policy; the event log “AD FS/Admin” names the reason."
    }
    SamlIssuer {
        "okta" "The policy holds the entity id of another application: each has its own."
            "Sign On › SAML Signing Certificates › View IdP metadata: take `entityID` from there."
        "entra" "The policy holds another tenant's entity id, or the application sends a custom issuer."
            "Single sign-on › Set up › “Microsoft Entra Identifier” is the entity id; Attributes & Claims › Advanced settings › Append application ID to issuer: off, or write what it makes into the policy."
        "google" "The policy holds another `idpid`."
            "Service provider details › Download metadata: take `entityID` from there."
        "jumpcloud" "The administrator chose another IdP entity id."
            "SSO Applications › the application › SSO › IdP Entity ID: as in the policy."
        "keycloak" "The policy holds another realm or host."
            "The entity id is the realm's address, `https://HOST/realms/REALM`; see Realm settings › Endpoints › SAML 2.0 Identity Provider Metadata."
        "adfs" "The federation service identifier was changed."
            "Service › Edit Federation Service Properties › Federation Service identifier: as in the policy, `http://` included."
    }
    SamlAudience {
        "okta" "“Audience URI (SP Entity ID)” is not the address of our metadata."
            "General › SAML Settings › Edit › Configure SAML › Audience URI."
        "entra" "“Identifier (Entity ID)” is not the address of our metadata, or another identifier is the default."
            "Single sign-on › Basic SAML Configuration › Identifier: our address, marked as default."
        "google" "“Entity ID” is not the address of our metadata."
            "Service provider details › Entity ID."
        "jumpcloud" "“SP Entity ID” is not the address of our metadata."
            "SSO Applications › the application › SSO › SP Entity ID."
        "keycloak" "The client id is not the address of our metadata."
            "Clients › the client › Settings › Client ID."
        "adfs" "The trust has another identifier."
            "Relying Party Trusts › the trust › Properties › Identifiers."
    }
    SamlConditions {
        "okta" "No setting of Okta leads to this, but an inline hook may."
            "Workflow › Inline Hooks: take the SAML assertion hook away from the application."
        "entra" "No setting of Entra leads to this."
            "Keep the message and ask Microsoft's support."
        "google" "No setting of Google leads to this."
            "Keep the message and ask Google's support."
        "jumpcloud" "No setting of JumpCloud leads to this."
            "Keep the message and ask JumpCloud's support."
        "keycloak" "“Include OneTimeUse Condition” is known and harmless; a mapper of one's own may write others. “Assertion Lifespan” may be unset in an old import."
            "Clients › the client › Client scopes: remove the mapper; Advanced › Assertion Lifespan."
        "adfs" "No setting of AD FS leads to this."
            "Look for a custom claims provider."
    }
    SamlConfirmation {
        "okta" "No setting of Okta leads to this."
            "Keep the message and ask Okta's support."
        "entra" "No setting of Entra leads to this."
            "Keep the message and ask Microsoft's support."
        "google" "No setting of Google leads to this."
            "Keep the message and ask Google's support."
        "jumpcloud" "No setting of JumpCloud leads to this."
            "Keep the message and ask JumpCloud's support."
        "keycloak" "A mapper of one's own changed the subject."
            "Clients › the client › Client scopes: remove the mapper."
        "adfs" "The trust issues holder-of-key tokens."
            "Relying Party Trusts › the trust › Properties › Endpoints: a SAML assertion consumer with the POST binding."
    }
    SamlRecipient {
        "okta" "“Single sign-on URL” is not our ACS, or “Use this for Recipient URL” is off and another one is written."
            "General › SAML Settings › Edit: Single sign-on URL, and tick “Use this for Recipient URL and Destination URL”."
        "entra" "“Reply URL” is not our ACS, or another one is the default."
            "Single sign-on › Basic SAML Configuration › Reply URL."
        "google" "“ACS URL” is not our ACS."
            "Service provider details › ACS URL."
        "jumpcloud" "“ACS URLs” holds another address first."
            "SSO Applications › the application › SSO › ACS URLs: ours as the default."
        "keycloak" "“Assertion Consumer Service POST Binding URL” is another one."
            "Clients › the client › Advanced › Fine grain SAML endpoint configuration."
        "adfs" "The endpoint of the trust is another address, or an index chooses another."
            "Relying Party Trusts › the trust › Properties › Endpoints: SAML Assertion Consumer, POST, default."
    }
    SamlDestination {
        "okta" "“Use this for Destination URL” is off and another address is written."
            "General › SAML Settings › Edit: tick “Use this for Recipient URL and Destination URL”."
        "entra" "“Reply URL” is not our ACS."
            "Single sign-on › Basic SAML Configuration › Reply URL; for logout: Logout Url."
        "google" "“ACS URL” is not our ACS."
            "Service provider details › ACS URL."
        "jumpcloud" "“ACS URLs” holds another address first."
            "SSO Applications › the application › SSO › ACS URLs."
        "keycloak" "A POST binding address of the client is another one."
            "Clients › the client › Advanced › Fine grain SAML endpoint configuration: ACS and logout service addresses."
        "adfs" "The endpoint of the trust is another address."
            "Relying Party Trusts › the trust › Properties › Endpoints: SAML Assertion Consumer and SAML Logout."
    }
    SamlExpired {
        "okta" "The person left the page open, or our clock is ahead."
            "Start again; check our time service. Okta's clocks are good."
        "entra" "The person left the page open, or our clock is ahead; Entra itself permits five minutes."
            "Start again; check our time service."
        "google" "The person left the page open, or our clock is ahead."
            "Start again; check our time service."
        "jumpcloud" "The person left the page open, or our clock is ahead."
            "Start again; check our time service."
        "keycloak" "Its machine's clock is behind, or “Assertion Lifespan” is shorter than a sign-in takes."
            "Check its time service; Clients › the client › Advanced › Assertion Lifespan."
        "adfs" "Its machine's clock is behind, or the token lifetime is very short."
            "Check its time service; `Set-AdfsRelyingPartyTrust -TargetName NAME -TokenLifetime 60`."
    }
    SamlNotYet {
        "okta" "Our clock is behind."
            "Check our time service."
        "entra" "Our clock is behind."
            "Check our time service."
        "google" "Our clock is behind."
            "Check our time service."
        "jumpcloud" "Our clock is behind."
            "Check our time service."
        "keycloak" "Its machine's clock is ahead."
            "Check its time service."
        "adfs" "Its machine's clock is ahead; AD FS gives no tolerance by itself."
            "Check its time service; `Set-AdfsRelyingPartyTrust -TargetName NAME -NotBeforeSkew 1`."
    }
    SamlInResponseTo {
        "okta" "The person went back to a page of Okta that belongs to an older sign-in."
            "Start again from our link."
        "entra" "The person went back to a page of Entra that belongs to an older sign-in."
            "Start again from our link."
        "google" "The person chose another account on a page of an older sign-in."
            "Start again from our link."
        "jumpcloud" "The person went back to a page of an older sign-in."
            "Start again from our link."
        "keycloak" "A sign-in page was kept as a bookmark."
            "Bookmark our link instead."
        "adfs" "A sign-in page was kept as a bookmark."
            "Bookmark our link instead."
    }
    SamlUnsolicited {
        "okta" "The person clicked the tile of the SAML application on the Okta dashboard."
            "Hide the application's icon and add a Bookmark App with our link `/sso/ORG/CONNECTION/start`."
        "entra" "The person clicked the tile in My Apps, and “Sign on URL” is empty."
            "Single sign-on › Basic SAML Configuration › Sign on URL: our link `/sso/ORG/CONNECTION/start`."
        "google" "The person clicked the application in Google's launcher, and “Start URL” does not help: it becomes RelayState."
            "Hide the application from the launcher; give people our link."
        "jumpcloud" "The person clicked the tile in the user portal."
            "SSO Applications › the application › SSO › Login URL: our link, or hide it from the portal and add a bookmark application."
        "keycloak" "“IDP-Initiated SSO URL name” is set and was used."
            "Clients › the client › Settings › IDP-Initiated SSO URL name: empty; Home URL: our link."
        "adfs" "The person used `IdpInitiatedSignOn.aspx`."
            "`Set-AdfsProperties -EnableIdpInitiatedSignonPage $false`; give people our link."
    }
    SamlAuthnStatement {
        "okta" "No setting of Okta leads to this."
            "Keep the message and ask Okta's support."
        "entra" "No setting of Entra leads to this."
            "Keep the message and ask Microsoft's support."
        "google" "No setting of Google leads to this."
            "Keep the message and ask Google's support."
        "jumpcloud" "No setting of JumpCloud leads to this."
            "Keep the message and ask JumpCloud's support."
        "keycloak" "“Include AuthnStatement” is off."
            "Clients › the client › Settings › SAML capabilities › Include AuthnStatement: on."
        "adfs" "No setting of AD FS leads to this."
            "Look for a custom claims provider."
    }
    SamlNameId {
        "okta" "“Name ID format” is another one."
            "General › SAML Settings › Edit › Name ID format: Persistent; Application username: Okta username or a custom expression on `user.id`."
        "entra" "The claim Unique User Identifier has another format."
            "Attributes & Claims › Unique User Identifier: format Persistent; source `user.objectid`."
        "google" "“Name ID format” is another one; Google can map no stable id, only addresses and names."
            "Service provider details › Name ID format, and `name-id` in the policy."
        "jumpcloud" "“SAMLSubject NameID Format” is another one."
            "SSO Applications › the application › SSO › SAMLSubject NameID Format: persistent."
        "keycloak" "“Name ID format” is another one, and “Force name ID format” is off or on."
            "Clients › the client › Settings › Name ID format: persistent, Force name ID format: on."
        "adfs" "No rule issues a Name ID, or one with another format property."
            "Edit Claim Issuance Policy: a rule Transform an Incoming Claim to Name ID with the format Persistent Identifier, from `objectGUID` or `objectSid`."
    }
    SamlAttribute {
        "okta" "An attribute statement yields an array."
            "General › SAML Settings › Edit › Attribute Statements: an expression with one value."
        "entra" "A claim with several values is mapped for one."
            "Attributes & Claims: source attribute with one value, such as `user.mail`."
        "google" "A multi-value custom attribute is mapped."
            "SAML attribute mapping: an attribute with one value."
        "jumpcloud" "The attribute holds several values."
            "SSO Applications › the application › SSO › Attributes: an attribute with one value."
        "keycloak" "Two mappers send the same name."
            "Clients › the client › Client scopes › the dedicated scope: remove one; set Single Role or Group Attribute for lists alone."
        "adfs" "Two rules issue the same claim type, or the directory attribute has several values."
            "Edit Claim Issuance Policy: remove one."
    }
    SamlLogout {
        "okta" "“Signature Certificate” for Single Logout is missing, or the logout address is another."
            "General › SAML Settings › Edit › Show Advanced Settings › Enable Single Logout: our address and the certificate from our metadata."
        "entra" "“Logout Url” is not ours; Entra's front-channel logout messages are unsigned for some applications."
            "Single sign-on › Basic SAML Configuration › Logout Url: our `slo` address."
        "google" "Google offers no single logout."
            "Nothing to set; the session ends by its own limits."
        "jumpcloud" "The logout address is not ours."
            "SSO Applications › the application › SSO › Logout URL: our `slo` address."
        "keycloak" "“Sign documents” is off, or “Logout Service POST Binding URL” is another."
            "Clients › the client › Settings › Sign documents: on; Advanced › Fine grain SAML endpoint configuration."
        "adfs" "The trust has no SAML Logout endpoint or no signature certificate."
            "Relying Party Trusts › the trust › Properties › Endpoints: SAML Logout with our `slo` address; Signature: the certificate from our metadata."
    }
    EmailMissing {
        "okta" "Attribute statements are empty: Okta sends none by itself."
            "General › SAML Settings › Edit › Attribute Statements: `email` = `user.email`. For OpenID Connect: the scope `email`."
        "entra" "The account has no mail attribute."
            "Users › the user › Contact information › Email, or Attributes & Claims: map `emailaddress` to `user.userprincipalname`."
        "google" "“Primary email” is mapped to no attribute."
            "SAML attribute mapping: Primary email → the name in the policy."
        "jumpcloud" "The attribute `email` is not ticked."
            "SSO Applications › the application › SSO › User Attributes: `email`."
        "keycloak" "No mapper sends the address."
            "Client scopes › the dedicated scope › Add mapper › User Property `email`."
        "adfs" "No rule sends the address."
            "Edit Claim Issuance Policy: Send LDAP Attributes as Claims, E-Mail-Addresses → E-Mail Address."
    }
    GroupOverage {
        "okta" "A list of 100 groups or more is cut without a marker."
            "Narrow the filter of the groups claim or group attribute statement."
        "entra" "More than 150 groups (SAML) or 200 (OpenID Connect): a link stands instead of them."
            "Attributes & Claims › Groups: “Groups assigned to the application”, or use app roles."
        "google" "At most 75 group names are sent."
            "SAML attribute mapping › Group membership: choose only the groups that the policy names."
        "jumpcloud" "The group attribute is not ticked, or is malformed."
            "SSO Applications › the application › SSO › Include group attribute: the name in the policy."
        "keycloak" "The mapper sends full paths or nested values."
            "Client scopes › the dedicated scope › Group list mapper: Full group path off, Single group attribute on."
        "adfs" "A group rule sends names that are no texts."
            "Edit Claim Issuance Policy: Token-Groups - Unqualified Names → the name in the policy."
    }
    AuthenticationTooOld {
        "okta" "A sign-on policy lets an old Okta session answer."
            "Sign On › the application's policy › Re-authentication frequency: honour ForceAuthn, or “Every time”."
        "entra" "Conditional Access sets no sign-in frequency and the session is old."
            "Conditional Access › Session › Sign-in frequency; Entra honours ForceAuthn and `max_age` by itself."
        "google" "Google ignores ForceAuthn and reports no authentication time over OpenID Connect."
            "Set no `step-up` for people of Google, or Security › Google session control."
        "jumpcloud" "The portal session answers."
            "Conditional policies › the application: require re-authentication."
        "keycloak" "A custom flow skips the password for a live session."
            "Authentication › Flows: let the Cookie execution be followed by a conditional re-authentication; ForceAuthn is honoured by the built-in flow."
        "adfs" "Persistent single sign-on answers."
            "`Set-AdfsRelyingPartyTrust -TargetName NAME -AlwaysRequireAuthentication $true`."
    }
    AuthenticationTooWeak {
        "okta" "The application's policy asks for no second factor, so Okta reports the password class."
            "Sign On › the application's policy: require two factors; write the class that the trace shows into `acr`."
        "entra" "Entra reports the class of the password for SAML even after a second factor; the methods stand in another claim."
            "Conditional Access › Grant › Require authentication strength, and write the class that the trace shows."
        "google" "Google always reports `unspecified`."
            "Remove `acr` from the step-up for this organisation."
        "jumpcloud" "JumpCloud always reports the password class."
            "Remove `acr` from the step-up for this organisation."
        "keycloak" "The level of assurance is not mapped to the class."
            "Realm settings › ACR to LoA Mapping, or the client's own; a flow with Conditional - Level Of Authentication."
        "adfs" "The policy does not ask for additional authentication."
            "Relying Party Trusts › the trust › Edit Access Control Policy: require multi-factor authentication."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_saml_message_has_its_providers_or_none() {
        let providers = ["okta", "entra", "google", "jumpcloud", "keycloak", "adfs"];
        for &refusal in Refusal::ALL {
            let lines = refusal.at_providers();
            if NO_CONSOLE.contains(&refusal) {
                assert!(lines.is_empty(), "{refusal}");
            } else if refusal.slug().starts_with("saml-") {
                assert_eq!(lines.iter().map(|line| line.provider).collect::<Vec<_>>(), providers, "{refusal}");
            }
        }
    }

    #[test]
    fn every_line_is_a_sentence() {
        for line in ALL.iter().flat_map(|(_, lines)| *lines) {
            for text in [line.cause, line.step] {
                assert!(text.ends_with('.') && text.len() > 10, "{text}");
            }
        }
    }
}
