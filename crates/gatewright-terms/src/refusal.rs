//! Refusals: every reason why somebody is kept out, each with its slug, what a stranger sees, and the operator's page.
//!
//! Invariant: a stranger sees one of three sentences, never the reason (`PublicMessage`).
//! Invariant: the operator's page is complete: title, likely cause, repair.

use std::fmt;

mod at_providers;
pub use at_providers::AtProvider;

/// What the refused person reads. The same for causes that a stranger must not tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicMessage {
    /// We could not sign you in.
    NotSignedIn,
    /// This sign-in has ended; start again.
    StartAgain,
    /// Something on our side is not ready; try later.
    TryLater,
}

/// The operator's page of one refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalPage {
    pub title: &'static str,
    pub cause: &'static str,
    pub repair: &'static str,
}

macro_rules! refusals {
    ($($variant:ident $slug:literal $public:ident { $title:literal $cause:literal $repair:literal })+) => {
        /// A reason to refuse. The slug is stable; others script against it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Refusal { $(#[doc = $title] $variant,)+ }

        impl Refusal {
            /// Every refusal, in the order of the source.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)+ }
            }

            pub fn from_slug(slug: &str) -> Option<Self> {
                match slug { $($slug => Some(Self::$variant),)+ _ => None }
            }

            pub const fn public(self) -> PublicMessage {
                match self { $(Self::$variant => PublicMessage::$public,)+ }
            }

            pub const fn page(self) -> RefusalPage {
                match self { $(Self::$variant => RefusalPage { title: $title, cause: $cause, repair: $repair },)+ }
            }
        }
    };
}

