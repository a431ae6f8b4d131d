//! `index.html` of a copy: everything to read, without a script and without anything from elsewhere.
use crate::mail::escape;

/// The page, as far as it is written.
pub struct Html {
    text: String,
    contents: Vec<(String, String)>,
}

impl Html {
    /// An empty page.
    pub fn new() -> Self {
        Self { text: String::new(), contents: Vec::new() }
    }

    /// Begins a section.
    pub fn section(&mut self, title: &str) {
        if !self.contents.is_empty() {
            self.text.push_str("</section>\n");
        }
        let id = format!("part-{}", self.contents.len() + 1);
        self.text.push_str(&format!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n", escape(title)));
        self.contents.push((id, title.to_owned()));
    }

    /// A heading below that of the section.
    pub fn heading(&mut self, title: &str) {
        self.text.push_str(&format!("<h3>{}</h3>\n", escape(title)));
    }

    /// A sentence.
    pub fn sentence(&mut self, text: &str) {
        self.text.push_str(&format!("<p>{}</p>\n", escape(text)));
    }

    /// Facts by name; those that say nothing are left out.
    pub fn facts(&mut self, facts: &[(&str, String)]) {
        let told: Vec<_> = facts.iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        if told.is_empty() {
            return;
        }
        self.text.push_str("<dl>\n");
        for (name, value) in told {
            self.text.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(value)));
        }
        self.text.push_str("</dl>\n");
    }

    /// A list of sentences; a word for none.
    pub fn list(&mut self, items: &[String], none: &str) {
        if items.is_empty() {
            return self.sentence(none);
        }
        self.text.push_str("<ul>\n");
        for item in items {
            self.text.push_str(&format!("<li>{}</li>\n", escape(item)));
        }
        self.text.push_str("</ul>\n");
    }

    /// Files of the archive by name and path; where there is no path, what stands instead.
    pub fn files(&mut self, files: &[(String, String)], missing: &str) {
        if files.is_empty() {
            return;
        }
        self.text.push_str("<ul>\n");
        for (name, path) in files {
            let name = escape(name);
            let item =
                if path.is_empty() { format!("{name} ({})", escape(missing)) } else { format!("<a href=\"{}\">{name}</a>", href(path)) };
            self.text.push_str(&format!("<li>{item}</li>\n"));
        }
        self.text.push_str("</ul>\n");
    }

    /// The whole page, under a title, with the list of its sections.
    pub fn whole(mut self, language: &str, title: &str, (lead, contents): (&[String], &str)) -> String {
        if !self.contents.is_empty() {
            self.text.push_str("</section>\n");
        }
        let links: String = self.contents.iter().map(|(id, title)| format!("<li><a href=\"#{id}\">{}</a></li>\n", escape(title))).collect();
        let lead: String = lead.iter().map(|sentence| format!("<p>{}</p>\n", escape(sentence))).collect();
        let (title, contents) = (escape(title), escape(contents));
        format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src 'self'\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n{lead}</header>\n\
             <nav aria-label=\"{contents}\">\n<ul>\n{links}</ul>\n</nav>\n<main>\n{}</main>\n</body>\n</html>\n",
            self.text
        )
    }
}

/// The looks of the page: it stands alone, on whatever device it is opened.
const STYLE: &str = "body { max-width: 45rem; margin: 1rem auto; padding: 0 1rem; font: 1.0625rem/1.5 system-ui, sans-serif; color-scheme: light dark; }\n\
h3 { margin-top: 2rem; }\ndl { margin: 0; }\ndt { font-weight: 600; margin-top: .5rem; }\ndd { margin: 0; overflow-wrap: anywhere; }\nli { overflow-wrap: anywhere; }\n";

/// A path of the archive as the address of a link beside the page.
fn href(path: &str) -> String {
    path.split('/').map(contract::paths::escape).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_text_and_a_file_s_name_stays_a_path() {
        let mut html = Html::new();
        html.section("A & B");
        html.facts(&[("x", "<script>".into()), ("y", " ".into())]);
        html.files(&[("<b>".into(), "files/a b/\"c\".pdf".into()), ("gone".into(), String::new())], "missing");
        let whole = html.whole("it", "T", (&[], "Contents"));
        assert!(whole.contains("<dd>&lt;script&gt;</dd>") && !whole.contains("<script") && !whole.contains("<dt>y"), "{whole}");
        assert!(whole.contains("href=\"files/a%20b/%22c%22.pdf\">&lt;b&gt;</a>") && whole.contains("gone (missing)"), "{whole}");
        assert_eq!(whole.matches("<section").count(), whole.matches("</section>").count());
    }
}
