//! Scripts that are fetched when somebody asks for what they do (the map, hiding faces): opening one, and calling what it gave.
use crate::words::boot;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Fetches a script by its name in `boot.js`, calls one of its functions, and waits for what it gives. None when it cannot be had.
pub async fn open(name: &str, function: &str, arguments: &Array) -> Option<JsValue> {
    let fetched = boot(name)?.dyn_into::<Function>().ok()?.call0(&JsValue::NULL).ok()?;
    let module = JsFuture::from(fetched.dyn_into::<Promise>().ok()?).await.ok()?;
    let function = Reflect::get(&module, &function.into()).ok()?.dyn_into::<Function>().ok()?;
    let opened = function.apply(&JsValue::NULL, arguments).ok()?;
    JsFuture::from(opened.dyn_into::<Promise>().ok()?).await.ok()
}

/// Calls a function of what a script gave. None when it fails.
pub fn call(of: &JsValue, what: &str, argument: &JsValue) -> Option<JsValue> {
    let function = Reflect::get(of, &what.into()).ok()?.dyn_into::<Function>().ok()?;
    function.call1(of, argument).ok()
}
