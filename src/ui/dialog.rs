//! A modal dialog: the browser's own `<dialog>`, which keeps the focus inside and gives it back.
use crate::markup::view;
use leptos::prelude::*;

/// A dialog, open while `open` is true. Escape calls `on_cancel`; a dialog without it cannot be waved away.
#[component]
pub fn Dialog(
    /// The id of its title: several dialogs may be on a page.
    id: &'static str,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// What Escape does.
    #[prop(optional)]
    on_cancel: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // Fails only for a dialog that is off the page, which this one is not.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        if let Some(on_cancel) = on_cancel {
            on_cancel.run(());
        }
    };
    // Browsers let Escape be declined once; pressed again it closes the dialog all the same.
    let closed = move |_| {
        let is_waved_away = move || open.get_untracked() && dialog.get_untracked().is_some_and(|dialog| !dialog.open());
        if let Some(on_cancel) = on_cancel.filter(|_| is_waved_away()) {
            on_cancel.run(());
        }
        if let Some(dialog) = dialog.get_untracked().filter(|_| is_waved_away()) {
            // As above.
            let _ = dialog.show_modal();
        }
    };
    let closed_by = if on_cancel.is_none() { "none" } else { "closerequest" };
    view! {
        <dialog class="filo-dialog" aria-labelledby=id closedby=closed_by node_ref=dialog on:cancel=cancel on:close=closed>
            <h2 id=id class="h4">{move || title.get()}</h2>
            {children()}
        </dialog>
    }
}
