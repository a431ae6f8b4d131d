//! The grammar of expressions, loosest to tightest: or, and, comparisons, sums, products, powers, contains, not, names and literals.

use crate::value::Value;
use std::fmt;

/// Characters of the longest expression.
pub const MOST_LENGTH: usize = 10_000;
/// Brackets inside each other.
pub const MOST_NESTING: usize = 50;
/// Operators one below the other: `1 + 1 + 1…` is as deep as it is long.
pub const MOST_DEPTH: usize = 400;

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    Power,
    Contains,
    NotContains,
    AnyOf,
    AllOf,
    NoneOf,
}

/// Operators with one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unary {
    Not,
    Empty,
    NotEmpty,
}

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A number, a text, yes or no, nothing.
    Literal(Value),
    /// `{name}`, the value of an answer. With `{#name}` a text of digits stays a text.
    Variable {
        /// The name, with its path.
        name: String,
        /// Whether a text of digits becomes a number.
        convert: bool,
    },
    /// `[1, 2]`
    List(Vec<Part>),
    /// `sum({a}, {b})`
    Call {
        /// The function's name.
        name: String,
        /// What it is given.
        given: Vec<Part>,
    },
    /// An operator with one side.
    One(Unary, Box<Part>),
    /// An operator with two sides.
    Two(Operator, Box<Part>, Box<Part>),
}

/// An expression that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// As it was written.
    pub source: String,
    /// What it says.
    pub root: Part,
    /// The names between braces, each once.
    pub names: Vec<String>,
    /// Whether it calls a function.
    pub calls: bool,
}

/// A text that is no expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadExpression {
    /// The character where reading stopped, from 0.
    pub at: usize,
    /// What is wrong there.
    pub why: &'static str,
}

impl fmt::Display for BadExpression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at character {}", self.why, self.at + 1)
    }
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// When the text does not follow the grammar, or is longer or deeper than the limits of this module.
    pub fn read(source: &str) -> Result<Self, BadExpression> {
        if source.len() > MOST_LENGTH {
            return Err(BadExpression { at: 0, why: "the expression is too long" });
        }
        let mut reader = Reader { text: source, at: 0, nesting: 0, names: Vec::new(), calls: false };
        let (root, _) = reader.level(0)?;
        reader.space();
        if reader.at < source.len() {
            return Err(reader.bad("something that belongs to no expression"));
        }
        Ok(Self { source: source.to_owned(), root, names: reader.names, calls: reader.calls })
    }
}

type Read = Result<(Part, usize), BadExpression>;

