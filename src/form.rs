//! Forms: what was typed, and what is wrong with it. What is typed outlives the page and an expiry.
use crate::api::new_key;
use crate::markup::view;
use crate::route::Route;
use crate::words::{Key, fill, key, t};
use contract::problem::{FieldProblem, FieldRule};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// A form whose value is a `T`.
pub struct Form<T: Send + Sync + 'static> {
    value: RwSignal<T>,
    problems: RwSignal<Vec<FieldProblem>>,
    sending: RwSignal<bool>,
    key: RwSignal<String>,
    touched: RwSignal<bool>,
    /// Grows each time a check finds problems: the summary then takes the focus, and only then.
    refusals: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Form<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Form<T> {}

/// A draft that lives as long as the app: its form, and how to empty it.
struct Draft {
    form: Box<dyn Any>,
    empty: Box<dyn Fn()>,
    touched: RwSignal<bool>,
    key: RwSignal<String>,
    /// Owns the draft's signals, so that leaving a page does not end them.
    _owner: Owner,
}

thread_local! {
    static DRAFTS: RefCell<HashMap<Cow<'static, str>, Draft>> = RefCell::new(HashMap::new());
}

impl<T: Clone + Default + Send + Sync + 'static> Form<T> {
    /// The draft of that name: the same one on every page and after every return, until it is sent or forgotten.
    pub fn kept(name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        let known = DRAFTS.with_borrow(|drafts| drafts.get(&name).and_then(|draft| draft.form.downcast_ref::<Self>().copied()));
        known.unwrap_or_else(|| {
            let here = Owner::current();
            let owner = Owner::new_root(None);
            let form = owner.with(Self::new);
            // A new root makes itself the current owner; the page that asked needs its own contexts again.
            if let Some(here) = here {
                here.set();
            }
            let draft =
                Draft { form: Box::new(form), empty: Box::new(move || form.clear()), touched: form.touched, key: form.key, _owner: owner };
            DRAFTS.with_borrow_mut(|drafts| drafts.insert(name, draft));
            form
        })
    }

    fn new() -> Self {
        Self {
            value: RwSignal::new(T::default()),
            problems: RwSignal::new(Vec::new()),
            sending: RwSignal::new(false),
            key: RwSignal::new(new_key()),
            touched: RwSignal::new(false),
            refusals: RwSignal::new(0),
        }
    }

    /// Begins anew with an empty value and a new key.
    pub fn clear(self) {
        self.value.set(T::default());
        self.problems.set(Vec::new());
        self.sending.set(false);
        self.key.set(new_key());
        self.touched.set(false);
    }

    /// A look at the value, tracked.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.value.with(look)
    }

    /// A look at the value, untracked: for filling in an input once.
    pub fn peek<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.value.with_untracked(look)
    }

    /// Changes the value, and forgets what was wrong with `field`.
    pub fn edit(self, field: &str, change: impl FnOnce(&mut T)) {
        self.value.update(change);
        self.touched.set(true);
        if self.problems.with_untracked(|problems| problems.iter().any(|p| p.field == field)) {
            self.problems.update(|problems| problems.retain(|p| p.field != field));
        }
    }

    /// Notes something the person did not type (a file that has arrived, say): nothing else changes.
    pub fn note(self, change: impl FnOnce(&mut T)) {
        self.value.update(change);
    }

    /// Puts problems on their fields. True when there are none.
    pub fn accept(self, problems: Vec<FieldProblem>) -> bool {
        let none = problems.is_empty();
        self.problems.set(problems);
        if !none {
            self.refusals.update(|n| *n += 1);
        }
        none
    }

    /// The problems there are, tracked.
    pub fn problems(self) -> Vec<FieldProblem> {
        self.problems.get()
    }

    /// What is wrong with a field, in words, tracked.
    pub fn problem(self, field: &str) -> Option<String> {
        self.problems.with(|problems| problems.iter().find(|p| p.field == field).map(|p| capitalised(&sentence(p))))
    }

    /// Whether it is on its way, tracked.
    pub fn is_sending(self) -> bool {
        self.sending.get()
    }

    /// The draft's idempotency key.
    pub fn key(self) -> String {
        self.key.get_untracked()
    }

    /// Goes on as something else than what was kept: under a new key.
    pub fn renew_key(self) {
        self.key.set(new_key());
    }

    /// Takes up a value that was kept, under the key it was kept with.
    pub fn restore(self, value: T, key: String) {
        self.clear();
        self.value.set(value);
        self.key.set(key);
        self.touched.set(true);
    }

    /// Whether anything has been typed since it was last empty, tracked.
    pub fn is_touched(self) -> bool {
        self.touched.get()
    }

    /// Says whether the value is on its way: then it cannot be sent twice.
    pub fn set_sending(self, sending: bool) {
        self.sending.set(sending);
    }
}

