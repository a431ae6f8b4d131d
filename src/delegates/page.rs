//! The page "Deleghe": a code that was given to me, who may act for me, for whom I may act.
use super::accept::Accept;
use super::cards::Cards;
use super::code::Given;
use super::give::GiveForm;
use crate::live::live;
use crate::load::{Load, load};
use crate::markup::view;
use crate::ui::{Page, Section};
use crate::words::{key, t};
use contract::delegates::{Delegations, GivenDelegation};
use contract::paths;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// What the parts of the page tell each other.
#[derive(Clone, Copy)]
pub struct Board {
    /// Grows when the lists are to be read anew.
    pub round: RwSignal<u32>,
    /// What was just given, with its code.
    pub given: RwSignal<Option<GivenDelegation>>,
    /// What has just happened, in words.
    pub told: RwSignal<String>,
}

impl Board {
    /// The lists are read anew.
    pub fn renew(self) {
        self.round.try_update(|round| *round += 1);
    }
}

/// The page.
#[component]
pub fn DelegatesPage() -> impl IntoView {
    let board = Board { round: RwSignal::new(0), given: RwSignal::new(None), told: RwSignal::new(String::new()) };
    let mine = load(move |api| {
        board.round.get();
        // The other side has accepted, or ended one.
        live().help_changes();
        async move { api.get::<Delegations>(paths::MY_DELEGATIONS).await }
    });
    let given = move || board.given.get().map(|given| view! { <Given given board/> });
    // What is typed stays while the lists are read anew.
    let days = Memo::new(move |_| mine.now().map(|mine| (mine.today, mine.until_max)));
    let form = move || {
        days.get().filter(|_| board.given.with(Option::is_none)).map(|days| {
            view! { <Section id="give-title" title=t(key::delegates::GIVE_TITLE)><GiveForm days board/></Section> }
        })
    };
    // Whoever comes with a code comes for that.
    let is_invited = untrack(|| use_location().hash.get()).len() > 1;
    let accept = move || view! { <Section id="accept-title" title=t(key::delegates::ACCEPT_TITLE)><Accept board/></Section> };
    view! {
        <Page title=t(key::common::DELEGATES) lead=t(key::delegates::LEAD)>
            <p role="status">{move || board.told.get()}</p>
            {given}
            {is_invited.then(accept)}
            <Load from=mine let:mine>
                <Cards title=t(key::delegates::RECEIVED_TITLE) id="received-title" none=t(key::delegates::RECEIVED_NONE) list=mine.received.clone() is_mine=false board/>
                <Cards title=t(key::delegates::GIVEN_TITLE) id="given-title" none=t(key::delegates::GIVEN_NONE) list=mine.given.clone() is_mine=true board/>
            </Load>
            {(!is_invited).then(accept)}
            {form}
        </Page>
    }
}
