//! The whole app: its three contexts, the frame, and which page stands for which route.
use crate::api::{Api, ApiError, parse};
use crate::config::Config;
use crate::frame::Frame;
use crate::late::{self, Asked, Delegates, Desk, Legal, Public, Questions};
use crate::load::WhoFailed;
use crate::markup::view;
use crate::route::Route;
use crate::session::{News, Session, Who};
use crate::ui::{Page, Skeleton, UpdateToast};
use crate::words::{Words, key, t};
use crate::{cases, comfort, form, home, live, login, outbox, vault};
use contract::id::CitizenId;
use contract::session::Me;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{FlatRoutes, Route as RouteView, Router};
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::{NavigateOptions, path};

/// How long somebody may go on without a network before they are asked who they are.
const AWAY_SECONDS: u32 = 30 * 24 * 3600;
/// Whoever looks at a window that has heard nothing of the CRM for so long is asked for again (milliseconds).
const SILENCE_MS: f64 = 30_000.0;

/// The app.
#[component]
pub fn App(words: Words, config: Config) -> impl IntoView {
    let session = Session::new();
    let api = Api::new(session, config);
    provide_context(words);
    provide_context(session);
    provide_context(api);
    let failed = RwSignal::new(None);
    let ask_who = move || {
        spawn_local(async move {
            let error = api.ask_who().await.err();
            // Without a network the device remembers whose it is: what was kept opens, and the CRM is asked when it can be.
            let known = if error == Some(ApiError::Offline) { vault::recall().await.as_deref().and_then(parse::<Me>) } else { None };
            match known {
                // Who has been answered, or writes without signing in, is nobody's to take the place of.
                Some(mut me) if session.is_unknown_now() => {
                    me.session.seconds_left = AWAY_SECONDS;
                    session.arrived(me);
                }
                _ => failed.set(error),
            }
        });
    };
    ask_who();
    let online = window_event_listener_untyped("online", move |_| ask_who());
    // A window that slept has heard nothing: another person may have logged in meanwhile, under the same cookie.
    let seen = window_event_listener_untyped("visibilitychange", move |_| {
        let is_due = session.is_silent_for(SILENCE_MS) || untrack(|| session.wanted()) > 0;
        if !document().hidden() && !session.is_unknown_now() && is_due {
            ask_who();
        }
    });
    // They are heard as long as the page lives.
    std::mem::forget((online, seen));
    session.listen(move |news| match news {
        // Who is waiting for the CRM's answer hears it from there.
        News::Here(id) if session.is_unknown_now() || session.is_here_now(&id) && untrack(|| session.wanted()) == 0 => {}
        News::Here(_) => ask_who(),
        News::LoggedOut => session.ended(),
        News::Prolonged(seconds) => session.prolonged(seconds),
    });
    forget_with_the_person(session);
    comfort::follow(session);
    outbox::outbox().start(api);
    live::live().start(api);
    view! {
        <Router>
            {move || {
                words.language();
                view! {
                    <Frame><comfort::ComfortLine/>{the_route(failed, ask_who)}</Frame>
                    <login::ExpiryDialogs/>
                    <login::StepUp/>
                    <UpdateToast is_safe=|| form::is_all_kept(|id| outbox::outbox().has_on_device(id))/>
                }
            }}
        </Router>
    }
}

/// One wildcard: which page stands for which URL is `CurrentPage`'s to say. The router reads its routes in Leptos' own views.
fn the_route(failed: RwSignal<Option<ApiError>>, ask_who: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let page = move || view! { <CurrentPage failed ask_who/> };
    leptos::prelude::view! { <FlatRoutes fallback=|| ()><RouteView path=path!("/*path") view=page/></FlatRoutes> }.into_any()
}

/// What was typed belongs to who typed it: another person, or nobody, finds nothing.
fn forget_with_the_person(session: Session) {
    Effect::new(move |before: Option<Option<CitizenId>>| {
        let now = match session.who() {
            Who::In(me) | Who::Expired(me) => Some(me.id),
            Who::Unknown | Who::Out => None,
        };
        if before.flatten().is_some_and(|before| Some(before) != now) {
            form::forget_all();
        }
        now
    });
}

