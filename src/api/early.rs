//! What the boot script has asked before the app was there: each answer is taken once, or dropped.
use js_sys::{Map, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The answer to a request that the boot script has already begun, once: it saves a round trip on a slow network.
pub fn early(path: &str) -> Option<Promise> {
    let early = early_answers()?;
    let path = JsValue::from_str(path);
    let promise = early.get(&path).dyn_into::<Promise>().ok()?;
    early.delete(&path);
    Some(promise)
}

/// Drops the answers to requests of the boot script that nobody has taken.
pub fn forget_early() {
    if let Some(early) = early_answers() {
        early.clear();
    }
}

/// The requests that the boot script has begun, by their paths.
fn early_answers() -> Option<Map> {
    let filo = Reflect::get(&js_sys::global(), &"filo".into()).ok()?;
    Reflect::get(&filo, &"early".into()).ok()?.dyn_into::<Map>().ok()
}
