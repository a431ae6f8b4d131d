//! What came of a questionnaire (feature G6): what was decided, what was answered as tables with bars, what was written.
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::Route;
use crate::session::Session;
use crate::ui::{EmptyView, LinkButton, Page, Section};
use crate::words::{count, day, fill, key, language, t};
use contract::id::QuestionnaireId;
use contract::paths;
use contract::questionnaires::{Counted, CountedRow, Counts, GROUP_MIN, Results};
use leptos::prelude::*;

/// The page.
#[component]
pub fn ResultsPage(id: QuestionnaireId) -> impl IntoView {
    let results = load(move |api| {
        let id = id.clone();
        async move { api.get::<Results>(&paths::public_results(&id, language())).await }
    });
    view! { <Load from=results whole_page=true let:results><Shown results/></Load> }
}

#[component]
fn Shown(results: Results) -> impl IntoView {
    let is_here = expect_context::<Session>().person_now().is_some();
    let how_many = match results.answers {
        Some(answers) => count(key::questionnaires::RESULTS_OF, i64::from(answers)),
        None => fill(key::questionnaires::RESULTS_FEW, &[("count", &GROUP_MIN.to_string())]),
    };
    let lead = format!("{} · {}", results.summary.asks, fill(key::questionnaires::ENDED, &[("date", &day(&results.summary.closes_on))]));
    let questions = results.questions.iter().map(question).collect_view();
    let comments = results.comments.into_iter().map(|comment| view! { <li><blockquote>{comment}</blockquote></li> }).collect_view();
    let has_comments = !comments.is_empty();
    view! {
        <Page title=results.summary.title.clone() lead>
            <Section id="decided-title" title=t(key::questionnaires::DECIDED) class="card filo-decided"><p>{results.decided}</p></Section>
            <Section id="said-title" title=t(key::questionnaires::SAID)>
                <p>{how_many}</p>
                {if questions.is_empty() { view! { <EmptyView><p>{t(key::questionnaires::RESULTS_NONE)}</p></EmptyView> }.into_any() } else { questions.into_any() }}
                <p class="filo-note">{fill(key::questionnaires::FEWER, &[("count", &GROUP_MIN.to_string())])}</p>
            </Section>
            {has_comments.then(|| view! { <Section id="comments-title" title=t(key::questionnaires::COMMENTS)><ul class="filo-list filo-comments">{comments}</ul></Section> })}
            {is_here.then(|| view! { <p class="filo-actions d-print-none"><LinkButton to=Route::Questionnaires class="btn btn-outline-primary">{t(key::questionnaires::GO_LIST)}</LinkButton></p> })}
        </Page>
    }
}

fn question(counted: &Counted) -> AnyView {
    let title = if counted.row.is_empty() { counted.title.clone() } else { format!("{} {}", counted.title, counted.row) };
    let answers = counted.answers.unwrap_or_default();
    let few = fill(key::questionnaires::FEW, &[("count", &GROUP_MIN.to_string())]);
    let told = match (counted.answers, counted.counts) {
        (None, _) => few.clone(),
        (Some(_), Counts::Several) => count(key::questionnaires::ANSWERS_SEVERAL, i64::from(answers)),
        (Some(_), Counts::First) => count(key::questionnaires::ANSWERS_FIRST, i64::from(answers)),
        (Some(_), _) => count(key::questionnaires::ANSWERS, i64::from(answers)),
    };
    let mean = counted.mean.map(|mean| {
        let mean = mean.to_string();
        let mean = if language() == "it" { mean.replace('.', ",") } else { mean };
        view! { <p class="filo-note">{fill(key::questionnaires::MEAN, &[("mean", &mean)])}</p> }
    });
    let row = move |row: &CountedRow| {
        let (number, bar) = match row.count {
            Some(count) => {
                let percent = (u64::from(count) * 200 + u64::from(answers)) / (2 * u64::from(answers.max(1)));
                let bar = view! { <progress class="filo-progress" max=answers.to_string() value=count.to_string() aria-hidden="true"></progress> };
                (format!("{count} ({percent}%)"), Some(bar))
            }
            None => (few.clone(), None),
        };
        view! { <tr><th scope="row">{row.text.clone()}{bar}</th><td>{number}</td></tr> }
    };
    let rows = counted.rows.iter().map(row).collect_view();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <table class="filo-counts">
                <caption class="visually-hidden">{title.clone()}</caption>
                <thead class="visually-hidden"><tr><th scope="col">{t(key::questionnaires::COLUMN_ANSWER)}</th><th scope="col">{t(key::questionnaires::COLUMN_NUMBER)}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    view! { <div class="card filo-counted"><h3 class="h6">{title.clone()}</h3><p class="filo-note">{told}</p>{mean}{table}</div> }
        .into_any()
}
