//! What is sent with each operation of the matrix.
use super::operations::{Things, subscription};
use crate::attachments::picture;
use crate::payments::{by_hand, meals, pushed};
use crate::reports::good;
use contract::Date;
use contract::channels::{Channel, NewDevice, NewTest, Wishes};
use contract::comfort::Comfort;
use contract::delegates::{DelegationCode, NewActing};
use contract::dictionary::StateCode;
use contract::drafts::NewDraft;
use contract::help_desk::{
    Agreed, Begin, Checked, CheckedThing, ConsentAnswer, ConsentCode, HelpScope, NewShown, PaperCode, ShownAnswer, Unlock, Updates,
};
use contract::id::{DelegationId, FeeId};
use contract::inbox::{Mark, Seen};
use contract::light::{LightCode, NewLightCode};
use contract::my_data::{NewCopy, NewDeletion};
use contract::office::{Move, Publication};
use contract::payments::{Chosen, NewPayment, NewProof, NoticeQuery};
use contract::push;
use contract::replies::{NewMessage, NewReminder, NewWithdrawal, Rating, Verdict};
use contract::reports::NewReport;
use contract::session::{Device, LoginRequest, Scheme};
use contract::subscriptions::NewNotice;
use contract::tracking::{AnonymousReport, TrackingQuery};

/// The body of an operation on Maria's things; empty where none is wanted.
pub fn sent(name: &str, things: &Things) -> Vec<u8> {
    match name {
        "post /api/v1/session/login" => serde_json::to_vec(&LoginRequest {
            scheme: Scheme::Spid,
            device: Device::Mine,
            back_to: "/".into(),
            language: "it".into(),
            level: None,
        })
        .unwrap(),
        "post /api/v1/light/codes" => {
            serde_json::to_vec(&NewLightCode { email: "maria@example.org".into(), language: "it".into() }).unwrap()
        }
        "post /api/v1/light/session" => serde_json::to_vec(&LightCode { code: "123456".into() }).unwrap(),
        "post /api/v1/reports" => serde_json::to_vec::<NewReport>(&good()).unwrap(),
        name if name.contains(" /api/v1/me/") => about_me(name),
        name if name.contains(" /api/v1/help_desk") => at_the_desk(name),
        "post /api/v1/inbox/read" => serde_json::to_vec(&Seen::default()).unwrap(),
        "post /api/v1/inbox/{id}" => serde_json::to_vec(&Mark { read: Some(false), archived: Some(true) }).unwrap(),
        "put /api/v1/drafts/{id}" => serde_json::to_vec(&NewDraft::default()).unwrap(),
        "patch /api/v1/uploads/{id}" => vec![7; 10],
        "post /api/v1/attachments" | "post /api/v1/office/cases/{id}/attachments" => picture(image::ImageFormat::Png),
        "post /api/v1/cases/{id}/messages" => serde_json::to_vec(&NewMessage { text: "Ciao".into(), files: vec![] }).unwrap(),
        "post /api/v1/cases/{id}/withdrawal" => serde_json::to_vec(&NewWithdrawal::default()).unwrap(),
        "post /api/v1/cases/{id}/reminder" => serde_json::to_vec(&NewReminder { words: "Aspetto.".into() }).unwrap(),
        "post /api/v1/cases/{id}/verdict" => serde_json::to_vec(&Verdict { resolved: true, ..Verdict::default() }).unwrap(),
        "post /api/v1/cases/{id}/rating" => serde_json::to_vec(&Rating { stars: 5, ..Rating::default() }).unwrap(),
        name if name.contains("/questionnaires") => crate::questionnaires::sent(name),
        "post /api/v1/subscriptions" => serde_json::to_vec(&subscription()).unwrap(),
        "post /api/v1/office/notices" => {
            let (title, text, until) = ("Avviso".into(), "Testo.".into(), Date("2026-12-31".into()));
            let (street, link) = (String::new(), String::new());
            serde_json::to_vec(&NewNotice { topic: "roads".into(), street, area: None, title, text, link, until }).unwrap()
        }
        "post /api/v1/office/cases/{id}/moves" => {
            let moved = Move {
                state: StateCode("in_progress".into()),
                note: String::new(),
                task: None,
                task_due_on: None,
                channel: None,
                files: vec![],
            };
            serde_json::to_vec(&moved).unwrap()
        }
        name if name.contains(" /api/v1/payments") || name.contains("/office/fees") || name.contains("/platform/") => {
            about_payments(name, things)
        }
        "post /api/v1/public/reports" => serde_json::to_vec(&AnonymousReport::default()).unwrap(),
        "post /api/v1/public/tracking" => serde_json::to_vec(&TrackingQuery { code: String::new() }).unwrap(),
        "post /api/v1/office/cases/{id}/publication" => serde_json::to_vec(&Publication::default()).unwrap(),
        _ => vec![],
    }
}

