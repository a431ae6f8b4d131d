//! "Elenco segnalazioni" (feature F15): what everybody may see of street reports, by category and state, in parts.
use super::map::{ReportsMap, has_map};
use super::public_card::{Guide, PublicCard, load_guide};
use crate::load::{Load, LoadList, Pages, load_pages};
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::ui::{ActionButton, Icon, Link, LinkButton, Page, Section, TabList, TabPanel};
use crate::words::{Key, count, key, t};
use contract::cases::Phase;
use contract::public_reports::{PublicQuery, PublicReport, PublicReports};
use contract::reports::Category;
use contract::{Page as Part, paths};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// Reports in one part of the list.
const PART: u32 = 20;
/// From so many pixels on the filter stands open beside the list.
const WIDE: f64 = 992.0;

/// The states one can choose, with their words. `None` is all.
const PHASES: [(Option<Phase>, Key); 4] = [
    (None, key::reports::PHASE_ALL),
    (Some(Phase::Open), key::reports::PHASE_OPEN),
    (Some(Phase::WaitingForYou), key::reports::PHASE_WAITING),
    (Some(Phase::Closed), key::reports::PHASE_CLOSED),
];

/// Whether not all are asked for.
fn is_filtered(query: &PublicQuery) -> bool {
    query.phase.is_some() || query.category.is_some()
}

/// Leads to the list with other filters; they stand in the URL, so "back" brings them back.
type Go = StoredValue<Box<dyn Fn(PublicQuery)>, LocalStorage>;

/// The page.
#[component]
pub fn PublicReportsPage() -> impl IntoView {
    let query = use_location().query;
    let looked_for = Memo::new(move |_| {
        let query = query.read();
        let asked = query.get("phase");
        let phase = PHASES.iter().filter_map(|(phase, _)| *phase).find(|phase| asked.as_deref() == Some(phase.as_str()));
        PublicQuery {
            category: query.get("category").filter(|codes| !codes.is_empty()),
            phase,
            limit: Some(PART),
            ..PublicQuery::default()
        }
    });
    let navigate = use_navigate();
    let go: Go = StoredValue::new_local(Box::new(move |query: PublicQuery| {
        let address = paths::public_reports(&PublicQuery { limit: None, ..query });
        let query = address.split_once('?').map_or_else(String::new, |(_, query)| format!("?{query}"));
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&format!("{}{query}", Route::PublicReports), options);
    }));
    let counts = RwSignal::new(None::<(u32, u32)>);
    let reports = load_pages(move |api, after| {
        let query = PublicQuery { after, ..looked_for.get() };
        async move {
            let answer = api.get::<PublicReports>(&paths::public_reports(&query)).await?;
            // The page may have been left meanwhile.
            counts.try_set(Some((answer.total, answer.resolved_in_a_year)));
            Ok(Part { items: answer.items, next: answer.next })
        }
    });
    let guide = load_guide();
    view! {
        <Page title=t(key::reports::PUBLIC_TITLE)>
            <p class="lead">{move || counts.get().map(|(_, resolved)| count(key::reports::PUBLIC_RESOLVED, i64::from(resolved)))}</p>
            <Load from=guide let:guide>
                <div class="filo-public">
                    <Filters looked_for go guide=guide.clone()/>
                    <div>
                        <Results looked_for go total=Signal::derive(move || counts.get().map(|(total, _)| total))/>
                        <Views looked_for guide reports/>
                    </div>
                </div>
            </Load>
            <Section id="write-title" title=t(key::reports::PUBLIC_WRITE_TITLE) class="filo-home-report">
                <Load from=guide let:guide>
                    <p>{t(if guide.allows_anonymous() { key::reports::PUBLIC_WRITE_ANYBODY } else { key::reports::PUBLIC_WRITE_TEXT })}</p>
                </Load>
                <LinkButton to=Route::NewReport { step: ReportStep::Privacy } icon="it-map-marker-plus">{t(key::common::TAB_REPORT)}</LinkButton>
            </Section>
        </Page>
    }
}

/// The tabs of a view.
const MAP: usize = 0;
const LIST: usize = 1;

