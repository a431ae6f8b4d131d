//! One questionnaire before it is answered (feature G5): who asks and why, how long it takes, who reads the answers, what came of the last one.
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::Route;
use crate::session::Session;
use crate::ui::{Callout, Facts, LinkButton, Page, Section};
use crate::words::{Key, count, day, day_of, fill, key, language, t};
use contract::id::QuestionnaireId;
use contract::paths;
use contract::questionnaires::{Questionnaire, Standing, Summary};
use leptos::prelude::*;
use serde::de::IgnoredAny;

/// Definition and answers stay where they are: this page needs none of them.
type Asked = Questionnaire<IgnoredAny>;

/// The page.
#[component]
pub fn QuestionnairePage(id: QuestionnaireId) -> impl IntoView {
    let asked = load(move |api| {
        let id = id.clone();
        async move {
            let asked: Asked = api.get(&paths::questionnaire(&id, language())).await?;
            Ok((asked.summary, [asked.why, asked.readers, asked.before]))
        }
    });
    view! { <Load from=asked whole_page=true let:asked><Start summary=asked.0 words=asked.1/></Load> }
}

/// What is done with it next.
fn way(summary: &Summary) -> Option<(Route, Key)> {
    let id = summary.id.clone();
    match summary.standing {
        Standing::Open if summary.begun => Some((Route::AnswerQuestionnaire { id }, key::questionnaires::GO_ON)),
        Standing::Open if summary.answered_at.is_some() => Some((Route::AnswerQuestionnaire { id }, key::questionnaires::CHANGE)),
        Standing::Open => Some((Route::AnswerQuestionnaire { id }, key::questionnaires::BEGIN)),
        _ if summary.has_results => Some((Route::QuestionnaireResults { id }, key::questionnaires::SEE_RESULTS)),
        _ => None,
    }
}

#[component]
fn Start(summary: Summary, words: [String; 3]) -> impl IntoView {
    let [why, readers, before] = words;
    let until = day(&summary.closes_on);
    let rows = vec![
        (t(key::questionnaires::WHO_ASKS), summary.asks.clone()),
        (t(key::questionnaires::HOW_LONG), count(key::questionnaires::MINUTES, i64::from(summary.minutes))),
        (t(key::questionnaires::LAST_DAY), until.clone()),
        (t(key::questionnaires::WHO_READS), readers),
    ];
    let answered = summary.answered_at.as_ref().map(|at| {
        let told = fill(key::questionnaires::ANSWERED_TEXT, &[("date", &day(&day_of(at))), ("until", &until)]);
        view! { <Callout kind="success" title=t(key::questionnaires::ANSWERED_TITLE)><p>{told}</p></Callout> }
    });
    let is_open = summary.standing == Standing::Open;
    let is_shared = untrack(|| expect_context::<Session>().is_shared());
    let anonymous = (summary.anonymous && is_open).then(|| {
        view! {
            <Callout kind="note" title=t(key::questionnaires::ANONYMOUS_TITLE)>
                <p>{t(key::questionnaires::ANONYMOUS_TEXT)}</p>
                <p>{t(if is_shared { key::questionnaires::ANONYMOUS_SHARED } else { key::questionnaires::ANONYMOUS_KEPT })}</p>
            </Callout>
        }
    });
    view! {
        <Page title=summary.title.clone() lead=why>
            {answered}
            {(!is_open).then(|| view! { <p>{t(key::questionnaires::OVER)}</p> })}
            <div class="card filo-questionnaire"><Facts rows/></div>
            {anonymous}
            {(!before.is_empty()).then(|| view! { <Section id="before-title" title=t(key::questionnaires::BEFORE)><p>{before}</p></Section> })}
            {way(&summary).map(|(to, words)| view! { <p class="filo-actions"><LinkButton to>{t(words)}</LinkButton></p> })}
        </Page>
    }
}
