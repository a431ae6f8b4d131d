//! `crm office …`: the program itself, at a CRM's office API.
use crate::attachments::picture;
use crate::house::{House, OFFICE_TOKEN};
use crate::over_http::serve;
use contract::cases::{Case, CaseSummary, Channel, StepKind, TaskKind};
use contract::replies::NewMessage;
use contract::{Page, paths};
use std::process::Command;

/// How a command ended, and what it printed.
struct Ended {
    code: i32,
    said: String,
    complained: String,
}

/// Somebody at a command line.
struct Shell {
    address: String,
    token: &'static str,
}

impl Shell {
    async fn at(house: &House) -> Self {
        Self { address: serve(house).await, token: OFFICE_TOKEN }
    }

    fn run(&self, words: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
        command.arg("office").args(words).env("FILO_OFFICE_URL", &self.address).env("FILO_OFFICE_TOKEN", self.token);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code().unwrap(), said: text(output.stdout), complained: text(output.stderr) }
    }

    /// A command that does its work; what it printed.
    fn done(&self, words: &[&str]) -> String {
        let ended = self.run(words);
        assert_eq!(ended.code, 0, "{words:?}: {}", ended.complained);
        ended.said
    }

    /// A command that does not; why.
    fn fails(&self, words: &[&str], code: i32) -> String {
        let ended = self.run(words);
        assert_eq!((ended.code, ended.said.as_str()), (code, ""), "{words:?}: {}", ended.complained);
        ended.complained
    }
}

async fn nursery(house: &House) -> CaseSummary {
    let page: Page<CaseSummary> = house.maria().await.get("/api/v1/cases?q=sara%20asilo").await.is(200).json();
    page.items.into_iter().next().unwrap()
}

