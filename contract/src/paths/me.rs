//! The URLs of what somebody sets for themselves: channels and their devices, tips; and of their data as a whole.
use super::{escape, list_parts, with_parts};
use crate::id::{DataCopyId, DeviceId};
use crate::my_data::Subject;
use crate::page::PartQuery;

/// GET → [`crate::channels::Channels`]; PUT [`crate::channels::Wishes`] → the same.
pub const MY_CHANNELS: &str = "/api/v1/me/channels";
/// POST [`crate::channels::NewTest`] → 202: send me a test.
pub const MY_CHANNEL_TESTS: &str = "/api/v1/me/channels/tests";
/// GET `?after=&limit=` → a page of [`crate::channels::Delivery`], newest first.
pub const MY_DELIVERIES: &str = "/api/v1/me/deliveries";
/// POST [`crate::channels::NewDevice`] → [`crate::channels::PushDevice`]: tell this device.
pub const MY_DEVICES: &str = "/api/v1/me/devices";
/// DELETE → [`crate::channels::Channels`]: do not tell it any more.
pub const MY_DEVICE: &str = "/api/v1/me/devices/{id}";
/// GET `?language=` → [`crate::tips::Tips`].
pub const TIPS: &str = "/api/v1/me/tips";
/// POST nothing → 204: no tips at all.
pub const TIPS_OFF: &str = "/api/v1/me/tips/off";
/// POST nothing → 204: tips again, but for those that are switched off one by one.
pub const TIPS_ON: &str = "/api/v1/me/tips/on";
/// POST nothing → 204: never this one again.
pub const TIP_OFF: &str = "/api/v1/me/tips/{key}/off";
/// POST nothing → 204: this one again.
pub const TIP_ON: &str = "/api/v1/me/tips/{key}/on";
/// GET → all of [`crate::my_data::DataCopy`]; POST [`crate::my_data::NewCopy`] → 202: make one.
pub const MY_COPIES: &str = "/api/v1/me/data/copies";
/// GET: the zip file; 410 when its time is over.
pub const MY_COPY_FILE: &str = "/api/v1/me/data/copies/{id}/file";
/// GET → [`crate::my_data::Choices`].
pub const MY_CHOICES: &str = "/api/v1/me/data/choices";
/// DELETE → [`crate::my_data::Choices`]: withdraw one, at once.
pub const MY_CHOICE: &str = "/api/v1/me/data/choices/{subject}";
/// GET `?language=` → [`crate::my_data::DeletionPlan`]; POST [`crate::my_data::NewDeletion`] → [`crate::my_data::Deleted`].
pub const MY_DELETION: &str = "/api/v1/me/data/deletion";

/// The address of my tips, in a language.
pub fn tips(language: &str) -> String {
    format!("{TIPS}?language={}", escape(language))
}

/// Where a tip is switched off.
pub fn tip_off(key: &str) -> String {
    TIP_OFF.replace("{key}", &escape(key))
}

/// Where a tip is switched on again.
pub fn tip_on(key: &str) -> String {
    TIP_ON.replace("{key}", &escape(key))
}

/// A device that is told by Web Push.
pub fn my_device(id: &DeviceId) -> String {
    MY_DEVICE.replace("{id}", &escape(id.as_str()))
}

/// What I was told outside of the app.
pub fn my_deliveries(query: &PartQuery) -> String {
    with_parts(MY_DELIVERIES, list_parts(None, query.after.as_deref(), query.limit))
}

/// The zip file of a copy.
pub fn my_copy_file(id: &DataCopyId) -> String {
    MY_COPY_FILE.replace("{id}", &escape(id.as_str()))
}

/// Where a choice is withdrawn.
pub fn my_choice(subject: Subject) -> String {
    MY_CHOICE.replace("{subject}", &subject.as_str().replace('_', "-"))
}

/// What a deletion would do, in a language.
pub fn my_deletion(language: &str) -> String {
    format!("{MY_DELETION}?language={}", escape(language))
}
