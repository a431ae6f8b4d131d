//! The machine against a world that does what worlds do: pages paid at the last second, receipts late, double, never; questions answered
//! before the platform knows; offices that press buttons. 2,000 worlds by default, 1,000,000 with all tests (`FILO_FULL=1 ./test`).
use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const PAGE: i64 = 100;
const PAUSE: i64 = 20;

/// What may happen in the world.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Passes(i64),
    Press,
    CheckoutDown,
    ComesBack,
    /// Somebody pays at the payment page that was opened so many pages ago, if it still can be used.
    PaysAt(usize),
    /// A receipt of a payment that was made arrives, perhaps again.
    Arrives(usize),
    Ticks,
    /// The platform is asked; it knows what was paid at least `PAUSE` ago.
    Asked,
    LastDay,
    Renew,
    Withdraw,
    Release,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (0..70_i64).prop_map(Happens::Passes),
        4 => Just(Happens::Press),
        1 => Just(Happens::CheckoutDown),
        2 => Just(Happens::ComesBack),
        4 => (0..3_usize).prop_map(Happens::PaysAt),
        3 => (0..3_usize).prop_map(Happens::Arrives),
        2 => Just(Happens::Ticks),
        4 => Just(Happens::Asked),
        1 => Just(Happens::LastDay),
        1 => Just(Happens::Renew),
        1 => Just(Happens::Withdraw),
        1 => Just(Happens::Release),
    ]
}

/// A fee and all that is outside.
struct World {
    now: i64,
    stand: Stand,
    /// When each page that was opened can be used no longer.
    pages: Vec<i64>,
    /// When each payment was made.
    payments: Vec<i64>,
    receipts: usize,
    /// The office has freed it by its own word: then it answers for what comes of that.
    office_freed: bool,
}

impl World {
    fn new() -> Self {
        let stand = Stand { state: State::Due, until: 0 };
        Self { now: 1_000, stand, pages: vec![], payments: vec![], receipts: 0, office_freed: false }
    }

    fn tell(&mut self, event: Event) -> bool {
        let before = self.stand;
        match next(self.stand, event, (self.now, PAUSE)) {
            Ok(after) => {
                self.stand = after;
                assert!(before.state != State::Paid || after.state == State::Paid, "paid is never left: {event:?}");
                assert!(after.state != State::Paid || self.receipts > 0, "paid without a receipt by {event:?}");
                assert!(
                    event != Event::Returned || after.state == before.state || after.state == State::Checking,
                    "coming back decides nothing"
                );
                true
            }
            Err(_) => {
                assert_eq!(self.stand, before);
                false
            }
        }
    }

    fn happen(&mut self, what: Happens) {
        match what {
            Happens::Passes(seconds) => self.now += seconds,
            Happens::Press => {
                let until = self.now + PAGE;
                if self.tell(Event::Start { until }) {
                    assert!(self.pages.iter().all(|page| *page <= self.now), "two payment pages at a time");
                    self.pages.push(until);
                }
            }
            Happens::CheckoutDown => {
                if self.tell(Event::Start { until: self.now + PAGE }) {
                    self.tell(Event::NoCart);
                    assert_eq!(self.stand.state, State::Due);
                }
            }
            Happens::ComesBack => drop(self.tell(Event::Returned)),
            // The platform itself would refuse a second payment of a notice; here it does not, so that the lock is proved and not the platform.
            Happens::PaysAt(back) => {
                let page = self.pages.iter().rev().nth(back).copied();
                if page.is_some_and(|until| self.now < until) {
                    self.payments.push(self.now);
                    self.pages.retain(|until| Some(*until) != page);
                }
            }
            Happens::Arrives(which) => {
                if which < self.payments.len() {
                    self.receipts += 1;
                    self.tell(Event::Receipt);
                }
            }
            Happens::Ticks => drop(self.tell(Event::Time)),
            Happens::Asked => self.ask(),
            Happens::LastDay => drop(self.tell(Event::LastDayOver)),
            Happens::Renew => drop(self.tell(Event::Renewed)),
            Happens::Withdraw => drop(self.tell(Event::Withdrawn)),
            Happens::Release => {
                let locked = self.stand.state.is_locked();
                self.tell(Event::Released);
                self.office_freed |= locked && !self.stand.state.is_locked() && !self.payments.is_empty();
            }
        }
    }

    fn ask(&mut self) {
        if self.payments.iter().any(|at| at + PAUSE <= self.now) {
            self.receipts += 1;
            self.tell(Event::Receipt);
        } else {
            self.tell(Event::Unpaid);
        }
    }

    /// Whatever has happened: once time passes and the platform answers, it can be paid, or it is over.
    fn comes_to_an_end(&mut self) {
        self.now += PAGE + PAUSE;
        self.tell(Event::Time);
        self.ask();
        assert!(!self.stand.state.is_locked(), "{:?}", self.stand);
        if !self.payments.is_empty() {
            assert_eq!(self.stand.state, State::Paid, "what was paid is known in the end");
        }
    }
}

fn prove(worlds: u32) {
    let config = Config { cases: worlds, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let story = proptest::collection::vec(happens(), 1..40);
    let told = runner.run(&story, |story| {
        let mut world = World::new();
        for what in story {
            world.happen(what);
            prop_assert!(world.payments.len() <= 1 || world.office_freed, "paid twice: {:?}", world.payments);
        }
        world.comes_to_an_end();
        Ok(())
    });
    assert!(told.is_ok(), "{told:?}");
}

#[test]
fn never_two_payments_never_paid_without_a_receipt_never_stuck() {
    prove(2_000);
}

#[test]
#[ignore = "a million worlds: FILO_FULL=1 ./test"]
fn the_same_in_a_million_worlds() {
    prove(1_000_000);
}

#[test]
fn a_page_that_was_closed_keeps_the_fee_until_its_time_is_over_and_the_platform_was_asked_after_it() {
    let at = |stand, event, now| next(stand, event, (now, PAUSE));
    let started = at(Stand { state: State::Due, until: 0 }, Event::Start { until: 100 }, 0).expect("it can be paid");
    assert_eq!(at(started, Event::Start { until: 200 }, 50), Err(Refusal::InPayment));
    for event in [Event::Time, Event::Unpaid] {
        assert_eq!(at(started, event, 99).map(|stand| stand.state), Ok(State::Started));
    }
    assert_eq!(at(started, Event::Released, 99), Err(Refusal::InPayment));
    let checking = at(started, Event::Returned, 50).expect("it moves");
    assert_eq!(checking.state, State::Checking);
    assert_eq!(at(checking, Event::Unpaid, 119), Ok(checking));
    assert_eq!(at(checking, Event::Unpaid, 120).map(|stand| stand.state), Ok(State::NotPaid));
    assert_eq!(at(checking, Event::Released, 100).map(|stand| stand.state), Ok(State::NotPaid));
    assert_eq!(at(checking, Event::Withdrawn, 500), Err(Refusal::InPayment));
}

#[test]
fn a_receipt_wins_whenever_it_comes() {
    for state in State::ALL {
        let paid = next(Stand { state, until: 0 }, Event::Receipt, (1, PAUSE)).expect("it moves");
        assert_eq!((paid.state, State::of(state.word())), (State::Paid, Some(state)));
    }
}

#[test]
fn questions_become_rarer_and_never_end() {
    let waits: Vec<i64> = (0..12).map(wait).collect();
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]) && waits[0] > 0, "{waits:?}");
    assert_eq!((wait(-1), wait(i64::MAX)), (3_600, 3_600));
}
