//! Finds what a name with a path means: `a.b[0].c`, where dots may be part of a name as well.

use crate::value::{Map, Value};

/// The value at a path whose beginning is one of the names that `root` knows. The longest name that fits wins; `length` of nothing is 0.
pub fn resolve<'a>(path: &str, root: impl Fn(&str) -> Option<&'a Value>) -> Value {
    if let Some(found) = root(path) {
        return found.clone();
    }
    for at in cuts(path) {
        if let Some(found) = root(&path[..at]) {
            return walk(found, &path[at..]);
        }
    }
    missing(path)
}

/// The value at a path inside an object; letters may be large or small where no name fits exactly.
pub fn in_map(map: &Map, path: &str) -> Value {
    resolve(path, |name| member(map, name))
}

fn member<'a>(map: &'a Map, name: &str) -> Option<&'a Value> {
    map.get(name).or_else(|| {
        let small = name.to_lowercase();
        map.iter().find(|(key, _)| key.to_lowercase() == small).map(|(_, value)| value)
    })
}

/// Where a name may end, the longest first.
fn cuts(path: &str) -> impl Iterator<Item = usize> + '_ {
    path.char_indices().rev().filter(|(at, one)| *at > 0 && matches!(one, '.' | '[')).map(|(at, _)| at)
}

fn missing(path: &str) -> Value {
    if path.ends_with(".length") { Value::Number(0.0) } else { Value::Undefined }
}

/// Goes on from a value: `.name` or `[0]`.
fn walk(value: &Value, rest: &str) -> Value {
    if rest.is_empty() {
        return value.clone();
    }
    if let Some(inside) = rest.strip_prefix('[') {
        let Some((index, rest)) = inside.split_once(']') else { return Value::Undefined };
        return match (value, index.parse::<usize>()) {
            (Value::List(list), Ok(index)) => list.get(index).map_or_else(|| missing(rest), |one| walk(one, rest)),
            _ => missing(rest),
        };
    }
    let Some(path) = rest.strip_prefix('.') else { return Value::Undefined };
    match value {
        Value::Object(map) => match in_map(map, path) {
            Value::Undefined => missing(rest),
            found => found,
        },
        Value::List(list) if path == "length" => Value::Number(list.len() as f64),
        Value::Text(text) if path == "length" => Value::Number(text.encode_utf16().count() as f64),
        Value::List(list) => {
            let end = path.find(['.', '[']).unwrap_or(path.len());
            match path[..end].parse::<usize>().ok().and_then(|index| list.get(index)) {
                Some(one) => walk(one, &path[end..]),
                None => missing(path),
            }
        }
        _ => missing(rest),
    }
}
