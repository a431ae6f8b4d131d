//! The frame around every page (Modello Comuni): skiplinks, headers, navigation, tabs of the personal area, footer.
use crate::api::Api;
use crate::config::Config;
use crate::late::{self, Delegates, Desk};
use crate::live::live;
use crate::markup::view;
use crate::outbox::{LogOut, SharedNote, UnsentLink};
use crate::route::{Payments, ReportStep, Route};
use crate::session::{Session, Who};
use crate::ui::{Callout, ContactCard, Icon, Link, Menu, Skeleton};
use crate::words::{Key, LANGUAGES, Words, count, fill, key, moment, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// The frame.
#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let config = expect_context::<Api>().config().get_value();
    let session = expect_context::<Session>();
    // Another person has tabs of their own.
    let here = Memo::new(move |_| session.person().map(|me| me.id));
    let is_helped = Memo::new(move |_| session.help().is_some());
    let is_acting = Memo::new(move |_| session.is_acting());
    // The frame, the page, and what is below are drawn in a task each, so that a phone is not kept from the first touch.
    let turn = RwSignal::new(0);
    let next = move || {
        turn.try_update(|turn| *turn += 1);
    };
    set_timeout(next, Duration::ZERO);
    set_timeout(next, Duration::from_millis(1));
    let page = StoredValue::new_local(Some(children));
    let is_page_due = Memo::new(move |_| turn.get() > 0);
    let page = move || match is_page_due.get().then(|| page.try_update_value(Option::take).flatten()).flatten() {
        Some(children) => children().into_any(),
        None => view! { <Skeleton/> }.into_any(),
    };
    let foot_config = config.clone();
    let foot = move || {
        let config = foot_config.clone();
        (turn.get() > 1).then(|| {
            view! {
                <div class="container d-print-none"><ContactCard/></div>
                <Footer config/>
            }
        })
    };
    view! {
        <div class="skiplinks">
            <SkipLink to="main-container" words=key::common::SKIP_TO_CONTENT/>
            <SkipLink to="footer" words=key::common::SKIP_TO_FOOTER/>
        </div>
        <header class="it-header-wrapper filo-header">
            <SlimHeader config=config.clone()/>
            <TownHeader config=config.clone()/>
        </header>
        {move || is_helped.get().then(|| late::help_desk(Desk::Banner))}
        {move || is_acting.get().then(|| late::delegates(Delegates::Banner))}
        {move || here.get().map(|_| view! { <Tabs/> })}
        <main id="main-container" class="container filo-main" tabindex="-1">
            {(!config.was_read).then(|| view! {
                <Callout kind="warning" title=t(key::error::CONFIG_TITLE) alert=true><p>{t(key::error::CONFIG_TEXT)}</p></Callout>
            })}
            <SharedNote/>
            <OldNote/>
            <UnsentLink/>
            {page}
        </main>
        {foot}
    }
}

/// A way past what is on every page. The router would take the click and leave the focus where it is.
#[component]
fn SkipLink(to: &'static str, words: Key) -> impl IntoView {
    let go = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        crate::form::focus(to);
    };
    view! { <a class="visually-hidden-focusable" href=format!("#{to}") on:click=go>{t(words)}</a> }
}

/// Region, languages, personal area.
#[component]
fn SlimHeader(config: Config) -> impl IntoView {
    let session = expect_context::<Session>();
    let area = move || match session.who() {
        Who::In(me) | Who::Expired(me) => view! { <PersonMenu name=format!("{} {}", me.given_name, me.family_name)/> }.into_any(),
        Who::Unknown | Who::Out => view! {
            <Link to=Route::Login class="btn filo-slim-login">
                <Icon name="it-user"/><span data-element="personal-area-login">{t(key::common::LOG_IN)}</span>
            </Link>
        }
        .into_any(),
    };
    view! {
        <div class="it-header-slim-wrapper filo-slim">
            <div class="container">
                {if config.region.url.is_empty() {
                    view! { <span class="filo-slim-region">{config.region.name}</span> }
                } else {
                    view! { <a class="filo-slim-region" href=config.region.url>{config.region.name}</a> }
                }}
                <LanguageSwitch/>
                {area}
            </div>
        </div>
    }
}

/// The languages there are, the present one marked.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let words = expect_context::<Words>();
    let button = move |language: &'static str| {
        let is_current = words.language() == language;
        let change = move |_| {
            spawn_local(async move {
                // Without the other language's words the page stays as it is.
                let _ = words.change(language).await;
            });
        };
        view! {
            <li><button type="button" lang=language aria-pressed=is_current.to_string() on:click=change>
                <span aria-hidden="true">{language.to_uppercase()}</span>
                <span class="visually-hidden">{language_name(language)}</span>
            </button></li>
        }
    };
    view! { <ul class="filo-languages" aria-label=t(key::common::LANGUAGE)>{LANGUAGES.iter().copied().map(button).collect_view()}</ul> }
}

