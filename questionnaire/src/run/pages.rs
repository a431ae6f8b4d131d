//! Pages: which are there, going from one to the next, reading everything before it is sent, the end.

use super::errors::takes_other;
use super::{Run, State};
use crate::definition::{Clear, ErrorMode};
use crate::value::Value;

impl Run {
    /// How far the run has come.
    pub fn state(&self) -> State {
        match self.state {
            State::Running | State::Starting if self.visible_pages().is_empty() => State::Empty,
            state => state,
        }
    }

    /// What a spot stands in is shown, and it itself. A page or panel counts as shown even when it has nothing to show.
    pub(crate) fn is_visible(&self, spot: usize) -> bool {
        let mut at = Some(spot);
        while let Some(one) = at {
            if !self.spots[one].shown {
                return false;
            }
            at = self.spots[one].parent;
        }
        true
    }

    /// A question that is shown, or a page or panel with one in it.
    pub(crate) fn has_content(&self, spot: usize) -> bool {
        let shown = self.spots[spot].shown;
        if !self.element(spot).kind.is_container() {
            return shown;
        }
        shown && self.spots[spot].children.iter().any(|child| self.has_content(*child))
    }

    pub(crate) fn is_read_only(&self, spot: usize) -> bool {
        if self.definition.read_only || self.state == State::Preview {
            return true;
        }
        let mut at = Some(spot);
        while let Some(one) = at {
            let element = self.element(one);
            if !self.spots[one].enabled || element.read_only && element.enable_if.is_none() {
                return true;
            }
            at = self.spots[one].parent;
        }
        false
    }

    /// The pages with something on them, without the cover.
    pub(crate) fn visible_pages(&self) -> Vec<usize> {
        let cover = usize::from(self.definition.first_page_is_cover && self.pages.len() > 1);
        self.pages.iter().skip(cover).copied().filter(|page| self.has_content(*page)).collect()
    }

    pub(super) fn settle_page(&mut self) {
        let pages = self.visible_pages();
        if self.page.is_none_or(|page| !pages.contains(&page)) {
            self.page = pages.first().copied();
        }
    }

    /// The page that is shown.
    pub(crate) fn current(&self) -> Option<usize> {
        let pages = self.visible_pages();
        self.page.filter(|page| pages.contains(page)).or_else(|| pages.first().copied())
    }

    /// The names of the pages with something on them.
    pub fn page_names(&self) -> Vec<&str> {
        self.visible_pages().into_iter().map(|page| self.element(page).name.as_str()).collect()
    }

    /// The name of the page that is shown.
    pub fn page_name(&self) -> Option<&str> {
        self.current().map(|page| self.element(page).name.as_str())
    }

    /// The number of the page that is shown, from 0.
    pub fn page_number(&self) -> Option<usize> {
        let current = self.current()?;
        self.visible_pages().iter().position(|page| *page == current)
    }

    /// Opens a page by its number, from 0, without looking at the answers.
    pub fn open_page(&mut self, number: usize) {
        if let Some(page) = self.visible_pages().get(number) {
            self.page = Some(*page);
        }
    }

    pub(super) fn open_page_of(&mut self, spot: usize) {
        let mut page = spot;
        while let Some(parent) = self.spots[page].parent {
            page = parent;
        }
        if self.visible_pages().contains(&page) {
            self.page = Some(page);
        }
    }

    /// Leaves the cover.
    pub fn start(&mut self) -> bool {
        let starting = self.state == State::Starting;
        if starting {
            self.state = State::Running;
            self.settle_page();
        }
        starting
    }

    /// Goes to the next page. Where an answer is missing or wrong it stays and says so.
    pub fn next_page(&mut self) -> bool {
        let (Some(current), State::Running) = (self.current(), self.state()) else { return false };
        let pages = self.visible_pages();
        let next = pages.iter().position(|page| *page == current).and_then(|at| pages.get(at + 1)).copied();
        if next.is_none() || self.definition.errors != ErrorMode::OnComplete && !self.check(current) {
            return false;
        }
        self.drop_on_this_page();
        self.fire_on_page(current);
        if self.completing {
            self.finish();
            return true;
        }
        let pages = self.visible_pages();
        let next = pages.iter().position(|page| *page == current).and_then(|at| pages.get(at + 1)).copied();
        self.page = next.or(self.page);
        true
    }

    /// Goes to the page before.
    pub fn previous_page(&mut self) -> bool {
        let (Some(number), State::Running) = (self.page_number(), self.state()) else { return false };
        let before = number.checked_sub(1);
        if before.is_some() {
            self.drop_on_this_page();
        }
        self.open_page(before.unwrap_or(0));
        before.is_some()
    }

