//! The conditions of a query with the values they are bound to: texts and degrees, never part of the SQL itself.
use crate::error::Result;
use crate::state::Crm;
use sqlx::Row;
use sqlx::any::AnyRow;

enum Value {
    Text(String),
    Degrees(f64),
}

/// All of them must be met.
#[derive(Default)]
pub(crate) struct Conditions {
    values: Vec<Value>,
    sql: Vec<String>,
    joins: String,
}

impl Conditions {
    /// Binds a value; its place in the query. A NUL, which PostgreSQL refuses in any text, becomes a mark that nothing has.
    fn bind(&mut self, value: Value) -> String {
        self.values.push(match value {
            Value::Text(text) => Value::Text(text.replace('\0', "\u{FFFD}")),
            degrees => degrees,
        });
        format!("${}", self.values.len())
    }

    /// A condition without a value.
    pub(crate) fn plain(&mut self, sql: &str) {
        self.sql.push(sql.to_owned());
    }

    /// One more table, written as a join.
    pub(crate) fn joined(&mut self, join: &str) {
        self.joins = join.to_owned();
    }

    pub(crate) fn equal(&mut self, column: &str, text: &str) {
        let place = self.bind(Value::Text(text.to_owned()));
        self.sql.push(format!("{column} = {place}"));
    }

    pub(crate) fn at_least(&mut self, column: &str, text: &str) {
        let place = self.bind(Value::Text(text.to_owned()));
        self.sql.push(format!("{column} >= {place}"));
    }

    pub(crate) fn at_most(&mut self, column: &str, text: &str) {
        let place = self.bind(Value::Text(text.to_owned()));
        self.sql.push(format!("{column} <= {place}"));
    }

    /// One of some texts; nothing meets it when there are none.
    pub(crate) fn one_of<'a>(&mut self, column: &str, texts: impl Iterator<Item = &'a str>) {
        let places: Vec<String> = texts.map(|text| self.bind(Value::Text(text.to_owned()))).collect();
        self.sql.push(if places.is_empty() { "1 = 0".to_owned() } else { format!("{column} IN ({})", places.join(", ")) });
    }

    /// A folded word that stands in one of some columns, or one of some codes that it means. Folded words hold letters and digits only,
    /// so they need no escaping in LIKE.
    pub(crate) fn word(&mut self, word: &str, columns: &[&str], codes: &[(&str, &[String])]) {
        let place = self.bind(Value::Text(format!("%{word}%")));
        let mut any: Vec<String> = columns.iter().map(|column| format!("{column} LIKE {place}")).collect();
        for (column, codes) in codes.iter().filter(|(_, codes)| !codes.is_empty()) {
            let places: Vec<String> = codes.iter().map(|code| self.bind(Value::Text(code.clone()))).collect();
            any.push(format!("{column} IN ({})", places.join(", ")));
        }
        self.sql.push(format!("({})", any.join(" OR ")));
    }

    /// Behind a cursor, in falling order.
    pub(crate) fn behind(&mut self, columns: &str, first: &str, second: &str) {
        let (first, second) = (self.bind(Value::Text(first.to_owned())), self.bind(Value::Text(second.to_owned())));
        self.sql.push(format!("{columns} < ({first}, {second})"));
    }

    /// Behind a step of a case, in falling order.
    pub(crate) fn behind_step(&mut self, columns: &str, (at, case): (&str, &str), position: u32) {
        let [at, case, position] = [at.to_owned(), case.to_owned(), position.to_string()].map(|text| self.bind(Value::Text(text)));
        self.sql.push(format!("{columns} < ({at}, {case}, CAST({position} AS BIGINT))"));
    }

    /// With a point between west, south, east and north.
    pub(crate) fn inside(&mut self, [west, south, east, north]: [f64; 4]) {
        let [west, south, east, north] = [west, south, east, north].map(|side| self.bind(Value::Degrees(side)));
        self.sql.push(format!("r.lon BETWEEN {west} AND {east} AND r.lat BETWEEN {south} AND {north}"));
    }

    /// Joins and WHERE, to stand behind the tables.
    pub(crate) fn sql(&self) -> String {
        format!("{} WHERE {}", self.joins, self.sql.join(" AND "))
    }

    /// The rows of a query that holds [`Self::sql`], at most `limit`.
    pub(crate) async fn rows(&self, crm: &Crm, sql: &str, limit: i64) -> Result<Vec<AnyRow>> {
        self.some(crm, sql, (limit, 0)).await
    }

    /// The same behind the first `skip` rows.
    pub(crate) async fn some(&self, crm: &Crm, sql: &str, (limit, skip): (i64, i64)) -> Result<Vec<AnyRow>> {
        let sql = format!("{sql} LIMIT ${} OFFSET ${}", self.values.len() + 1, self.values.len() + 2);
        let mut query = sqlx::query(&sql);
        for value in &self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Degrees(degrees) => query.bind(degrees),
            };
        }
        Ok(query.bind(limit).bind(skip).fetch_all(crm.db.reader()).await?)
    }

    /// How many rows meet them.
    pub(crate) async fn count(&self, crm: &Crm, tables: &str) -> Result<u32> {
        let rows = self.rows(crm, &format!("SELECT COUNT(*) FROM {tables} {}", self.sql()), 1).await?;
        let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