/// "Mappa", with the list under it, and "Elenco" alone (Modello Comuni, public list). The map is fetched when its tab is chosen.
#[component]
fn Views(looked_for: Memo<PublicQuery>, guide: Guide, reports: Pages<PublicReport>) -> impl IntoView {
    let chosen = RwSignal::new(LIST);
    let empty = move || {
        let is_filtered = looked_for.with(is_filtered);
        view! { <p>{t(if is_filtered { key::reports::PUBLIC_NONE } else { key::reports::PUBLIC_NONE_YET })}</p> }
    };
    let of_map = guide.clone();
    let list = move || {
        let guide = guide.clone();
        view! {
            <LoadList from=reports empty=ViewFn::from(empty) let:report>
                <PublicCard report guide=guide.clone()/>
            </LoadList>
        }
    };
    if !has_map() {
        return list().into_any();
    }
    let of_list = list.clone();
    // Under the map stands what it shows: the list is in the page once, wherever it is.
    let map = move || (chosen.get() == MAP).then(|| view! { <ReportsMap looked_for guide=of_map.clone()/>{list()} });
    let list = move || (chosen.get() == LIST).then(&of_list);
    view! {
        <TabList name="reports" label=t(key::reports::PUBLIC_VIEWS) tabs=vec![t(key::reports::PUBLIC_MAP), t(key::reports::PUBLIC_LIST)] chosen/>
        <TabPanel name="reports" index=MAP chosen>{map}</TabPanel>
        <TabPanel name="reports" index=LIST chosen>{list}</TabPanel>
    }
    .into_any()
}

/// Which categories: beside the list on a wide screen, folded above it on a phone.
#[component]
fn Filters(looked_for: Memo<PublicQuery>, go: Go, guide: Guide) -> impl IntoView {
    let is_wide = window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width >= WIDE);
    let tick = move |(index, category): (usize, &Category)| {
        let (id, code, asked) = (format!("category-{index}"), category.code.0.clone(), category.code.0.clone());
        let toggle = move |_| {
            let mut query = looked_for.get_untracked();
            let mut codes: Vec<&str> = query.category.as_deref().map_or_else(Vec::new, |codes| codes.split(',').collect());
            let before = codes.len();
            codes.retain(|known| *known != code);
            if codes.len() == before {
                codes.push(&code);
            }
            query.category = Some(codes.join(","));
            go.with_value(|go| go(query));
        };
        let is_on =
            move || looked_for.with(|query| query.category.as_ref().is_some_and(|codes| codes.split(',').any(|known| known == asked)));
        view! {
            <div class="form-check filo-tick">
                <input type="checkbox" id=id.clone() prop:checked=is_on on:change=toggle/>
                <label for=id>{category.name.clone()}</label>
            </div>
        }
    };
    let ticks = guide.categories().iter().enumerate().map(tick).collect_view();
    view! {
        <details class="filo-public-filter" open=is_wide || looked_for.with_untracked(|query| query.category.is_some())>
            <summary><Icon name="it-search"/><span>{t(key::reports::FILTER)}</span></summary>
            <fieldset><legend class="h6">{t(key::reports::CATEGORY)}</legend>{ticks}</fieldset>
        </details>
    }
}

/// Which state, how many there are, and all again.
#[component]
fn Results(looked_for: Memo<PublicQuery>, go: Go, total: Signal<Option<u32>>) -> impl IntoView {
    let chip = move |(phase, words): (Option<Phase>, Key)| {
        let is_chosen = move || looked_for.with(|query| query.phase == phase);
        view! {
            <li><button type="button" class="filo-chip" aria-pressed=move || is_chosen().to_string()
                on:click=move |_| go.with_value(|go| go(PublicQuery { phase, ..looked_for.get_untracked() }))>{t(words)}</button></li>
        }
    };
    let is_filtered = move || looked_for.with(is_filtered);
    view! {
        <h2 class="visually-hidden">{t(key::reports::PUBLIC_RESULTS)}</h2>
        <ul class="filo-chips" aria-label=t(key::reports::PHASE_LABEL)>{PHASES.map(chip)}</ul>
        <div class="filo-public-results">
            <p class="h5" role="status">{move || total.get().map(|total| count(key::reports::PUBLIC_TOTAL, i64::from(total)))}</p>
            {move || is_filtered().then(|| view! {
                <ActionButton look="link" icon="it-close" on_press=move |()| go.with_value(|go| go(PublicQuery::default()))>{t(key::reports::FILTER_REMOVE)}</ActionButton>
            })}
            <Link to=Route::Tracking>{t(key::reports::TRACK_TITLE)}</Link>
            <Link to=Route::Subscriptions>{t(key::reports::FOLLOW_PLACES)}</Link>
        </div>
    }
}
