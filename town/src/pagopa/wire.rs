//! What travels to and from the platform, in its own words: carts, receipts, problems.
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::payments::notice::NoticeNumber;
use contract::payments::office::PlatformReceipt;
use serde::Deserialize;
use serde_json::json;

/// `CartRequest`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CartRequest {
    #[serde(default)]
    email_notice: Option<String>,
    pub(crate) payment_notices: Vec<PaymentNotice>,
    pub(crate) return_urls: ReturnUrls,
    #[serde(default)]
    #[serde(rename = "allCCP")]
    _all_ccp: bool,
}

/// `PaymentNotice`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentNotice {
    pub(crate) notice_number: String,
    pub(crate) fiscal_code: String,
    pub(crate) amount: i64,
    pub(crate) company_name: String,
    pub(crate) description: String,
}

/// `returnUrls`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReturnUrls {
    pub(crate) return_ok_url: String,
    pub(crate) return_cancel_url: String,
    pub(crate) return_error_url: String,
}

impl CartRequest {
    /// What breaks the schema, if anything does.
    pub(crate) fn wrong(&self) -> Option<&'static str> {
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=5).contains(&self.payment_notices.len()) {
            return Some("paymentNotices: 1 to 5");
        }
        for notice in &self.payment_notices {
            if !digits(&notice.notice_number, 18) || !digits(&notice.fiscal_code, 11) {
                return Some("noticeNumber has 18 digits, fiscalCode 11");
            }
            if notice.amount < 1 || notice.company_name.chars().count() > 140 || notice.description.chars().count() > 140 {
                return Some("amount is 1 at least; companyName and description 140 characters at most");
            }
        }
        let urls = [&self.return_urls.return_ok_url, &self.return_urls.return_cancel_url, &self.return_urls.return_error_url];
        let is_email = self.email_notice.as_ref().is_none_or(|email| contract::contact::is_email(email));
        if !urls.into_iter().all(|url| url.starts_with("http")) || !is_email {
            return Some("returnUrls are addresses, emailNotice is an e-mail address");
        }
        None
    }
}

/// A payment that was made.
#[derive(Clone, Debug)]
pub(crate) struct Paid {
    pub(crate) receipt_id: String,
    pub(crate) amount: i64,
    pub(crate) at: String,
}

impl Paid {
    /// The receipt as it is sent.
    pub(crate) fn platform_receipt(&self, creditor: &str, number: &str) -> PlatformReceipt {
        PlatformReceipt {
            receipt_id: self.receipt_id.clone(),
            notice_number: number.to_owned(),
            fiscal_code: creditor.to_owned(),
            outcome: "OK".to_owned(),
            payment_amount: euro(self.amount),
            psp_company_name: "Banca di prova".to_owned(),
            payment_method: Some("Carta".to_owned()),
            payment_date_time_formatted: Some(self.at.clone()),
            payment_date_time: None,
        }
    }

    /// The receipt in XML, as GPD gives it.
    pub(crate) fn xml(&self, creditor: &str, number: &str) -> String {
        let (whole, cents) = (self.amount / 100, self.amount % 100);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<receipt><receiptId>{}</receiptId><noticeNumber>{number}</noticeNumber><fiscalCode>{creditor}</fiscalCode>\
             <outcome>OK</outcome><creditorReferenceId>{}</creditorReferenceId><paymentAmount>{whole}.{cents:02}</paymentAmount>\
             <PSPCompanyName>Banca di prova</PSPCompanyName><paymentMethod>Carta</paymentMethod><paymentDateTime>{}</paymentDateTime></receipt>\n",
            self.receipt_id,
            NoticeNumber(number.to_owned()).iuv(),
            self.at,
        )
    }
}

/// Cents as euro.
fn euro(cents: i64) -> f64 {
    cents as f64 / 100.0
}

/// `ProblemJson`.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({ "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
