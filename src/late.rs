//! Pages that travel in files of their own: asked for when somebody goes there, so the first page stays small.
//!
//! What only these pages need is cut out of the app's WebAssembly by `tools/wasm-bindgen` after the build (docs/adr/0008). A
//! development build and the tests carry everything in one piece; nothing else differs.
mod places;

use crate::api::ApiError;
use crate::markup::{IntoNode, Markup, view};
use crate::route::{MyData, Payments, ReportStep};
use crate::ui::{ErrorView, Skeleton};
use crate::{
    cases, channels, comfort, delegates as delegations, help_desk, home, inbox, legal, my_data as kept, outbox, payments as paying,
    questionnaires, reports, sessions, subscriptions, words,
};
use contract::id::{CaseId, QuestionnaireId};
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
pub use places::{Asked, Delegates, Desk, Legal, Public};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// A page once its file is there, to be drawn when its words are there too; [`ApiError::Offline`] when it could not be had.
type Page = Result<Box<dyn FnOnce() -> AnyView>, ApiError>;

/// A page that was asked for.
type Coming = Pin<Box<dyn Future<Output = Page>>>;

/// A page that has come, not drawn yet.
fn page(draw: impl FnOnce() -> AnyView + 'static) -> Page {
    Ok(Box::new(draw))
}

impl From<SplitLoaderError> for ApiError {
    fn from(_: SplitLoaderError) -> Self {
        Self::Offline
    }
}

#[wasm_split(cases, fallible, wasm_split_path = ::leptos::wasm_split)]
fn case_page(id: CaseId) -> Page {
    page(move || view! { <cases::CasePage id/> }.into_any())
}

#[wasm_split(cases, fallible, wasm_split_path = ::leptos::wasm_split)]
fn receipt_page(id: CaseId) -> Page {
    page(move || view! { <cases::ReceiptPage id/> }.into_any())
}

#[wasm_split(cases, fallible, wasm_split_path = ::leptos::wasm_split)]
fn story_page() -> Page {
    page(move || view! { <cases::StoryPage/> }.into_any())
}

#[wasm_split(tips, fallible, wasm_split_path = ::leptos::wasm_split)]
fn tips_part() -> Page {
    page(move || view! { <home::TipsPart/> }.into_any())
}

#[wasm_split(inbox, fallible, wasm_split_path = ::leptos::wasm_split)]
fn inbox_page() -> Page {
    page(move || view! { <inbox::InboxPage/> }.into_any())
}

#[wasm_split(channels, fallible, wasm_split_path = ::leptos::wasm_split)]
fn channels_page() -> Page {
    page(move || view! { <channels::ChannelsPage/> }.into_any())
}

#[wasm_split(subscriptions, fallible, wasm_split_path = ::leptos::wasm_split)]
fn subscriptions_page() -> Page {
    page(move || view! { <subscriptions::SubscriptionsPage/> }.into_any())
}

#[wasm_split(help_desk, fallible, wasm_split_path = ::leptos::wasm_split)]
fn sessions_page() -> Page {
    page(move || view! { <sessions::SessionsPage/> }.into_any())
}

#[wasm_split(my_data, fallible, wasm_split_path = ::leptos::wasm_split)]
fn my_data_page(place: MyData) -> Page {
    page(move || view! { <kept::MyDataPages place/> }.into_any())
}

#[wasm_split(help_desk, fallible, wasm_split_path = ::leptos::wasm_split)]
fn delegates_page(which: Delegates) -> Page {
    page(move || {
        match which {
            Delegates::All => view! { <delegations::DelegatesPage/> },
            Delegates::Now => view! { <delegations::ActingPage/> },
            Delegates::Banner => view! { <delegations::ActingBanner/> },
        }
        .into_any()
    })
}

#[wasm_split(comfort, fallible, wasm_split_path = ::leptos::wasm_split)]
fn comfort_page() -> Page {
    page(move || view! { <comfort::ComfortPage/> }.into_any())
}

#[wasm_split(questionnaires, fallible, wasm_split_path = ::leptos::wasm_split)]
fn questionnaires_page(which: Asked) -> Page {
    page(move || {
        match which {
            Asked::List => view! { <questionnaires::QuestionnairesPage/> },
            Asked::One(id) => view! { <questionnaires::QuestionnairePage id/> },
            Asked::Results(id) => view! { <questionnaires::ResultsPage id/> },
        }
        .into_any()
    })
}

