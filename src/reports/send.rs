//! Sending a report: first its files, each with its own key, then the report with the draft's key. Twice never makes two.
use super::draft::{Draft, Readiness};
use crate::api::{Api, ApiError, Upload};
use crate::form::Form;
use contract::cases::CaseSummary;
use contract::id::AttachmentId;
use contract::paths;
use contract::problem::FieldProblem;
use js_sys::Uint8Array;
use leptos::prelude::*;

/// Which file is on its way, of how many.
pub type Progress = RwSignal<Option<(usize, usize)>>;

/// Sends everything. What has arrived is noted in the draft, so a second try goes on where the first was cut.
pub async fn send(api: Api, form: Form<Draft>, draft: Draft, key: String, progress: Progress) -> Result<CaseSummary, ApiError> {
    let total = draft.photos.iter().chain(&draft.documents).filter(|file| matches!(file.state, Readiness::Ready(_))).count();
    let mut number = 0;
    let mut ids: [Vec<AttachmentId>; 2] = [Vec::new(), Vec::new()];
    for (index, (name, files)) in [("photos", &draft.photos), ("documents", &draft.documents)].into_iter().enumerate() {
        for (place, file) in files.iter().enumerate() {
            let Readiness::Ready(ready) = &file.state else { continue };
            number += 1;
            progress.set(Some((number, total)));
            let id = match &file.sent {
                Some(id) => id.clone(),
                None => {
                    let bytes = Uint8Array::from(ready.bytes.as_slice());
                    let upload = Upload { name: &file.name, bytes: &bytes, media_type: ready.media_type, key: &file.key };
                    api.upload(upload).await.map_err(|error| on_file(error, name, place))?.id
                }
            };
            form.note(|draft| {
                if let Some(file) = draft.file(&file.key) {
                    file.sent = Some(id.clone());
                }
            });
            ids[index].push(id);
        }
    }
    progress.set(None);
    let [photos, documents] = ids;
    let report = contract::reports::NewReport { photos, documents, ..draft.report };
    api.create(paths::REPORTS, &report, &key).await
}

/// A file that the CRM refuses is named, so that the person knows which to take back.
fn on_file(error: ApiError, name: &str, place: usize) -> ApiError {
    match error {
        ApiError::Invalid(fields) => {
            ApiError::Invalid(fields.into_iter().map(|problem| FieldProblem { field: format!("{name}.{place}"), ..problem }).collect())
        }
        other => other,
    }
}
