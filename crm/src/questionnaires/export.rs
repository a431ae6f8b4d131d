//! The answers for the office, as JSON or as a table. Of an anonymous questionnaire only when it is closed: before, who watches each day's
//! export would see whose answer is new.
use super::{Kept, any, definition, files, number};
use crate::clock::{day, instant};
use crate::error::{Error, Result};
use crate::office::{AskPeople, May};
use crate::state::Crm;
use crate::web::{self, Asked, At, NO_STORE};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use contract::attachments::Attachment;
use contract::id::QuestionnaireId;
use contract::problem::FieldRule;
use contract::questionnaires::{AnswerFile, Exported, ExportedAnswers, Standing};
use contract::{Date, paths};
use questionnaire::Definition;
use questionnaire::definition::Kind;
use questionnaire::files::NamedFile;
use questionnaire::value::{Map, Value};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// `?format=`: how the answers come.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Format {
    /// `json`, or `csv` for a table.
    #[serde(default)]
    format: String,
}

/// The answers to a questionnaire.
#[utoipa::path(get, path = paths::OFFICE_QUESTIONNAIRE_ANSWERS, operation_id = "office_questionnaire_answers", tag = "office",
    params(("id" = String, Path), Format), security(("office" = [])),
    responses((status = 200, body = Exported<serde_json::Value>), (status = 409, description = "It is anonymous and not closed yet", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
pub async fn read(
    State(crm): State<Crm>,
    _: May<AskPeople>,
    At(id): At<QuestionnaireId>,
    Asked(Format { format }): Asked<Format>,
    asked: HeaderMap,
) -> Result<Response> {
    let kept = any(&crm, &id).await?;
    if kept.info.anonymous && kept.standing != Standing::Closed {
        return Err(Error::Conflict);
    }
    let answers = answers(&crm, &kept).await?;
    match format.as_str() {
        "" | "json" => web::tagged(&asked, NO_STORE, &Exported { key: kept.info.key, answers }),
        "csv" => {
            let text = definition(&crm, &id, kept.version).await?;
            let table = table(&Definition::kept(&serde_json::from_str(&text)?), &answers);
            web::download(&format!("{}.csv", kept.info.key), "text/csv; charset=utf-8", table.into_bytes())
        }
        _ => Err(Error::field("format", FieldRule::NotAChoice)),
    }
}

async fn answers(crm: &Crm, kept: &Kept) -> Result<Vec<ExportedAnswers<Value>>> {
    let sql = if kept.info.anonymous {
        "SELECT version, language, answers, changed_on, NULL AS given_name, NULL AS family_name, '' AS citizen_id FROM questionnaire_ballots
         WHERE questionnaire_id = $1 ORDER BY token_hash"
    } else {
        "SELECT a.version, a.language, a.answers, a.changed_at AS changed_on, c.given_name, c.family_name, a.citizen_id FROM questionnaire_answers a
         JOIN citizens c ON c.id = a.citizen_id WHERE a.questionnaire_id = $1 ORDER BY a.changed_at, a.citizen_id"
    };
    let rows = sqlx::query(sql).bind(kept.id.as_str()).fetch_all(crm.db.reader()).await?;
    let files = files::all(crm, &kept.id).await?;
    rows.iter().map(|row| answer(row, kept.info.anonymous, &files)).collect()
}

fn answer(row: &AnyRow, anonymous: bool, files: &HashMap<(String, String), Attachment>) -> Result<ExportedAnswers<Value>> {
    let changed: String = row.try_get("changed_on")?;
    let name = |column: &str| Ok::<_, Error>(row.try_get::<String, _>(column)?);
    let answers: Value = serde_json::from_str(row.try_get("answers")?)?;
    let owner: String = row.try_get("citizen_id")?;
    Ok(ExportedAnswers {
        files: named(&answers, |sha256| files.get(&(owner.clone(), sha256))),
        citizen: if anonymous { None } else { Some(format!("{} {}", name("given_name")?, name("family_name")?).trim().to_owned()) },
        day: instant(&changed).map_or(Date(changed), day),
        version: number(row, "version")?,
        language: row.try_get("language")?,
        answers,
    })
}

/// The files that answers name, as the office asks for them.
fn named<'a>(answers: &Value, kept: impl Fn(String) -> Option<&'a Attachment>) -> Vec<AnswerFile> {
    let lists = answers.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_list()?)));
    let named = lists.flat_map(|(name, list)| list.iter().filter_map(NamedFile::read).map(move |file| (name, file)));
    named.filter_map(|(name, file)| Some(files::exported(name, kept(file.digest)?))).collect()
}

/// A table (RFC 4180): who, when, and a column for each answer; of a matrix and the like one for each row.
fn table(definition: &Definition, answers: &[ExportedAnswers<Value>]) -> String {
    let mut columns: Vec<String> = Vec::new();
    for at in definition.top() {
        let element = &definition.elements[at];
        let name = &element.value_name;
        match element.kind {
            Kind::Html => {}
            Kind::Matrix => columns.extend(element.question.rows.iter().map(|row| format!("{name}.{}", row.value.to_text()))),
            Kind::MultipleText => {
                columns.extend(element.children.iter().map(|child| format!("{name}.{}", definition.elements[*child].value_name)));
            }
            _ => columns.push(name.clone()),
        }
        if element.question.other || element.question.comment {
            columns.push(format!("{name}-Comment"));
        }
    }
    let head = ["citizen", "day", "version", "language"].map(str::to_owned);
    let mut table = line(head.iter().chain(&columns).map(String::as_str));
    for one in answers {
        let nothing = Map::new();
        let given = one.answers.as_object().unwrap_or(&nothing);
        let cells = columns.iter().map(|column| cell(given, column));
        let first = [one.citizen.clone().unwrap_or_default(), one.day.0.clone(), one.version.to_string(), one.language.clone()];
        let cells: Vec<String> = first.into_iter().chain(cells).collect();
        table.push_str(&line(cells.iter().map(String::as_str)));
    }
    table
}

fn cell(given: &Map, column: &str) -> String {
    let inner = || column.split_once('.').and_then(|(name, row)| given.get(name)?.member(row));
    given.get(column).or_else(inner).map_or_else(String::new, plain)
}

fn plain(value: &Value) -> String {
    match value {
        Value::List(list) => list.iter().map(plain).collect::<Vec<_>>().join("; "),
        Value::Object(_) if NamedFile::read(value).is_some() => value.member("name").map(Value::to_text).unwrap_or_default(),
        Value::Object(_) => serde_json::to_string(value).unwrap_or_default(),
        one => one.to_text(),
    }
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    cells.map(quoted).collect::<Vec<_>>().join(",") + "\r\n"
}

/// A cell in quotes. What a spreadsheet would take for a formula is made a text: people wrote it, and nobody knows what.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t']) && cell.parse::<f64>().is_err() { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_keeps_its_quotes() {
        assert_eq!(["=1+1", "-2", "di\"ce", "+39"].map(quoted), ["\"'=1+1\"", "\"-2\"", "\"di\"\"ce\"", "\"+39\""]);
    }
}