async fn story(house: &House) -> Case {
    let id = nursery(house).await.id;
    house.maria().await.get(&paths::case(&id, "it")).await.is(200).json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_are_listed_and_one_is_read_with_what_the_citizen_wrote() {
    let house = House::new().await;
    let (case, maria) = (nursery(&house).await, house.maria().await);
    maria.create(&paths::case_messages(&case.id), "k", &NewMessage { text: "Arrivo\ndomani.".into(), files: vec![] }).await.is(201);
    let shell = Shell::at(&house).await;
    let list = shell.done(&["list"]);
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(list.contains(&format!("{}  registered          Maria Rossi, Asilo di Sara  by 2027-01-30", case.number.0)), "{list}");
    assert_eq!(shell.done(&["list", "--all"]).lines().count(), 4);
    assert_eq!(shell.done(&["list", "--most", "2"]).lines().count(), 2);
    assert_eq!(shell.done(&["list", "asilo", "sara"]).lines().count(), 1);
    // As somebody reads it from paper.
    let written = case.number.0.to_lowercase().replace('-', " ").replace(" 0000", " ");
    let sheet = shell.done(&["show", &written]);
    for shown in
        ["Asilo di Sara", "Maria Rossi", "0184532/2026", "in_progress, accepted", "Un posto da settembre.", "    Arrivo\n    domani."]
    {
        assert!(sheet.contains(shown), "{shown}: {sheet}");
    }
    let json: Case = serde_json::from_str(&shell.done(&["show", &written, "--json"])).unwrap();
    assert_eq!((json.summary.id, json.timeline[2].note.as_str()), (case.id, "Arrivo\ndomani."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_command_does_its_own_thing_to_a_case() {
    let house = House::new().await;
    let number = nursery(&house).await.number.0;
    let shell = Shell::at(&house).await;
    assert_eq!(shell.done(&["move", &number, "in_progress", "--note", "Ci siamo."]), format!("{number}  registered → in_progress\n"));
    assert_eq!(shell.done(&["write", &number, "Ancora un po'."]), format!("{number}  in_progress: written down\n"));
    shell.done(&["call", &number, "Ha chiamato."]);
    shell.done(&["ask", &number, "Da quando?", "--until", "9/12/2026"]);
    let task = nursery(&house).await.task.unwrap();
    assert_eq!((task.kind, task.due_on.unwrap().0.as_str()), (TaskKind::Answer, "2026-12-09"));
    shell.done(&["documents", &number, "Manca l'ISEE."]);
    let task = nursery(&house).await.task.unwrap();
    assert_eq!((task.kind, task.due_on), (TaskKind::SendDocuments, None));
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("città.jpg");
    std::fs::write(&photo, picture(image::ImageFormat::Jpeg)).unwrap();
    let photo = photo.to_str().unwrap();
    shell.done(&["move", &number, "accepted", "--file", photo, "--file", photo]);
    let told = story(&house).await.timeline;
    let told: Vec<(StepKind, &str, Channel, usize)> =
        told.iter().skip(2).map(|step| (step.kind, step.note.as_str(), step.channel, step.files.len())).collect();
    assert_eq!(
        told,
        [
            (StepKind::Move, "Ci siamo.", Channel::Office, 0),
            (StepKind::Message, "Ancora un po'.", Channel::Office, 0),
            (StepKind::Message, "Ha chiamato.", Channel::Phone, 0),
            (StepKind::Question, "Da quando?", Channel::Office, 0),
            (StepKind::Move, "Manca l'ISEE.", Channel::Office, 0),
            (StepKind::Move, "", Channel::Office, 2),
        ]
    );
    assert_eq!(story(&house).await.timeline[7].files[0].name, "città.jpg");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn said_twice_with_one_key_it_happens_once() {
    let house = House::new().await;
    let number = nursery(&house).await.number.0;
    let shell = Shell::at(&house).await;
    let said = ["write", &number, "Arriva.", "--key", "k1"];
    assert_eq!(shell.done(&said), shell.done(&said));
    assert_eq!(story(&house).await.timeline.iter().filter(|step| step.note == "Arriva.").count(), 1);
    // Somebody else has decided meanwhile: said again it is the same word, and undoes nothing.
    shell.done(&["move", &number, "accepted"]);
    shell.done(&said);
    assert_eq!(nursery(&house).await.state.0, "accepted");
    assert_eq!(story(&house).await.timeline.iter().filter(|step| step.note == "Arriva.").count(), 1);
    assert!(shell.fails(&["write", &number, "Altro.", "--key", "k1"], 1).contains("KeyReused"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_is_said_and_told_by_the_exit_code() {
    let reader = "token-that-only-reads";
    let house = House::with(&[("FILO_OFFICE_TOKENS", &format!("desk:{OFFICE_TOKEN},board:{reader}:cases.read"))]).await;
    house.bring(&crate::people::file()).await;
    let number = nursery(&house).await.number.0;
    let shell = Shell::at(&house).await;
    // Wrong use: whoever typed it can mend it.
    assert!(shell.fails(&["dance"], 2).contains("dance"));
    assert!(shell.fails(&["show", &number.replace("2026", "2025")], 2).contains("no case number"));
    assert!(shell.fails(&["ask", &number, "Quando?", "--until", "domani"], 2).contains("no day"));
    assert!(shell.fails(&["move", &number, "accepted", "--file", "/nowhere/a.jpg"], 2).contains("/nowhere/a.jpg"));
    let silent = Shell { address: shell.address.clone(), token: "" };
    assert!(silent.fails(&["list"], 2).contains("FILO_OFFICE_TOKEN"));
    // Refused.
    assert!(shell.fails(&["move", &number, "frozen"], 1).contains("state: NotAChoice"));
    assert!(shell.fails(&["write", &number, " "], 1).contains("note: Required"));
    assert!(shell.fails(&["show", &contract::cases::CaseNumber::new("PR", 2026, 999).0], 1).contains("PR-2026-000999"));
    assert!(shell.fails(&["retry", "none"], 1).contains("404"));
    let stranger = Shell { address: shell.address.clone(), token: "token-of-nobody-here" };
    assert!(stranger.fails(&["list"], 1).contains("does not know this token"));
    let board = Shell { address: shell.address.clone(), token: reader };
    assert!(board.done(&["show", &number]).contains("Asilo di Sara"));
    assert!(board.fails(&["write", &number, "Ciao."], 1).contains("cases.write"));
    let nowhere = Shell { address: "http://127.0.0.1:1".into(), token: OFFICE_TOKEN };
    assert!(nowhere.fails(&["list"], 1).contains("FILO_OFFICE_URL"));
    assert!(story(&house).await.timeline.iter().all(|step| step.note.is_empty()));
}