/// The page of the present URL; the sign-in guard is its first arm.
#[component]
fn CurrentPage(failed: RwSignal<Option<ApiError>>, ask_who: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let session = expect_context::<Session>();
    let path = use_location().pathname;
    let route = Memo::new(move |_| Route::parse(&path.read()));
    // Expired counts as here: the page stays under the dialog. Another person gets a page of their own.
    let person = Memo::new(move |_| match session.who() {
        Who::Unknown => None,
        Who::Out => Some(None),
        Who::In(me) | Who::Expired(me) => Some(Some(me.id)),
    });
    // The login page is not drawn anew when the session answers: what was chosen there stays chosen.
    let seen = move |route: &Route| if *route == Route::Login { None } else { person.get().map(|person| person.is_some()) };
    let drawn = move || match route.with(|route| (route.clone(), seen(route))) {
        (route, None) if route.asks_who() => view! { <WhoFailed failed retry=ask_who><Skeleton/></WhoFailed> }.into_any(),
        (route, Some(false)) if !route.is_public() => view! { <login::LoginPage back_to=route/> }.into_any(),
        (Route::Home, _) if session.is_helped_now() => late::help_desk(Desk::Now).into_any(),
        (Route::Home, _) if untrack(|| session.is_acting()) => late::delegates(Delegates::Now).into_any(),
        (Route::Home, _) => view! { <home::HomePage/> }.into_any(),
        (Route::Login, _) => view! { <login::LoginPage back_to=Route::Home/> }.into_any(),
        (Route::LoginDone, _) => view! { <login::LoginDonePage/> }.into_any(),
        (Route::Cases, _) => view! { <cases::CasesPage/> }.into_any(),
        (Route::Story, _) => late::story().into_any(),
        (Route::Inbox, _) => late::inbox().into_any(),
        (Route::Channels, _) => late::channels().into_any(),
        (Route::Subscriptions, _) => late::subscriptions().into_any(),
        (Route::Comfort, _) => late::comfort().into_any(),
        (Route::Questionnaires, _) => late::questionnaires(Asked::List).into_any(),
        (Route::Questionnaire { id }, _) => late::questionnaires(Asked::One(id)).into_any(),
        (Route::QuestionnaireResults { id }, _) => late::questionnaires(Asked::Results(id)).into_any(),
        (Route::AnswerQuestionnaire { id }, _) => late::answer_questionnaire(Questions::Of(id)).into_any(),
        (Route::PreviewQuestionnaire { token }, _) => late::answer_questionnaire(Questions::Preview(token)).into_any(),
        (Route::HelpDesk, _) => late::help_desk(Desk::Now).into_any(),
        (Route::HelpDeskChecked, _) => late::help_desk(Desk::Checked).into_any(),
        (Route::HelpConsent, _) => late::help_desk(Desk::Consent).into_any(),
        (Route::HelpLog, _) => late::help_desk(Desk::Log).into_any(),
        (Route::HelpPaper, _) => late::help_desk(Desk::Paper).into_any(),
        (Route::Sessions, _) => late::sessions().into_any(),
        (Route::MyData(place), _) => late::my_data(place).into_any(),
        (Route::Delegates, _) => late::delegates(Delegates::All).into_any(),
        (Route::Payments(place), _) => late::payments(place).into_any(),
        (Route::Case { id }, _) => late::case(id).into_any(),
        (Route::Receipt { id }, _) => late::receipt(id).into_any(),
        (Route::NewReport { step }, _) => late::new_report(step).into_any(),
        (Route::SignedReport { step }, _) => view! { <Onward to=Route::NewReport { step }/> }.into_any(),
        (Route::ReportTracked, _) => late::report_tracked().into_any(),
        (Route::ReportSent { id }, _) => late::report_sent(id).into_any(),
        (Route::Draft { id }, _) => late::draft(id).into_any(),
        (Route::Outbox, _) => late::outbox().into_any(),
        (Route::PublicReports, _) => late::public(Public::List).into_any(),
        (Route::PublicReport { id } | Route::FollowReport { id }, _) => late::public(Public::One(id)).into_any(),
        (Route::LightReports, _) => late::public(Public::Light).into_any(),
        (Route::Tracking, _) => late::public(Public::Tracking).into_any(),
        (Route::Privacy, _) => late::legal(Legal::Privacy).into_any(),
        (Route::Accessibility, _) => late::legal(Legal::Accessibility).into_any(),
        (Route::LegalNotes, _) => late::legal(Legal::Notes).into_any(),
        #[cfg(debug_assertions)]
        (Route::Gallery, _) => late::gallery().into_any(),
        #[cfg(not(debug_assertions))]
        (Route::Gallery, _) => view! { <NotFoundPage/> }.into_any(),
        (Route::NotFound, _) => view! { <NotFoundPage/> }.into_any(),
    };
    view! { {drawn} }
}

/// Leads on to another place: whoever had to sign in on the way has done so.
#[component]
fn Onward(to: Route) -> impl IntoView {
    let navigate = use_navigate();
    Effect::new(move |_| navigate(&to.to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() }));
    view! { <Skeleton/> }
}

/// No such page; also what somebody else's case looks like.
#[component]
fn NotFoundPage() -> impl IntoView {
    view! {
        <Page title=t(key::common::NOT_FOUND_TITLE) lead=t(key::common::NOT_FOUND_TEXT)>
            <crate::ui::LinkButton to=Route::Home>{t(key::common::GO_HOME)}</crate::ui::LinkButton>
        </Page>
    }
}
