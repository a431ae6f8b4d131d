//! What is begun is kept by the CRM too, so that it goes on on another device: a moment after each change, never over what another device wrote.
use super::answering::{Answering, Kept};
use super::sheet::Sheet;
use crate::api::{Api, ApiError};
use crate::form::Form;
use crate::markup::view;
use crate::ui::{ActionButton, Callout};
use crate::words::{key, language, t};
use contract::id::QuestionnaireId;
use contract::paths;
use contract::questionnaires::{Begun, Questionnaire, Receipt};
use leptos::prelude::*;
use leptos::task::spawn_local;
use questionnaire::Value;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A change is mirrored so long after it.
const AFTER: Duration = Duration::from_secs(3);

/// What another device has written meanwhile; a person chooses.
pub type Clash = RwSignal<Option<Begun<Value>>>;

/// What goes on at the CRM for answers under a name.
#[derive(Clone, Copy)]
pub struct Mirror {
    api: Api,
    form: Form<Answering>,
    id: StoredValue<QuestionnaireId>,
    /// What was mirrored last.
    last: StoredValue<Option<(Value, String)>>,
    /// What another device has.
    pub clash: Clash,
}

impl Mirror {
    /// Mirrors from now on.
    pub fn start(api: Api, form: Form<Answering>, id: QuestionnaireId) -> Self {
        let mirror = Self { api, form, id: StoredValue::new(id), last: StoredValue::new(None), clash: RwSignal::new(None) };
        let is_due = Rc::new(Cell::new(false));
        Effect::new(move |_| {
            form.with(|_| ());
            if form.is_touched() && !form.is_sending() && !is_due.replace(true) {
                let is_due = is_due.clone();
                set_timeout(
                    move || {
                        is_due.set(false);
                        mirror.push();
                    },
                    AFTER,
                );
            }
        });
        mirror
    }

    fn push(self) {
        let Some(id) = self.id.try_get_value() else { return };
        if untrack(|| !self.form.is_touched() || self.form.is_sending() || self.clash.with(Option::is_some)) {
            return;
        }
        let Kept { version, answers, place, from, .. } = self.form.peek(|answering| answering.kept.clone());
        let now = Some((answers.clone(), place.clone()));
        if self.last.with_value(|last| *last == now) {
            return;
        }
        let (api, begun) = (self.api, Begun { version, answers, place, revision: from });
        spawn_local(async move {
            match api.put_over::<Receipt>(&paths::questionnaire_draft(&id), &begun, from).await {
                Ok(receipt) => {
                    // The page may have been left meanwhile.
                    if self.last.try_set_value(now).is_none() && receipt.number != from {
                        self.form.note(|answering| answering.kept.from = receipt.number);
                    }
                }
                Err(ApiError::Conflict) => self.look(&id).await,
                // Another time.
                Err(_) => {}
            }
        });
    }

    /// What does the CRM have?
    async fn look(self, id: &QuestionnaireId) {
        let asked = self.api.get::<Questionnaire<Value>>(&paths::questionnaire(id, language())).await;
        if let Ok(Questionnaire { begun: Some(begun), .. }) = asked {
            self.clash.try_set(Some(begun));
        }
    }
}

/// Two versions of what is begun: which one goes on?
#[component]
pub fn ClashNote(mirror: Mirror, sheet: Sheet, definition: StoredValue<Value>) -> impl IntoView {
    let form = mirror.form;
    let mine = move |()| {
        let Some(begun) = mirror.clash.get_untracked() else { return };
        mirror.clash.set(None);
        form.edit("", |answering| answering.kept.from = begun.revision);
    };
    let theirs = move |()| {
        let Some(begun) = mirror.clash.get_untracked() else { return };
        mirror.clash.set(None);
        form.edit("", |answering| {
            answering.kept =
                Kept { answers: begun.answers.clone(), place: begun.place.clone(), from: begun.revision, ..answering.kept.clone() };
        });
        let kept = form.peek(|answering| answering.kept.clone());
        definition.with_value(|definition| sheet.replace(definition, &kept));
    };
    let drawn = move || {
        mirror.clash.with(Option::is_some).then(|| {
            view! {
                <Callout kind="warning" title=t(key::questionnaires::CLASH_TITLE) alert=true>
                    <p>{t(key::questionnaires::CLASH_TEXT)}</p>
                    <div class="filo-actions">
                        <ActionButton look="outline-primary" on_press=mine>{t(key::questionnaires::CLASH_MINE)}</ActionButton>
                        <ActionButton look="outline-primary" on_press=theirs>{t(key::questionnaires::CLASH_THEIRS)}</ActionButton>
                    </div>
                </Callout>
            }
        })
    };
    view! { {drawn} }
}
