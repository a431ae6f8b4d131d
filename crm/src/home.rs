//! What a citizen must do now, from wherever it comes: cases that wait, fees that are due soon.
use crate::cases::{self, SUMMARY};
use crate::clock::days_after;
use crate::conditions::Conditions;
use crate::error::{Error, Result};
use crate::payments::fees;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, NO_STORE};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use contract::cases::{CaseSummary, Phase};
use contract::home::{DueFee, FEE_SOON_DAYS, HomeTask, TASKS_MAX, Tasks};
use contract::id::CitizenId;
use contract::payments::Fee;
use contract::{Date, paths};

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::HOME_TASKS, get(tasks))
}

/// What I must do, the nearest day first. Fees are not told at the help desk.
#[utoipa::path(get, path = paths::HOME_TASKS, operation_id = "home_tasks", tag = "home",
    responses((status = 200, body = Tasks), (status = "4XX", body = contract::Problem)))]
async fn tasks(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    let (waiting, cases) = waiting(&crm, &citizen.id).await?;
    let (due, fees) = if citizen.helper().is_none() { due(&crm, &citizen.id).await? } else { (Vec::new(), 0) };
    web::tagged(&asked, NO_STORE, &first(waiting, due, (cases, fees)))
}

/// The cases that wait for a citizen, those with the nearest day first, at most [`TASKS_MAX`]; and how many there are.
async fn waiting(crm: &Crm, citizen: &CitizenId) -> Result<(Vec<CaseSummary>, u32)> {
    let mut wanted = Conditions::default();
    wanted.equal("c.owner_id", citizen.as_str());
    wanted.equal("c.phase", Phase::WaitingForYou.as_str());
    wanted.plain("c.task IS NOT NULL");
    let sql = format!("SELECT {SUMMARY} FROM cases c {} ORDER BY COALESCE(c.task_due_on, '9999'), c.moved_at DESC, c.id", wanted.sql());
    let cases = wanted.rows(crm, &sql, TASKS_MAX as i64).await?.iter().map(cases::summary).collect::<Result<_>>()?;
    Ok((cases, wanted.count(crm, "cases c").await?))
}

/// The fees that are due soon, the nearest day first, at most [`TASKS_MAX`]; and how many there are.
async fn due(crm: &Crm, citizen: &CitizenId) -> Result<(Vec<Fee>, u32)> {
    let today = crm.clock.today();
    let last =
        days_after(&today, FEE_SOON_DAYS).ok_or_else(|| Error::Internal(format!("no day {FEE_SOON_DAYS} days after {}", today.0)))?;
    fees::due(crm, citizen, &last, TASKS_MAX as i64).await
}

/// The first of both by their days, cases before fees on the same day, and how many of each are left out.
fn first(cases: Vec<CaseSummary>, fees: Vec<Fee>, (all_cases, all_fees): (u32, u32)) -> Tasks {
    let day_of_case = |case: &CaseSummary| case.task.as_ref().and_then(|task| task.due_on.clone());
    let cases = cases.into_iter().map(|case| (day_of_case(&case), HomeTask { case: Some(case), fee: None }));
    let fees = fees.into_iter().filter_map(|fee| Some((fee.due_on.clone(), HomeTask { case: None, fee: Some(due_fee(fee)?) })));
    let mut by_day: Vec<(Option<Date>, HomeTask)> = cases.chain(fees).collect();
    // Days are written so that they sort as text.
    by_day.sort_by_key(|(day, _)| (day.is_none(), day.as_ref().map(|day| day.0.clone())));
    by_day.truncate(TASKS_MAX);
    let shown = |is: fn(&HomeTask) -> bool| u32::try_from(by_day.iter().filter(|(_, task)| is(task)).count()).unwrap_or_default();
    let (shown_cases, shown_fees) = (shown(|task| task.case.is_some()), shown(|task| task.fee.is_some()));
    Tasks {
        more_cases: all_cases.saturating_sub(shown_cases),
        more_fees: all_fees.saturating_sub(shown_fees),
        items: by_day.into_iter().map(|(_, task)| task).collect(),
    }
}

fn due_fee(fee: Fee) -> Option<DueFee> {
    let about = [fee.person, fee.object, fee.period].into_iter().filter(|part| !part.is_empty()).collect();
    Some(DueFee { id: fee.id, title: fee.title, about, amount: fee.amount, due_on: fee.due_on? })
}
