//! How a fee may stand, and what moves it: pure, without clock or database. Times are seconds since 1970.
//!
//! ```text
//!            start                returned, or the page's time is over
//!  due ───────────────▶ started ───────────────▶ checking
//!   ▲  ▲                  │ no cart                 │ the platform knows of no payment, asked after
//!   │  └──────────────────┘                         ▼ the page's time and a pause: nothing can come any more
//!   │ a new last day                             not_paid ──start──▶ started
//!  expired ◀── the last day is over ── due, not_paid
//!
//!  a receipt: from everywhere to paid, which nothing leaves          withdrawn: due, not_paid, expired → cancelled
//! ```
//!
//! The lock against paying twice is `started` and `checking`: as long as a payment page might still be used, or a payment made there might
//! not be known yet, no other page is opened. What a browser brings back moves nothing to paid, and frees nothing.
use contract::payments::Standing;

/// How a fee stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// To pay.
    Due,
    /// A payment page is open.
    Started,
    /// Whether it is paid is being found out.
    Checking,
    /// Paid: there is a receipt.
    Paid,
    /// A payment was begun and came to nothing: to pay.
    NotPaid,
    /// It can be paid no longer.
    Expired,
    /// It need not be paid.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] = [Self::Due, Self::Started, Self::Checking, Self::Paid, Self::NotPaid, Self::Expired, Self::Cancelled];

    /// As it stands in the database and in the dictionary.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Started => "started",
            Self::Checking => "checking",
            Self::Paid => "paid",
            Self::NotPaid => "not_paid",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// How it stands in the large.
    pub const fn standing(self) -> Standing {
        match self {
            Self::Due | Self::NotPaid => Standing::ToPay,
            Self::Started | Self::Checking => Standing::Checking,
            Self::Paid => Standing::Paid,
            Self::Expired | Self::Cancelled => Standing::Over,
        }
    }

    /// No other payment may be begun.
    pub const fn is_locked(self) -> bool {
        matches!(self, Self::Started | Self::Checking)
    }
}

/// How a fee stands, and until when its payment page may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// The state.
    pub state: State,
    /// While it is locked: when the payment page can be used no longer.
    pub until: i64,
}

/// What happens to a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody begins to pay; the payment page may be used until then.
    Start {
        /// When the page's time is over.
        until: i64,
    },
    /// Checkout has made no page: nobody can pay there.
    NoCart,
    /// The browser came back from the payment page, whatever it says.
    Returned,
    /// Time has passed.
    Time,
    /// The platform, asked now, knows of no payment.
    Unpaid,
    /// A receipt.
    Receipt,
    /// The last day on which it could be paid is over.
    LastDayOver,
    /// It can be paid (again): the office has put it so.
    Renewed,
    /// The office says that it need not be paid.
    Withdrawn,
    /// The office says that the payment under way has come to nothing.
    Released,
}

/// Why something cannot happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is being paid.
    InPayment,
    /// It is paid.
    AlreadyPaid,
    /// It can be paid no longer, or need not be.
    NotPayable,
}

/// What becomes of a fee. `pause`: how long after the page's time a payment made there may still be unknown to the platform.
///
/// # Errors
/// Why it cannot happen; then nothing has.
pub fn next(stand: Stand, event: Event, (now, pause): (i64, i64)) -> Result<Stand, Refusal> {
    use Event as E;
    use State as S;
    let to = |state| Ok(Stand { state, ..stand });
    let page_is_over = now >= stand.until;
    match (event, stand.state) {
        (E::Receipt, _) => to(S::Paid),
        (E::Start { until }, S::Due | S::NotPaid) => Ok(Stand { state: S::Started, until }),
        (E::Start { .. } | E::Withdrawn, S::Started | S::Checking) => Err(Refusal::InPayment),
        (E::Start { .. } | E::Withdrawn | E::Renewed, S::Paid) => Err(Refusal::AlreadyPaid),
        (E::Start { .. }, S::Expired | S::Cancelled) => Err(Refusal::NotPayable),
        (E::NoCart, S::Started) => to(S::Due),
        (E::Returned, S::Started) => to(S::Checking),
        (E::Time, S::Started) if page_is_over => to(S::Checking),
        (E::Unpaid, S::Started | S::Checking) if now >= stand.until.saturating_add(pause) => to(S::NotPaid),
        (E::Released, S::Started | S::Checking) if page_is_over => to(S::NotPaid),
        (E::Released, S::Started | S::Checking) => Err(Refusal::InPayment),
        (E::LastDayOver, S::Due | S::NotPaid) => to(S::Expired),
        (E::Renewed, S::Expired | S::Cancelled) => to(S::Due),
        (E::Withdrawn, S::Due | S::NotPaid | S::Expired) => to(S::Cancelled),
        _ => Ok(stand),
    }
}

/// Seconds until the platform is asked again, after it was asked so often: soon at first, rarely later.
pub fn wait(checks: i64) -> i64 {
    const WAITS: [i64; 10] = [5, 10, 20, 40, 60, 120, 300, 600, 1_800, 3_600];
    usize::try_from(checks).ok().and_then(|checks| WAITS.get(checks)).copied().unwrap_or(3_600)
}

#[cfg(test)]
mod tests;
