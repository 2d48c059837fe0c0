//! Web: what the provider and the app share: a listener, a page, a clock, random texts.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::net::TcpListener;

pub(crate) async fn listen(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}

/// 256 random bits as text.
pub(crate) fn random() -> Result<String, String> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_| "no randomness".to_owned())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the playground is a main: it reads the clock")]
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A whole page around a body that is HTML already.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>{title}</title><style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>"
    )
}

const STYLE: &str = "
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem }
h1 { font-size: 1.35rem; font-weight: 600 }
button { font: inherit; display: block; width: 100%; text-align: left; padding: .7rem 1rem; margin: .5rem 0;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .6rem; background: none; cursor: pointer }
button:hover, button:focus-visible { border-color: currentColor }
small, dt { opacity: .7 } dd { margin: 0 0 .75rem; overflow-wrap: anywhere } code { font-size: .9em }";
