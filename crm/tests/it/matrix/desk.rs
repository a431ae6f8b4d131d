//! The help desk's part of the matrix: every operation as a volunteer without consent, within it, beyond it, locked, after its end, taken back.
use super::operations::{For, OPERATIONS, Operation, ask, things};
use crate::help_desk::shown::read_and_confirmed;
use crate::help_desk::{Desk, helped};
use crate::house::House;
use crate::people::Who;
use contract::help_desk::HelpScope;
use contract::{ProblemCode, paths};

/// What each scope allows, written down a second time: the code's own list (`crm/src/help_desk/scope.rs`) is not asked.
const MAY: [(&str, &[HelpScope]); 27] = [
    ("get /api/v1/me", &HelpScope::ALL),
    ("post /api/v1/session/extend", &HelpScope::ALL),
    ("get /api/v1/me/help", &HelpScope::ALL),
    ("get /api/v1/me/tasks", &[HelpScope::SeeCases]),
    ("get /api/v1/cases", &[HelpScope::SeeCases]),
    ("get /api/v1/cases/{id}", &[HelpScope::SeeCases]),
    ("get /api/v1/cases/{id}/documents/{document}", &[HelpScope::SeeCases]),
    ("get /api/v1/cases/{id}/receipt", &[HelpScope::SeeCases]),
    ("get /api/v1/cases/{id}/calendar", &[HelpScope::SeeCases]),
    ("get /api/v1/story", &[HelpScope::SeeCases]),
    ("get /api/v1/events", &[HelpScope::SeeCases]),
    ("post /api/v1/reports", &[HelpScope::SendReport]),
    ("put /api/v1/me/help/shown", &[HelpScope::SendReport]),
    ("post /api/v1/me/help/shown", &[HelpScope::SendReport]),
    ("post /api/v1/cases/{id}/messages", &[HelpScope::UploadDocuments]),
    ("post /api/v1/attachments", &[HelpScope::SendReport, HelpScope::UploadDocuments]),
    ("get /api/v1/attachments/{id}", &[HelpScope::SeeCases, HelpScope::SendReport, HelpScope::UploadDocuments]),
    ("get /api/v1/attachments/{id}/state", &[HelpScope::SendReport, HelpScope::UploadDocuments]),
    ("delete /api/v1/attachments/{id}", &[HelpScope::SendReport, HelpScope::UploadDocuments]),
    ("get /api/v1/questionnaires", &[HelpScope::AnswerQuestionnaire]),
    ("get /api/v1/questionnaires/{id}", &[HelpScope::AnswerQuestionnaire]),
    ("put /api/v1/questionnaires/{id}/draft", &[HelpScope::AnswerQuestionnaire]),
    ("post /api/v1/questionnaires/{id}/answers", &[HelpScope::AnswerQuestionnaire]),
    ("post /api/v1/uploads", &[HelpScope::SendReport, HelpScope::UploadDocuments]),
    ("head /api/v1/uploads/{id}", &[HelpScope::SendReport, HelpScope::UploadDocuments]),
    ("post /api/v1/uploads/{id}", &[HelpScope::SendReport, HelpScope::UploadDocuments]),
    ("patch /api/v1/uploads/{id}", &[HelpScope::SendReport, HelpScope::UploadDocuments]),
];
/// The same, at the end: it takes the upload away.
const MAY_AT_LAST: (&str, &[HelpScope]) = ("delete /api/v1/uploads/{id}", &[HelpScope::SendReport, HelpScope::UploadDocuments]);

pub(super) fn allowed_by(operation: &Operation) -> &'static [HelpScope] {
    MAY.iter().chain([&MAY_AT_LAST]).find(|(name, _)| *name == operation.name).map_or(&[], |(_, scopes)| *scopes)
}

/// Whether an operation asks for a citizen.
pub(super) fn is_citizens(operation: &Operation) -> bool {
    matches!(operation.whose, For::SignedIn | For::Watching | For::Owner | For::OwnersDownload)
}

/// What an operation must answer to a help with these scopes.
fn expected(operation: &Operation, scopes: &[HelpScope]) -> u16 {
    match operation.whose {
        For::Office(_) => 401,
        _ if !is_citizens(operation) => operation.good,
        _ if allowed_by(operation).iter().any(|scope| scopes.contains(scope)) => operation.good,
        _ => 403,
    }
}

/// A desk of one's own for each operation: some of them end what goes on.
async fn desk(house: &House, index: usize, scopes: &[HelpScope]) -> Desk {
    helped(house, "maria", &format!("volunteer-{index}"), scopes).await
}

