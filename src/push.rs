//! Notifications on this device: the one door to `public/push.js`, which is fetched when somebody wants them or has them.
use crate::vault::{self, call_script};
use contract::id::CitizenId;
use leptos::task::spawn_local;

/// Asks `public/push.js` something; nothing when it cannot be asked.
pub async fn ask(what: &str, arguments: &[&str]) -> Option<String> {
    let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).into()).collect();
    call_script("push", what, &arguments).await.ok()?.as_string()
}

/// Whether somebody is, or was, told on this device: only then is there anything to do for it.
fn is_anybody_told() -> bool {
    vault::has_mark("filo.push")
}

/// Somebody is here: the notifications of somebody else end.
pub fn arrived(person: &CitizenId) {
    if is_anybody_told() {
        let person = person.0.clone();
        spawn_local(async move { drop(ask("arrived", &[&person]).await) });
    }
}

/// Whoever was here has logged out: no more notifications on this device.
pub async fn leave() {
    if is_anybody_told() {
        ask("leave", &[]).await;
    }
}
