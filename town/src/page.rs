//! The few HTML pages of the town: plain, made here, without a script, and nothing foreign gets in unescaped.
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;

/// The style sheet of all pages.
const STYLE: &str = include_str!("../style/town.css");

/// Text as HTML: what people or clients wrote cannot become markup.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A whole page.
pub struct Page {
    /// The HTTP status.
    pub status: StatusCode,
    /// `it` or `en`.
    pub language: &'static str,
    /// The title, also the h1's neighbour in the tab.
    pub title: String,
    /// What stands between header and footer, as HTML.
    pub main: String,
    /// The strip on top that says what this is, as text.
    pub mark: &'static str,
    /// An origin besides our own to which a form may lead.
    pub form_goes_to: Option<String>,
}

impl IntoResponse for Page {
    fn into_response(self) -> Response<Body> {
        let html = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<link rel=\"stylesheet\" href=\"/town.css\">\n</head>\n<body>\n\
             <header class=\"mark\">{}</header>\n<main>\n{}\n</main>\n</body>\n</html>\n",
            self.language,
            escape(&self.title),
            escape(self.mark),
            self.main
        );
        let other = self.form_goes_to.map(|origin| format!(" {origin}")).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{other}; base-uri 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        (self.status, headers, html).into_response()
    }
}

/// `GET /town.css`.
pub async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE)
}

/// Sends the browser elsewhere with GET (303). `address` must be trusted; what was added to it must be percent-encoded.
pub fn go_to(address: &str) -> Response<Body> {
    match HeaderValue::try_from(address) {
        Ok(location) => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))])
                .into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Adds parameters to an address that may already have some; values are percent-encoded.
pub fn with_params(address: &str, params: &[(&str, &str)]) -> String {
    let mut whole = address.to_owned();
    for (name, value) in params {
        whole.push(if whole.contains('?') { '&' } else { '?' });
        whole.push_str(&format!("{name}={}", contract::paths::escape(value)));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_parameters_stay_text() {
        assert_eq!(escape("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
        assert_eq!(with_params("http://a/b?c=d", &[("e", "f&g"), ("h", "")]), "http://a/b?c=d&e=f%26g&h=");
        assert_eq!(with_params("http://a/b", &[("e", "è")]), "http://a/b?e=%C3%A8");
    }
}
