//! The places of payments: what there is to pay, one fee and its papers, a notice on paper, the way back from the payment page.
use contract::id::{CartId, FeeId};
use std::fmt;

/// A place among the payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payments {
    /// All fees.
    List,
    /// A notice on paper.
    Paper,
    /// One fee.
    Fee(FeeId),
    /// Its receipt, to read and print.
    Receipt(FeeId),
    /// Its notice, to print, and its QR code.
    Notice(FeeId),
    /// The way back from the payment page. `crm/src/payments/carts.rs` knows it by the same address.
    Returned(CartId),
}

impl Payments {
    /// Reads what stands behind `/payments`.
    pub fn parse(segments: &[&str]) -> Option<Self> {
        let fee = |id: &str| FeeId(id.to_owned());
        match segments {
            [] => Some(Self::List),
            ["paper"] => Some(Self::Paper),
            ["returned", id] => Some(Self::Returned(CartId((*id).to_owned()))),
            [id] => Some(Self::Fee(fee(id))),
            [id, "receipt"] => Some(Self::Receipt(fee(id))),
            [id, "notice"] => Some(Self::Notice(fee(id))),
            _ => None,
        }
    }

    /// The places above this one among the payments.
    pub fn above(&self) -> Vec<Self> {
        match self {
            Self::List => vec![],
            Self::Receipt(id) | Self::Notice(id) => vec![Self::List, Self::Fee(id.clone())],
            Self::Paper | Self::Fee(_) | Self::Returned(_) => vec![Self::List],
        }
    }
}

impl fmt::Display for Payments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/payments")?;
        match self {
            Self::List => Ok(()),
            Self::Paper => f.write_str("/paper"),
            Self::Fee(id) => write!(f, "/{id}"),
            Self::Receipt(id) => write!(f, "/{id}/receipt"),
            Self::Notice(id) => write!(f, "/{id}/notice"),
            Self::Returned(id) => write!(f, "/returned/{id}"),
        }
    }
}
