//! What is about to be sent at the help desk, read once more in large type (feature X14): on the citizen's phone, or on the screen that is turned to them.
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::ui::{ActionButton, Facts, ReadAloud, Section};
use crate::words::{count, fill, key, language, t};
use contract::help_desk::{Shown, ShownAnswer, Updates};
use contract::id::ShownId;
use contract::paths;
use leptos::prelude::*;

/// Field by field, with the two buttons.
#[component]
pub fn Readback(shown: Shown, busy: RwSignal<bool>, answer: Callback<bool>) -> impl IntoView {
    let rows = rows(&shown);
    let spoken =
        rows.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}.")).collect::<Vec<_>>().join(" ");
    view! {
        <Section id="readback-title" title=t(key::help_desk::READ_TITLE) class="card filo-form-card filo-desk-receipt" look="h3">
            <p>{t(key::help_desk::READ_TEXT)}</p>
            <Facts rows/>
            <ReadAloud text=move || spoken.clone() language=language().to_owned()/>
            <div class="filo-actions">
                <ActionButton busy on_press=move |()| answer.run(true)>{t(key::help_desk::READ_YES)}</ActionButton>
                <ActionButton look="outline-danger" busy on_press=move |()| answer.run(false)>{t(key::help_desk::READ_NO)}</ActionButton>
            </div>
        </Section>
    }
}

/// Everything that leaves, in the reader's language.
fn rows(shown: &Shown) -> Vec<(&'static str, String)> {
    let answers = shown.answers.iter().map(|answer| format!("{} {}", answer.label, answer.answer)).collect::<Vec<_>>().join(" · ");
    let files = if shown.files == 0 { String::new() } else { count(key::help_desk::READ_FILES_COUNT, i64::from(shown.files)) };
    let updates = match shown.updates {
        Updates::Citizen if shown.updates_to.is_empty() => t(key::help_desk::TOLD_CITIZEN).to_owned(),
        Updates::Citizen => fill(key::help_desk::TOLD_CITIZEN_AT, &[("address", &shown.updates_to)]),
        Updates::Nobody | Updates::Unknown => t(key::help_desk::TOLD_NOBODY).to_owned(),
    };
    vec![
        (t(key::help_desk::READ_PLACE), shown.place.clone()),
        (t(key::help_desk::READ_CATEGORY), shown.category.clone()),
        (t(key::help_desk::READ_ANSWERS), answers),
        (t(key::help_desk::READ_SUBJECT), shown.title.clone()),
        (t(key::help_desk::READ_DETAILS), shown.details.clone()),
        (t(key::help_desk::READ_FILES), files),
        (t(key::help_desk::UPDATES), updates),
    ]
}

/// Says yes, or that there is a mistake.
///
/// # Errors
/// When the CRM refuses.
pub async fn say(api: Api, id: ShownId, yes: bool) -> Result<(), ApiError> {
    api.post::<()>(paths::MY_HELP_SHOWN, &ShownAnswer { id, yes }).await
}
