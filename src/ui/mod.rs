//! Widgets that know no feature: pixels and ARIA, nothing else. What knows a case or a report lives in its slice.
mod aloud;
mod button;
mod callout;
mod card;
mod choice;
mod contact;
mod dialog;
mod documents;
mod empty;
mod error;
mod field;
#[cfg(debug_assertions)]
mod gallery;
mod icon;
mod link;
mod page;
mod plain_card;
mod skeleton;
mod steps;
mod suggest;
mod timeline;
mod upload;

pub use aloud::ReadAloud;
pub use button::{ActionButton, LinkButton};
pub use callout::Callout;
pub use card::{Badge, Facts};
pub use choice::{ChoiceCards, SelectField, TickField};
pub use contact::ContactCard;
pub use dialog::Dialog;
pub use documents::DocumentList;
pub use empty::EmptyView;
pub use error::{ErrorView, error_key};
pub use field::{FieldFrame, RequiredNote, TextField};
#[cfg(debug_assertions)]
pub use gallery::GalleryPage;
pub use icon::Icon;
pub use link::Link;
pub use page::Page;
pub use plain_card::PlainCard;
pub use skeleton::Skeleton;
pub use steps::Steps;
pub use suggest::{SUGGESTIONS_MAX, SuggestField};
pub use timeline::{Moment, Timeline};
pub use upload::{UploadButton, UploadRow};
