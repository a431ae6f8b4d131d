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

/// Answers, and the question shown last.
type Written = (Value, String);

/// What goes on at the CRM for answers under a name.
#[derive(Clone, Copy)]
pub struct Mirror {
    api: Api,
    form: Form<Answering>,
    id: StoredValue<QuestionnaireId>,
    /// What the CRM has taken last.
    last: RwSignal<Option<Written>>,
    /// What was sent since then: the CRM may have it though its answer never came.
    tried: StoredValue<Vec<Written>>,
    /// Whether something is on its way.
    is_busy: StoredValue<bool>,
    /// Whether the last try came to nothing.
    has_failed: RwSignal<bool>,
    /// What another device has.
    pub clash: Clash,
}

impl Mirror {
    /// Mirrors from now on.
    pub fn start(api: Api, form: Form<Answering>, id: QuestionnaireId) -> Self {
        let mirror = Self {
            api,
            form,
            id: StoredValue::new(id),
            last: RwSignal::new(None),
            tried: StoredValue::new(Vec::new()),
            is_busy: StoredValue::new(false),
            has_failed: RwSignal::new(false),
            clash: RwSignal::new(None),
        };
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

    /// Whether the CRM has what is written now; tracked.
    pub fn is_kept(self) -> bool {
        self.last.with(|last| self.form.with(|answering| last.as_ref() == Some(&written(&answering.kept))))
    }

    /// Whether it could not be brought to the CRM; tracked.
    pub fn has_failed(self) -> bool {
        self.has_failed.get()
    }

    /// Brings what is written to the CRM, one change after the other.
    fn push(self) {
        let (Some(id), Some(false)) = (self.id.try_get_value(), self.is_busy.try_get_value()) else { return };
        if untrack(|| !self.form.is_touched() || self.form.is_sending() || self.clash.with(Option::is_some)) {
            return;
        }
        let kept = self.form.peek(|answering| answering.kept.clone());
        let (now, from) = (written(&kept), kept.from);
        if self.last.with_untracked(|last| last.as_ref() == Some(&now)) {
            return;
        }
        self.is_busy.set_value(true);
        self.tried.update_value(|tried| tried.push(now.clone()));
        let (api, begun) = (self.api, Begun { version: kept.version, answers: kept.answers, place: kept.place, revision: from });
        spawn_local(async move {
            let answer = api.put_over::<Receipt>(&paths::questionnaire_draft(&id), &begun, from).await;
            let is_again = match answer {
                Ok(receipt) => self.is_taken(now, from, receipt.number),
                Err(ApiError::Conflict) => self.is_ours(&id).await,
                // Another time.
                Err(_) => {
                    self.has_failed.try_set(true);
                    false
                }
            };
            self.is_busy.try_set_value(false);
            // What was written while it was on its way.
            if is_again {
                self.push();
            }
        });
    }

    /// The CRM has it under a revision. False when the page has been left meanwhile.
    fn is_taken(self, now: Written, from: u32, revision: u32) -> bool {
        if self.last.try_set(Some(now)).is_some() {
            return false;
        }
        self.tried.try_update_value(Vec::clear);
        self.has_failed.try_set(false);
        if revision != from {
            self.form.note(|answering| answering.kept.from = revision);
        }
        true
    }

    /// The CRM has another revision than the one that is known. True when it is of here, and its answer was lost; else a person chooses.
    async fn is_ours(self, id: &QuestionnaireId) -> bool {
        let asked = self.api.get::<Questionnaire<Value>>(&paths::questionnaire(id, language())).await;
        let Ok(Questionnaire { begun: Some(begun), .. }) = asked else {
            self.has_failed.try_set(true);
            return false;
        };
        let theirs = (begun.answers.clone(), begun.place.clone());
        if self.tried.try_with_value(|tried| tried.contains(&theirs)) == Some(true) {
            return self.is_taken(theirs, 0, begun.revision);
        }
        self.clash.try_set(Some(begun));
        false
    }
}

/// What of it goes to the CRM.
fn written(kept: &Kept) -> Written {
    (kept.answers.clone(), kept.place.clone())
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