#[wasm_split(help_desk, fallible, wasm_split_path = ::leptos::wasm_split)]
fn help_desk_page(which: Desk) -> Page {
    page(move || {
        match which {
            Desk::Now => view! { <help_desk::HelpDeskPage/> },
            Desk::Checked => view! { <help_desk::CheckedPage/> },
            Desk::Consent => view! { <help_desk::ConsentPage/> },
            Desk::Log => view! { <help_desk::LogPage/> },
            Desk::Paper => view! { <help_desk::PaperPage/> },
            Desk::Banner => view! { <help_desk::HelpBanner/> },
        }
        .into_any()
    })
}

// The engine travels with it, and with nothing else.
#[wasm_split(answering, fallible, wasm_split_path = ::leptos::wasm_split)]
fn answering_page(which: Questions) -> Page {
    page(move || match which {
        Questions::Of(id) => view! { <questionnaires::AnswerPage id/> }.into_any(),
        Questions::Preview(token) => view! { <questionnaires::PreviewPage token/> }.into_any(),
    })
}

#[wasm_split(payments, fallible, wasm_split_path = ::leptos::wasm_split)]
fn payments_page(place: Payments) -> Page {
    page(move || view! { <paying::PaymentsPages place/> }.into_any())
}

#[wasm_split(reports, fallible, wasm_split_path = ::leptos::wasm_split)]
fn new_report_page(step: ReportStep) -> Page {
    page(move || view! { <reports::NewReportPage step/> }.into_any())
}

#[wasm_split(reports, fallible, wasm_split_path = ::leptos::wasm_split)]
fn report_sent_page(id: CaseId) -> Page {
    page(move || view! { <reports::ReportSentPage id/> }.into_any())
}

#[wasm_split(reports, fallible, wasm_split_path = ::leptos::wasm_split)]
fn report_tracked_page() -> Page {
    page(move || view! { <reports::ReportTrackedPage/> }.into_any())
}

#[wasm_split(reports, fallible, wasm_split_path = ::leptos::wasm_split)]
fn draft_page(id: String) -> Page {
    page(move || view! { <reports::DraftPage id/> }.into_any())
}

// With the form: where somebody is led who sends without a network, it is there already.
#[wasm_split(reports, fallible, wasm_split_path = ::leptos::wasm_split)]
fn outbox_page() -> Page {
    page(move || view! { <outbox::OutboxPage coded=reports::coded()/> }.into_any())
}

#[wasm_split(legal, fallible, wasm_split_path = ::leptos::wasm_split)]
fn legal_page(which: Legal) -> Page {
    page(move || {
        match which {
            Legal::Privacy => view! { <legal::PrivacyPage/> },
            Legal::Accessibility => view! { <legal::AccessibilityPage/> },
            Legal::Notes => view! { <legal::LegalNotesPage/> },
        }
        .into_any()
    })
}

#[wasm_split(public, fallible, wasm_split_path = ::leptos::wasm_split)]
fn public_page(which: Public) -> Page {
    page(move || {
        match which {
            Public::List => view! { <reports::PublicReportsPage/> },
            Public::One(id) => view! { <reports::PublicReportPage id/> },
            Public::Light => view! { <reports::LightPage/> },
            Public::Tracking => view! { <reports::TrackingPage/> },
        }
        .into_any()
    })
}

/// The page of one case.
pub fn case(id: CaseId) -> Markup {
    late(move || Box::pin(case_page(id.clone())))
}

/// A case's receipt.
pub fn receipt(id: CaseId) -> Markup {
    late(move || Box::pin(receipt_page(id.clone())))
}

/// Everything that happened in all of one's cases.
pub fn story() -> Markup {
    late(|| Box::pin(story_page()))
}

/// The home page's tips.
pub fn tips() -> Markup {
    extra(|| Box::pin(tips_part()))
}

/// What the town has told.
pub fn inbox() -> Markup {
    late(|| Box::pin(inbox_page()))
}

/// How a person is told what is new.
pub fn channels() -> Markup {
    late(|| Box::pin(channels_page()))
}

/// What one follows.
pub fn subscriptions() -> Markup {
    late(|| Box::pin(subscriptions_page()))
}

/// Where one is signed in.
pub fn sessions() -> Markup {
    late(|| Box::pin(sessions_page()))
}

/// A place among what the town keeps of somebody.
pub fn my_data(place: MyData) -> Markup {
    late(move || Box::pin(my_data_page(place)))
}

