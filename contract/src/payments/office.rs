//! The other side of payments: fees that the office puts, what it should look at, receipts as the platform sends them.
use super::notice::{self, NoticeNumber};
use super::{AMOUNT_CENTS, Creditor, PARTS_MAX, Part, REMITTANCE_CHARS_MAX, Receipt, Reduced, TITLE_CHARS_MAX};
use crate::calendar::{Date, UtcTime};
use crate::dictionary::StateCode;
use crate::id::{AttachmentId, FeeId};
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use serde::{Deserialize, Serialize};

/// `POST /office/fees`: a fee of somebody's, new or changed. The creditor and the number tell which.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewFee {
    /// The number of its notice.
    pub number: String,
    /// Who is paid; the town itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor: Option<Creditor>,
    /// Codice fiscale of whose debt it is. Whoever signs in with it finds the fee.
    #[serde(default)]
    pub debtor: String,
    /// Their name, as it stands on the notice.
    #[serde(default)]
    pub debtor_name: String,
    /// A code for a small picture.
    #[serde(default)]
    pub kind: String,
    /// What it is.
    pub title: String,
    /// Whom it is for.
    #[serde(default)]
    pub person: String,
    /// What it is for.
    #[serde(default)]
    pub object: String,
    /// Which time it is for.
    #[serde(default)]
    pub period: String,
    /// What stands on the notice; the title when empty.
    #[serde(default)]
    pub remittance: String,
    /// Cents.
    pub amount: i64,
    /// A lower amount until a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduced: Option<Reduced>,
    /// The last day to pay in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// The last day on which it can be paid at all; absent: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_on: Option<Date>,
    /// What the instalments of one thing have in common; empty for a fee without instalments.
    #[serde(default)]
    pub position: String,
    /// Which instalment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// Key of the office that can be asked.
    #[serde(default)]
    pub office: String,
    /// It need not be paid.
    #[serde(default)]
    pub withdrawn: bool,
}

impl NewFee {
    /// The rules that ask nothing of the CRM.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if NoticeNumber::read(&self.number).is_none() {
            problems.push(FieldProblem::new("number", FieldRule::NotANotice));
        }
        if let Some(creditor) = &self.creditor {
            if notice::creditor(&creditor.fiscal_code).is_none() {
                problems.push(FieldProblem::new("creditor.fiscal_code", FieldRule::NotACreditor));
            }
            problems.extend(text::problems("creditor.name", &creditor.name, true, REMITTANCE_CHARS_MAX));
        }
        if !self.debtor.is_empty() && !crate::fiscal_code::is_valid(&self.debtor) {
            problems.push(FieldProblem::new("debtor", FieldRule::NotAChoice));
        }
        problems.extend(text::problems("title", &self.title, true, TITLE_CHARS_MAX));
        problems.extend(text::problems("remittance", &self.remittance, false, REMITTANCE_CHARS_MAX));
        for (field, words) in [
            ("debtor_name", &self.debtor_name),
            ("kind", &self.kind),
            ("person", &self.person),
            ("object", &self.object),
            ("period", &self.period),
            ("position", &self.position),
            ("office", &self.office),
        ] {
            problems.extend(text::problems(field, words, false, TITLE_CHARS_MAX));
        }
        let [least, most] = AMOUNT_CENTS;
        if !(least..=most).contains(&self.amount) {
            problems.push(FieldProblem::new("amount", FieldRule::NotAChoice).with("min", least).with("max", most));
        }
        if self
            .reduced
            .as_ref()
            .is_some_and(|reduced| !(least..self.amount).contains(&reduced.amount) || reduced.until.day_number().is_none())
        {
            problems.push(FieldProblem::new("reduced", FieldRule::NotAChoice));
        }
        for (field, day) in [("due_on", &self.due_on), ("last_on", &self.last_on)] {
            if day.as_ref().is_some_and(|day| day.day_number().is_none()) {
                problems.push(FieldProblem::new(field, FieldRule::NotAChoice));
            }
        }
        if self.part.is_some_and(|part| part.number == 0 || part.number > part.of || part.of > PARTS_MAX) {
            problems.push(FieldProblem::new("part", FieldRule::NotAChoice));
        }
        problems
    }
}

/// A fee that was put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeePut {
    /// Its identifier.
    pub id: FeeId,
    /// How it stands.
    pub state: StateCode,
}

/// Why the office should look at a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StuckKind {
    /// It is being checked for longer than it should.
    Checking,
    /// The citizen has sent a proof that nobody has looked at.
    Proof,
    /// A receipt for a notice that the CRM does not have.
    UnknownNotice,
    /// A receipt over another amount than was asked for.
    OtherAmount,
    /// A second receipt for the same notice: somebody has paid twice.
    PaidTwice,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// `GET /office/payments`: something that the office should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StuckPayment {
    /// Why.
    pub kind: StuckKind,
    /// The fee, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<FeeId>,
    /// The number of the notice.
    pub number: NoticeNumber,
    /// The creditor's fiscal code.
    pub creditor: String,
    /// Since when.
    pub since: UtcTime,
    /// What was written with a proof.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AttachmentId>,
    /// The receipt, where one is the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}

/// `POST /platform/receipts`: a receipt as the platform sends it (pagoPA Biz Events, `CtReceiptModelResponse`; more members may be there).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlatformReceipt {
    /// The platform's name for it.
    pub receipt_id: String,
    /// 18 digits.
    pub notice_number: String,
    /// The creditor's fiscal code.
    pub fiscal_code: String,
    /// `OK`, or `KO` for a payment that failed.
    pub outcome: String,
    /// Euro, with cents behind the point.
    pub payment_amount: f64,
    /// Who took the money.
    #[serde(default)]
    pub psp_company_name: String,
    /// How it was paid.
    #[serde(default)]
    pub payment_method: Option<String>,
    /// When it was paid, with its hour.
    #[serde(default)]
    pub payment_date_time_formatted: Option<String>,
    /// The day it was paid.
    #[serde(default)]
    pub payment_date_time: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_from_one_cent_to_what_a_notice_can_say() {
        let wrong =
            |amount| NewFee { number: "302032002700000251".into(), title: "x".into(), amount, ..NewFee::default() }.problems().len();
        assert_eq!([0, 1, 9_999_999_999, 10_000_000_000, -1].map(wrong), [1, 0, 0, 1, 1]);
        let reduced = |amount| NewFee {
            number: "302032002700000251".into(),
            title: "x".into(),
            amount: 100,
            reduced: Some(Reduced { amount, until: Date("2026-12-01".into()) }),
            ..NewFee::default()
        };
        assert_eq!([0, 1, 99, 100].map(|amount| reduced(amount).problems().len()), [1, 0, 0, 1]);
    }
}