    fn drop_on_this_page(&mut self) {
        let mut open: Vec<usize> = self.current().into_iter().collect();
        while let Some(spot) = open.pop() {
            open.extend(&self.spots[spot].children);
            self.drop_on_page(spot);
        }
    }

    /// Shows everything on one page, to be read; stays where an answer on the page is missing or wrong.
    pub fn preview(&mut self) -> bool {
        let fine = self.state() == State::Running && self.check_before_end();
        if fine {
            self.state = State::Preview;
        }
        fine
    }

    /// Goes back from the preview.
    pub fn leave_preview(&mut self) -> bool {
        let preview = self.state == State::Preview;
        if preview {
            self.state = State::Running;
        }
        preview
    }

    /// Ends the questionnaire, if the answers on all pages are good (of a definition that was not checked: on this page, unless the
    /// mode is [`ErrorMode::OnComplete`]). Where they are not, opens the first page with a mistake that was not shown yet.
    pub fn complete(&mut self) -> bool {
        match self.state() {
            State::Running if !self.check_before_end() => false,
            State::Running | State::Preview => {
                self.state = State::Running;
                self.finish();
                true
            }
            _ => false,
        }
    }

    fn check_before_end(&mut self) -> bool {
        if self.definition.errors != ErrorMode::OnComplete && !self.definition.strict {
            return self.current().is_none_or(|page| self.check(page));
        }
        let pages = self.visible_pages();
        if !self.definition.strict && self.current() != pages.last().copied() {
            return true;
        }
        let before: Vec<usize> = pages.into_iter().filter(|page| self.shows_issue(*page)).collect();
        let bad: Vec<usize> = self.visible_pages().into_iter().filter(|page| !self.check(*page)).collect();
        if let Some(first) = bad.first().filter(|first| !before.contains(first)) {
            self.page = Some(*first);
        }
        bad.is_empty()
    }

    /// Something on the page is marked as wrong: whoever went on all the same is not taken back there.
    fn shows_issue(&self, spot: usize) -> bool {
        !self.spots[spot].issues.is_empty() || self.spots[spot].children.iter().any(|child| self.shows_issue(*child))
    }

    /// Looks at the answers on all pages; says whether nobody has to be held up. The CRM asks this of answers that arrive.
    pub fn check_all(&mut self) -> bool {
        let bad: Vec<usize> = self.visible_pages().into_iter().filter(|page| !self.check(*page)).collect();
        bad.is_empty()
    }

    /// Looks at the answer to one question, by its name; says whether nobody has to be held up.
    pub fn check_question(&mut self, name: &str) -> bool {
        self.find(name).is_none_or(|spot| self.check(spot))
    }

    /// Opens the page of a question, by its name, without looking at the answers.
    pub fn open_question(&mut self, name: &str) {
        if let Some(spot) = self.find(name) {
            self.open_page_of(spot);
        }
    }

    /// Drops answers that cannot be: of rating steps, choices, rows that do not exist, and on request of unknown questions.
    pub fn drop_incorrect(&mut self, unknown_too: bool) {
        for spot in self.questions().collect::<Vec<_>>() {
            self.drop_impossible(spot, true);
        }
        if unknown_too {
            let known = |name: &str| {
                self.by_value.contains_key(name) || name.strip_suffix("-Comment").is_some_and(|name| self.by_value.contains_key(name))
            };
            let unknown: Vec<String> = self.data.keys().filter(|name| !known(name)).cloned().collect();
            for name in unknown {
                self.answer_with(&name, Value::Undefined);
            }
        }
        self.settle_page();
    }

    /// Ends the questionnaire whatever the answers are: drops those of hidden questions and those that are no choice.
    pub fn finish(&mut self) {
        if self.state == State::Completed {
            return;
        }
        self.settle_page();
        self.completing = false;
        self.state = State::Completed;
        let before = self.data.clone();
        for spot in self.questions().collect::<Vec<_>>() {
            if self.is_visible(spot) {
                self.drop_impossible(spot, false);
            }
            let name = format!("{}-Comment", self.element(spot).value_name);
            if self.element(spot).question.other && !self.element(spot).question.comment && !takes_other(&self.answer(spot)) {
                self.keep(&name, Value::Undefined);
            }
            if self.definition.clear == Clear::Never || self.is_visible(spot) {
                continue;
            }
            let name = self.element(spot).value_name.clone();
            let shared = self.by_value.get(&name).is_some_and(|spots| spots.iter().any(|other| self.is_visible(*other)));
            if !shared {
                self.keep(&name, Value::Undefined);
                self.keep(&format!("{name}-Comment"), Value::Undefined);
            }
        }
        if self.definition.strict {
            return;
        }
        let gone = before.keys().filter(|name| !self.data.contains_key(*name));
        let gone = gone.map(|name| name.to_lowercase()).collect();
        self.changed_names(gone);
    }
}
