//! Reads JSON and remembers where everything stands, so that a mistake can be shown at its line and column.

use crate::value::{Map, Value};
use std::fmt;

/// Bytes of the largest text that is read. A definition of ten megabytes is nobody's questionnaire.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Arrays and objects inside each other.
pub const MOST_DEPTH: usize = 128;

/// Where something begins in the text: line and column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Character of the line, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.line, self.column)
    }
}

/// A piece of JSON with the place where it begins.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
}

/// What a piece of JSON is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `null`, `true`, a number or a string.
    Scalar(Value),
    /// An array.
    Array(Vec<Node>),
    /// An object: its members in their order, each with the place of its key.
    Object(Vec<(String, Place, Node)>),
}

/// A text that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where reading stopped.
    pub place: Place,
    /// What was expected there.
    pub expected: &'static str,
}

impl Node {
    /// The members of an object, none for anything else.
    pub fn members(&self) -> &[(String, Place, Node)] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of an array, none for anything else.
    pub fn elements(&self) -> &[Node] {
        match &self.kind {
            Kind::Array(elements) => elements,
            _ => &[],
        }
    }

    /// A member of an object. Where a key stands twice, the last one counts, as everywhere in JSON.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().rev().find(|(name, _, _)| name == key).map(|(_, _, node)| node)
    }

    /// The string, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A value as a piece, all of it at one place.
    pub fn of(value: &Value) -> Self {
        let kind = match value {
            Value::List(list) => Kind::Array(list.iter().map(Self::of).collect()),
            Value::Object(map) => Kind::Object(map.iter().map(|(key, one)| (key.clone(), Place::default(), Self::of(one))).collect()),
            scalar => Kind::Scalar(scalar.clone()),
        };
        Self { place: Place::default(), kind }
    }

    /// The piece without its places.
    pub fn value(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::Array(elements) => Value::List(elements.iter().map(Node::value).collect()),
            Kind::Object(members) => Value::Object(members.iter().map(|(key, _, node)| (key.clone(), node.value())).collect::<Map>()),
        }
    }
}

/// Reads a text as JSON.
///
/// # Errors
/// When the text is longer than [`MOST_BYTES`], nested deeper than [`MOST_DEPTH`], or no JSON.
pub fn read(text: &str) -> Result<Node, Broken> {
    read_within(text, MOST_BYTES)
}

/// Reads a text as JSON that may be longer than a definition.
///
/// # Errors
/// When the text is longer than `most` bytes, nested deeper than [`MOST_DEPTH`], or no JSON.
pub fn read_within(text: &str, most: usize) -> Result<Node, Broken> {
    let mut reader = Reader { text, at: 0, line: 1, line_start: 0, counted: (0, 0) };
    if text.len() > most {
        return Err(reader.broken("a shorter text"));
    }
    let node = reader.node(0)?;
    reader.space();
    if reader.at < text.len() { Err(reader.broken("the end")) } else { Ok(node) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
    /// A place of the line and how many characters are before it.
    counted: (usize, usize),
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Counts on from the last place of the line: a definition may be one long line.
    fn place(&mut self) -> Place {
        let (from, before) = self.counted;
        let (from, before) = if from < self.line_start { (self.line_start, 0) } else { (from, before) };
        let column = before + self.text.get(from..self.at).map_or(0, |part| part.chars().count());
        self.counted = (self.at, column);
        Place { line: self.line, column: column as u32 + 1 }
    }

    fn broken(&mut self, expected: &'static str) -> Broken {
        Broken { place: self.place(), expected }
    }

    fn space(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.at += 1;
            if byte == b'\n' {
                self.line += 1;
                self.line_start = self.at;
            }
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn node(&mut self, depth: usize) -> Result<Node, Broken> {
        self.space();
        let place = self.place();
        if depth > MOST_DEPTH {
            return Err(self.broken("fewer arrays and objects inside each other"));
        }
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::Scalar(Value::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => Kind::Scalar(self.number()?),
            _ => Kind::Scalar(self.word()?),
        };
        Ok(Node { place, kind })
    }

    fn object(&mut self, depth: usize) -> Result<Kind, Broken> {
        self.at += 1;
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Ok(Kind::Object(members));
        }
        loop {
            self.space();
            let place = self.place();
            if self.peek() != Some(b'"') {
                return Err(self.broken("a key in double quotes"));
            }
            let key = self.string()?;
            if !self.eat(b':') {
                return Err(self.broken("a colon"));
            }
            members.push((key, place, self.node(depth + 1)?));
            if self.eat(b'}') {
                return Ok(Kind::Object(members));
            }
            if !self.eat(b',') {
                return Err(self.broken("a comma or the end of the object"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind, Broken> {
        self.at += 1;
        let mut elements = Vec::new();
        if self.eat(b']') {
            return Ok(Kind::Array(elements));
        }
        loop {
            elements.push(self.node(depth + 1)?);
            if self.eat(b']') {
                return Ok(Kind::Array(elements));
            }
            if !self.eat(b',') {
                return Err(self.broken("a comma or the end of the array"));
            }
        }
    }

    fn word(&mut self) -> Result<Value, Broken> {
        let rest = &self.text[self.at..];
        let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        let found = words.into_iter().find(|(word, _)| rest.starts_with(word));
        let Some((word, value)) = found else { return Err(self.broken("a value")) };
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, Broken> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let whole = self.digits();
        if whole == 0 || (whole > 1 && self.text.as_bytes().get(self.at - whole) == Some(&b'0')) {
            return Err(self.broken("a number"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.broken("a digit"));
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return Err(self.broken("a digit"));
            }
        }
        let number = self.text[start..self.at].parse::<f64>().ok().filter(|number| number.is_finite());
        match number {
            Some(number) => Ok(Value::Number(number)),
            None => Err(self.broken("a number of ordinary size")),
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, Broken> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|one: char| one == '"' || one == '\\' || one < ' ').unwrap_or(rest.len());
            out.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.broken("the end of the string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Broken> {
        let letter = self.text.as_bytes().get(self.at + 1).copied();
        self.at += 2;
        Ok(match letter {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.hex()?;
                if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    let second = self.hex()?;
                    let both = 0x10000 + ((first - 0xd800) << 10) + (second.wrapping_sub(0xdc00) & 0x3ff);
                    return Ok(char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => {
                self.at -= 2;
                return Err(self.broken("an escape that JSON knows"));
            }
        })
    }

    fn hex(&mut self) -> Result<u32, Broken> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(code) = code else { return Err(self.broken("four hexadecimal digits")) };
        self.at += 4;
        Ok(code)
    }
}