/// Whether something has been typed that has not been sent.
pub fn is_anything_typed() -> bool {
    DRAFTS.with_borrow(|drafts| drafts.values().any(|draft| draft.touched.get_untracked()))
}

/// Whether all that has been typed is kept, by the keys of its drafts.
pub fn is_all_kept(is_kept: impl Fn(&str) -> bool) -> bool {
    DRAFTS.with_borrow(|drafts| drafts.values().all(|draft| !draft.touched.get_untracked() || is_kept(&draft.key.get_untracked())))
}

/// Empties every draft: they belong to somebody who is no longer here.
pub fn forget_all() {
    let empties: Vec<_> = DRAFTS.with_borrow(|drafts| drafts.keys().cloned().collect());
    for name in empties {
        DRAFTS.with_borrow(|drafts| drafts.get(&name).map(|draft| (draft.empty)()));
    }
}

/// The id of a field's input: where its label, its error and the summary's link point to.
pub fn field_id(field: &str) -> String {
    format!("field-{}", field.replace('.', "-"))
}

/// A sentence that stands alone begins with a capital letter; behind a field's name it does not.
pub fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// What is wrong, and how to mend it, in words: to stand behind the field's name.
pub fn sentence(problem: &FieldProblem) -> String {
    let param = |name: &str| problem.params.get(name).map_or("", String::as_str);
    fill(rule_key(problem.code), &[("max", param("max")), ("actual", param("actual")), ("left", param("left"))])
}

fn rule_key(rule: FieldRule) -> Key {
    match rule {
        FieldRule::Required => key::form::REQUIRED,
        FieldRule::TooLong => key::form::TOO_LONG,
        FieldRule::TooManyItems => key::form::TOO_MANY_ITEMS,
        FieldRule::UnsafeCharacters => key::form::UNSAFE_CHARACTERS,
        FieldRule::NotAChoice => key::form::NOT_A_CHOICE,
        FieldRule::OutsideTown => key::form::OUTSIDE_TOWN,
        FieldRule::NotAPlace => key::form::NOT_A_PLACE,
        FieldRule::EmptyFile => key::form::EMPTY_FILE,
        FieldRule::FileType => key::form::FILE_TYPE,
        FieldRule::PhotoUnreadable => key::form::PHOTO_UNREADABLE,
        FieldRule::FileChanged => key::form::FILE_CHANGED,
        FieldRule::FileDamaged => key::form::FILE_DAMAGED,
        FieldRule::FileTooLarge => key::form::FILE_TOO_LARGE,
        FieldRule::TooManyPixels => key::form::TOO_MANY_PIXELS,
        FieldRule::NotFound => key::form::NOT_FOUND,
        FieldRule::EmailOrPhone => key::form::EMAIL_OR_PHONE,
        FieldRule::NotAnEmail => key::form::NOT_AN_EMAIL,
        FieldRule::NotAPhone => key::form::NOT_A_PHONE,
        FieldRule::NotHours => key::form::NOT_HOURS,
        FieldRule::PersonalData => key::form::PERSONAL_DATA,
        FieldRule::NotANotice => key::form::NOT_A_NOTICE,
        FieldRule::NotACreditor => key::form::NOT_A_CREDITOR,
        FieldRule::InPayment => key::form::IN_PAYMENT,
        FieldRule::AlreadyPaid => key::form::ALREADY_PAID,
        FieldRule::NotPayable => key::form::NOT_PAYABLE,
        FieldRule::AmountChanged => key::form::AMOUNT_CHANGED,
        FieldRule::NotAcknowledged => key::form::NOT_ACKNOWLEDGED,
        FieldRule::NotAFiscalCode => key::form::NOT_A_FISCAL_CODE,
        FieldRule::NotDigits => key::form::NOT_DIGITS,
        FieldRule::WrongCode => key::form::WRONG_CODE,
        FieldRule::NotInProfile | FieldRule::NotAccepted | FieldRule::Unknown => key::form::UNKNOWN,
    }
}

