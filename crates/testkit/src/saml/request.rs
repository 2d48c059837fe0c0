//! Request: what a provider reads from the `AuthnRequest` that it is sent.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use roxmltree::Document;
use url::Url;

/// The request, without a check of its signature.
#[derive(Debug, Clone)]
pub struct AuthnRequest {
    pub xml: String,
    pub id: String,
    pub issuer: String,
    pub destination: Option<String>,
    /// `AssertionConsumerServiceURL`.
    pub acs: Option<String>,
    pub force_authn: bool,
    /// The values of `AuthnContextClassRef`.
    pub acrs: Vec<String>,
    pub relay_state: Option<String>,
    /// The parameters of a redirect, in their order, as they stand in the address.
    pub raw_query: Option<String>,
}

impl AuthnRequest {
    /// From the address that a browser was redirected to.
    pub fn from_redirect(url: &str) -> Self {
        let url = Url::parse(url).unwrap();
        let parameter =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let deflated = BASE64_STANDARD.decode(parameter("SAMLRequest").expect("SAMLRequest")).unwrap();
        let xml = miniz_oxide::inflate::decompress_to_vec(&deflated).unwrap();
        let mut request = Self::from_xml(String::from_utf8(xml).unwrap(), parameter("RelayState"));
        request.raw_query = url.query().map(str::to_owned);
        request
    }

    /// From the fields of a form.
    pub fn from_form(saml_request: &str, relay_state: Option<&str>) -> Self {
        let xml = BASE64_STANDARD.decode(saml_request).unwrap();
        Self::from_xml(String::from_utf8(xml).unwrap(), relay_state.map(str::to_owned))
    }

    fn from_xml(xml: String, relay_state: Option<String>) -> Self {
        let document = Document::parse(&xml).unwrap();
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "AuthnRequest");
        let attribute = |name: &str| root.attribute(name).map(str::to_owned);
        let texts = |name: &str| -> Vec<String> {
            let named = document.descendants().filter(|node| node.tag_name().name() == name);
            named.filter_map(|node| node.text().map(str::to_owned)).collect()
        };
        Self {
            id: attribute("ID").unwrap(),
            issuer: texts("Issuer").remove(0),
            destination: attribute("Destination"),
            acs: attribute("AssertionConsumerServiceURL"),
            force_authn: attribute("ForceAuthn").is_some_and(|value| value == "true" || value == "1"),
            acrs: texts("AuthnContextClassRef"),
            relay_state,
            raw_query: None,
            xml,
        }
    }
}
