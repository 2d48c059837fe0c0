//! Call: one request that reached the provider, for assertions.

/// What a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    Discovery,
    Keys,
    Authorize,
    Token,
    Userinfo,
    /// An address that only a liar names: it must stay untouched.
    Canary,
    Other,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Call {
    pub endpoint: Endpoint,
    pub path: String,
    pub query: String,
    pub authorization: Option<String>,
    /// The decoded form, in order.
    pub form: Vec<(String, String)>,
}

impl Call {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(has, _)| has == name).map(|(_, value)| value.as_str())
    }
}