refusals! {
    // What the policy says.
    DomainNotOurs "domain-not-ours" NotSignedIn {
        "The address lies in no domain of this organisation"
        "Under `members \"sso\"` a person enters only with an address in a domain that the organisation claims and that signs in through this connection. The identity provider sent another address, or none that is one address."
        "If the domain belongs to the organisation, add `domain \"…\" sign-in=\"…\"` and prove it. If it does not, this refusal is right."
    }
    DomainNotProved "domain-not-proved" NotSignedIn {
        "The domain is claimed but not proved"
        "The policy claims the domain, and the runtime has no proof that the organisation owns it. Members who are here already keep their access; new people wait."
        "Run `gatewright domain prove ORG DOMAIN --manually --reason TEXT`."
    }
    EmailMissing "email-missing" NotSignedIn {
        "The identity provider sent no usable e-mail address"
        "The claim that the connection maps to `email` is absent, empty, a list, or not exactly one address."
        "Let the identity provider send the claim (scope `email`), or map another one with `attributes { email \"…\" }`."
    }
    EmailNotVerified "email-not-verified" NotSignedIn {
        "The identity provider does not vouch for the address"
        "The provider profile asks for `email_verified` to be the boolean `true` in the ID token, and it was not."
        "Let the person verify the address at the identity provider."
    }
    BlockedGroup "blocked-group" NotSignedIn {
        "A block names one of the person's groups"
        "A `block group=…` beats every grant, and the owner too."
        "Take the person out of the group at the identity provider, or remove the block."
    }
    GroupOverage "group-overage" NotSignedIn {
        "The identity provider left out the groups"
        "There were too many groups for the token, or the groups claim was malformed. What is not known is never read as `no groups`: a block might have matched."
        "Send only the groups that are assigned to the application, or use application roles."
    }
    NoGrant "no-grant" NotSignedIn {
        "No grant matches the person"
        "Nobody gets in by default: a person needs at least one grant of the organisation, or to be its owner."
        "Add the person to a group that a grant names, or write `grant role=… everyone-in=…`."
    }
    OwnerAlreadyBound "owner-already-bound" NotSignedIn {
        "Another identity already is this owner"
        "An owner's address is bound to the first identity that signed in with it. A second subject with the same address is refused and raised as an alarm: a recycled mailbox, or an attack."
        "Find out who this is. If the owner really changed, name another owner in the policy."
    }
    RemovedMember "removed-member" NotSignedIn {
        "The person was removed here"
        "A removed member does not come back by signing in."
        "Restore the member through the admin listener if that is meant."
    }

    // Where the sign-in came from.
    OrgUnknown "org-unknown" NotSignedIn {
        "The running bundle has no such organisation"
        "The address names an organisation that the running bundle does not hold: a typing error, or it was removed."
        "Compare the link with `gatewright inspect BUNDLE`."
    }
    ConnectionUnknown "connection-unknown" NotSignedIn {
        "The organisation has no such connection"
        "The connection was renamed or removed. This takes effect at once, also for sign-ins that are under way."
        "Let the person start again; correct links that name the old connection."
    }
    AppUnknown "app-unknown" NotSignedIn {
        "The environment has no such app"
        "`app=` names no `app` of the environment, or one that is bound to another organisation."
        "Compare with the `app` lines of the environment."
    }
    ReturnToRefused "return-to-refused" NotSignedIn {
        "The return address is not a path of a registered app"
        "`return_to` must be a path that begins with one `/`, without back-slashes or control characters, on the origin of the app that is named."
        "Correct the link in the application or its proxy."
    }
    ParameterRefused "parameter-refused" NotSignedIn {
        "A parameter is missing, doubled or malformed"
        "A protocol parameter came twice, is too long, or is not what the protocol says. Two parsers might read it differently, so it is not read at all."
        "A correct identity provider does not do this; look at what stands between it and us."
    }
    FlowUnknown "flow-unknown" StartAgain {
        "No sign-in is under way for this answer"
        "The `state` is unknown: it was used already, is older than ten minutes, or was never ours (a bookmark, a replay, a forgery)."
        "Let the person start again. Many of these from one address are an attack or a bookmark on the wrong page."
    }
    OtherBrowser "other-browser" StartAgain {
        "The answer came back in another browser than the sign-in began in"
        "The flow cookie of the browser does not match the flow: somebody forwarded or captured the answer, or the browser drops cookies."
        "Let the person start again in one browser that keeps cookies."
    }
    CallbackMismatch "callback-mismatch" NotSignedIn {
        "The answer came to the callback of another connection"
        "Each connection has its own callback. An answer for one that arrives at another is how a mix-up attack looks (RFC 9700 §4.4.2). The code was sent nowhere."
        "Check the redirect URI that is registered at the identity provider. If it is right, somebody attacks."
    }
    IssuerMismatch "issuer-mismatch" NotSignedIn {
        "The answer names another issuer, or none where the provider announces one"
        "The `iss` of the answer (RFC 9207) must be the issuer of the connection, byte for byte. The code was sent nowhere."
        "Compare the issuer in the policy with the one that the provider announces. If it is right, somebody attacks."
    }
    TooManySignIns "too-many-sign-ins" TryLater {
        "Too many sign-ins are under way"
        "The organisation or the address reached its limit of sign-ins that have begun and not ended."
        "Wait ten minutes; look for a loop between the application and the sign-in page."
    }

    // What the identity provider answered.
    ProviderRefused "provider-refused" NotSignedIn {
        "The identity provider refused"
        "It answered with an OAuth error instead of a code; the trace shows which one."
        "`access_denied`: the person is not assigned to the application. Others: see the provider's log."
    }
    ProviderUnreachable "provider-unreachable" TryLater {
        "The identity provider could not be reached"
        "Discovery, keys or the token endpoint did not answer in time, with more than the limit, with a redirect, or from an address that is not allowed."
        "The trace names the call. Check the issuer, the provider's status and `--outbound-allow`."
    }
    DiscoveryRefused "discovery-refused" NotSignedIn {
        "The provider's discovery document is not acceptable"
        "Its `issuer` differs from the policy's (byte for byte), an endpoint is not https, or what we need is not offered."
        "Compare the policy's issuer with the document at `ISSUER/.well-known/openid-configuration`; mind the trailing slash."
    }
    CodeRefused "code-refused" NotSignedIn {
        "The token endpoint refused the code"
        "The code was used before, has expired, or our client authentication was not accepted; the trace shows the OAuth error."
        "`invalid_client`: compare the secret, or upload our public key. `invalid_grant`: compare the redirect URI."
    }
    TokenMalformed "token-malformed" NotSignedIn {
        "The ID token is not readable"
        "It is no signed JWT, is too large, has doubled keys or a claim of the wrong type, or was missing from the answer."
        "The trace says what was wrong; the provider must be corrected."
    }
    TokenAlgorithm "token-algorithm" NotSignedIn {
        "The ID token is signed with an algorithm that is not allowed"
        "Only the algorithms of the connection are accepted; `none` and HMAC never are."
        "Let the provider sign with RS256 or ES256."
    }
    TokenSignature "token-signature" NotSignedIn {
        "The signature of the ID token is not good"
        "None of the provider's published keys verifies it, after one refresh of the keys."
        "If the provider just rotated its keys, try again. Otherwise somebody forges tokens."
    }
    WeakKey "weak-key" NotSignedIn {
        "The provider signs with a key that is too weak"
        "RSA keys below 2048 bits and unknown curves are refused."
        "Let the provider use RSA of 2048 bits or more, or P-256."
    }
    TokenIssuer "token-issuer" NotSignedIn {
        "The ID token is from another issuer"
        "The claim `iss` must be the issuer of the connection, byte for byte."
        "Compare the issuer in the policy; mind the trailing slash."
    }
    TokenAudience "token-audience" NotSignedIn {
        "The ID token is for somebody else"
        "`aud` must be our client id alone, and `azp`, where it stands, too."
        "Compare the client id in the policy with the provider's application."
    }
    TokenNonce "token-nonce" NotSignedIn {
        "The ID token does not belong to this sign-in"
        "The claim `nonce` is missing or is not the one that was sent: a replayed token."
        "Let the person start again. If it repeats, the provider drops the nonce."
    }
    TokenExpired "token-expired" NotSignedIn {
        "The ID token has expired"
        "`exp` lies in the past by more than the permitted skew, or `iat` is too old."
        "Check the clocks of both machines."
    }
    TokenNotYet "token-not-yet" NotSignedIn {
        "The ID token is from the future"
        "`iat` or `nbf` lies ahead by more than the permitted skew."
        "Check the clocks of both machines."
    }
    SubjectMissing "subject-missing" NotSignedIn {
        "The ID token names nobody"
        "The subject claim is missing, empty, or longer than 255 bytes."
        "Let the provider send the claim that its profile names as the subject."
    }
    UserinfoRefused "userinfo-refused" NotSignedIn {
        "The userinfo answer is not acceptable"
        "It speaks of another subject than the ID token (token substitution, OpenID Connect Core §5.3.2), or is no JSON object with one meaning."
        "Let the provider put the claims into the ID token, or correct its userinfo endpoint."
    }
    WrongTenant "wrong-tenant" NotSignedIn {
        "The person comes from another tenant"
        "The claim `tid` is not the tenant that the connection pins."
        "If the tenant in the policy is right, this refusal is right."
    }
    WrongHostedDomain "wrong-hosted-domain" NotSignedIn {
        "The person comes from another Google Workspace"
        "The claim `hd` is missing (a consumer account) or is not the domain that the connection pins."
        "Let the person use the account of the organisation."
    }

    // What a SAML message looks like, before any of it is believed.
    SamlMalformed "saml-malformed" NotSignedIn {
        "The SAML message is not well-formed"
        "It is not base64, not UTF-8 or not well-formed XML, or it is cut off."
        "A correct identity provider does not do this; look at what stands between it and us."
    }
    SamlForbiddenMarkup "saml-forbidden-markup" NotSignedIn {
        "The SAML message holds markup that two parsers may read differently"
        "Document types, entities, processing instructions, comments and CDATA sections are refused wherever they stand, because they have been used to make a value say something else to the verifier than to the reader."
        "No identity provider needs them; look at what stands between it and us. Otherwise somebody attacks."
    }
    SamlTooLarge "saml-too-large" NotSignedIn {
        "The SAML message is larger than any real one"
        "Its bytes, depth, elements, attributes or namespaces exceed a limit; the trace names which."
        "Send only the groups that are assigned to the application. If the message is small, somebody attacks."
    }
    SamlStructure "saml-structure" NotSignedIn {
        "The SAML message is not one response with one assertion"
        "The root must be a `Response` with exactly one `Assertion` or `EncryptedAssertion` as its direct child, every ID once, and every element where the standard puts it. Anything else is how signature wrapping looks."
        "A correct identity provider does not do this. If it is well configured, somebody attacks."
    }
    SamlVersion "saml-version" NotSignedIn {
        "The message is not SAML 2.0"
        "`Version` must be `2.0` on the response and on the assertion."
        "Let the identity provider speak SAML 2.0."
    }
    SamlSignatureMissing "saml-signature-missing" NotSignedIn {
        "A signature that the policy asks for is not there"
        "`want-signed` says what must be signed: the assertion, the response, both, or either."
        "Let the identity provider sign it, or correct `want-signed`."
    }
    SamlSignatureShape "saml-signature-shape" NotSignedIn {
        "A signature does not have the one shape that is taken"
        "A `Signature` is a direct child of what it signs, with one `SignedInfo` and one `Reference` to the ID of that parent, and with no transforms but enveloped-signature and exclusive canonicalisation."
        "A correct identity provider does not do this. If it is well configured, somebody attacks."
    }
    SamlAlgorithm "saml-algorithm" NotSignedIn {
        "The SAML message uses an algorithm that is not allowed"
        "Signatures are RSA or ECDSA with SHA-256 or more, digests SHA-256 or more; SHA-1, MD5 and HMAC never are."
        "Let the identity provider sign with RSA-SHA256."
    }
    SamlSignature "saml-signature" NotSignedIn {
        "The signature of the SAML message is not good"
        "No certificate of the connection verifies it. What a message says about its own key is ignored."
        "If the identity provider has a new certificate, run `gatewright idp fetch` and deploy; both may stand beside each other. Otherwise somebody forges responses."
    }
    SamlVerifiersDisagree "saml-verifiers-disagree" NotSignedIn {
        "Two verifiers do not agree about the signature"
        "One found the signature good and the other did not. The message is refused and an alarm is raised: it may have been made to say two things."
        "Keep the message and report it as a security matter."
    }
    SamlEncryption "saml-encryption" NotSignedIn {
        "The assertion could not be decrypted, or is not encrypted where the policy asks for it"
        "It is encrypted to another key or with an algorithm that is not taken (AES-GCM, AES-CBC under a signed response, RSA-OAEP), or it is plain although `encryption \"required\"` stands in the policy. All failures of decryption look alike."
        "Give the identity provider our present metadata, and let it use AES-256-GCM with RSA-OAEP."
    }
    SamlBusy "saml-busy" TryLater {
        "Too many SAML messages are being verified, or one took too long"
        "The verifiers are all at work, or the time for one message was over."
        "Try again. If it repeats while few people sign in, look for somebody who sends many messages."
    }

    // What a SAML message says, once it is proved.
    SamlStatus "saml-status" NotSignedIn {
        "The identity provider answered with another status than success"
        "It did not sign the person in; the trace shows its status codes and message."
        "Assign the person to the application at the identity provider, or see its log."
    }
    SamlIssuer "saml-issuer" NotSignedIn {
        "The SAML message is from another identity provider"
        "`Issuer` of response and assertion must be the entity id of the connection, byte for byte."
        "Compare `entity-id` in the policy with the provider's metadata."
    }
    SamlAudience "saml-audience" NotSignedIn {
        "The assertion is for somebody else"
        "Every audience restriction must name our entity id, and at least one must be there."
        "Set the audience (SP entity id) at the identity provider to the address of our metadata."
    }
    SamlConditions "saml-conditions" NotSignedIn {
        "The conditions of the assertion are missing or not understood"
        "`Conditions` with a `NotOnOrAfter` must be there, and a condition that is not known is never taken as met."
        "Let the identity provider send the usual conditions."
    }
    SamlConfirmation "saml-confirmation" NotSignedIn {
        "The assertion has no usable subject confirmation"
        "There must be a `SubjectConfirmation` with the bearer method, a `NotOnOrAfter` and no `NotBefore`."
        "Let the identity provider send a bearer assertion."
    }
    SamlRecipient "saml-recipient" NotSignedIn {
        "The assertion is for another address"
        "`Recipient` must be the address of this connection's ACS, byte for byte."
        "Set the ACS address (single sign-on URL) at the identity provider to the one in our metadata."
    }
    SamlDestination "saml-destination" NotSignedIn {
        "The SAML message is for another address"
        "`Destination` must be the address that it was sent to, byte for byte, and must be there where the message itself is signed."
        "Set the address at the identity provider to the one in our metadata."
    }
    SamlExpired "saml-expired" NotSignedIn {
        "The SAML message is too old"
        "A `NotOnOrAfter`, a `SessionNotOnOrAfter` or an `IssueInstant` lies in the past by more than the permitted skew."
        "Check the clocks of both machines; let the person start again."
    }
    SamlNotYet "saml-not-yet" NotSignedIn {
        "The SAML message is from the future"
        "A `NotBefore`, an `IssueInstant` or an `AuthnInstant` lies ahead by more than the permitted skew."
        "Check the clocks of both machines."
    }
    SamlInResponseTo "saml-in-response-to" StartAgain {
        "The response does not answer the sign-in that is under way"
        "`InResponseTo` must be the id of one request of this connection, in the response and in the confirmation alike, once."
        "Let the person start again. A bookmark of the identity provider's page does this too."
    }
    SamlUnsolicited "saml-unsolicited" StartAgain {
        "The identity provider began the sign-in by itself"
        "The response answers no request. That is only taken where the policy says `unsafe \"idp-initiated\"`, and until its end."
        "Give people the link `/sso/ORG/CONNECTION/start` on their dashboard (a bookmark application) instead of the provider's own tile."
    }
    SamlReplayed "saml-replayed" StartAgain {
        "The assertion was used before"
        "An assertion is good once, on all nodes, as long as it is valid."
        "Let the person start again. Many of these are an attack, or a browser that sends forms twice."
    }
    SamlAuthnStatement "saml-authn-statement" NotSignedIn {
        "The assertion does not say that somebody signed in"
        "Exactly one `AuthnStatement` with an `AuthnInstant` must be there."
        "Let the identity provider send an authentication statement."
    }
    SamlNameId "saml-name-id" NotSignedIn {
        "The NameID is missing or of another format"
        "The connection identifies people by a NameID of the format in `name-id`."
        "Set the NameID format at the identity provider, or correct `name-id`. An address is no identity: it can be given to another person."
    }
    SamlAttribute "saml-attribute" NotSignedIn {
        "An attribute that the connection reads is not acceptable"
        "A mapping for one value found several, a value holds elements or is too long, or there are too many of them; the trace names the attribute."
        "Let the identity provider send one value, or map another attribute with `attributes { … }`."
    }
    SamlLogout "saml-logout" NotSignedIn {
        "The logout message is not acceptable"
        "It is unsigned, signed by somebody else, too old, for another address, doubled, or names no session here. Nothing was ended by it."
        "Let the identity provider sign its logout messages, and compare the logout address with our metadata."
    }

    // What the policy asks of a sign-in.
    ConnectionInTest "connection-in-test" NotSignedIn {
        "The organisation tests its sign-in and does not use it yet"
        "The policy says `stage \"test\"`: only one-time test links work."
        "Make a link with `gatewright idp test ORG/CONNECTION`; write `stage \"optional\"` or `stage \"required\"` when it works."
    }
    TestLinkUnknown "test-link-unknown" StartAgain {
        "The test link is used up or unknown"
        "A test link is good once and for an hour, in the browser that opens it."
        "Make another one with `gatewright idp test ORG/CONNECTION`."
    }
    AuthenticationTooOld "authentication-too-old" StartAgain {
        "The person proved who they are too long ago"
        "`max-authentication-age` or a `step-up` of the policy asks for a later authentication than the identity provider reports. What it does not report counts as oldest."
        "Let the person sign in again. If it repeats, the identity provider ignores `ForceAuthn` or `max_age`, or reports no authentication time."
    }
    AuthenticationTooWeak "authentication-too-weak" StartAgain {
        "The person did not sign in the way that the permission needs"
        "A `step-up` asks for an authentication context class (`acr`), and the identity provider reported another one, or none."
        "Let the identity provider demand and report it for this application; compare `acr` with what the trace shows."
    }

    // What the session says.
    NoSession "no-session" NotSignedIn {
        "There is no live session"
        "The cookie is missing, unknown, or its session has ended, was idle too long, or is too old."
        "Let the person sign in."
    }
    WrongOrg "wrong-org" NotSignedIn {
        "The session belongs to another organisation"
        "A session gives nothing outside the organisation that it was made in."
        "Let the person sign in to this organisation."
    }
    PermissionMissing "permission-missing" NotSignedIn {
        "The person lacks the permission"
        "No role that the person holds, at the scope that was asked for, permits it."
        "Grant a role that permits it, or ask for the right permission and project."
    }
    SessionsFull "sessions-full" NotSignedIn {
        "The person has as many sessions as the policy allows"
        "`concurrent` is reached and `when-full \"refuse\"` is set."
        "End an older session, or let the policy end the oldest."
    }
    HandoverRefused "handover-refused" StartAgain {
        "The hand-over to the app is not valid"
        "The one-time code was used already, is older than 30 seconds, or came to another origin than the one that it was made for."
        "Let the person open the app again."
    }
    StoreUnavailable "store-unavailable" TryLater {
        "The store did not answer"
        "Without the store nobody new gets in, and nothing is trusted from the browser instead."
        "Look at the disk and the log of the runtime."
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.slug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_lead_back() {
        for &refusal in Refusal::ALL {
            assert_eq!(Refusal::from_slug(refusal.slug()), Some(refusal));
            assert!(crate::Slug::parse(refusal.slug()).is_ok());
        }
        assert_eq!(Refusal::from_slug("nonsense"), None);
    }

    #[test]
    fn every_page_is_whole() {
        for page in Refusal::ALL.iter().map(|refusal| refusal.page()) {
            for text in [page.cause, page.repair] {
                assert!(text.ends_with('.') && text.len() > 20, "{text}");
            }
            assert!(!page.title.ends_with('.'), "{}", page.title);
        }
    }
}