/// A language's name in itself.
fn language_name(language: &str) -> &'static str {
    match language {
        "it" => "Italiano",
        "en" => "English",
        _ => "",
    }
}

/// Who is here, and the way out.
#[component]
fn PersonMenu(name: String) -> impl IntoView {
    let failed = RwSignal::new(false);
    if expect_context::<Session>().is_for_another_now() {
        return view! { <span class="filo-slim-login"><Icon name="it-user"/><span>{name}</span></span> };
    }
    view! {
        <Menu class="filo-person" icon="it-user" label=name>
            <ul>
                <li><Link to=Route::Cases>{t(key::common::MY_CASES)}</Link></li>
                <li><Link to=Route::Payments(Payments::List)>{t(key::common::PAYMENTS)}</Link></li>
                <li><Link to=Route::Story>{t(key::common::MY_STORY)}</Link></li>
                <li><Link to=Route::Channels>{t(key::common::CHANNELS)}</Link></li>
                <li><Link to=Route::Subscriptions>{t(key::common::MY_SUBSCRIPTIONS)}</Link></li>
                <li><Link to=Route::Questionnaires>{t(key::questionnaires::TITLE)}</Link></li>
                <li><Link to=Route::Delegates>{t(key::common::DELEGATES)}</Link></li>
                <li><Link to=Route::HelpLog>{t(key::common::HELP_LOG)}</Link></li>
                <li><LogOut failed/></li>
            </ul>
            <p role="alert">{move || failed.get().then(|| t(key::error::LOG_OUT_FAILED))}</p>
        </Menu>
    }
}

