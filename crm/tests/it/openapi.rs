//! The OpenAPI document is committed; what the code says now must be the same.
use std::path::Path;

#[test]
fn the_committed_document_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == crm::openapi::document().unwrap(),
        "docs/openapi.json is old: write it anew with `cargo run -p crm -- openapi > docs/openapi.json`"
    );
}

#[test]
fn every_operation_has_an_identifier_of_its_own_and_a_sentence() {
    let document: serde_json::Value = serde_json::from_str(&crm::openapi::document().unwrap()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{method} {path}");
            assert!(operation["responses"].as_object().is_some_and(|responses| !responses.is_empty()), "{method} {path}");
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