/// What a volunteer sends.
fn at_the_desk(name: &str) -> Vec<u8> {
    match name {
        "post /api/v1/help_desk/consents" => serde_json::to_vec(&crate::help_desk::by_phone(&HelpScope::ALL)).unwrap(),
        "post /api/v1/help_desk/consents/{id}/begin" => serde_json::to_vec(&Begin::default()).unwrap(),
        "post /api/v1/help_desk/confirmations/{id}" => serde_json::to_vec(&Agreed { yes: true }).unwrap(),
        "post /api/v1/help_desk/unlock" => serde_json::to_vec(&Unlock { pin: "1234".into() }).unwrap(),
        "post /api/v1/help_desk/checked" => serde_json::to_vec(&Checked { clean: CheckedThing::ALL.into() }).unwrap(),
        _ => vec![],
    }
}

/// What is sent about one's own settings.
fn about_me(name: &str) -> Vec<u8> {
    match name {
        "post /api/v1/me/delegations" => serde_json::to_vec(&crate::delegates::new(&[HelpScope::SeeCases])).unwrap(),
        "post /api/v1/me/delegations/look" | "post /api/v1/me/delegations/accept" => {
            serde_json::to_vec(&DelegationCode { code: "AAAA-AAAA-AAAA".into() }).unwrap()
        }
        "post /api/v1/me/acting" => serde_json::to_vec(&NewActing { delegation: DelegationId("0193-none".into()) }).unwrap(),
        "put /api/v1/me/comfort" => serde_json::to_vec(&Comfort::default()).unwrap(),
        "put /api/v1/me/channels" => serde_json::to_vec(&Wishes::default()).unwrap(),
        "post /api/v1/me/consents/look" => serde_json::to_vec(&ConsentCode { code: "AAAAAAAA".into() }).unwrap(),
        "post /api/v1/me/consents/answer" => serde_json::to_vec(&ConsentAnswer { code: "AAAAAAAA".into(), yes: true }).unwrap(),
        "put /api/v1/me/help/shown" => serde_json::to_vec(&NewShown { report: good(), updates: Some(Updates::Citizen) }).unwrap(),
        "post /api/v1/me/help/shown" => serde_json::to_vec(&ShownAnswer::default()).unwrap(),
        "post /api/v1/me/papers" => serde_json::to_vec(&PaperCode { code: "AAAA AAAA AAAA".into() }).unwrap(),
        "post /api/v1/me/channels/tests" => serde_json::to_vec(&NewTest { channel: Channel::Email }).unwrap(),
        "post /api/v1/me/data/copies" => serde_json::to_vec(&NewCopy { language: "it".into() }).unwrap(),
        "post /api/v1/me/data/deletion" => {
            serde_json::to_vec(&NewDeletion { word: "ELIMINA".into(), language: "it".into(), tag: "x".into() }).unwrap()
        }
        "post /api/v1/me/devices" => {
            let subscription = push::Subscription { endpoint: String::new(), p256dh: String::new(), auth: String::new() };
            serde_json::to_vec(&NewDevice { subscription, name: "Prova".into() }).unwrap()
        }
        _ => vec![],
    }
}

/// What is sent about fees.
fn about_payments(name: &str, things: &Things) -> Vec<u8> {
    match name {
        "post /api/v1/payments" => {
            serde_json::to_vec(&NewPayment { fees: vec![Chosen { id: FeeId(things.fee.clone()), amount: 6450 }] }).unwrap()
        }
        "post /api/v1/payments/fees/{id}/proofs" => serde_json::to_vec(&NewProof { text: "Ricevuta 1".into(), files: vec![] }).unwrap(),
        "post /api/v1/payments/notices" => serde_json::to_vec(&NoticeQuery::default()).unwrap(),
        "post /api/v1/office/fees" => serde_json::to_vec(&meals("302032002700000251")).unwrap(),
        "post /api/v1/office/fees/{id}/receipt" => serde_json::to_vec(&by_hand("r1", 6450)).unwrap(),
        "post /api/v1/platform/receipts" => serde_json::to_vec(&pushed("302000000000000184", "r2", 64.5)).unwrap(),
        _ => vec![],
    }
}
