//! The confirmation: the report has arrived, its number, its receipt, what comes next, and a code for somebody who follows it too.
use super::ticket::Ticket;
use crate::api::{Api, ApiError, new_key};
use crate::files::ShownFiles;
use crate::form::focus;
use crate::load::{Load, load};
use crate::markup::view;
use crate::rating::RatingForm;
use crate::route::Route;
use crate::session::Session;
use crate::ui::{ActionButton, Callout, Icon, LinkButton, Page, Section, error_key};
use crate::words::{key, language, moment, t};
use contract::attachments::Attachment;
use contract::cases::Case;
use contract::id::CaseId;
use contract::paths;
use contract::reports::ReportForm;
use contract::tracking::Tracked;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// "Segnalazione inviata".
#[component]
pub fn ReportSentPage(id: CaseId) -> impl IntoView {
    let changed = RwSignal::new(0);
    let (rated, followed) = (id.clone(), id.clone());
    let (receipt, case_page) = (Route::Receipt { id: id.clone() }, Route::Case { id: id.clone() });
    let case = load(move |api| {
        changed.get();
        let id = id.clone();
        async move {
            let case = api.get::<Case>(&paths::case(&id, language())).await?;
            // Without its answer nobody is told of a letter that may not have been written.
            let writes = api.get::<ReportForm>(&paths::report_form(language())).await.is_ok_and(|form| form.mail);
            Ok((case, writes))
        }
    });
    let is_own = !expect_context::<Session>().is_for_another_now();
    let email = expect_context::<Session>().person_now().and_then(|me| me.email).unwrap_or_default();
    view! {
        <Page title=t(key::reports::SENT_TITLE)>
            <Load from=case let:answer>
                <Thanks number=answer.0.summary.number.0.clone() when=moment(&answer.0.summary.opened_at)
                    email={if answer.1 { email.clone() } else { String::new() }}/>
                <ShownFiles files=files(&answer.0) alt=key::cases::PHOTO_ALT changed/>
            </Load>
            <div class="d-print-none">
                <p>{t(key::reports::SENT_NEXT)}</p>
                <div class="filo-actions">
                    <LinkButton to=case_page>{t(key::reports::SENT_CASE)}</LinkButton>
                    <LinkButton to=receipt class="btn btn-outline-primary" icon="it-print">{t(key::cases::RECEIPT_OPEN)}</LinkButton>
                </div>
            </div>
            {is_own.then(|| view! {
                <ForSomebodyElse id=followed/>
                <RatingForm case=rated title=t(key::reports::TITLE).to_owned()/>
            })}
        </Page>
    }
}

/// That it has arrived, its number, and what happens now (Modello Comuni, confirmation of a report).
#[component]
pub fn Thanks(
    /// The case's number.
    number: String,
    /// When it arrived; empty where that stands elsewhere.
    #[prop(into)]
    when: String,
    /// Where the summary was sent; empty when it was not.
    email: String,
) -> impl IntoView {
    view! {
        <section class="filo-sent">
            <Icon name="it-check-circle" class="icon-xl"/>
            <p>{t(key::reports::SENT_THANKS)}</p>
            <p class="filo-sent-number">{number}</p>
            <p>{when}</p>
        </section>
        <div class="d-print-none">
            <p>{t(key::reports::SENT_PUBLIC)}</p>
            {(!email.is_empty()).then(|| view! { <p>{t(key::reports::SENT_MAIL)}" "<strong>{email}</strong></p> })}
        </div>
    }
}

/// A code for a member of the family, say: made when it is wanted.
#[component]
fn ForSomebodyElse(id: CaseId) -> impl IntoView {
    let api = expect_context::<Api>();
    let given = RwSignal::new(None::<Tracked>);
    let failed = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let asked = StoredValue::new((paths::case_tracking(&id), new_key()));
    let make = move || {
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let (path, key) = asked.get_value();
            let answer = api.create::<Tracked>(&path, &(), &key).await;
            // The page may have been left meanwhile.
            busy.try_set(false);
            match answer {
                Ok(tracked) => {
                    given.try_set(Some(tracked));
                    focus("code-title");
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let drawn = move || match given.get() {
        Some(tracked) => view! { <Ticket number=tracked.number.0 code=tracked.code/> }.into_any(),
        None => view! {
            {move || failed.get().map(|error| view! {
                <Callout kind="danger" title=t(key::error::TITLE) alert=true><p>{t(error_key(&error))}</p></Callout>
            })}
            <ActionButton look="outline-primary" busy on_press=move |()| make()>{t(key::reports::CODE_MAKE)}</ActionButton>
        }
        .into_any(),
    };
    view! {
        <Section id="code-title" title=t(key::reports::CODE_OTHER_TITLE) class="card filo-form-card filo-code-box">
            <p>{t(key::reports::CODE_OTHER_TEXT)}</p>
            {drawn}
        </Section>
    }
}

/// What the report brought, and what is still on its way.
fn files(case: &Case) -> Vec<Attachment> {
    case.report.iter().flat_map(|report| report.photos.iter().chain(&report.documents)).cloned().collect()
}
