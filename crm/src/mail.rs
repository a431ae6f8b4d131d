//! A notice as a letter: the same as plain text and as HTML, put into the outbox.
use crate::db::Change;
use crate::error::Result;
use crate::notices::{Enclosure, Notice};
use crate::outbox::{self, Kind};
use crate::state::Crm;
use crate::words::Words;
use serde::{Deserialize, Serialize};

/// A letter, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// E-mail address.
    pub to: String,
    /// The person's name; may be empty.
    pub name: String,
    /// The language it is in.
    pub language: String,
    /// Subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// What comes with it; read from the CRM's files when it is sent.
    #[serde(default)]
    pub files: Vec<Enclosure>,
}

/// A notice to an office, which is greeted as offices are.
///
/// # Errors
/// When the database fails.
pub async fn to_office(crm: &Crm, change: &mut Change, words: &Words, (name, email): (String, String), notice: &Notice) -> Result<()> {
    if crm.post.is_some() && contract::contact::is_email(&email) {
        let letter = letter(crm, words, (name, email), &words.mail.reminder_greeting, notice);
        outbox::put(crm, change, Kind::Mail, &letter).await?;
    }
    Ok(())
}

/// A notice as a letter to somebody, beginning with a greeting; without files.
pub fn letter(crm: &Crm, words: &Words, (name, to): (String, String), greeting: &str, notice: &Notice) -> Letter {
    Letter {
        to,
        name,
        language: words.language.to_owned(),
        text: as_text(greeting, notice, &crm.reference.town.town),
        html: as_html(words.language, greeting, notice, &crm.reference.town.town),
        // Titles and notes are what people wrote: no line of theirs becomes a header.
        subject: notice.subject.split_whitespace().collect::<Vec<_>>().join(" "),
        files: Vec::new(),
    }
}

/// How somebody is greeted.
pub fn greeting(words: &Words, name: &str) -> String {
    if name.is_empty() { words.mail.greeting_unnamed.clone() } else { words.mail.greeting.replace("{name}", name) }
}

fn as_text(greeting: &str, notice: &Notice, town: &str) -> String {
    let mut text = format!("{greeting}\n\n");
    for paragraph in &notice.paragraphs {
        text.push_str(&format!("{paragraph}\n\n"));
    }
    for (name, value) in &notice.facts {
        text.push_str(&format!("{name}: {value}\n"));
    }
    if let Some((words, address)) = &notice.link {
        text.push_str(&format!("\n{words}:\n{address}\n"));
    }
    text.push_str(&format!("\n{town}\n\n-- \n{}\n", notice.small.join("\n")));
    text
}

fn as_html(language: &str, greeting: &str, notice: &Notice, town: &str) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n<p>{}</p>\n",
        escape(&notice.subject),
        escape(greeting)
    );
    for paragraph in &notice.paragraphs {
        html.push_str(&format!("<p>{}</p>\n", escape(paragraph)));
    }
    html.push_str("<dl>\n");
    for (name, value) in &notice.facts {
        html.push_str(&format!("<dt><strong>{}</strong></dt><dd>{}</dd>\n", escape(name), escape(value)));
    }
    html.push_str("</dl>\n");
    if let Some((words, address)) = &notice.link {
        html.push_str(&format!("<p><a href=\"{}\">{}</a></p>\n", escape(address), escape(words)));
    }
    html.push_str(&format!("<p>{}</p>\n<hr>\n", escape(town)));
    for small in &notice.small {
        html.push_str(&format!("<p><small>{}</small></p>\n", escape(small)));
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// A text that stays text in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\n', "<br>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::channels::Topic;

    #[test]
    fn what_people_wrote_stays_text() {
        let notice = Notice {
            subject: "A & B".into(),
            paragraphs: vec!["<script>\nx".into()],
            facts: vec![("Oggetto".into(), "\"<b>\"".into())],
            ..crate::notices::empty(Topic::Cases)
        };
        let html = as_html("it", "Ciao,", &notice, "Comune");
        assert!(html.contains("&lt;script&gt;<br>\nx") && html.contains("&quot;&lt;b&gt;&quot;") && html.contains("A &amp; B"), "{html}");
        assert!(as_text("Ciao,", &notice, "Comune").contains("Oggetto: \"<b>\"\n"));
    }
}