/// A page about delegations.
pub fn delegates(page: Delegates) -> Markup {
    late(move || Box::pin(delegates_page(page)))
}

/// How one reads most easily.
pub fn comfort() -> Markup {
    late(|| Box::pin(comfort_page()))
}

/// Whose questions.
#[derive(Clone)]
pub enum Questions {
    /// Of a questionnaire that can be answered.
    Of(QuestionnaireId),
    /// Of one that is only tried, by its token.
    Preview(String),
}

/// A page about questionnaires, without the questions.
pub fn questionnaires(page: Asked) -> Markup {
    late(move || Box::pin(questionnaires_page(page.clone())))
}

/// The questions of a questionnaire.
pub fn answer_questionnaire(which: Questions) -> Markup {
    late(move || Box::pin(answering_page(which.clone())))
}

/// A page of the help desk.
pub fn help_desk(page: Desk) -> Markup {
    late(move || Box::pin(help_desk_page(page)))
}

/// A place among the payments.
pub fn payments(place: Payments) -> Markup {
    late(move || Box::pin(payments_page(place.clone())))
}

/// A step of the report.
pub fn new_report(step: ReportStep) -> Markup {
    late(move || Box::pin(new_report_page(step)))
}

/// A draft of a report, to go on with.
pub fn draft(id: String) -> Markup {
    late(move || Box::pin(draft_page(id.clone())))
}

/// Drafts, and what is not sent yet.
pub fn outbox() -> Markup {
    late(|| Box::pin(outbox_page()))
}

/// A report that was sent.
pub fn report_sent(id: CaseId) -> Markup {
    late(move || Box::pin(report_sent_page(id.clone())))
}

/// A report that was sent without signing in.
pub fn report_tracked() -> Markup {
    late(|| Box::pin(report_tracked_page()))
}

/// A page about reports that needs no login.
pub fn public(page: Public) -> Markup {
    late(move || Box::pin(public_page(page.clone())))
}

/// The widgets on one page, in a development build.
#[cfg(debug_assertions)]
pub fn gallery() -> Markup {
    late(|| Box::pin(async { page(|| view! { <crate::ui::GalleryPage/> }.into_any()) }))
}

/// A page that the law asks for.
pub fn legal(page: Legal) -> Markup {
    late(move || Box::pin(legal_page(page)))
}

/// Draws a page when its file has come; until then what waits, or why it did not come and a way to ask again.
fn late(ask: impl Fn() -> Coming + 'static) -> Markup {
    when_it_comes(Rc::new(ask), false)
}

/// A part that a page does without: neither that it waits is shown, nor that it did not come.
fn extra(ask: impl Fn() -> Coming + 'static) -> Markup {
    when_it_comes(Rc::new(ask), true)
}

/// Both, compiled once for all pages.
fn when_it_comes(ask: Rc<dyn Fn() -> Coming>, is_extra: bool) -> Markup {
    let came = RwSignal::new(());
    let page: Rc<RefCell<Option<Result<AnyView, ApiError>>>> = Rc::default();
    let arrived = page.clone();
    // The page belongs to this place, also when it is asked for again out of the error, which is gone by then.
    let place = Owner::current().unwrap_or_default();
    let begin = Rc::new(move || {
        let (arrived, ask) = (arrived.clone(), ask.clone());
        let asked = async move {
            // Words and style travel beside the page; an extra part of the first page needs only what is there.
            let words = (!is_extra).then(words::more);
            let mut page = ask().await;
            if let Some(words) = words
                && !words.await
            {
                page = Err(ApiError::Offline);
            }
            // Whoever has gone on meanwhile, or reads another language, has a place of their own: nothing is drawn in one that is no more.
            if came.try_get_untracked().is_none() {
                return;
            }
            arrived.replace(Some(page.map(|draw| draw())));
            came.try_set(());
        };
        spawn_local(place.with(|| ScopedFuture::new_untracked(asked)));
    });
    begin();
    let drawn = move || {
        came.track();
        match page.take() {
            Some(Ok(view)) => view.into_node(),
            _ if is_extra => ().into_node(),
            Some(Err(error)) => {
                let begin = begin.clone();
                view! { <ErrorView error whole_page=true retry=UnsyncCallback::new(move |()| begin())/> }.into_node()
            }
            None => view! { <Skeleton/> }.into_node(),
        }
    };
    view! { {drawn} }
}
