//! Acting for somebody: beginning, going back to oneself, going on; and the first page meanwhile.
use super::words;
use crate::api::{Api, ApiError};
use crate::form::is_anything_typed;
use crate::load::{Load, load};
use crate::markup::view;
use crate::outbox::outbox;
use crate::route::{ReportStep, Route};
use crate::session::News;
use crate::ui::{LinkButton, Page, Section};
use crate::words::{day, fill, key, t};
use contract::delegates::{Acting, NewActing};
use contract::help_desk::HelpScope;
use contract::id::DelegationId;
use contract::paths;
use contract::session::Me;
use leptos::prelude::*;

/// Whether something here would be lost with who is here: typed, or kept in this page alone.
pub fn is_anything_only_here() -> bool {
    outbox().only_here() != (0, 0) || (is_anything_typed() && outbox().on_device() != Some(true))
}

/// Acts for somebody from now on, in every window of this browser.
///
/// # Errors
/// [`ApiError::Conflict`] while one's own things would be lost; [`ApiError::NotFound`] for a delegation that holds no longer.
pub async fn begin(api: Api, delegation: DelegationId) -> Result<(), ApiError> {
    if untrack(is_anything_only_here) {
        return Err(ApiError::Conflict);
    }
    api.post::<()>(paths::MY_ACTING, &NewActing { delegation }).await?;
    api.ask_who().await
}

/// Acts for oneself again. Another window may have done so already.
///
/// # Errors
/// When the CRM cannot be asked.
pub async fn back(api: Api) -> Result<(), ApiError> {
    match api.delete::<()>(paths::MY_ACTING).await {
        Err(error @ (ApiError::Offline | ApiError::SignedOut | ApiError::Broken | ApiError::TooMany)) => Err(error),
        _ => arrive(api).await,
    }
}

/// Goes on for somebody, with what was typed for them.
///
/// # Errors
/// [`ApiError::NotFound`] when the delegation holds no longer; or the CRM cannot be asked.
pub async fn go_on(api: Api, delegation: DelegationId) -> Result<(), ApiError> {
    api.post::<()>(paths::MY_ACTING, &NewActing { delegation }).await?;
    arrive(api).await?;
    // The other windows hear it: for this one nobody new is here.
    if let Some(me) = api.session().person_now() {
        api.session().tell(News::Here(me.id));
    }
    Ok(())
}

/// Whoever the session says is here takes the place of who was.
async fn arrive(api: Api) -> Result<(), ApiError> {
    let me: Me = api.get(paths::ME).await?;
    api.session().lets_go();
    api.session().arrived(me);
    Ok(())
}

/// The first page while somebody acts for another: for whom, what they may do, until when.
#[component]
pub fn ActingPage() -> impl IntoView {
    let acting = load(|api| async move { api.get::<Acting>(paths::MY_ACTING).await });
    view! {
        <Page title=t(key::delegates::NOW_TITLE) lead=t(key::delegates::NOW_LEAD)>
            <Load from=acting let:acting><Now acting=acting.clone()/></Load>
        </Page>
    }
}

#[component]
fn Now(acting: Acting) -> impl IntoView {
    let (sees, sends) = (acting.scopes.contains(&HelpScope::SeeCases), acting.scopes.contains(&HelpScope::SendReport));
    let cases = match &acting.case {
        Some(id) => (Route::Case { id: id.clone() }, key::delegates::GO_CASE),
        None => (Route::Cases, key::delegates::GO_CASES),
    };
    let report = Route::NewReport { step: ReportStep::Privacy };
    let until = day(&acting.until);
    view! {
        <Section id="may-title" title=t(key::delegates::MAY_TITLE) class="card filo-form-card">
            <p><strong>{fill(key::delegates::FOR, &[("name", &acting.giver)])}</strong></p>
            <ul>{acting.scopes.iter().map(|scope| view! { <li>{words::scope(*scope)}</li> }).collect_view()}</ul>
            <p>{fill(key::delegates::UNTIL, &[("date", &until)])}</p>
            <div class="filo-actions">
                {sees.then(|| view! { <LinkButton to=cases.0 icon="it-files">{t(cases.1)}</LinkButton> })}
                {sends.then(|| view! { <LinkButton to=report icon="it-map-marker-plus">{t(key::delegates::GO_REPORT)}</LinkButton> })}
            </div>
            <p class="filo-note">{t(key::delegates::NEVER)}</p>
            <p class="filo-note">{t(key::delegates::LOGGED)}</p>
        </Section>
    }
}
