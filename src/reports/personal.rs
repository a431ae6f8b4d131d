//! What a text gives away about somebody (features F9, X9): pointed out before it is sent, removed or left by the person; it never stops them.
use super::draft::Draft;
use crate::form::{Form, field_id, focus};
use crate::markup::view;
use crate::ui::ActionButton;
use crate::words::{Key, fill, key, t};
use contract::personal::{Found, Personal, find};
use leptos::prelude::*;

/// What was found in the texts of a report, each with "Togli" and "Lascia".
#[component]
pub fn PersonalCheck(
    form: Form<Draft>,
    /// `title` or `details`.
    field: &'static str,
) -> impl IntoView {
    let found = Memo::new(move |_| {
        form.with(|draft| {
            let text = text(draft, field);
            let told = |found: Found| Some((found.what, text.get(found.from..found.to)?.to_owned()));
            let mut all: Vec<_> = find(text).into_iter().filter_map(told).collect();
            all.retain(|(_, told)| !draft.left.contains(told));
            all
        })
    });
    let place = NodeRef::<leptos::html::Div>::new();
    // The button that was pressed goes: on to the text itself, or, where it is only read, to the heading above it.
    let go_on = move || {
        let Some(place) = place.get_untracked() else { return };
        let text = document().get_element_by_id(&field_id(field));
        let heading = || place.closest("section").ok().flatten()?.query_selector("h2").ok().flatten();
        if let Some(next) = text.or_else(heading) {
            focus(&next.id());
        }
    };
    let label = t(if field == "title" { key::reports::SUBJECT } else { key::reports::DETAILS });
    let row = move |(what, told): (Personal, String)| {
        let words = fill(key::files::PERSONAL, &[("field", label), ("what", t(what_key(what))), ("text", &told)]);
        let (removed, left) = (told.clone(), told.clone());
        let shown = told.clone();
        view! {
            <li>
                <p><strong>{words}</strong></p>
                <div class="filo-position-choices">
                    <ActionButton look="outline-primary" on_press=move |()| {
                        form.edit(field, |draft| remove(text_mut(draft, field), &removed));
                        go_on();
                    }>{t(key::files::PERSONAL_REMOVE)}<span class="visually-hidden">" "{told.clone()}</span></ActionButton>
                    <ActionButton look="outline-primary" on_press=move |()| {
                        form.note(|draft| draft.left.push(left.clone()));
                        go_on();
                    }>{t(key::files::PERSONAL_LEAVE)}<span class="visually-hidden">" "{shown.clone()}</span></ActionButton>
                </div>
            </li>
        }
    };
    let drawn = move || {
        let all = found.get();
        (!all.is_empty()).then(|| {
            let rows = all.into_iter().map(&row).collect_view();
            view! { <div class="callout filo-callout note"><ul class="filo-personal">{rows}</ul><p>{t(key::files::PERSONAL_WHY)}</p></div> }
        })
    };
    view! { <div role="status" node_ref=place>{drawn}</div> }
}

fn text<'a>(draft: &'a Draft, field: &str) -> &'a str {
    if field == "title" { &draft.report.title } else { &draft.report.details }
}

fn text_mut<'a>(draft: &'a mut Draft, field: &str) -> &'a mut String {
    if field == "title" { &mut draft.report.title } else { &mut draft.report.details }
}

fn what_key(what: Personal) -> Key {
    match what {
        Personal::Phone => key::files::PERSONAL_PHONE,
        Personal::Email => key::files::PERSONAL_EMAIL,
        Personal::Plate => key::files::PERSONAL_PLATE,
        Personal::FiscalCode => key::files::PERSONAL_FISCAL_CODE,
    }
}

/// Takes what was found out of a text, wherever it stands now, and the space that it leaves.
fn remove(text: &mut String, found: &str) {
    while let Some(from) = text.find(found) {
        let (before, after) = (text[..from].to_owned(), &text[from + found.len()..]);
        let is_gap = before.is_empty() || before.ends_with(' ');
        *text = format!("{before}{}", if is_gap { after.strip_prefix(' ').unwrap_or(after) } else { after });
    }
    text.truncate(text.trim_end().len());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, found: &str) -> String {
        let mut text = text.to_owned();
        remove(&mut text, found);
        text
    }

    #[test]
    fn what_is_removed_leaves_no_hole() {
        assert_eq!(without("Chiamami al 333 1234567 domani", "333 1234567"), "Chiamami al domani");
        assert_eq!(without("333 1234567 è il mio", "333 1234567"), "è il mio");
        assert_eq!(without("Scrivi a è@example.org", "è@example.org"), "Scrivi a");
        assert_eq!(without("L'auto AB123CD, sempre AB123CD.", "AB123CD"), "L'auto , sempre .");
        assert_eq!(without("niente", "333 1234567"), "niente");
    }
}
