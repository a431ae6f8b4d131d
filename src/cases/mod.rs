//! Cases: the list with its filter, one case with its story, its receipt, and the cards that the home page borrows.
mod begun;
mod card;
mod detail;
mod done;
mod late;
mod list;
mod receipt;
mod replies;
mod story;
mod whole_story;
mod withdraw;
mod words;

pub use card::{CaseCard, TaskCard};
pub use detail::CasePage;
pub use list::CasesPage;
pub use receipt::ReceiptPage;
pub use whole_story::StoryPage;
pub use words::{Lexicon, day_and_distance, is_past, load_lexicon};
