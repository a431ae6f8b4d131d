//! The URLs of payments: fees, carts, notices on paper, receipts; the office's, and the platform's.
use super::{escape, list_parts, with_parts};
use crate::id::{AttachmentId, CartId, FeeId};
use crate::payments::FeeQuery;

/// GET [`FeeQuery`] → a page of [`crate::payments::Fee`]; POST [`crate::payments::NewPayment`] → [`crate::payments::PaymentStart`].
pub const PAYMENTS: &str = "/api/v1/payments";
/// GET → [`crate::payments::FeeDetails`].
pub const FEE: &str = "/api/v1/payments/fees/{id}";
/// GET `?language=`: the receipt of a paid fee as a tagged PDF.
pub const FEE_RECEIPT: &str = "/api/v1/payments/fees/{id}/receipt";
/// GET `?language=`: the last day of a fee for a calendar (iCalendar, RFC 5545).
pub const FEE_CALENDAR: &str = "/api/v1/payments/fees/{id}/calendar";
/// POST [`crate::payments::NewProof`] → 201 [`crate::payments::FeeDetails`].
pub const FEE_PROOFS: &str = "/api/v1/payments/fees/{id}/proofs";
/// POST nothing → [`crate::payments::Cart`]: I am back from the payment page.
pub const CART_RETURNED: &str = "/api/v1/payments/carts/{id}/returned";
/// POST [`crate::payments::NoticeQuery`] → [`crate::payments::FeeDetails`]: a notice on paper.
pub const PAPER_NOTICES: &str = "/api/v1/payments/notices";
/// GET `?language=` → [`crate::dictionary::Dictionary`]: the states of fees, and no kinds.
pub const PAYMENT_STATES: &str = "/api/v1/dictionary/payments";
/// POST [`crate::payments::office::NewFee`] → [`crate::payments::office::FeePut`].
pub const OFFICE_FEES: &str = "/api/v1/office/fees";
/// GET → a page of [`crate::payments::office::StuckPayment`].
pub const OFFICE_PAYMENTS: &str = "/api/v1/office/payments";
/// POST nothing → [`crate::payments::office::FeePut`]: the payment under way has come to nothing; proofs are settled.
pub const OFFICE_FEE_RELEASE: &str = "/api/v1/office/fees/{id}/release";
/// POST [`crate::payments::Receipt`] → [`crate::payments::office::FeePut`]: a receipt that came by another way, a citizen's proof say.
pub const OFFICE_FEE_RECEIPT: &str = "/api/v1/office/fees/{id}/receipt";
/// GET → a file that came with a proof.
pub const OFFICE_PROOF_FILE: &str = "/api/v1/office/fees/{id}/proofs/{attachment}";
/// POST [`crate::payments::office::PlatformReceipt`] → 204. For the platform alone, by its token.
pub const PLATFORM_RECEIPTS: &str = "/api/v1/platform/receipts";

/// The address of a list of fees.
pub fn payments(query: &FeeQuery) -> String {
    let mut parts = Vec::new();
    parts.extend(query.show.map(|show| format!("show={}", show.as_str())));
    parts.extend(query.year.map(|year| format!("year={year}")));
    parts.extend(list_parts(query.q.as_deref(), query.after.as_deref(), query.limit));
    with_parts(PAYMENTS, parts)
}

/// The address of a fee.
pub fn fee(id: &FeeId) -> String {
    FEE.replace("{id}", &escape(id.as_str()))
}

/// The receipt of a fee, in a language.
pub fn fee_receipt(id: &FeeId, language: &str) -> String {
    format!("{}?language={}", FEE_RECEIPT.replace("{id}", &escape(id.as_str())), escape(language))
}

/// The last day of a fee for a calendar, in a language.
pub fn fee_calendar(id: &FeeId, language: &str) -> String {
    format!("{}?language={}", FEE_CALENDAR.replace("{id}", &escape(id.as_str())), escape(language))
}

/// Where somebody sends a proof that a fee is paid.
pub fn fee_proofs(id: &FeeId) -> String {
    FEE_PROOFS.replace("{id}", &escape(id.as_str()))
}

/// Where somebody says that they are back from the payment page.
pub fn cart_returned(id: &CartId) -> String {
    CART_RETURNED.replace("{id}", &escape(id.as_str()))
}

/// The states of fees in a language.
pub fn payment_states(language: &str) -> String {
    format!("{PAYMENT_STATES}?language={}", escape(language))
}

/// Where the office says that a payment has come to nothing.
pub fn office_fee_release(id: &FeeId) -> String {
    OFFICE_FEE_RELEASE.replace("{id}", &escape(id.as_str()))
}

/// Where the office puts a receipt.
pub fn office_fee_receipt(id: &FeeId) -> String {
    OFFICE_FEE_RECEIPT.replace("{id}", &escape(id.as_str()))
}

/// Where the office finds a file of a proof.
pub fn office_proof_file(id: &FeeId, file: &AttachmentId) -> String {
    OFFICE_PROOF_FILE.replace("{id}", &escape(id.as_str())).replace("{attachment}", &escape(file.as_str()))
}
