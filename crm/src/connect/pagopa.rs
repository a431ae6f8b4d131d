//! pagoPA: a cart at Checkout (EC API v1), the receipt of a payment (GPD payments receipts), what a notice is (payment options).
//!
//! Amounts and addresses to come back to are ours; what a browser brings back is nobody's word. Answers are read up to a size, and
//! believed only as far as their form goes: the platform is asked over TLS, and its receipts come by its token or by our asking.
use crate::config;
use crate::connect::answer::{self, SetupError};
use contract::payments::office::PlatformReceipt;
use openidconnect::reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use openidconnect::reqwest::{Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::Value;

/// Most bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Longest address of a payment page.
const LOCATION_CHARS_MAX: usize = 2_000;

/// The platform, and who we are there.
pub struct PagoPa {
    http: Client,
    url: String,
    cart_seconds: i64,
}

/// What the platform knows of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who is paid.
    pub creditor_name: String,
    /// What for.
    pub description: String,
    /// Cents.
    pub amount: i64,
    /// The day of its term, as the platform writes it (an instant without zone).
    pub due_on: Option<String>,
    /// Whether it can be paid, by the platform's own word.
    pub status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    #[serde(default)]
    company_name: String,
    #[serde(default)]
    payment_options: Vec<PaymentOption>,
}

#[derive(Deserialize)]
struct PaymentOption {
    #[serde(default)]
    installments: Vec<Installment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Installment {
    nav: String,
    amount: i64,
    #[serde(default)]
    description: String,
    #[serde(default)]
    due_date: Option<String>,
    #[serde(default)]
    status: String,
}

impl PagoPa {
    /// Reads the settings; asks nobody yet.
    ///
    /// # Errors
    /// When the key cannot stand in a header, or no HTTP client can be made.
    pub fn new(pagopa: &config::PagoPa) -> Result<Self, SetupError> {
        let mut key = HeaderValue::from_str(&pagopa.key).map_err(|error| SetupError::new("FILO_PAGOPA_KEY", error))?;
        key.set_sensitive(true);
        let headers = HeaderMap::from_iter([(openidconnect::http::HeaderName::from_static("ocp-apim-subscription-key"), key)]);
        let http = answer::client(pagopa.answer_time).default_headers(headers).build();
        let http = http.map_err(|error| SetupError::new("FILO_PAGOPA_URL", error))?;
        Ok(Self { http, url: pagopa.url.clone(), cart_seconds: pagopa.cart_seconds })
    }

    /// How long a payment page may be used, in seconds.
    pub const fn cart_seconds(&self) -> i64 {
        self.cart_seconds
    }

    /// Makes a cart (`POST /carts`); the address of its payment page.
    ///
    /// # Errors
    /// Why there is none: nobody can pay there then.
    pub async fn cart(&self, order: &Value) -> Result<String, String> {
        let request = self.http.post(format!("{}/checkout/ec/v1/carts", self.url));
        let request = request.header(CONTENT_TYPE, "application/json").body(order.to_string());
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        if answer.status() != StatusCode::FOUND {
            return Err(format!("Checkout said {}", answer.status().as_u16()));
        }
        let location = answer.headers().get(LOCATION).and_then(|location| location.to_str().ok()).unwrap_or_default();
        // Money is paid over TLS; only a platform that is itself on this machine does without.
        let is_address = location.starts_with("https://") || self.url.starts_with("http://") && location.starts_with("http://");
        let is_plain = location.len() <= LOCATION_CHARS_MAX && location.bytes().all(|byte| byte.is_ascii_graphic());
        if is_address && is_plain { Ok(location.to_owned()) } else { Err("Checkout named no payment page".to_owned()) }
    }

    /// The receipt of a notice; none when the platform knows of no payment.
    ///
    /// # Errors
    /// Why nothing is known.
    pub async fn receipt(&self, creditor: &str, iuv: &str) -> Result<Option<PlatformReceipt>, String> {
        let path = format!("{}/gpd/payments-receipts-service/v1/payments/{creditor}/receipts/{iuv}", self.url);
        match read(self.http.get(path)).await? {
            (StatusCode::OK, text) => receipt_of(&text).map(Some).ok_or_else(|| "the platform's receipt could not be read".to_owned()),
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (status, _) => Err(format!("the platform said {} to a receipt", status.as_u16())),
        }
    }

