//! Channels: where a citizen is told what the inbox says too, what about, when not, and what became of the last ones.
use crate::calendar::UtcTime;
use crate::id::{CaseId, DeliveryId, DeviceId};
use crate::problem::{FieldProblem, FieldRule};
use crate::push::Subscription;
use crate::text;
use serde::{Deserialize, Serialize};

/// Most characters of a postal address.
pub const ADDRESS_CHARS_MAX: usize = 200;
/// Most characters of a device's name.
pub const DEVICE_CHARS_MAX: usize = 60;
/// Devices one citizen can be told on; one more takes the place of the oldest.
pub const DEVICES_MAX: usize = 10;

/// A way to reach somebody outside of the app. The inbox is none: it has everything, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// A notification on a device, by Web Push (RFC 8030).
    Push,
    /// App IO, the national app of public services.
    AppIo,
    /// A text message.
    Sms,
    /// A letter on paper.
    Paper,
    /// A channel this version does not know.
    #[serde(other)]
    Unknown,
}

impl Channel {
    /// Every channel, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Email, Self::Push, Self::AppIo, Self::Sms, Self::Paper];
}

/// What somebody is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The town needs something: an answer, documents, a payment.
    Requests,
    /// What becomes of one's own cases and reports.
    Cases,
    /// What one follows: reports of others, streets, subjects.
    Followed,
    /// A topic this version does not know.
    #[serde(other)]
    Unknown,
}

impl Topic {
    /// Every topic, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Requests, Self::Cases, Self::Followed];
}

/// What a citizen wants to be told, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wishes {
    /// What is wanted; a pair that is not here is not.
    pub wanted: Vec<Wish>,
    /// When no device makes a noise; `None`: at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// Notifications and text messages say what it is about; otherwise only that there is something new.
    #[serde(default)]
    pub tells_content: bool,
    /// Documents of a case that is finished come with the e-mail, not only a link to them.
    #[serde(default)]
    pub attaches: bool,
    /// Where letters go; empty for nowhere.
    #[serde(default)]
    pub postal_address: String,
}

/// A topic wanted on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wish {
    /// What about.
    pub topic: Topic,
    /// Where.
    pub channel: Channel,
}

/// A part of the day, in the town's time. It may go over midnight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quiet {
    /// From when, `HH:MM`.
    pub from: String,
    /// Until when, `HH:MM`.
    pub to: String,
}

impl Quiet {
    /// Minutes of the day at which it begins and ends, when both are times of a day and differ.
    pub fn minutes(&self) -> Option<(u16, u16)> {
        let both = (minutes(&self.from)?, minutes(&self.to)?);
        (both.0 != both.1).then_some(both)
    }
}

/// `HH:MM` in minutes after midnight.
fn minutes(time: &str) -> Option<u16> {
    let (hour, minute) = time.split_once(':')?;
    let number = |text: &str, end: u16| -> Option<u16> {
        let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse().ok())?.filter(|number| *number < end)
    };
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

impl Wishes {
    /// What is wrong with them.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = text::problems("postal_address", &self.postal_address, false, ADDRESS_CHARS_MAX);
        if self.quiet.as_ref().is_some_and(|quiet| quiet.minutes().is_none()) {
            problems.push(FieldProblem::new("quiet", FieldRule::NotHours));
        }
        let wants_paper = self.wants_any(Channel::Paper);
        if wants_paper && self.postal_address.trim().is_empty() {
            problems.push(FieldProblem::new("postal_address", FieldRule::Required));
        }
        let is_unknown = |wish: &Wish| wish.topic == Topic::Unknown || wish.channel == Channel::Unknown;
        if self.wanted.iter().any(is_unknown) || self.wanted.len() > Topic::ALL.len() * Channel::ALL.len() {
            problems.push(FieldProblem::new("wanted", FieldRule::NotAChoice));
        }
        problems
    }

    /// Whether a topic is wanted on a channel.
    pub fn wants(&self, topic: Topic, channel: Channel) -> bool {
        self.wanted.contains(&Wish { topic, channel })
    }

    /// Whether anything is wanted on a channel.
    pub fn wants_any(&self, channel: Channel) -> bool {
        self.wanted.iter().any(|wish| wish.channel == channel)
    }
}

