//! The end of a help, on the page: its receipt lives in memory until the computer is wiped, and nowhere else.
use crate::api::{Api, ApiError};
use contract::help_desk::{Begin, Begun, HelpReceipt};
use contract::id::ConsentId;
use contract::paths;
use leptos::prelude::*;
use std::cell::RefCell;

thread_local! {
    /// Lives as long as the page does, whatever is drawn.
    static RECEIPT: (RwSignal<Option<HelpReceipt>>, Owner) = {
        let here = Owner::current();
        let owner = Owner::new_root(None);
        let receipt = owner.with(|| RwSignal::new(None));
        if let Some(here) = here {
            here.set();
        }
        (receipt, owner)
    };
    /// What stands in the QR code of a consent: the CRM tells it once.
    static CODE: RefCell<(ConsentId, String)> = RefCell::default();
    /// The code of the paper that a new person takes away: told once too.
    static PAPER: RefCell<String> = RefCell::default();
}

/// The receipt of the help that has just ended.
pub fn receipt() -> RwSignal<Option<HelpReceipt>> {
    RECEIPT.with(|(receipt, _)| *receipt)
}

/// Remembers what stands in a consent's QR code.
pub fn keep_code(id: &ConsentId, code: &str) {
    CODE.replace((id.clone(), code.to_owned()));
}

/// What stands in a consent's QR code; nothing on a page that was opened since.
pub fn code_of(id: &ConsentId) -> Option<String> {
    CODE.with_borrow(|(known, code)| (known == id && !code.is_empty()).then(|| code.clone()))
}

/// The code of the paper of whoever is new here; nothing for anybody else.
pub fn paper() -> Option<String> {
    PAPER.with_borrow(|paper| Some(paper.clone()).filter(|paper| !paper.is_empty()))
}

/// Begins what was agreed to: the session hears who is here now.
///
/// # Errors
/// When the CRM refuses.
pub async fn begin(api: Api, id: &ConsentId, code: String) -> Result<(), ApiError> {
    let begun = api.post::<Begun>(&paths::help_desk_begin(id), &Begin { code }).await?;
    if !begun.page.is_empty() {
        PAPER.replace(begun.paper);
        crate::api::at_the_desk(begun.page);
    }
    api.ask_who().await
}

/// Ends it, or fetches the receipt of what has ended by itself. Whatever comes of it, nobody is here any more.
pub async fn finish(api: Api) {
    let told = api.post::<HelpReceipt>(paths::HELP_DESK_FINISH, &()).await;
    crate::api::at_the_desk(String::new());
    receipt().set(told.ok());
    api.leave();
}
