//! The inbox: what the town has told, read and unread, put away, searched; and the latest of it for the home page.
mod card;
mod page;

pub use card::LatestNews;
pub use page::InboxPage;