/// `GET /me/channels`: what there is, what is wanted, which devices are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Channels {
    /// The channels that the town has.
    pub channels: Vec<ChannelState>,
    /// What is wanted.
    pub wishes: Wishes,
    /// Devices that are told by Web Push, the newest first.
    pub devices: Vec<PushDevice>,
    /// The key under which a browser subscribes (`applicationServerKey`, base64url); absent where the town has no push.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_key: Option<String>,
}

/// A channel, from one citizen's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelState {
    /// Which.
    pub channel: Channel,
    /// Where it reaches them: an address, a number; absent when it does not, or needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaches: Option<String>,
    /// It can reach them.
    pub is_ready: bool,
}

/// A device that is told by Web Push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushDevice {
    /// Its identifier.
    pub id: DeviceId,
    /// What it is called: "Chrome, Android".
    pub name: String,
    /// Since when.
    pub since: UtcTime,
}

/// `POST /me/devices`: tell this device. The same subscription again is the same device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDevice {
    /// The browser's subscription.
    pub subscription: Subscription,
    /// What the person will know the device by.
    pub name: String,
}

impl NewDevice {
    /// What is wrong with it, apart from its address: which are accepted, the CRM says.
    pub fn problems(&self) -> Vec<FieldProblem> {
        text::problems("name", &self.name, true, DEVICE_CHARS_MAX)
    }
}

/// `POST /me/channels/tests`: send me a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewTest {
    /// Where.
    pub channel: Channel,
}

/// Something that was, or is to be, told on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its identifier.
    pub id: DeliveryId,
    /// Where.
    pub channel: Channel,
    /// What about; absent for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
    /// Which case, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Where to, so that its owner knows it: an address, a number, a device's name.
    pub to: String,
    /// When it was to be told.
    pub at: UtcTime,
    /// How it stands.
    pub state: DeliveryState,
    /// When it goes out, while it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<UtcTime>,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// On its way.
    Waiting,
    /// It waits for the end of the quiet hours.
    Quiet,
    /// It did not work yet, and is tried again.
    Again,
    /// The other side has taken it.
    Done,
    /// The address does not exist (any longer), or does not want us.
    Gone,
    /// It could not be delivered.
    Failed,
    /// A state this version does not know.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(from: &str, to: &str) -> Option<(u16, u16)> {
        Quiet { from: from.into(), to: to.into() }.minutes()
    }

    #[test]
    fn quiet_hours_are_two_different_times_of_a_day() {
        assert_eq!(quiet("22:00", "07:30"), Some((1320, 450)));
        for (from, to) in [("22:00", "22:00"), ("24:00", "07:00"), ("9:00", "10:00"), ("aa:bb", "10:00"), ("", "")] {
            assert_eq!(quiet(from, to), None, "{from} {to}");
        }
    }

    #[test]
    fn a_letter_needs_an_address() {
        let wanted = vec![Wish { topic: Topic::Requests, channel: Channel::Paper }];
        let mut wishes = Wishes { wanted, quiet: None, tells_content: false, attaches: false, postal_address: " ".into() };
        assert_eq!(wishes.problems(), [FieldProblem::new("postal_address", FieldRule::Required)]);
        wishes.postal_address = "Via Roma 1, 50123 Firenze".into();
        assert!(wishes.problems().is_empty());
        wishes.wanted.push(Wish { topic: Topic::Unknown, channel: Channel::Email });
        assert_eq!(wishes.problems(), [FieldProblem::new("wanted", FieldRule::NotAChoice)]);
    }
}
