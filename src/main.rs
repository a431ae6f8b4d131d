//! Filo, the citizen's direct line to the town hall: the app. Waits for its words and settings, then mounts.
mod api;
mod app;
mod cases;
mod channels;
mod comfort;
mod command;
mod config;
mod delegates;
mod files;
mod form;
mod frame;
mod help_desk;
mod home;
mod inbox;
mod late;
mod legal;
mod lexicon;
mod live;
mod load;
mod login;
mod markup;
mod my_data;
mod outbox;
mod payments;
mod push;
mod qr;
mod questionnaires;
mod rating;
mod readback;
mod reports;
mod route;
mod script;
mod session;
mod sessions;
mod streets;
mod subscriptions;
mod ui;
mod vault;
mod words;

use crate::markup::view;
use leptos::prelude::*;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        let (words, config) = (words::Words::from_boot().await, config::Config::from_boot().await);
        // Without sentences there is nothing to draw: the boot script sees that nothing was mounted and says so.
        let Some(words) = words else { return };
        load::next_task().await;
        mount_to_body(move || view! { <app::App words config=config.clone()/> });
        if let Some(boot) = document().get_element_by_id("boot") {
            boot.remove();
        }
    });
}