/// Everything that is wrong, on top of the form, each with a link to its field; takes the focus when it appears.
#[component]
pub fn ErrorSummary<T: Clone + Default + Send + Sync + 'static>(
    /// The form.
    form: Form<T>,
    /// The label of a field, by its name.
    label: impl Fn(&str) -> String + Clone + Send + Sync + 'static,
    /// The id of the input that mends a field, by its name, and the page it stands on when that is another one.
    #[prop(optional)]
    find: Option<Callback<String, (Option<Route>, String)>>,
) -> impl IntoView {
    let navigate = use_navigate();
    let summary = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if form.refusals.get() > 0
            && let Some(summary) = summary.get_untracked()
        {
            // An element that is on the page takes the focus.
            let _ = summary.focus();
        }
    });
    let row = move |problem: &FieldProblem| {
        let name = label(&problem.field);
        let (page, id) = find.map_or_else(|| (None, field_id(&problem.field)), |find| find.run(problem.field.clone()));
        let page = page.map(|page| page.to_string());
        let address = format!("{}#{id}", page.as_deref().unwrap_or_default());
        let navigate = navigate.clone();
        let go = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            match &page {
                Some(page) => {
                    AWAITED.replace(id.clone());
                    IS_LED.set(true);
                    navigate(page, Default::default());
                }
                None => focus(&id),
            }
        };
        view! { <li><a href=address on:click=go>{name}": "{sentence(problem)}</a></li> }
    };
    view! {
        <div class="filo-errors" role="group" aria-label=t(key::form::SUMMARY) tabindex="-1" hidden=move || form.problems.with(Vec::is_empty) node_ref=summary>
            <h2 class="h5">{t(key::form::SUMMARY)}</h2>
            <ul>{move || form.problems().iter().map(&row).collect_view()}</ul>
        </div>
    }
}

thread_local! {
    /// The id of the input that somebody was led to from another page, until that page is drawn.
    static AWAITED: RefCell<String> = const { RefCell::new(String::new()) };
    /// Somebody was led to an input of the page that is drawn next: its heading leaves them the focus.
    static IS_LED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the page that is drawn now was opened to lead somebody to one of its inputs; asked once by its heading.
pub fn is_led() -> bool {
    IS_LED.take()
}

/// On a page that has just been drawn: moves the focus to the input that somebody was led to.
pub fn focus_awaited() {
    // After the page's own heading, which takes the focus when it opens.
    request_animation_frame(|| {
        let id = AWAITED.take();
        if !id.is_empty() {
            focus(&id);
        }
    });
}

/// Whether somebody is in the middle of a form at this moment, has just unfolded something, or has a dialog open.
pub fn is_writing() -> bool {
    let here = document().active_element();
    here.is_some_and(|here| here.closest("main form, main .filo-reply, main details[open], dialog").ok().flatten().is_some())
}

/// Moves the focus to an element.
pub fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    if let Some(element) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that is on the page takes the focus.
        let _ = element.focus();
    }
}
