//! How a person is told what is new (features D2 to D6, D8, X15): channels and their tests, what about and where, quiet hours, the last ones.
mod deliveries;
mod devices;
mod page;
mod reach;
mod wishes;

pub use page::ChannelsPage;
