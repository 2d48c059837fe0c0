//! Visitor: a person with a browser that keeps cookies and follows no redirect by itself.

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Response};
use serde_json::json;

use crate::House;

/// A client that follows nothing and keeps nothing.
pub fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

/// One person of the organisation `w{org}`.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    base_url: String,
    pub org: usize,
    pub email: String,
    /// `name=value`, once signed in.
    pub session: Option<String>,
}

impl Visitor {
    pub fn new(client: &Client, house: &House, org: usize, name: &str) -> Self {
        Self {
            client: client.clone(),
            base_url: house.base_url(),
            org,
            email: format!("{name}@w{org}.example"),
            session: None,
        }
    }

    /// The whole sign-in. `None` where the gate did not acknowledge it; nobody else may use that provider meanwhile.
    pub async fn sign_in(&mut self, house: &House, groups: &[&str]) -> Option<()> {
        let idp = house.idps.get(self.org)?;
        idp.person(json!({ "sub": self.email, "email": self.email, "email_verified": true, "groups": groups }));
        let start = format!("{}/sso/w{}/main/start", self.base_url, self.org);
        let begun = self.client.get(start).send().await.ok()?;
        let flow = cookie(begun.headers(), "gatewright-flow")?;
        let query = idp.browse(&location(begun.headers())?);
        let callback = format!("{}/sso/w{}/main/callback?{query}", self.base_url, self.org);
        let done = self.client.get(callback).header(COOKIE, flow).send().await.ok()?;
        let session = cookie(done.headers(), "gatewright");
        done.bytes().await.ok()?;
        self.session = Some(session?);
        Some(())
    }

    /// `None` where the gate did not acknowledge it.
    pub async fn sign_out(&self) -> Option<()> {
        let request = self.client.post(format!("{}/logout", self.base_url)).header("Origin", &self.base_url);
        let done =
            request.header(COOKIE, self.session.as_ref()?).header("Sec-Fetch-Site", "same-origin").send().await.ok()?;
        let accepted = done.status().as_u16() < 400;
        done.bytes().await.ok()?;
        accepted.then_some(())
    }

    /// The status of `/session`.
    pub async fn session_status(&self) -> u16 {
        self.get("/session").await.map_or(0, |answer| answer.status().as_u16())
    }

    pub async fn get(&self, path: &str) -> Option<Response> {
        let request = self.client.get(format!("{}{path}", self.base_url));
        request.header(COOKIE, self.session.as_ref()?).send().await.ok()
    }
}

fn location(headers: &HeaderMap) -> Option<String> {
    headers.get(LOCATION)?.to_str().ok().map(str::to_owned)
}

/// The cookie of exactly that name that is being set, as `name=value`.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let set = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = set.filter_map(|line| line.split(';').next());
    let named = pairs.find(|pair| pair.split_once('=').is_some_and(|(key, value)| key == name && !value.is_empty()));
    named.map(str::to_owned)
}
