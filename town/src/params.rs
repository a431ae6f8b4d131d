//! Parameters of a query or a form, in which a name may come only once (RFC 6749 §3.1).
use axum::extract::{Form, FromRequest, Query, Request};
use axum::http::Method;

/// The parameters of a request: its query with GET, its form-encoded body otherwise. What cannot be read counts as nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(pub(crate) Vec<(String, String)>);

/// A parameter came more than once.
#[derive(Debug)]
pub(crate) struct Repeated;

impl Params {
    /// A parameter's value; an empty one counts as absent.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, Repeated> {
        let mut found = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = found.next();
        if found.next().is_some() { Err(Repeated) } else { Ok(first.filter(|value| !value.is_empty())) }
    }

    /// Whether any name came more than once.
    pub(crate) fn any_repeated(&self) -> bool {
        self.0.iter().any(|(name, _)| self.one(name).is_err())
    }

    /// A parameter's value, or nothing when it is absent or came more than once.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.one(name).ok().flatten()
    }
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        if request.method() == Method::GET {
            return Ok(Query::try_from_uri(request.uri()).map(|Query(pairs)| Self(pairs)).unwrap_or_default());
        }
        Ok(Form::from_request(request, state).await.map(|Form(pairs)| Self(pairs)).unwrap_or_default())
    }
}

/// A form-encoded word, decoded.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