    /// What a notice is; none when nobody has such a notice.
    ///
    /// # Errors
    /// Why nothing is known.
    pub async fn notice(&self, creditor: &str, number: &str) -> Result<Option<Found>, String> {
        let path = format!("{}/payment-options/organizations/{creditor}/notices/{number}", self.url);
        let (status, text) = read(self.http.post(path).header(CONTENT_TYPE, "application/json").body("")).await?;
        match status {
            StatusCode::OK => {
                let options: Options = serde_json::from_str(&text).map_err(|_| "the platform's notice could not be read".to_owned())?;
                let installments = options.payment_options.into_iter().flat_map(|option| option.installments);
                let found = installments.into_iter().find(|installment| installment.nav == number);
                Ok(found.map(|found| Found {
                    creditor_name: options.company_name,
                    description: found.description,
                    amount: found.amount,
                    due_on: found.due_date,
                    status: found.status,
                }))
            }
            StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => Ok(None),
            status => Err(format!("the platform said {} to a notice", status.as_u16())),
        }
    }
}

/// The answer's status and its text, up to a size.
async fn read(request: RequestBuilder) -> Result<(StatusCode, String), String> {
    let mut answer = request.send().await.map_err(|error| error.without_url().to_string())?;
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > ANSWER_BYTES_MAX {
            return Err("the platform said too much".to_owned());
        }
    }
    Ok((answer.status(), String::from_utf8_lossy(&bytes).into_owned()))
}

/// The receipt in the platform's XML (`receipt` of paSendRTV2).
fn receipt_of(xml: &str) -> Option<PlatformReceipt> {
    let text = |name: &str| element(xml, name).map(str::to_owned);
    Some(PlatformReceipt {
        receipt_id: text("receiptId")?,
        notice_number: text("noticeNumber")?,
        fiscal_code: text("fiscalCode")?,
        outcome: text("outcome")?,
        payment_amount: text("paymentAmount")?.parse().ok()?,
        psp_company_name: text("PSPCompanyName").unwrap_or_default(),
        payment_method: text("paymentMethod"),
        payment_date_time_formatted: text("paymentDateTime"),
        payment_date_time: None,
    })
}

/// The text of the first element of this name, whatever its namespace. Elements that hold others have none.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let tags = xml.match_indices('<').filter_map(|(at, _)| {
        let (tag, rest) = xml.get(at + 1..)?.split_once('>')?;
        let called = tag.split([' ', '\n', '\t']).next()?;
        let called = called.rsplit(':').next()?;
        (called == name && !tag.starts_with('/')).then_some(rest)
    });
    tags.into_iter().find_map(|rest| rest.split_once('<').map(|(text, _)| text.trim())).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_read_out_of_its_xml() {
        let xml = "<?xml version=\"1.0\"?><pafn:paSendRTV2Request xmlns:pafn=\"x\"><receipt><receiptId>c110</receiptId>\
            <noticeNumber>302032002700000251</noticeNumber><fiscalCode>01234567897</fiscalCode><outcome>OK</outcome>\
            <paymentAmount>38.42</paymentAmount><PSPCompanyName>Banca di Prova</PSPCompanyName>\
            <paymentDateTime>2026-11-22T10:00:00</paymentDateTime></receipt></pafn:paSendRTV2Request>";
        let receipt = receipt_of(xml).expect("a receipt");
        assert_eq!(
            (receipt.receipt_id.as_str(), receipt.payment_amount, receipt.psp_company_name.as_str()),
            ("c110", 38.42, "Banca di Prova")
        );
        for broken in [
            "",
            "<html><body>Errore</body></html>",
            &xml.replace("<outcome>OK</outcome>", ""),
            &xml.replace("38.42", "molto"),
            "<receiptId>",
        ] {
            assert!(receipt_of(broken).is_none(), "{broken}");
        }
    }
}
