//! The office: fees that make no sense, proofs, what is stuck and how it comes free.
use super::{FIRST, PAGE, PAUSE, Shop, by_hand, fee, meals, pay, state, told, uuid};
use crate::attachments::picture;
use crate::people::file;
use contract::attachments::Attachment;
use contract::id::AttachmentId;
use contract::import::{ImportCitizen, ImportFee, ImportFile};
use contract::inbox::MessageKind;
use contract::payments::office::{NewFee, StuckKind, StuckPayment};
use contract::payments::{Creditor, Fee, FeeDetails, NewProof, Part, Standing};
use contract::{Date, Page, paths};
use serde_json::json;

#[tokio::test]
async fn a_fee_that_makes_no_sense_is_refused() {
    let shop = Shop::open().await;
    let desk = shop.house.desk();
    for (wrong, fault) in [
        (NewFee { number: "1".into(), ..meals(FIRST) }, "number:not_a_notice"),
        (NewFee { amount: 0, ..meals(FIRST) }, "amount:not_a_choice"),
        (NewFee { amount: 10_000_000_000, ..meals(FIRST) }, "amount:not_a_choice"),
        (NewFee { title: " ".into(), ..meals(FIRST) }, "title:required"),
        (NewFee { debtor: "AAAAAA00A00A000A".into(), ..meals(FIRST) }, "debtor:not_a_choice"),
        (NewFee { due_on: Some(Date("domani".into())), ..meals(FIRST) }, "due_on:not_a_choice"),
        (NewFee { part: Some(Part { number: 3, of: 2 }), ..meals(FIRST) }, "part:not_a_choice"),
        (
            NewFee { creditor: Some(Creditor { fiscal_code: "1".into(), name: "X".into() }), ..meals(FIRST) },
            "creditor.fiscal_code:not_a_creditor",
        ),
        (NewFee { remittance: "x".repeat(141), ..meals(FIRST) }, "remittance:too_long"),
    ] {
        assert_eq!(desk.create(paths::OFFICE_FEES, &uuid(), &wrong).await.is(422).faults(), [fault]);
    }
    for amount in [1, 9_999_999_999] {
        shop.put(&NewFee { amount, ..meals(FIRST) }).await;
    }
    assert_eq!(shop.house.count("fees").await, 1, "the number tells which");
}

#[tokio::test]
async fn a_fee_under_payment_does_not_change_and_one_that_is_withdrawn_cannot_be_paid() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let maria = shop.house.maria().await;
    shop.put(&NewFee { withdrawn: true, ..meals(FIRST) }).await;
    let gone = fee(&maria, &id).await.fee;
    assert_eq!((gone.state.0.as_str(), gone.standing), ("cancelled", Standing::Over));
    shop.put(&meals(FIRST)).await;
    pay(&maria, "k", &id).await;
    for change in [NewFee { amount: 1, ..meals(FIRST) }, NewFee { withdrawn: true, ..meals(FIRST) }] {
        shop.house.desk().create(paths::OFFICE_FEES, &uuid(), &change).await.is(409);
    }
    assert_eq!(fee(&maria, &id).await.fee.amount, 6450);
}

#[tokio::test]
async fn a_proof_reaches_the_office_which_settles_it_by_a_receipt_or_frees_the_fee() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let (maria, luca, desk) = (shop.house.maria().await, shop.house.luca().await, shop.house.desk());
    pay(&maria, "k", &id).await;
    shop.behave(json!({ "silent": true })).await;
    desk.post(&paths::office_fee_release(&id), &()).await.is(409);
    let photo: Attachment = maria.upload("p", "ricevuta.jpg", &picture(image::ImageFormat::Jpeg)).await.is(201).json();
    for (wrong, fault) in [(NewProof::default(), "text:required"), (NewProof { text: "x".repeat(1001), files: vec![] }, "text:too_long")] {
        assert_eq!(maria.create(&paths::fee_proofs(&id), &uuid(), &wrong).await.is(422).faults(), [fault]);
    }
    let proof = NewProof { text: "CRO 123, Banca X, ieri".into(), files: vec![photo.id.clone()] };
    luca.create(&paths::fee_proofs(&id), "p", &proof).await.is(404);
    for _ in 0..2 {
        let sent: FeeDetails = maria.create(&paths::fee_proofs(&id), "p", &proof).await.is(201).json();
        assert_eq!(sent.proofs.len(), 1);
    }
    // One at a time: there is nothing more to prove until somebody has looked.
    maria.create(&paths::fee_proofs(&id), "p2", &proof).await.is(409);
    shop.house.pass(2 * 86_400);
    crm::housekeeping::clean(&shop.house.crm).await.unwrap();
    assert_eq!(shop.house.count("attachments").await, 1);
    shop.later(PAGE + PAUSE).await;
    let seen: Page<StuckPayment> = desk.get(paths::OFFICE_PAYMENTS).await.is(200).json();
    assert_eq!(seen.items.iter().map(|one| one.kind).collect::<Vec<_>>(), [StuckKind::Checking, StuckKind::Proof]);
    assert_eq!((seen.items[1].text.as_str(), &seen.items[1].files), ("CRO 123, Banca X, ieri", &vec![photo.id.clone()]));
    let file = paths::office_proof_file(&id, &photo.id);
    assert_eq!(desk.get(&file).await.is(200).header("content-type"), "image/jpeg");
    desk.get(&paths::office_proof_file(&id, &AttachmentId(id.0.clone()))).await.is(404);
    let maria = shop.house.maria().await;
    assert_eq!(state(&maria, &id).await, "checking", "a proof is no receipt");
    desk.post(&paths::office_fee_release(&id), &()).await.is(200);
    assert_eq!((state(&maria, &id).await.as_str(), fee(&maria, &id).await.proofs.len()), ("not_paid", 0));
    // The file is the first proof's: it is nobody's to use twice, and stays.
    assert_eq!(maria.create(&paths::fee_proofs(&id), "p3", &proof).await.is(422).faults(), ["files.0:not_found"]);
    for (id_of_receipt, amount, status) in [("", 6450, 422), ("r", 0, 422), ("r", 6450, 200), ("r", 6450, 200)] {
        desk.post(&paths::office_fee_receipt(&id), &by_hand(id_of_receipt, amount)).await.is(status);
    }
    assert_eq!((state(&maria, &id).await.as_str(), told(&maria).await), ("paid", vec![MessageKind::FeePaid]));
    assert_eq!(desk.get(paths::OFFICE_PAYMENTS).await.is(200).json::<Page<StuckPayment>>().items, []);
}

