//! The delegates' part of the matrix: every operation by a delegation within its scopes, beyond them, after its end, and on somebody else's things.
use super::desk::{allowed_by, is_citizens};
use super::operations::{For, OPERATIONS, Operation, ask, things};
use crate::delegates::{acts, delegated, new};
use crate::house::House;
use contract::delegates::DELEGABLE;
use contract::help_desk::HelpScope;
use contract::session::Me;
use contract::{ProblemCode, paths};

/// What is the help desk's alone, though a scope there allows it.
const NOT_DELEGATED: [&str; 5] =
    ["/api/v1/me/help", "/api/v1/me/tasks", "/api/v1/questionnaires", "/api/v1/me/help/shown", "/api/v1/session/vault"];

/// The scopes of which one is enough; none for what no delegation allows. The list is the tests' own, as for the help desk.
fn allowed(operation: &Operation) -> &'static [HelpScope] {
    let path = operation.name.split_once(' ').unwrap().1;
    if path == paths::MY_ACTING && !operation.name.starts_with("post") {
        return &HelpScope::ALL;
    }
    if NOT_DELEGATED.iter().any(|desk| path.starts_with(desk)) { &[] } else { allowed_by(operation) }
}

fn expected(operation: &Operation, scopes: &[HelpScope]) -> u16 {
    match operation.whose {
        For::Office(_) | For::Volunteer | For::Light | For::Platform => 401,
        _ if !is_citizens(operation) => operation.good,
        _ if !allowed(operation).iter().any(|scope| scopes.contains(scope)) => 403,
        // Somebody acts for somebody here.
        _ if operation.name == "get /api/v1/me/acting" => 200,
        _ => operation.good,
    }
}

#[tokio::test]
async fn a_delegate_does_what_was_given_and_nothing_else() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let mut cells = 0;
    for (round, scopes) in
        [&DELEGABLE[..], &[HelpScope::SeeCases], &[HelpScope::SendReport], &[HelpScope::SeeCases, HelpScope::UploadDocuments]]
            .into_iter()
            .enumerate()
    {
        let delegation = delegated(&house, "maria", "luca", &new(scopes)).await;
        for operation in OPERATIONS {
            let wanted = expected(operation, scopes);
            // What takes something away is asked only where it must be refused: others come after it.
            if operation.name.starts_with("delete") && wanted != 403 && !operation.name.ends_with("/me/acting") {
                continue;
            }
            // A session of its own for each: some operations end it.
            let luca = acts(&house, "luca", &delegation.id).await;
            let answer = ask(&luca, operation, &things).await;
            let wanted = match (operation.name, wanted) {
                // A piece was sent in a round before.
                ("patch /api/v1/uploads/{id}", 204) if round > 0 => 409,
                (_, wanted) => wanted,
            };
            assert_eq!(answer.status.as_u16(), wanted, "{} with {scopes:?}: {}", operation.name, answer.text());
            if wanted == 403 && is_citizens(operation) && !operation.name.starts_with("head") {
                let problem = answer.problem();
                assert_eq!((problem.code, problem.fields[0].field.as_str()), (ProblemCode::Forbidden, "delegation"), "{}", operation.name);
                let reason = if allowed(operation).is_empty() { "never" } else { "scope" };
                assert_eq!(problem.fields[0].params["reason"], reason, "{}", operation.name);
            }
            cells += 1;
        }
        house.maria().await.delete(&paths::my_delegation(&delegation.id)).await.is(204);
    }
    println!("{cells} cells: operations by a delegation, in and out of its scopes, each answer asserted");
    assert!(cells > 400);
}

#[tokio::test]
async fn after_its_end_there_is_nothing_but_the_way_back() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let mut cells = 0;
    for by_time in [false, true] {
        let delegation = delegated(&house, "maria", "luca", &new(&DELEGABLE)).await;
        let mut all = Vec::new();
        for operation in OPERATIONS.iter().filter(|operation| is_citizens(operation)) {
            all.push((operation, acts(&house, "luca", &delegation.id).await));
        }
        if by_time {
            house.sql(&format!("UPDATE delegations SET until_on = '2026-11-21' WHERE id = '{}'", delegation.id)).await;
        } else {
            house.maria().await.delete(&paths::my_delegation(&delegation.id)).await.is(204);
        }
        let before = super::rows(&house).await;
        for (operation, luca) in &all {
            let answer = ask(luca, operation, &things).await;
            let wanted = match operation.name {
                "get /api/v1/me" => 200,
                "delete /api/v1/me/acting" => 204,
                _ => 403,
            };
            assert_eq!(answer.status.as_u16(), wanted, "{}: {}", operation.name, answer.text());
            if wanted == 403 && !operation.name.starts_with("head") {
                assert_eq!(answer.problem().fields[0].params["reason"], "ended", "{}", operation.name);
            }
            for private in ["Maria", "Sara", "Lampione"] {
                assert!(!answer.text().contains(private), "{} shows {private}", operation.name);
            }
            cells += 1;
        }
        // Two of them went back to themselves; nothing else has changed.
        let mut after = super::rows(&house).await;
        *after.last_mut().unwrap() += 2;
        assert_eq!(after, before);
        let me: Me = all[0].1.get(paths::ME).await.is(200).json();
        assert_eq!((me.given_name.as_str(), me.session.acting), ("Luca", None));
    }
    println!("{cells} cells: citizens' operations by a delegation that has ended, each answer asserted");
    assert!(cells > 100);
}

#[tokio::test]
async fn of_whom_nobody_acts_for_nothing_exists() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let delegation = delegated(&house, "luca", "zoe", &new(&DELEGABLE)).await;
    for operation in OPERATIONS.iter().filter(|one| matches!(one.whose, For::Owner | For::OwnersDownload)) {
        let zoe = acts(&house, "zoe", &delegation.id).await;
        let answer = ask(&zoe, operation, &things).await;
        let wanted = if allowed(operation).is_empty() { 403 } else { 404 };
        assert_eq!(answer.status.as_u16(), wanted, "{}: {}", operation.name, answer.text());
        for private in ["Maria", "Sara", "Lampione"] {
            assert!(!answer.text().contains(private), "{} shows {private}", operation.name);
        }
    }
}
