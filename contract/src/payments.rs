//! Payments: what a citizen owes the town, fee by fee, how each stands, paying through pagoPA Checkout, receipts.
//!
//! A fee is one payment notice: an instalment is a fee of its own. Amounts are whole euro cents. The state of a fee is the CRM's alone to
//! say: what a browser brings back from the payment page moves nothing to "paid".
pub mod notice;
pub mod office;

use crate::calendar::{Date, UtcTime};
use crate::cases::{Office, Phase};
use crate::dictionary::StateCode;
use crate::id::{AttachmentId, CartId, FeeId};
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use notice::NoticeNumber;
use serde::{Deserialize, Serialize};

/// Most fees of one cart (pagoPA Checkout).
pub const CART_MAX: usize = 5;
/// The least and the most that a fee can be, in cents: 0,01 € and 99.999.999,99 € (ten digits on the notice).
pub const AMOUNT_CENTS: [i64; 2] = [1, 9_999_999_999];
/// Most characters of a fee's title, of whom and what it is for.
pub const TITLE_CHARS_MAX: usize = 90;
/// Most characters of what stands on the notice (causale), and of a creditor's name.
pub const REMITTANCE_CHARS_MAX: usize = 140;
/// Most characters of the words that come with a proof.
pub const PROOF_CHARS_MAX: usize = 1000;
/// Most files of a proof.
pub const PROOF_FILES_MAX: usize = 3;
/// Most instalments of one thing.
pub const PARTS_MAX: u32 = 99;

/// How a fee stands in the large: for filters, badges and what can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It can be paid.
    ToPay,
    /// Somebody has begun to pay it: whether it is paid is being found out, and it cannot be paid again.
    Checking,
    /// It is paid: there is a receipt.
    Paid,
    /// It can be paid no longer, or need not.
    Over,
    /// A standing this version does not know.
    #[serde(other)]
    Unknown,
}

impl Standing {
    /// Those that there are, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::ToPay, Self::Checking, Self::Paid, Self::Over];

    /// As it stands in a query: `?show=to_pay`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ToPay => "to_pay",
            Self::Checking => "checking",
            Self::Paid => "paid",
            Self::Over => "over",
            Self::Unknown => "unknown",
        }
    }

    /// The phase, as badges show it.
    pub const fn phase(self) -> Phase {
        match self {
            Self::ToPay => Phase::WaitingForYou,
            Self::Checking | Self::Unknown => Phase::Open,
            Self::Paid | Self::Over => Phase::Closed,
        }
    }
}

/// Who is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Creditor {
    /// Fiscal code, 11 digits.
    pub fiscal_code: String,
    /// Name.
    pub name: String,
}

/// Which instalment of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

/// A lower amount until a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reduced {
    /// Cents.
    pub amount: i64,
    /// The last day on which it holds.
    pub until: Date,
}

/// A fee in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fee {
    /// Its identifier in URLs.
    pub id: FeeId,
    /// The number of its notice.
    pub number: NoticeNumber,
    /// Who is paid.
    pub creditor: Creditor,
    /// A code for a small picture (`school_meals`); may be one that nobody knows.
    #[serde(default)]
    pub kind: String,
    /// What it is ("Mensa scolastica").
    pub title: String,
    /// Whom it is for ("Sara").
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// What it is for ("targa AB 123 CD").
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// Which time it is for ("ottobre 2026").
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub period: String,
    /// What is paid today, in cents.
    pub amount: i64,
    /// What is paid later, while less is paid now: the amount without reduction, and the last day with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_amount: Option<i64>,
    /// The last day of the reduced amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduced_until: Option<Date>,
    /// The last day to pay in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Which instalment it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// How it stands; the words are in `GET /dictionary/payments`.
    pub state: StateCode,
    /// How it stands, in the large.
    pub standing: Standing,
    /// While it is being checked: when the platform is asked next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_check_at: Option<UtcTime>,
    /// When it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<UtcTime>,
    /// It is one's own debt; else a notice that one has looked up to pay it.
    #[serde(default)]
    pub is_own: bool,
}

impl Fee {
    /// What it is, whose, for what and when, in one line: "Mensa · Sara · ottobre". `part` is the instalment in words; empty for none.
    pub fn name(&self, part: &str) -> String {
        let parts = [self.title.as_str(), &self.person, &self.object, &self.period, part];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// A payment that was begun and may still be gone on with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// Its cart.
    pub cart: CartId,
    /// When it was begun.
    pub begun_at: UtcTime,
    /// Until when its payment page may be used, as far as is known.
    pub until: UtcTime,
    /// The payment page, for who began it and has not come back: going there again pays nothing twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// What the platform confirms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The platform's name for it.
    pub receipt_id: String,
    /// Cents.
    pub amount: i64,
    /// When it was paid.
    pub paid_at: UtcTime,
    /// Who took the money.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub psp: String,
    /// How it was paid.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub method: String,
}

/// A fee with everything about it: `GET /payments/fees/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeeDetails {
    /// What the list shows.
    pub fee: Fee,
    /// What stands on the notice (causale).
    pub remittance: String,
    /// The other instalments of the same thing, and this one, in their order; empty for a fee that has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instalments: Vec<Fee>,
    /// The payment under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// The receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// When proofs of payment were sent ("Ho la ricevuta") that the office has not settled yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<UtcTime>,
    /// Whether a proof may be sent.
    #[serde(default)]
    pub may_prove: bool,
    /// Who can be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
}

