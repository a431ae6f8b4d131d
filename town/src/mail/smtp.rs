//! As much SMTP as a program needs that delivers letters (RFC 5321): greeting, envelope, letter, farewell.
use super::Mailboxes;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Most bytes of one letter.
const LETTER_BYTES_MAX: usize = 1024 * 1024;
/// Most bytes of a line (RFC 5321 §4.5.3.1.6: 1,000 with its end).
const LINE_BYTES_MAX: u64 = 1000;
/// Most recipients of one letter.
const RECIPIENTS_MAX: usize = 100;
/// A client that says nothing for so long is let go.
const SILENCE: Duration = Duration::from_secs(60);

/// Who sends a letter, and to whom.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    pub(super) from: String,
    pub(super) to: Vec<String>,
}

type Lines<'a> = BufReader<tokio::net::tcp::ReadHalf<'a>>;

/// Speaks with one client until it leaves. `None` when the line is cut or makes no sense.
pub(super) async fn speak(mut stream: TcpStream, mailboxes: &Mailboxes) -> Option<()> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read);
    let mut envelope: Option<Envelope> = None;
    write.write_all(b"220 town ready\r\n").await.ok()?;
    loop {
        let line = String::from_utf8_lossy(&line(&mut lines).await?).into_owned();
        let word: String = line.chars().take(4).collect::<String>().to_ascii_uppercase();
        let answer = match (word.as_str(), &mut envelope) {
            ("EHLO", _) => "250-town\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 1048576",
            ("HELO" | "NOOP", _) => "250 town",
            ("RSET", _) => {
                envelope = None;
                "250 forgotten"
            }
            ("MAIL", _) => match address(&line) {
                Some(from) => {
                    envelope = Some(Envelope { from, to: Vec::new() });
                    "250 fine"
                }
                None => "501 MAIL FROM:<address>",
            },
            ("RCPT", Some(envelope)) => match address(&line).filter(|to| !to.is_empty()) {
                Some(_) if envelope.to.len() >= RECIPIENTS_MAX => "452 too many recipients",
                Some(to) => {
                    envelope.to.push(to);
                    "250 fine"
                }
                None => "501 RCPT TO:<address>",
            },
            ("DATA", Some(Envelope { to, .. })) if !to.is_empty() => {
                write.write_all(b"354 go on, end with a dot\r\n").await.ok()?;
                match (letter(&mut lines).await?, envelope.take()) {
                    (Some(raw), Some(envelope)) => {
                        mailboxes.take(&envelope, &raw);
                        "250 taken"
                    }
                    _ => "552 too large",
                }
            }
            ("RCPT" | "DATA", _) => "503 not yet",
            ("QUIT", _) => {
                write.write_all(b"221 bye\r\n").await.ok()?;
                return Some(());
            }
            _ => "502 unknown here",
        };
        write.write_all(answer.as_bytes()).await.ok()?;
        write.write_all(b"\r\n").await.ok()?;
    }
}

/// A line without its end.
async fn line(lines: &mut Lines<'_>) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let mut limited = lines.take(LINE_BYTES_MAX);
    tokio::time::timeout(SILENCE, limited.read_until(b'\n', &mut line)).await.ok()?.ok()?;
    line.pop().filter(|last| *last == b'\n')?;
    line.pop_if(|last| *last == b'\r');
    Some(line)
}

/// The lines up to the lonely dot, doubled dots undone. Inside: nothing when the letter is too large.
async fn letter(lines: &mut Lines<'_>) -> Option<Option<Vec<u8>>> {
    let (mut letter, mut total) = (Vec::new(), 0);
    loop {
        let line = line(lines).await?;
        if line == b"." {
            return Some((total <= LETTER_BYTES_MAX).then_some(letter));
        }
        total += line.len() + 2;
        if total <= LETTER_BYTES_MAX {
            letter.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            letter.extend_from_slice(b"\r\n");
        }
    }
}

/// The address between the angle brackets; empty for a letter that comes from nobody.
fn address(line: &str) -> Option<String> {
    let (_, rest) = line.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}
