//! Every place prints an address that leads back to it.
use super::*;

#[test]
fn every_route_parses_back_from_what_it_prints() {
    let id = || CaseId("0193-abc".into());
    let steps = [ReportStep::Privacy, ReportStep::Data, ReportStep::Summary];
    let mut routes: Vec<Route> = steps.map(|step| Route::NewReport { step }).into();
    routes.extend(steps.map(|step| Route::SignedReport { step }));
    routes.extend([Route::ReportTracked, Route::Inbox, Route::Story, Route::Channels, Route::Subscriptions, Route::Comfort]);
    routes.extend([Route::Home, Route::Login, Route::LoginDone, Route::Cases, Route::Case { id: id() }, Route::Receipt { id: id() }]);
    routes.extend([Route::ReportSent { id: id() }, Route::Privacy, Route::Accessibility, Route::LegalNotes, Route::Gallery]);
    let report = || PublicReportId("0193-def".into());
    routes.extend([
        Route::PublicReports,
        Route::Tracking,
        Route::LightReports,
        Route::PublicReport { id: report() },
        Route::FollowReport { id: report() },
    ]);
    let asked = || QuestionnaireId("0193-aaa".into());
    routes.extend([Route::Questionnaires, Route::Questionnaire { id: asked() }, Route::AnswerQuestionnaire { id: asked() }]);
    routes.push(Route::QuestionnaireResults { id: asked() });
    routes.push(Route::PreviewQuestionnaire { token: "1".into() });
    routes.extend([MyData::Copies, MyData::Choices, MyData::Deletion, MyData::Deleted].map(Route::MyData));
    routes.extend([Route::HelpDesk, Route::HelpDeskChecked, Route::HelpConsent, Route::HelpLog, Route::HelpPaper, Route::Sessions]);
    let fee = || contract::id::FeeId("0193-fee".into());
    let payments = [Payments::List, Payments::Paper, Payments::Fee(fee()), Payments::Receipt(fee()), Payments::Notice(fee())];
    routes.extend(payments.map(Route::Payments));
    routes.push(Route::Payments(Payments::Returned(contract::id::CartId("0193-cart".into()))));
    routes.extend([Route::NotFound, Route::Delegates, Route::Outbox, Route::Draft { id: "0193-abc".into() }]);
    for route in routes {
        assert_eq!(Route::parse(&route.to_string()), route);
    }
}

#[test]
fn above_a_page_stand_those_one_comes_from() {
    let receipt = Route::parse("/cases/1/receipt");
    assert_eq!(receipt.above().iter().map(ToString::to_string).collect::<Vec<_>>(), ["/", "/cases", "/cases/1"]);
    assert!(Route::Home.above().is_empty());
}

#[test]
fn what_is_not_a_place_is_not_found_and_slashes_do_not_matter() {
    for path in ["/nowhere", "/cases/1/2/3", "/payments/1/2/3", "/reports/public", "/login/other"] {
        assert_eq!(Route::parse(path), Route::NotFound, "{path}");
    }
    assert_eq!(Route::parse("//cases/"), Route::Cases);
}

#[test]
fn pages_with_personal_data_are_not_public() {
    for path in [
        "/",
        "/login/done",
        "/cases",
        "/inbox",
        "/story",
        "/channels",
        "/questionnaires",
        "/questionnaires/1",
        "/questionnaires/1/answer",
        "/help_desk/consent",
        "/help_desk/log",
        "/help_desk/paper",
        "/sessions",
        "/my_data",
        "/my_data/choices",
        "/my_data/deletion",
        "/delegates",
        "/payments",
        "/payments/1",
        "/payments/returned/1",
        "/payments/paper",
        "/cases/1",
        "/cases/1/receipt",
        "/reports/new/sign-in",
        "/reports/new/data/sign-in",
        "/reports/sent/1",
        "/reports/public/1/follow",
        "/outbox",
        "/outbox/1",
    ] {
        assert!(!Route::parse(path).is_public(), "{path}");
    }
}

#[test]
fn a_report_may_be_written_by_nobody_once_it_is_known_that_nobody_is_here() {
    for path in ["/reports/new", "/reports/new/data", "/reports/new/summary"] {
        let route = Route::parse(path);
        assert!(route.is_public() && route.asks_who(), "{path}");
    }
    assert!(!Route::parse("/reports/track").asks_who() && Route::Home.asks_who());
}
