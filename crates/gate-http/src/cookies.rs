//! Cookies: the two that we set, and how they are read back.
//!
//! Invariant: `__Host-`, `Secure`, `HttpOnly`, `SameSite=Lax`, `Path=/`, no `Domain`, one opaque token (ST-SESS-03). On
//! loopback HTTP alone the prefix and `Secure` are left out: browsers do not keep them there.
//! Invariant: a name that comes twice is refused: a sibling host cannot set a `__Host-` cookie, but whoever can put a
//! second one in front of ours must not decide which one counts (RFC 6265bis §5.7, §8.6).
//!
//! Trust: a value is a guess until the store knows its hash.

use axum::http::{HeaderMap, HeaderValue, header};

/// Which of our cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieName {
    /// The session.
    Session,
    /// This browser, while sign-ins are under way.
    Flow,
}

/// How cookies are named and marked on one kind of origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieScheme {
    /// `https://` origins.
    Secure,
    /// `http://` on loopback, in the environment `dev`.
    Loopback,
}

/// A cookie of ours came twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CookieDoubled;

/// A browser that starts a sign-in and leaves it keeps the cookie no longer than a flow lives (ten minutes).
const FLOW_COOKIE_SECS_MAX: u32 = 600;

impl CookieScheme {
    /// The scheme of an origin or base URL.
    pub(crate) fn of(origin: &str) -> Self {
        if origin.starts_with("http://") { Self::Loopback } else { Self::Secure }
    }

    pub(crate) const fn name(self, cookie: CookieName) -> &'static str {
        match (self, cookie) {
            (Self::Secure, CookieName::Session) => "__Host-gatewright",
            (Self::Secure, CookieName::Flow) => "__Host-gatewright-flow",
            (Self::Loopback, CookieName::Session) => "gatewright",
            (Self::Loopback, CookieName::Flow) => "gatewright-flow",
        }
    }

    const fn marks(self) -> &'static str {
        match self {
            Self::Secure => "Path=/; HttpOnly; SameSite=Lax; Secure",
            Self::Loopback => "Path=/; HttpOnly; SameSite=Lax",
        }
    }

    /// Finds the cookie without copying. A thousand foreign ones cost one walk.
    pub(crate) fn read(self, headers: &HeaderMap, cookie: CookieName) -> Result<Option<&str>, CookieDoubled> {
        let name = self.name(cookie);
        let mut found = None;
        // A header that is not visible ASCII holds none of ours: tokens are base64url.
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        for pair in lines.flat_map(|line| line.split(';')) {
            let Some(value) = pair.trim_start().strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) else {
                continue;
            };
            if found.replace(value.trim_end()).is_some() {
                return Err(CookieDoubled);
            }
        }
        Ok(found)
    }

    /// `Set-Cookie` with the token of a session. `age_secs` is the longest that it can live; the server decides its end,
    /// not the cookie.
    pub(crate) fn session(self, token: &str, age_secs: u32) -> Option<HeaderValue> {
        self.set(CookieName::Session, token, age_secs)
    }

    /// `Set-Cookie` with the token of this browser.
    pub(crate) fn flow(self, token: &str) -> Option<HeaderValue> {
        self.set(CookieName::Flow, token, FLOW_COOKIE_SECS_MAX)
    }

    fn set(self, cookie: CookieName, token: &str, age_secs: u32) -> Option<HeaderValue> {
        let text = format!("{}={token}; {}; Max-Age={age_secs}", self.name(cookie), self.marks());
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// `Set-Cookie` that removes it.
    pub(crate) fn clear(self, cookie: CookieName) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{}=; {}; Max-Age=0", self.name(cookie), self.marks())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_str(line).unwrap())).collect()
    }

    #[test]
    fn st_sess_03_cookies_are_host_bound_and_lax() {
        let set = CookieScheme::Secure.session("t0ken", 3600).unwrap();
        assert_eq!(set, "__Host-gatewright=t0ken; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=3600");
        assert!(set.is_sensitive());
        let flow = CookieScheme::Secure.flow("t0ken").unwrap();
        assert_eq!(flow, "__Host-gatewright-flow=t0ken; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600");
        let dev = CookieScheme::of("http://127.0.0.1:8080").session("t0ken", 60).unwrap();
        assert_eq!(dev, "gatewright=t0ken; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        assert_eq!(CookieScheme::of("https://id.example"), CookieScheme::Secure);
        assert!(CookieScheme::Secure.session("a\nb", 1).is_none());
        let gone = CookieScheme::Secure.clear(CookieName::Session).unwrap();
        assert_eq!(gone, "__Host-gatewright=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
    }

    #[test]
    fn the_cookie_is_found_among_others_and_by_its_whole_name() {
        let read = |lines: &[&str]| {
            CookieScheme::Secure.read(&headers(lines), CookieName::Session).map(|found| found.map(str::to_owned))
        };
        assert_eq!(read(&["a=b; __Host-gatewright=tok; c=d"]), Ok(Some("tok".into())));
        assert_eq!(read(&["a=b", "__Host-gatewright=tok "]), Ok(Some("tok".into())));
        for none in
            ["gatewright=tok", "x__Host-gatewright=tok", "__Host-gatewright-flow=tok", "a=__Host-gatewright=tok", ""]
        {
            assert_eq!(read(&[none]), Ok(None), "{none}");
        }
        let junk: Vec<String> = (0..1_000).map(|n| format!("junk{n}=value")).collect();
        assert_eq!(read(&[&format!("{}; __Host-gatewright=tok", junk.join("; "))]), Ok(Some("tok".into())));
    }

    #[test]
    fn a_doubled_cookie_is_refused() {
        for lines in
            [&["__Host-gatewright=a; __Host-gatewright=a"][..], &["__Host-gatewright=a", "x=y; __Host-gatewright="]]
        {
            assert_eq!(CookieScheme::Secure.read(&headers(lines), CookieName::Session), Err(CookieDoubled));
        }
    }
}