#[tokio::test]
async fn fees_wait_for_who_signs_in_for_the_first_time_and_come_by_import_once() {
    let shop = Shop::open().await;
    let code = "BNCGLI85T50F205Z";
    shop.put(&NewFee { debtor: code.into(), ..meals(FIRST) }).await;
    let giulia = ImportCitizen {
        subject: "giulia".into(),
        fiscal_code: Some(code.into()),
        given_name: "Giulia".into(),
        ..file().citizens[0].clone()
    };
    let instalment = |number: &str, part: u32, paid: bool| ImportFee {
        citizen: "giulia".into(),
        fee: NewFee { debtor: String::new(), position: "tari".into(), part: Some(Part { number: part, of: 2 }), ..meals(number) },
        receipt: paid.then(|| by_hand("old", 6450)),
    };
    let fees = vec![instalment("302000000000000184", 1, true), instalment("347123456789012389", 2, false)];
    let brought = ImportFile { citizens: vec![giulia], cases: vec![], fees, ..file() };
    assert_eq!((shop.house.bring(&brought).await.fees, shop.house.bring(&brought).await.fees), (2, 0));
    let who = shop.house.signed_in("giulia", contract::session::Device::Mine).await;
    let all: Page<Fee> = who.get(paths::PAYMENTS).await.is(200).json();
    assert_eq!(all.items.iter().map(|fee| fee.standing).collect::<Vec<_>>(), [Standing::ToPay, Standing::ToPay, Standing::Paid]);
    assert!(all.items.iter().all(|fee| fee.is_own));
    let second = all.items.iter().find(|fee| fee.part.is_some_and(|part| part.number == 2)).unwrap();
    let whole = fee(&who, &second.id).await;
    assert_eq!(whole.instalments.iter().map(|fee| fee.part.unwrap().number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(told(&who).await, [], "what was known before is no news");
}

#[tokio::test]
async fn a_fee_that_was_put_on_the_wrong_person_is_theirs_no_longer() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let (maria, luca) = (shop.house.maria().await, shop.house.luca().await);
    assert_eq!(fee(&maria, &id).await.fee.person, "Sara");
    shop.house.sql("UPDATE citizens SET fiscal_code = 'RSSMRA86D52D612U' WHERE given_name = 'Luca'").await;
    shop.put(&NewFee { debtor: "RSSMRA86D52D612U".into(), person: "Pietro".into(), ..meals(FIRST) }).await;
    maria.get(&paths::fee(&id)).await.is(404);
    assert_eq!(maria.get(&format!("{}?q=pietro", paths::PAYMENTS)).await.is(200).json::<Page<Fee>>().items, []);
    assert_eq!(fee(&luca, &id).await.fee.person, "Pietro");
    // Who has begun to pay it sees what stands on the notice, and nothing of whose it is.
    pay(&luca, "k", &id).await;
    shop.behave(json!({ "silent": true })).await;
    shop.later(PAGE + PAUSE).await;
    shop.house.desk().post(&paths::office_fee_release(&id), &()).await.is(200);
    shop.put(&meals(FIRST)).await;
    let luca = shop.house.luca().await;
    let seen = fee(&luca, &id).await.fee;
    assert_eq!((seen.is_own, seen.person.as_str(), seen.title.as_str()), (false, "", "Mensa scolastica"));
    assert_eq!(fee(&shop.house.maria().await, &id).await.fee.person, "Sara");
}