/// The municipality's name, and its four links.
#[component]
fn TownHeader(config: Config) -> impl IntoView {
    let links = [
        (config.site.management, "management", key::common::NAV_MANAGEMENT),
        (config.site.news, "news", key::common::NAV_NEWS),
        (config.site.services, "all-services", key::common::NAV_SERVICES),
        (config.site.live, "live", key::common::NAV_LIVE),
    ];
    let links: Vec<_> = links.into_iter().filter(|(url, ..)| !url.is_empty()).collect();
    let item = |(url, element, name): (String, &'static str, Key)| view! { <li class="nav-item"><a class="nav-link" href=url data-element=element>{t(name)}</a></li> };
    view! {
        <div class="it-header-center-wrapper filo-center">
            <div class="container">
                <Link to=Route::Home class="it-brand-wrapper filo-brand">
                    <Icon name="it-crest"/>
                    <span class="it-brand-text"><strong class="it-brand-title">{config.town}</strong><small class="it-brand-tagline">{config.tagline}</small></span>
                </Link>
                {(!config.phone.number.is_empty()).then(|| view! {
                    <a class="filo-header-phone" href=format!("tel:{}", config.phone.number)>
                        <Icon name="it-telephone"/><span><small>{t(key::common::TALK_TO_A_PERSON)}</small><strong>{config.phone.shown}</strong></span>
                    </a>
                })}
            </div>
        </div>
        {(!links.is_empty()).then(|| view! {
            <nav class="navbar filo-nav d-print-none" aria-label=t(key::common::NAV_MAIN)>
                <div class="container">
                    <Menu class="filo-nav-menu" icon="it-burger" label=t(key::common::MENU)>
                        <ul class="navbar-nav" data-element="main-navigation">{links.into_iter().map(item).collect_view()}</ul>
                    </Menu>
                </div>
            </nav>
        })}
    }
}

/// Where a tab leads, its icon, its words, and at which pages it is the current one.
type Tab = (Route, &'static str, Key, fn(&Route) -> bool);

/// The tabs of the personal area; at the thumb on a phone.
#[component]
fn Tabs() -> impl IntoView {
    let path = use_location().pathname;
    let route = Memo::new(move |_| Route::parse(&path.read()));
    let tab = move |(to, icon, words, is_at): Tab| {
        let here = move || route.with(is_at).then_some("page");
        let is_inbox = to == Route::Inbox;
        view! {
            <li class="nav-item"><a class="nav-link" href=to.to_string() aria-current=here>
                <Icon name=icon/><span>{t(words)}</span>{is_inbox.then(|| view! { <Unread/> })}
            </a></li>
        }
    };
    // Messages are their own person's to read; what a delegate may do is said on their first page.
    let session = expect_context::<Session>();
    let (is_other, is_acting) = (session.is_for_another_now(), untrack(|| session.is_acting()));
    let report = Route::NewReport { step: ReportStep::Privacy };
    let tabs: [Tab; 4] = [
        (Route::Home, "it-pa", key::common::TAB_DESK, |route| *route == Route::Home),
        (Route::Inbox, "it-mail", key::common::TAB_MESSAGES, |route| *route == Route::Inbox),
        (Route::Cases, "it-files", key::common::TAB_ACTIVITY, |route| {
            matches!(route, Route::Cases | Route::Story | Route::Payments(_) | Route::Case { .. } | Route::Receipt { .. })
        }),
        (report, "it-map-marker-plus", key::common::TAB_REPORT, |route| {
            matches!(route, Route::NewReport { .. } | Route::ReportSent { .. } | Route::Outbox | Route::Draft { .. })
        }),
    ];
    view! {
        <nav class="filo-tabs d-print-none" aria-label=t(key::common::PERSONAL_AREA)>
            <ul class="nav nav-tabs container">{tabs.into_iter().filter(|(to, ..)| !(is_other && *to == Route::Inbox || is_acting && matches!(to, Route::NewReport { .. }))).map(tab).collect_view()}</ul>
        </nav>
    }
}

/// There is no network, and what is shown was read before: since when.
#[component]
fn OldNote() -> impl IntoView {
    let session = expect_context::<Session>();
    let drawn = move || {
        let at = js_sys::Date::new(&session.old_ms()?.into());
        let date = moment(&contract::UtcTime(String::from(at.to_iso_string())));
        Some(view! { <p class="filo-old"><Icon name="it-wifi-off"/><span>{fill(key::common::OLD, &[("date", &date)])}</span></p> })
    };
    view! { <div role="status">{drawn}</div> }
}

/// How many messages are not read, while there are any.
#[component]
fn Unread() -> impl IntoView {
    let drawn = move || {
        let number = live().unread().filter(|number| *number > 0)?;
        Some(view! {
            <span class="filo-count-badge" aria-hidden="true">{if number > 99 { "99+".to_owned() } else { number.to_string() }}</span>
            <span class="visually-hidden">{count(key::common::UNREAD, i64::from(number))}</span>
        })
    };
    view! { {drawn} }
}

/// The footer: the municipality, and the links the law asks for.
#[component]
fn Footer(config: Config) -> impl IntoView {
    let declaration = match config.accessibility_declaration {
        Some(url) => view! { <a href=url data-element="accessibility-link">{t(key::common::ACCESSIBILITY)}</a> }.into_any(),
        None => {
            view! { <Link to=Route::Accessibility><span data-element="accessibility-link">{t(key::common::ACCESSIBILITY)}</span></Link> }
                .into_any()
        }
    };
    let report = Route::NewReport { step: ReportStep::Privacy };
    // A town has some of these pages, and only those are shown.
    let links = [
        (config.site.faq, Some("faq"), key::common::FAQ_FOOTER),
        (config.site.appointment, None, key::common::APPOINTMENT_FOOTER),
        (config.site.assistance, None, key::common::ASSISTANCE_FOOTER),
        (config.site.transparency, None, key::common::TRANSPARENCY),
    ];
    let item =
        |(url, element, name): (String, Option<&'static str>, Key)| view! { <li><a href=url data-element=element>{t(name)}</a></li> };
    view! {
        <footer id="footer" class="it-footer filo-footer d-print-none" tabindex="-1">
            <div class="container">
                <p class="filo-footer-town">{config.town}</p>
                <address>
                    <p>{config.address}</p>
                    {(!config.fiscal_code.is_empty()).then(|| view! { <p>{t(key::common::FISCAL_CODE)}" "{config.fiscal_code}</p> })}
                    {(!config.certified_email.is_empty()).then(|| view! {
                        <p>"PEC: "<a href=format!("mailto:{}", config.certified_email)>{config.certified_email.clone()}</a></p>
                    })}
                    {(!config.phone.number.is_empty()).then(|| view! {
                        <p>{t(key::common::CALL)}" "<a href=format!("tel:{}", config.phone.number)>{config.phone.shown}</a></p>
                    })}
                </address>
                <ul class="filo-footer-links">
                    {links.into_iter().filter(|(url, ..)| !url.is_empty()).map(item).collect_view()}
                    <li><Link to=report><span data-element="report-inefficiency">{t(key::common::REPORT_INEFFICIENCY)}</span></Link></li>
                    <li><Link to=Route::PublicReports>{t(key::common::PUBLIC_REPORTS)}</Link></li>
                    <li><Link to=Route::Privacy><span data-element="privacy-policy-link">{t(key::common::PRIVACY)}</span></Link></li>
                    <li><Link to=Route::LegalNotes><span data-element="legal-notes">{t(key::common::LEGAL_NOTES)}</span></Link></li>
                    <li>{declaration}</li>
                </ul>
            </div>
        </footer>
    }
}
