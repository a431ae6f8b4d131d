//! What the device remembers: encrypted under the person's own key in IndexedDB, or in memory only on a shared computer.
//!
//! `public/vault.js` does it, and `public/outbox.js` sends what waits (docs/adr/0009): fetched when somebody is here, so the first page
//! pays nothing for them. This is the one door to both.
use crate::words::boot;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Who was here last on this device (JSON), if their key is kept.
pub async fn recall() -> Option<String> {
    call("recall", &[]).await.as_string()
}

/// The answer of the CRM, or the town's file, that was kept for when there is no network.
pub async fn answer(path: &str) -> Option<String> {
    call("read", &["answers".into(), path.into()]).await.as_string()
}

/// Keeps what the person has just read, for when there is no network.
pub fn saw(path: &str, text: &str) {
    let arguments = [path.into(), text.into()];
    leptos::task::spawn_local(async move { drop(call("saw", &arguments).await) });
}

/// What the person has read under a path, and when (milliseconds of the device's clock).
pub async fn seen(path: &str) -> Option<(String, f64)> {
    let kept = js_sys::JSON::parse(&call("seen", &[path.into()]).await.as_string()?).ok()?;
    let member = |name: &str| Reflect::get(&kept, &name.into()).ok();
    Some((member("text")?.as_string()?, member("at")?.as_f64()?))
}

/// Whether something that is nobody's secret was noted on this device.
pub fn has_mark(name: &str) -> bool {
    let kept = leptos::prelude::window().local_storage().ok().flatten();
    kept.and_then(|kept| kept.get_item(name).ok().flatten()).is_some()
}

/// A file's bytes.
pub async fn file(id: &str) -> Option<Uint8Array> {
    call("read", &["files".into(), id.into()]).await.dyn_into().ok()
}

/// SHA-256 of some bytes; empty when the browser cannot.
pub async fn sha256(bytes: &Uint8Array) -> Vec<u8> {
    Uint8Array::new(&call("sha256", &[bytes.into()]).await).to_vec()
}

/// What speaks against keeping photos here: `full`, `week`, or nothing. Asks the browser to keep what is here.
pub async fn risk() -> Option<String> {
    call("risk", &[]).await.as_string()
}

/// Calls a function of `outbox.js`; undefined when it fails.
pub async fn call(name: &str, arguments: &[JsValue]) -> JsValue {
    try_call(name, arguments).await.unwrap_or(JsValue::UNDEFINED)
}

/// The same, for who must know that the file could not be had.
///
/// # Errors
/// What JavaScript threw.
pub async fn try_call(name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    call_script("outbox", name, arguments).await
}

/// Calls a function of a script that the boot script knows how to fetch.
///
/// # Errors
/// What JavaScript threw.
pub async fn call_script(script: &str, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let fetch: Function = boot(script).unwrap_or_default().dyn_into()?;
    let module = JsFuture::from(fetch.call0(&JsValue::NULL)?.dyn_into::<Promise>()?).await?;
    let function: Function = Reflect::get(&module, &name.into())?.dyn_into()?;
    let answer = function.apply(&JsValue::NULL, &arguments.iter().collect())?;
    JsFuture::from(Promise::resolve(&answer)).await
}
