//! The page "Come ti avvisiamo".
use super::deliveries::Deliveries;
use super::reach::Reach;
use super::wishes::WishForm;
use crate::load::{Load, load};
use crate::markup::view;
use crate::ui::Page;
use crate::words::{Key, key, t};
use contract::channels::{Channel, Channels};
use contract::paths;
use leptos::prelude::*;

/// The page.
#[component]
pub fn ChannelsPage() -> impl IntoView {
    // Asked again when a device was added or taken away.
    let asked = RwSignal::new(());
    // How often a test was sent: the last ones are read anew.
    let tests = RwSignal::new(0);
    let channels = load(move |api| {
        asked.track();
        async move { api.get::<Channels>(paths::MY_CHANNELS).await }
    });
    view! {
        <Page title=t(key::channels::TITLE) lead=t(key::channels::LEAD)>
            <Load from=channels let:channels>
                <Reach channels=channels.clone() asked tests/>
                <WishForm channels/>
            </Load>
            <Deliveries tests/>
        </Page>
    }
}

/// What a channel is called.
pub fn channel_name(channel: Channel) -> &'static str {
    t(match channel {
        Channel::Email => key::channels::EMAIL,
        Channel::Push => key::channels::PUSH,
        Channel::AppIo => key::channels::APP_IO,
        Channel::Sms => key::channels::SMS,
        Channel::Paper => key::channels::PAPER,
        Channel::Unknown => key::channels::OTHER_CHANNEL,
    })
}

/// Its icon.
pub fn channel_icon(channel: Channel) -> &'static str {
    match channel {
        Channel::Email | Channel::Paper => "it-mail",
        Channel::Push => "it-pc-mobile",
        Channel::Sms => "it-telephone",
        Channel::AppIo | Channel::Unknown => "it-info-circle",
    }
}

/// A sentence for a topic, and one that says what belongs to it.
pub fn topic_keys(topic: contract::channels::Topic) -> (Key, Key) {
    use contract::channels::Topic;
    match topic {
        Topic::Requests => (key::channels::REQUESTS, key::channels::REQUESTS_HELP),
        Topic::Cases | Topic::Unknown => (key::channels::CASES, key::channels::CASES_HELP),
        Topic::Followed => (key::channels::FOLLOWED, key::channels::FOLLOWED_HELP),
    }
}
