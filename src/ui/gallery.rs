//! The gallery: every widget in every state on one page, in debug builds.
use super::{
    ActionButton, Badge, Callout, DocumentList, EmptyView, ErrorView, Facts, Moment, Page, PlainCard, Skeleton, Steps, Timeline, UploadRow,
};
use crate::api::ApiError;
use crate::markup::view;
use contract::dictionary::{StateCard, StateCode};
use contract::{Date, problem::FieldProblem};
use leptos::prelude::*;

/// Every widget in every state.
#[component]
pub fn GalleryPage() -> impl IntoView {
    let errors = [ApiError::Offline, ApiError::SignedOut, ApiError::Forbidden, ApiError::NotFound, ApiError::Conflict, ApiError::TooMany];
    let errors = errors.into_iter().chain([ApiError::Broken, ApiError::Invalid(Vec::<FieldProblem>::new())]);
    let moment = |kind: &'static str, note: &str| Moment {
        kind,
        when: "22 novembre 2026".into(),
        title: "In lavorazione".into(),
        detail: "Ufficio Anagrafe · allo sportello".into(),
        note: note.into(),
        note_lang: None,
        files: Vec::new(),
    };
    let card = |language: &str| StateCard {
        code: StateCode("in_progress".into()),
        label: "In lavorazione".into(),
        expected: String::new(),
        clock_stopped: false,
        term: "istruttoria".into(),
        meaning: "Un impiegato sta leggendo la tua richiesta.".into(),
        whose_turn: "Tocca al Comune.".into(),
        what_to_do: "Niente: aspetta.".into(),
        by_when: "Il Comune risponde entro il {date}.".into(),
        by_when_undated: "Non c'è una data.".into(),
        language: language.into(),
    };
    view! {
        <Page title="Galleria" lead="Ogni pezzo, in ogni stato.">
            <section class="filo-gallery">
                {["primary", "outline-primary", "outline-danger", "link"].map(|look| view! { <ActionButton look on_press=|()| ()>{look}</ActionButton> })}
                <ActionButton busy=true on_press=|()| ()>"busy"</ActionButton>
                {["open", "waiting", "closed"].map(|kind| view! { <Badge kind label=kind/> })}
                {["note", "warning", "danger", "success"].map(|kind| view! { <Callout kind title=kind><p>"Una frase."</p></Callout> })}
                <PlainCard card=card("it") date=Some(Date("2026-12-15".into()))/>
                <PlainCard card=card("fr") date=None/>
                <Timeline moments=vec![moment("done", "Una nota."), moment("current", ""), moment("expected", "")]/>
                <Steps names=vec!["Uno", "Due", "Tre"] current=1/>
                <Facts rows=vec![("Numero", "FI-2026-000123-K".into()), ("Vuoto", String::new())]/>
                <DocumentList files=vec![("Ricevuta".into(), "application/pdf".into(), 81_000, "#".into()), ("Foto".into(), "image/jpeg".into(), 2_400_000, "#".into())]/>
                <ul class="upload-file-list">
                    {["working", "ready", "refused"].map(|kind| view! { <UploadRow name=format!("{kind}.jpg") detail=kind.to_owned() kind picture=None action=None on_remove=|()| ()/> })}
                </ul>
                <EmptyView><p>"Niente qui."</p></EmptyView>
                <Skeleton/>
                {errors.map(|error| view! { <ErrorView error retry=|()| ()/> }).collect_view()}
            </section>
        </Page>
    }
}
