//! The list: questionnaires that ask somebody something, and those that are over.
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{Badge, EmptyView, Link, Page, Section};
use crate::words::{count, day, day_of, fill, key, language, t};
use contract::paths;
use contract::questionnaires::{Questionnaires, Standing, Summary};
use leptos::prelude::*;

/// The page.
#[component]
pub fn QuestionnairesPage() -> impl IntoView {
    let all = load(|api| async move { api.get::<Questionnaires>(&paths::questionnaires(language())).await });
    view! {
        <Page title=t(key::questionnaires::TITLE) lead=t(key::questionnaires::LEAD)>
            <Load from=all let:all><Lists all/></Load>
        </Page>
    }
}

#[component]
fn Lists(all: Questionnaires) -> impl IntoView {
    let (open, over): (Vec<_>, Vec<_>) = all.items.into_iter().partition(|one| one.standing == Standing::Open);
    let list = |all: Vec<Summary>, none| {
        if all.is_empty() {
            return view! { <EmptyView><p>{t(none)}</p></EmptyView> }.into_any();
        }
        let rows = all.into_iter().map(|one| view! { <li>{card(one)}</li> }).collect_view();
        view! { <ul class="filo-list">{rows}</ul> }.into_any()
    };
    view! {
        <Section id="open-title" title=t(key::questionnaires::OPEN_TITLE)>{list(open, key::questionnaires::OPEN_NONE)}</Section>
        <Section id="over-title" title=t(key::questionnaires::OVER_TITLE)>{list(over, key::questionnaires::OVER_NONE)}</Section>
    }
}

/// Where somebody stands with one: its mark.
fn mark(one: &Summary) -> (&'static str, String) {
    match (&one.answered_at, one.standing) {
        (Some(at), _) => ("closed", fill(key::questionnaires::ANSWERED_ON, &[("date", &day(&day_of(at)))])),
        (None, Standing::Open) if one.begun => ("waiting", t(key::questionnaires::BEGUN).to_owned()),
        (None, Standing::Open) => ("open", t(key::questionnaires::TO_DO).to_owned()),
        _ => ("closed", t(key::questionnaires::IS_OVER).to_owned()),
    }
}

fn card(one: Summary) -> AnyView {
    let (kind, label) = mark(&one);
    let to = if one.has_results { Route::QuestionnaireResults { id: one.id.clone() } } else { Route::Questionnaire { id: one.id.clone() } };
    let until = fill(
        if one.standing == Standing::Open { key::questionnaires::UNTIL } else { key::questionnaires::ENDED },
        &[("date", &day(&one.closes_on))],
    );
    let facts = [one.asks, count(key::questionnaires::MINUTES, i64::from(one.minutes)), until];
    view! {
        <article class="card filo-questionnaire">
            <p class="filo-case-line">
                <Badge kind label/>
                {one.anonymous.then(|| view! { <span>{t(key::questionnaires::ANONYMOUS)}</span> })}
            </p>
            <h3 class="h5"><Link to>{one.title}</Link></h3>
            <p class="filo-note">{facts.join(" · ")}</p>
            {one.has_results.then(|| view! { <p>{t(key::questionnaires::HAS_RESULTS)}</p> })}
        </article>
    }
    .into_any()
}