/// The operators of each level; a longer word stands before its beginning.
const LEVELS: [&[(&str, Operator)]; 7] = [
    &[("or", Operator::Or), ("||", Operator::Or)],
    &[("and", Operator::And), ("&&", Operator::And)],
    &[
        ("<=", Operator::LessOrEqual),
        ("=<", Operator::LessOrEqual),
        ("lessorequal", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("=>", Operator::GreaterOrEqual),
        ("greaterorequal", Operator::GreaterOrEqual),
        ("<>", Operator::NotEqual),
        ("!=", Operator::NotEqual),
        ("notequals", Operator::NotEqual),
        ("notequal", Operator::NotEqual),
        ("==", Operator::Equal),
        ("=", Operator::Equal),
        ("equals", Operator::Equal),
        ("equal", Operator::Equal),
        ("<", Operator::Less),
        ("less", Operator::Less),
        (">", Operator::Greater),
        ("greater", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("/", Operator::Divide), ("%", Operator::Modulo)],
    &[("^", Operator::Power), ("power", Operator::Power)],
    &[
        ("contains", Operator::Contains),
        ("contain", Operator::Contains),
        ("notcontains", Operator::NotContains),
        ("notcontain", Operator::NotContains),
        ("anyof", Operator::AnyOf),
        ("allof", Operator::AllOf),
        ("noneof", Operator::NoneOf),
    ],
];

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nesting: usize,
    names: Vec<String>,
    calls: bool,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn bad(&self, why: &'static str) -> BadExpression {
        BadExpression { at: self.text[..self.at].chars().count(), why }
    }

    fn space(&mut self) {
        self.at += self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().as_bytes().get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()));
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// The parts of a level and how deep they are.
    fn level(&mut self, level: usize) -> Read {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let (mut left, mut depth) = self.level(level + 1)?;
        loop {
            let before = self.at;
            self.space();
            let Some(operator) = operators.iter().find(|(word, _)| self.eat(word)).map(|(_, operator)| *operator) else {
                self.at = before;
                return Ok((left, depth));
            };
            self.space();
            let Ok((right, other)) = self.level(level + 1) else {
                return Err(self.bad("a side of an operator is missing"));
            };
            depth = depth.max(other) + 1;
            if depth > MOST_DEPTH {
                return Err(self.bad("too many operators in one expression"));
            }
            left = Part::Two(operator, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Read {
        self.space();
        if self.eat("!") || (self.followed_by_space("negate") && self.eat("negate")) {
            let (inner, depth) = self.nested(Self::unary)?;
            return Ok((Part::One(Unary::Not, Box::new(inner)), depth + 1));
        }
        let (part, depth) = self.nested(Self::factor)?;
        let before = self.at;
        self.space();
        for (word, operator) in [("empty", Unary::Empty), ("notempty", Unary::NotEmpty)] {
            if self.eat(word) {
                return Ok((Part::One(operator, Box::new(part)), depth + 1));
            }
        }
        self.at = before;
        Ok((part, depth))
    }

    fn followed_by_space(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
            && rest[word.len()..].starts_with([' ', '\t', '\r', '\n'])
    }

    fn nested(&mut self, read: fn(&mut Self) -> Read) -> Read {
        self.nesting += 1;
        if self.nesting > MOST_NESTING * 2 {
            return Err(self.bad("too many brackets inside each other"));
        }
        let found = read(self);
        self.nesting -= 1;
        found
    }

    fn factor(&mut self) -> Read {
        let first = self.rest().chars().next();
        match first {
            Some('(') => {
                self.at += 1;
                let inner = self.level(0)?;
                self.space();
                self.eat(")");
                Ok(inner)
            }
            Some('[') => {
                self.at += 1;
                let (parts, depth) = self.parts("]")?;
                if self.eat("]") { Ok((Part::List(parts), depth + 1)) } else { Err(self.bad("a list has no end")) }
            }
            Some('{') => self.variable(),
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            Some('-' | '0'..='9') => self.number(),
            Some('a'..='z' | 'A'..='Z' | '_') => self.word(),
            _ => Err(self.bad("a value is missing")),
        }
    }

    fn parts(&mut self, end: &str) -> Result<(Vec<Part>, usize), BadExpression> {
        let (mut parts, mut depth) = (Vec::new(), 0);
        self.space();
        if self.rest().starts_with(end) {
            return Ok((parts, depth));
        }
        loop {
            let (part, deep) = self.level(0)?;
            parts.push(part);
            depth = depth.max(deep);
            self.space();
            if !self.eat(",") {
                return Ok((parts, depth));
            }
        }
    }

    fn variable(&mut self) -> Read {
        let Some(end) = self.rest().find('}') else { return Err(self.bad("a name has no closing brace")) };
        let name = &self.rest()[1..end];
        let (name, convert) = name.strip_prefix('#').map_or((name, true), |plain| (plain, false));
        if name.is_empty() || name.contains('{') {
            return Err(self.bad("a name between braces is missing"));
        }
        let name = name.to_owned();
        self.at += end + 1;
        if !self.names.contains(&name) {
            self.names.push(name.clone());
        }
        Ok((Part::Variable { name, convert }, 0))
    }

    fn quoted(&mut self, quote: char) -> Read {
        let mut text = String::new();
        let mut letters = self.rest().char_indices().skip(1).peekable();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\'' | '"' if letter == quote => {
                    self.at += at + 1;
                    return Ok((Part::Literal(Value::Text(text)), 0));
                }
                '\'' | '"' => break,
                '\\' => match letters.next_if(|(_, next)| matches!(next, '\'' | '"')) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
        Err(self.bad("a text has no closing quote"))
    }

    fn number(&mut self) -> Read {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digits = |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let sign = usize::from(bytes[0] == b'-');
        let whole = if bytes.get(sign) == Some(&b'0') { 1 } else { digits(sign) };
        let mut end = sign + whole;
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        let number = rest[..end].parse().ok().filter(|_| whole > 0);
        let number = number.ok_or_else(|| self.bad("a number is missing"))?;
        self.at += end;
        Ok((Part::Literal(Value::Number(number)), 0))
    }

    fn word(&mut self) -> Read {
        let rest = self.rest();
        let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_').unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        self.at += end;
        if self.rest().starts_with('(') {
            self.at += 1;
            self.calls = true;
            let (given, depth) = self.parts(")")?;
            self.eat(")");
            return Ok((Part::Call { name: word, given }, depth + 1));
        }
        let value = match word.to_ascii_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "undefined" | "null" => Value::Null,
            _ => Value::Text(word),
        };
        Ok((Part::Literal(value), 0))
    }
}
