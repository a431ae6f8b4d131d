//! Questions with rows of questions: panels that somebody adds, tables with fields.

use super::{Row, Run};
use crate::definition::Kind;
use crate::value::{Map, Value};
use std::sync::Arc;

impl Run {
    /// The rows of a matrix that are shown, by their values.
    pub(crate) fn rows(&self, spot: usize) -> impl Iterator<Item = &Value> {
        let rows = self.element(spot).question.rows.iter().zip(&self.spots[spot].rows_shown);
        rows.filter(|(_, shown)| **shown).map(|(row, _)| &row.value)
    }

    /// Makes or removes the spots of rows, as many as the answer has.
    pub(super) fn settle_rows(&mut self, spot: usize) {
        match self.element(spot).kind {
            Kind::PanelDynamic => self.settle_panels(spot),
            Kind::MatrixDropdown if self.spots[spot].rows.is_empty() => {
                let names: Vec<String> = self.element(spot).question.rows.iter().map(|row| row.value.to_text()).collect();
                for name in names {
                    self.add_row(spot, Row::Named(name));
                }
            }
            _ => {}
        }
    }

    fn settle_panels(&mut self, spot: usize) {
        let question = &self.element(spot).question;
        let (start, most) = (question.panel_count, question.max_panels);
        let kept = self.kept(spot);
        if kept.is_empty() && self.spots[spot].given.is_none() && start > 0 {
            let empty = Value::List(vec![Value::Object(Map::new()); start]);
            self.spots[spot].given = Some(empty.clone());
            self.put(spot, empty);
        }
        let wanted = self.kept(spot).as_list().map_or(0, <[Value]>::len).min(most);
        while self.spots[spot].rows.len() > wanted {
            for gone in self.spots[spot].rows.pop().unwrap_or_default() {
                self.remove(gone);
            }
        }
        while self.spots[spot].rows.len() < wanted {
            let at = self.spots[spot].rows.len();
            self.add_row(spot, Row::Numbered(at));
        }
    }

    fn add_row(&mut self, spot: usize, row: Row) {
        let definition = Arc::clone(&self.definition);
        let template = &definition.elements[self.spots[spot].def].template;
        let first = self.spots.len();
        let made: Vec<usize> = template.iter().map(|def| self.grow(*def, Some(spot), Some((spot, row.clone())))).collect();
        self.spots[spot].rows.push(made);
        for new in first..self.spots.len() {
            if !self.element(new).kind.is_container() && self.kept(new).is_empty() {
                self.give_default(new);
            }
        }
    }

    fn remove(&mut self, spot: usize) {
        let mut open = vec![spot];
        while let Some(one) = open.pop() {
            open.extend(self.spots[one].children.iter().copied());
            open.extend(self.spots[one].rows.iter().flatten().copied());
            self.spots[one].gone = true;
        }
    }

    /// Adds a panel to a dynamic question; says whether there was room.
    pub fn add_panel(&mut self, name: &str) -> bool {
        let Some(spot) = self.find(name).filter(|spot| self.element(*spot).kind == Kind::PanelDynamic) else { return false };
        let mut panels = self.kept(spot).as_list().unwrap_or_default().to_vec();
        let room = panels.len() < self.element(spot).question.max_panels;
        if room {
            panels.push(Value::Object(Map::new()));
            let key = self.element(spot).value_name.clone();
            self.answer_with(&key, Value::List(panels));
        }
        room
    }

    /// Removes a panel of a dynamic question, by its number from 0; says whether it could go.
    pub fn remove_panel(&mut self, name: &str, number: usize) -> bool {
        let Some(spot) = self.find(name).filter(|spot| self.element(*spot).kind == Kind::PanelDynamic) else { return false };
        let mut panels = self.kept(spot).as_list().unwrap_or_default().to_vec();
        let possible = number < panels.len() && panels.len() > self.element(spot).question.min_panels;
        if possible {
            panels.remove(number);
            let key = self.element(spot).value_name.clone();
            self.answer_with(&key, Value::List(panels));
        }
        possible
    }
}
