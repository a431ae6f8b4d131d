//! Questions for photos and PDF: announced with the answers, sent in pieces, given to the office; what is refused on the way.
use super::{answer, named, open, read};
use crate::attachments::{pdf, picture};
use crate::house::House;
use crate::people::Who;
use crate::uploads::{announced, begin, patch};
use contract::attachments::AttachmentKind;
use contract::paths;
use contract::questionnaires::Exported;
use contract::uploads::Announced;
use image::ImageFormat;
use serde_json::{Value, json};

/// A questionnaire that asks for up to five photos and one PDF of at most 400,000 bytes.
fn asking_for_files(key: &str) -> Value {
    let mut new = named(key);
    new["definition"] = json!({"elements": [
        {"type": "file", "name": "foto", "acceptedTypes": "image/*", "allowMultiple": true, "isRequired": true},
        {"type": "boolean", "name": "altro"},
        {"type": "file", "name": "carta", "acceptedTypes": ".pdf", "maxSize": 400000, "visibleIf": "{altro} = true"}
    ]});
    new
}

fn document(bytes: &[u8]) -> Announced {
    Announced { kind: AttachmentKind::Document, name: "carta.pdf".into(), ..announced(bytes) }
}

fn file(file: &Announced) -> Value {
    let kind = if file.kind == AttachmentKind::Document { "application/pdf" } else { "image/jpeg" };
    json!({"name": file.name, "type": kind, "size": file.bytes, "content": file.sha256})
}

fn body(answers: Value, files: &[&Announced], changes: u32) -> Value {
    json!({"version": 1, "language": "it", "answers": answers, "files": files, "changes": changes})
}

async fn bring(who: &Who, file: &Announced, bytes: &[u8]) {
    let path = begin(who, file).await;
    patch(who, &path, 0, bytes).await.is(204);
}

#[tokio::test]
async fn files_come_with_the_answers_and_go_with_them() {
    let house = House::new().await;
    let (desk, maria) = (house.desk(), house.maria().await);
    let id = open(&desk, &asking_for_files("file")).await;
    let (photo, paper) = (picture(ImageFormat::Png), pdf());
    let (one, two) = (announced(&photo), document(&paper));
    let all = json!({"foto": [file(&one)], "altro": true, "carta": [file(&two)]});
    answer(&maria, &id, "a", &body(all.clone(), &[&one, &two], 0)).await.is(201);
    let exported = async || desk.get(&paths::office_questionnaire_answers(&id, "json")).await.is(200).json::<Exported<Value>>();
    let waiting = exported().await;
    assert!(waiting.answers[0].files.iter().all(|file| file.media_type.is_empty()), "announced, and not there yet");
    bring(&maria, &one, &photo).await;
    bring(&maria, &two, &paper).await;
    let files = exported().await.answers.remove(0).files;
    let told: Vec<(&str, &str)> = files.iter().map(|file| (file.question.as_str(), file.media_type.as_str())).collect();
    assert_eq!(told, [("carta", "application/pdf"), ("foto", "image/jpeg")]);
    let got = desk.get(&paths::office_questionnaire_file(&id, &files[0].id)).await.is(200);
    assert_eq!(got.body, paper);
    desk.get(&paths::office_questionnaire_file(&contract::id::QuestionnaireId("other".into()), &files[0].id)).await.is(404);
    let table = desk.get(&paths::office_questionnaire_answers(&id, "csv")).await.is(200);
    assert!(String::from_utf8_lossy(&table.body).contains("\"carta.pdf\""), "a table has their names");
    assert_eq!(read(&maria, &id).await.given.unwrap().answers, all);
    // Nobody takes them into something else, nor back, and housekeeping leaves them.
    maria.delete(&paths::attachment(&one.id)).await.is(409);
    house.pass(40 * 24 * 3600);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("attachments WHERE questionnaire_id IS NOT NULL").await, 2);
}

