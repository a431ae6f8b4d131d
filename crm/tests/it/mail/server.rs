//! A mail server to send letters to: it takes them, or is in a mood; and what it took, as a mail program shows it.
use crate::house::House;
use mail_parser::{Message, MessageParser, MimeHeaders};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the mail server does with the next letter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    /// Takes it.
    Take,
    /// Says so when it is told the recipient.
    Refuse(u16),
    /// Says so after the whole letter.
    RefuseLetter(u16),
    /// Takes it, and the line is cut before it can say so.
    TakeAndCut,
    /// Is not there at all.
    Cut,
}

/// A mail server: it takes letters, or is in a mood.
#[derive(Clone, Default)]
pub struct Server {
    taken: Arc<Mutex<Vec<Vec<u8>>>>,
    moods: Arc<Mutex<VecDeque<Mood>>>,
}

impl Server {
    /// Opens one, and a house that sends its letters there.
    pub async fn with_house() -> (Self, House) {
        Self::with_house_and(&[]).await
    }

    /// The same, with more settings.
    pub async fn with_house_and(more: &[(&str, &str)]) -> (Self, House) {
        let server = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let taking = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taking = taking.clone();
                tokio::spawn(async move { taking.speak(stream).await });
            }
        });
        let from = "Comune di Prova <filo@comune.example>";
        let ours = [
            ("FILO_SMTP_HOST", "127.0.0.1"),
            ("FILO_SMTP_PORT", &port),
            ("FILO_SMTP_TLS", "none"),
            ("FILO_SMTP_FROM", from),
            ("FILO_OPEN311_KEYS", "neighbours:key-of-the-neighbours"),
        ];
        let house = House::with(&[&ours, more].concat()).await;
        let mut file = crate::people::file();
        file.citizens[0].email = Some("maria@example.org".into());
        file.citizens[1].email = Some("luca@example.org".into());
        house.bring(&file).await;
        (server, house)
    }

    pub fn will(&self, moods: &[Mood]) {
        self.moods.lock().unwrap().extend(moods);
    }

    async fn speak(&self, mut stream: TcpStream) -> Option<()> {
        let mood = self.moods.lock().unwrap().pop_front().unwrap_or(Mood::Take);
        if mood == Mood::Cut {
            return None;
        }
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 here\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let word = line.to_ascii_uppercase();
            let answer = match (word.get(..4)?, mood) {
                ("EHLO", _) => "250-here\r\n250 8BITMIME".to_owned(),
                ("RCPT", Mood::Refuse(code)) => format!("{code} no: {line}"),
                ("DATA", _) => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut letter = Vec::new();
                    while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                        letter.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
                        letter.extend_from_slice(b"\r\n");
                    }
                    if let Mood::RefuseLetter(code) = mood {
                        format!("{code} not that one")
                    } else {
                        self.taken.lock().unwrap().push(letter);
                        if mood == Mood::TakeAndCut {
                            return None;
                        }
                        "250 taken".to_owned()
                    }
                }
                ("QUIT", _) => "221 bye".to_owned(),
                _ => "250 fine".to_owned(),
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        None
    }

    pub fn taken(&self) -> Vec<Letter> {
        self.taken.lock().unwrap().iter().map(|raw| Letter::read(raw)).collect()
    }
}

/// A letter as a mail program shows it.
#[derive(Debug)]
pub struct Letter {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Name and bytes of what comes with it.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Letter {
    fn read(raw: &[u8]) -> Self {
        let message: Message<'_> = MessageParser::default().parse(raw).unwrap();
        assert_eq!(message.from().unwrap().first().unwrap().address(), Some("filo@comune.example"));
        Self {
            id: message.message_id().unwrap().to_owned(),
            to: message.to().unwrap().first().unwrap().address().unwrap().to_owned(),
            subject: message.subject().unwrap().to_owned(),
            text: message.body_text(0).unwrap().into_owned(),
            html: message.body_html(0).unwrap().into_owned(),
            files: message
                .attachments()
                .map(|file| (MimeHeaders::attachment_name(file).unwrap().to_owned(), file.contents().to_vec()))
                .collect(),
        }
    }
}