#[tokio::test]
async fn a_volunteer_does_what_was_agreed_to_and_nothing_else() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let mut cells = 0;
    for (round, scopes) in [
        &HelpScope::ALL[..],
        &[HelpScope::SeeCases],
        &[HelpScope::SendReport],
        &[HelpScope::UploadDocuments],
        &[HelpScope::AnswerQuestionnaire],
    ]
    .into_iter()
    .enumerate()
    {
        for (index, operation) in OPERATIONS.iter().enumerate().filter(|(_, operation)| operation.whose != For::Volunteer) {
            // What takes something away is asked only where it must be refused: others come after it.
            if operation.name.starts_with("delete") && expected(operation, scopes) != 403 {
                continue;
            }
            let desk = desk(&house, round * 1000 + index, scopes).await;
            if operation.name == "post /api/v1/reports" && scopes.contains(&HelpScope::SendReport) {
                if round == 0 {
                    // Before its citizen has read it, it does not leave.
                    let problem = ask(&desk.page(), operation, &things).await.is(403).problem();
                    assert_eq!(problem.fields[0].params["reason"], "unconfirmed");
                }
                read_and_confirmed(&desk, &house.maria().await, &crate::reports::good()).await;
            }
            let answer = ask(&desk.page(), operation, &things).await;
            let wanted = match (operation.name, expected(operation, scopes)) {
                // A message was sent in a round before: the same key gives the same answer. A piece was, too.
                ("patch /api/v1/uploads/{id}", 204) if round > 0 => 409,
                ("put /api/v1/me/help/shown", 404) => 200,
                (_, wanted) => wanted,
            };
            assert_eq!(answer.status.as_u16(), wanted, "{} with {scopes:?}: {}", operation.name, answer.text());
            if wanted == 403 && !operation.name.starts_with("head") {
                let problem = answer.problem();
                assert_eq!((problem.code, problem.fields[0].field.as_str()), (ProblemCode::Forbidden, "help_desk"), "{}", operation.name);
                let reason = if allowed_by(operation).is_empty() { "never" } else { "scope" };
                assert_eq!(problem.fields[0].params["reason"], reason, "{}", operation.name);
            }
            desk.over().await;
            cells += 1;
        }
    }
    println!("{cells} cells: operations as a volunteer with a consent, each answer asserted");
    assert!(cells > 400);
}

#[tokio::test]
async fn without_a_consent_after_its_end_taken_back_or_locked_there_is_nothing() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let mut cells = 0;
    let citizens: Vec<_> = OPERATIONS.iter().enumerate().filter(|(_, operation)| is_citizens(operation)).collect();
    for (index, operation) in citizens {
        let volunteer = house.volunteer(&format!("alone-{index}")).await;
        let mut persons: Vec<(&str, Who, u16)> = vec![("without consent", volunteer, 401)];
        let locked = helped(&house, "maria", &format!("locked-{index}"), &HelpScope::ALL).await;
        house.pass(300);
        let answer = ask(&locked.page(), operation, &things).await;
        assert_eq!(answer.status.as_u16(), 403, "{} on a locked screen: {}", operation.name, answer.text());
        locked.over().await;
        let ended = helped(&house, "maria", &format!("ended-{index}"), &HelpScope::ALL).await;
        ended.over().await;
        persons.push(("after the end", ended.page(), 401));
        let revoked = helped(&house, "maria", &format!("revoked-{index}"), &HelpScope::ALL).await;
        house.maria().await.delete(paths::MY_HELP).await.is(204);
        persons.push(("taken back", revoked.page(), 401));
        for (who, person, wanted) in persons {
            let answer = ask(&person, operation, &things).await;
            assert_eq!(answer.status.as_u16(), wanted, "{} {who}: {}", operation.name, answer.text());
            cells += 1;
        }
        cells += 1;
    }
    println!("{cells} cells: citizens' operations as a volunteer whom nobody lets in, each answer asserted");
    assert!(cells > 200);
}

#[tokio::test]
async fn of_another_citizen_nothing_exists() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    for (index, operation) in OPERATIONS.iter().enumerate().filter(|(_, one)| matches!(one.whose, For::Owner | For::OwnersDownload)) {
        let desk = helped(&house, "luca", &format!("volunteer-{index}"), &HelpScope::ALL).await;
        let answer = ask(&desk.page(), operation, &things).await;
        let wanted = if allowed_by(operation).is_empty() { 403 } else { 404 };
        assert_eq!(answer.status.as_u16(), wanted, "{}: {}", operation.name, answer.text());
        for private in ["Maria", "Sara", "Lampione"] {
            assert!(!answer.text().contains(private), "{} shows {private}", operation.name);
        }
        desk.over().await;
    }
}