#[tokio::test]
async fn what_another_answer_no_longer_names_goes() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = open(&house.desk(), &asking_for_files("cambio")).await;
    let (first, second) = (picture(ImageFormat::Png), picture(ImageFormat::Jpeg));
    let (one, two) = (announced(&first), announced(&second));
    // It travels before the answers come.
    bring(&maria, &one, &first).await;
    answer(&maria, &id, "a", &body(json!({"foto": [file(&one)]}), &[&one], 0)).await.is(201);
    // The one that is there need not come again.
    answer(&maria, &id, "b", &body(json!({"foto": [file(&one), file(&two)]}), &[&two], 1)).await.is(201);
    bring(&maria, &two, &second).await;
    answer(&maria, &id, "c", &body(json!({"foto": [file(&two)]}), &[], 2)).await.is(201);
    maria.get(&paths::attachment(&one.id)).await.is(404);
    maria.get(&paths::attachment(&two.id)).await.is(200);
    assert_eq!(house.count("attachments WHERE questionnaire_id IS NOT NULL").await, 1);
}

#[tokio::test]
async fn files_that_are_not_what_was_asked_for_are_refused_by_question() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let id = open(&house.desk(), &asking_for_files("rifiuti")).await;
    let photo = picture(ImageFormat::Png);
    let (one, paper) = (announced(&photo), document(&pdf()));
    let large = Announced { bytes: 400_001, ..document(b"large") };
    let foto = |list: Vec<Value>| json!({"foto": list});
    let six: Vec<Announced> = (0..6_u8).map(|at| announced(&[at])).collect();
    let broken = Announced { sha256: "x".into(), ..one.clone() };
    for (answers, files, faults) in [
        (json!({}), vec![], vec!["foto:required"]),
        (foto(vec![file(&one)]), vec![], vec!["foto:not_found"]),
        (foto(vec![file(&paper)]), vec![&paper], vec!["foto:not_a_choice"]),
        (
            foto(vec![json!({"name": "a.jpg", "type": "image/jpeg", "content": "data:image/jpeg;base64,AA"})]),
            vec![],
            vec!["foto:not_a_choice"],
        ),
        (foto(vec![file(&one), file(&one)]), vec![&one], vec!["foto:not_a_choice"]),
        (foto(six.iter().map(file).collect()), six.iter().collect(), vec!["foto:not_a_choice"]),
        (json!({"foto": [file(&one)], "altro": true, "carta": [file(&large)]}), vec![&one, &large], vec!["carta:not_accepted"]),
        (json!({"foto": [file(&one)], "carta": [file(&paper)]}), vec![&one, &paper], vec!["carta:not_a_choice"]),
        (foto(vec![file(&one)]), vec![&one, &paper], vec!["files.1:not_a_choice"]),
        (foto(vec![file(&one)]), vec![&broken], vec!["files.0:file_damaged"]),
    ] {
        let told = answer(&maria, &id, "k", &body(answers.clone(), &files, 0)).await.is(422).faults();
        assert_eq!(told, faults, "{answers}");
    }
    // Somebody else's, under its own identifier and as bytes that the CRM has.
    bring(&luca, &one, &photo).await;
    let told = answer(&maria, &id, "luca", &body(foto(vec![file(&one)]), &[&one], 0)).await.is(422).faults();
    assert_eq!(told, ["files.0:not_found"]);
    answer(&luca, &id, "l", &body(foto(vec![file(&one)]), &[&one], 0)).await.is(201);
    assert_eq!(answer(&maria, &id, "m", &body(foto(vec![file(&one)]), &[], 0)).await.is(422).faults(), ["foto:not_found"]);
    assert_eq!(house.count("questionnaire_answers").await, 1);
}

#[tokio::test]
async fn definitions_ask_for_photos_and_pdf_on_a_page_and_never_anonymously() {
    let house = House::new().await;
    let wrong = async |definition: Value, anonymous: bool| {
        let mut new = named("male");
        (new["definition"], new["anonymous"]) = (definition, json!(anonymous));
        let problem = house.desk().create(paths::OFFICE_QUESTIONNAIRES, "k", &new).await.is(422).problem();
        format!("{} {}", problem.fields[0].params["what"], problem.fields[0].params["hint"])
    };
    let file = |more: Value| {
        let mut file = json!({"type": "file", "name": "a"});
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"elements": [file]})
    };
    assert!(wrong(file(json!({})), true).await.contains("anonymous"));
    assert!(wrong(file(json!({"acceptedTypes": "image/*,.docx"})), false).await.contains(".docx"));
    assert!(wrong(file(json!({"storeDataAsText": true})), false).await.contains("storeDataAsText"));
    let inside = json!({"elements": [{"type": "paneldynamic", "name": "p", "templateElements": [{"type": "file", "name": "a"}]}]});
    assert!(wrong(inside, false).await.contains("rows"));
    assert_eq!(house.count("questionnaires").await, 0);
}