/// `GET /payments?show=&year=&q=&after=&limit=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct FeeQuery {
    /// Only those that stand so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<Standing>,
    /// Only those paid in this year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Only those with these words: what, whose, for what, number, creditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Continue behind this cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many, 1 to 100; 20 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A fee that is to be paid, and the amount that the person saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chosen {
    /// Which.
    pub id: FeeId,
    /// Cents. Another amount than the CRM's is refused, so that nobody pays what they have not seen.
    pub amount: i64,
}

/// `POST /payments`: begin to pay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPayment {
    /// What is paid together: one to five fees, each once.
    pub fees: Vec<Chosen>,
}

impl NewPayment {
    /// The rules that ask nothing of the CRM.
    pub fn problems(&self) -> Vec<FieldProblem> {
        if self.fees.is_empty() {
            return vec![FieldProblem::new("fees", FieldRule::Required)];
        }
        if self.fees.len() > CART_MAX {
            return vec![FieldProblem::new("fees", FieldRule::TooManyItems).with("max", CART_MAX)];
        }
        let again = |index: usize, chosen: &Chosen| self.fees.iter().take(index).any(|before| before.id == chosen.id);
        let twice = self.fees.iter().enumerate().filter(|(index, chosen)| again(*index, chosen));
        twice.map(|(index, _)| FieldProblem::new(format!("fees.{index}"), FieldRule::NotAChoice)).collect()
    }
}

/// Where the payment goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentStart {
    /// The cart.
    pub cart: CartId,
    /// The payment page: the browser goes there.
    pub location: String,
}

/// A cart as who comes back from the payment page sees it: `POST /payments/carts/{id}/returned`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cart {
    /// Its identifier.
    pub id: CartId,
    /// What was to be paid, as it stands now.
    pub fees: Vec<Fee>,
}

/// `POST /payments/notices`: a notice on paper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeQuery {
    /// Its number, as it is typed.
    pub number: String,
    /// The creditor's fiscal code.
    pub creditor: String,
}

impl NoticeQuery {
    /// The rules of both sides. Check digits are none of them.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        for (field, typed, is_right, wrong) in [
            ("number", &self.number, NoticeNumber::read(&self.number).is_some(), FieldRule::NotANotice),
            ("creditor", &self.creditor, notice::creditor(&self.creditor).is_some(), FieldRule::NotACreditor),
        ] {
            if typed.trim().is_empty() {
                problems.push(FieldProblem::new(field, FieldRule::Required));
            } else if !is_right {
                problems.push(FieldProblem::new(field, wrong));
            }
        }
        problems
    }
}

/// `POST /payments/fees/{id}/proofs`: "Ho la ricevuta". Words, files, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewProof {
    /// What the receipt says: its number, who took the money, when.
    #[serde(default)]
    pub text: String,
    /// Photos or PDF of it, sent before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AttachmentId>,
}

impl NewProof {
    /// The rules of both sides.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = text::problems("text", &self.text, self.files.is_empty(), PROOF_CHARS_MAX);
        if self.files.len() > PROOF_FILES_MAX {
            problems.push(FieldProblem::new("files", FieldRule::TooManyItems).with("max", PROOF_FILES_MAX));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(id: &str) -> Chosen {
        Chosen { id: FeeId(id.into()), amount: 1 }
    }

    #[test]
    fn a_cart_has_one_to_five_different_fees() {
        let problems = |fees: Vec<Chosen>| NewPayment { fees }.problems().into_iter().map(|p| (p.field, p.code)).collect::<Vec<_>>();
        assert_eq!(problems(vec![]), [("fees".to_owned(), FieldRule::Required)]);
        assert_eq!(problems((0..5).map(|n| chosen(&n.to_string())).collect()), []);
        assert_eq!(problems((0..6).map(|n| chosen(&n.to_string())).collect()), [("fees".to_owned(), FieldRule::TooManyItems)]);
        assert_eq!(problems(vec![chosen("a"), chosen("b"), chosen("a")]), [("fees.2".to_owned(), FieldRule::NotAChoice)]);
    }

    #[test]
    fn a_fee_says_whose_and_for_what_it_is() {
        let json = r#"{"id":"1","number":"302032002700000251","creditor":{"fiscal_code":"01234567897","name":"Comune"},"title":"Mensa","person":"Sara",
            "period":"ottobre","amount":100,"state":"due","standing":"to_pay"}"#;
        let fee: Fee = serde_json::from_str(json).expect("a fee");
        assert_eq!(
            (fee.name(""), fee.name("rata 1 di 2")),
            ("Mensa · Sara · ottobre".to_owned(), "Mensa · Sara · ottobre · rata 1 di 2".to_owned())
        );
        assert_eq!(serde_json::from_str::<Standing>("\"frozen\"").ok(), Some(Standing::Unknown));
    }
}
