//! Letters brought by SMTP, as the wire has it, and the pages that show them.
use crate::street::{Tested, open};
use std::error::Error;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use town::mail::Mailboxes;

const LETTER: &str = "From: Comune <filo@comune.example>\r\nTo: Maria <maria@example.org>\r\nSubject: =?utf-8?q?Citt=C3=A0?=\r\n\
    Message-ID: <1@comune.example>\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
    Ciao <b>Maria</b>.\r\n..\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Ciao <script>alert(1)</script></p>\r\n--b--\r\n";

/// A letter with a file.
const ENCLOSING: &str = "From: Comune <filo@comune.example>\r\nTo: Maria <maria@example.org>\r\nSubject: Pronto\r\n\
    Message-ID: <2@comune.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain\r\n\r\nCiao.\r\n--b\r\nContent-Type: application/pdf\r\n\
    Content-Disposition: attachment; filename=\"<i>.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjc=\r\n--b--\r\n";

/// Says some lines to a mail server; the numbers it answers with.
async fn say(address: &str, lines: &[&str]) -> Result<Vec<String>, Box<dyn Error>> {
    let stream = TcpStream::connect(address).await?;
    let (read, mut write) = stream.into_split();
    let mut answers = BufReader::new(read).lines();
    let mut codes = Vec::new();
    let mut rest = lines.iter();
    loop {
        let Some(answer) = answers.next_line().await? else { return Ok(codes) };
        if answer.as_bytes().get(3) == Some(&b'-') {
            continue;
        }
        codes.push(answer.chars().take(3).collect());
        match rest.next() {
            Some(line) => write.write_all(format!("{line}\r\n").as_bytes()).await?,
            None => return Ok(codes),
        }
    }
}

async fn mailboxes() -> Result<(Mailboxes, String), Box<dyn Error>> {
    let mailboxes = Mailboxes::default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(mailboxes.clone().serve(listener));
    Ok((mailboxes, address))
}

fn delivery(letter: &str) -> Vec<String> {
    let letter = format!("{letter}.");
    ["EHLO test", "MAIL FROM:<filo@comune.example> SIZE=9", "RCPT TO:<maria@example.org>", "DATA", &letter, "QUIT"]
        .map(str::to_owned)
        .into()
}

#[tokio::test]
async fn a_letter_arrives_once_however_often_it_is_brought() -> Tested {
    let (mailboxes, address) = mailboxes().await?;
    let lines = delivery(LETTER);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    for _ in 0..2 {
        assert_eq!(say(&address, &lines).await?, ["220", "250", "250", "250", "354", "250", "221"]);
    }
    let letters = mailboxes.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(
        (letters[0].subject.as_str(), letters[0].to.as_str(), letters[0].id.as_str()),
        ("Città", "maria@example.org", "1@comune.example")
    );
    assert!(letters[0].text.starts_with("Ciao <b>Maria</b>.") && letters[0].text.trim_end().ends_with("\n."), "{:?}", letters[0].text);
    Ok(())
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_leaves_nothing() -> Tested {
    let (mailboxes, address) = mailboxes().await?;
    let answers =
        say(&address, &["DATA", "RCPT TO:<a@b.it>", "MAIL FROM:nobody", "MAIL FROM:<>", "RCPT TO:<>", "DATA", "BDAT 1", "RSET"]).await?;
    assert_eq!(answers, ["220", "503", "503", "501", "250", "501", "503", "502", "250"]);
    // A line without an end, and a letter that never ends.
    assert_eq!(say(&address, &["x".repeat(5000).as_str()]).await?, ["220"]);
    let huge = delivery(&format!("{}\r\n", "y".repeat(900)).repeat(1300));
    let huge: Vec<&str> = huge.iter().map(String::as_str).collect();
    assert_eq!(say(&address, &huge).await?, ["220", "250", "250", "250", "354", "552", "221"]);
    assert_eq!(mailboxes.letters(), []);
    Ok(())
}

#[tokio::test]
async fn letters_are_shown_and_can_do_nothing() -> Tested {
    let probe = TcpListener::bind("127.0.0.1:0").await?;
    let address = probe.local_addr()?.to_string();
    drop(probe);
    let street = open(|config| config.smtp_address = Some(address.clone())).await?;
    let (lines, enclosing) = (delivery(LETTER), delivery(ENCLOSING));
    let [lines, enclosing] = [&lines, &enclosing].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
    let mut brought = say(&address, &lines).await;
    for _ in 0..50 {
        if brought.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        brought = say(&address, &lines).await;
    }
    brought?;
    let list = street.http.get(format!("{}/letters", street.url)).send().await?.text().await?;
    assert!(list.contains("Città") && list.contains("maria@example.org"), "{list}");
    let none = street.http.get(format!("{}/letters?to=luca@example.org", street.url)).send().await?.text().await?;
    assert!(!none.contains("Città"), "{none}");
    let letter = street.http.get(format!("{}/letters/1", street.url)).send().await?.text().await?;
    assert!(letter.contains("Ciao &lt;b&gt;Maria&lt;/b&gt;."), "{letter}");
    let html = street.http.get(format!("{}/letters/1/html", street.url)).send().await?;
    let policy = html.headers().get("content-security-policy").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    // What comes with a letter is named, and fetched as what it is.
    say(&address, &enclosing).await?;
    let letter = street.http.get(format!("{}/letters/2", street.url)).send().await?.text().await?;
    assert!(letter.contains("<a href=\"/letters/2/files/0\">&lt;i&gt;.pdf</a>"), "{letter}");
    let file = street.http.get(format!("{}/letters/2/files/0", street.url)).send().await?;
    assert_eq!(file.headers().get("content-type").and_then(|kind| kind.to_str().ok()), Some("application/pdf"));
    assert_eq!(file.bytes().await?.as_ref(), b"%PDF-1.7");
    assert_eq!(street.http.get(format!("{}/letters/2/files/1", street.url)).send().await?.status(), 404);
    assert_eq!(street.http.get(format!("{}/letters/9", street.url)).send().await?.status(), 404);
    Ok(())
}
