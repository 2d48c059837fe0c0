//! Callback: what the browser brings back from the identity provider.
//!
//! Reads a query; gives a code or the provider's error, both still alleged, or a refusal.
//!
//! Trust: every value was in the hands of the browser, and may come from another provider or another browser. The caller
//! finds the flow by `state` and the browser by its cookie; [`Door::finish`](crate::Door::finish) compares `iss`.
//! Invariant: a parameter that comes twice is refused: two parsers could read two things (ST-OIDC-16).

use gatewright_terms::Refusal;
use zeroize::Zeroizing;

use crate::refused::{Refused, echo};

/// Codes of up to 2,300 bytes are seen (Entra ID); the whole query stays below what proxies let through.
const QUERY_BYTES_MAX: usize = 8 * 1024;
/// Real answers have at most six parameters.
const PARAMETERS_MAX: usize = 32;
/// Ours has 43.
const STATE_BYTES_MAX: usize = 256;
const CODE_BYTES_MAX: usize = 4 * 1024;
/// The issuer of a program is shorter.
const ISSUER_BYTES_MAX: usize = 1024;
/// The longest error code of RFC 6749 and OpenID Connect has 26 bytes.
const ERROR_BYTES_MAX: usize = 64;

/// An answer of the code flow, read strictly.
pub struct Callback {
    state: String,
    iss: Option<String>,
    pub(crate) outcome: Outcome,
}

pub(crate) enum Outcome {
    Code(Zeroizing<String>),
    /// The OAuth error code, printable.
    Error(String),
}

impl Callback {
    /// Reads the query of the callback, without its `?`. Unknown parameters are let be (RFC 6749 §4.1.2).
    pub fn parse(query: &str) -> Result<Self, Refused> {
        let parameters = Parameters::read(query)?;
        if let Some(name) = ["id_token", "access_token"].into_iter().find(|name| parameters.get(name).is_some()) {
            return Err(refuse(format!("`{name}` in the answer: the implicit and hybrid flows are not spoken here")));
        }
        let state = parameters.bounded("state", STATE_BYTES_MAX)?.ok_or_else(|| refuse("no `state`"))?;
        let iss = parameters.bounded("iss", ISSUER_BYTES_MAX)?;
        let code = parameters.bounded("code", CODE_BYTES_MAX)?;
        let error = parameters.bounded("error", ERROR_BYTES_MAX)?;
        let outcome = match (code, error) {
            (Some(code), None) => Outcome::Code(Zeroizing::new(code.to_owned())),
            (None, Some(error)) => Outcome::Error(echo(error)),
            (Some(_), Some(_)) => return Err(refuse("both `code` and `error`")),
            (None, None) => return Err(refuse("neither `code` nor `error`")),
        };
        Ok(Self { state: state.to_owned(), iss: iss.map(str::to_owned), outcome })
    }

    /// Names the flow. Compare by a hash or in constant time.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The issuer that the answer names (RFC 9207).
    pub fn iss(&self) -> Option<&str> {
        self.iss.as_deref()
    }
}

/// A code is a secret until it is used.
impl std::fmt::Debug for Callback {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let outcome = match &self.outcome {
            Outcome::Code(_) => "a code",
            Outcome::Error(error) => error,
        };
        write!(out, "Callback({outcome}, iss {:?})", self.iss)
    }
}

struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn read(query: &str) -> Result<Self, Refused> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(refuse("the query is too long"));
        }
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if all.iter().any(|(earlier, _)| *earlier == name) {
                return Err(refuse(format!("{} comes twice", echo(&name))));
            }
            if all.len() == PARAMETERS_MAX {
                return Err(refuse("too many parameters"));
            }
            all.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(all))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(has, _)| has == name).map(|(_, value)| value.as_str())
    }

    /// 1 to `max` bytes of printable ASCII: what RFC 6749 appendix A allows in every value that we read.
    fn bounded(&self, name: &'static str, max: usize) -> Result<Option<&str>, Refused> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let good = (1..=max).contains(&value.len()) && value.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
        if good { Ok(Some(value)) } else { Err(refuse(format!("`{name}` is empty, too long or not printable"))) }
    }
}

fn refuse(text: impl Into<String>) -> Refused {
    Refused::new(Refusal::ParameterRefused, "callback", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(query: &str) -> String {
        match Callback::parse(query).unwrap().outcome {
            Outcome::Code(code) => code.to_string(),
            Outcome::Error(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_good_answer_is_read() {
        let answer = Callback::parse("code=a%2Fb&state=s1&iss=https%3A%2F%2Fidp.example&session_state=x").unwrap();
        assert_eq!((answer.state(), answer.iss()), ("s1", Some("https://idp.example")));
        assert_eq!(code_of("state=s&code=a%2Fb+c"), "a/b c");
    }

    #[test]
    fn the_providers_error_is_kept_printable() {
        let answer = Callback::parse("error=access_denied&error_description=%0d%0a&state=s").unwrap();
        assert!(matches!(answer.outcome, Outcome::Error(error) if error == "`access_denied`"));
    }

    /// ST-OIDC-16: a repeated protocol parameter is refused, wherever and however it is spelt.
    #[test]
    fn st_oidc_16_repeated_parameters_are_refused() {
        for name in ["code", "state", "iss", "error", "session_state", "x"] {
            let query = format!("code=c&state=s&{name}=1&{name}=1");
            assert_eq!(Callback::parse(&query).unwrap_err().refusal, Refusal::ParameterRefused, "{query}");
        }
        assert!(Callback::parse("code=a&c%6fde=b&state=s").is_err());
        assert!(Callback::parse("code=a&state=s&x=1").is_ok());
    }

    /// ST-OIDC-01: implicit and hybrid answers are refused.
    #[test]
    fn st_oidc_01_tokens_in_the_answer_are_refused() {
        for query in [
            "code=c&state=s&id_token=x.y.z",
            "state=s&access_token=t",
            "state=s&id_token=",
            "code=c&state=s&access_token=",
        ] {
            assert_eq!(Callback::parse(query).unwrap_err().refusal, Refusal::ParameterRefused, "{query}");
        }
    }

    #[test]
    fn odd_answers_are_refused() {
        let long = format!("code={}&state=s", "a".repeat(4097));
        let longer = format!("code=c&state=s&x={}", "a".repeat(9000));
        let many: String = (0..40).map(|n| format!("p{n}=1&")).collect::<String>() + "code=c&state=s";
        for query in [
            "",
            "code=c",
            "state=s",
            "code=&state=s",
            "code=c&state=",
            "code=c&error=e&state=s",
            "code=%00&state=s",
            &long,
            &longer,
            &many,
        ] {
            assert_eq!(Callback::parse(query).unwrap_err().refusal, Refusal::ParameterRefused, "{query}");
        }
    }

    #[test]
    fn the_code_does_not_print() {
        assert!(!format!("{:?}", Callback::parse("code=sesame&state=s").unwrap()).contains("sesame"));
    }
}
