//! Looks through a PDF without running a parser over it: no scripts, no programs, no files inside, not cut short.
//!
//! Whole parsers expand what they read, and a crafted file of some kilobytes makes them take gigabytes or minutes. Here the
//! names are read where they stand: in the file itself and in its compressed streams, within a fixed amount of work. It is a
//! first sieve: documents are also sent back as downloads that no page can run.
use super::{Refused, damaged};
use contract::problem::FieldRule;
use flate2::{Decompress, FlushDecompress, Status};

/// Names that make a document do something, or carry something (ISO 32000-1 §7.11.4, §12.6.4).
const ACTIVE: [&[u8]; 4] = [b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles"];
/// The key of a script. Two letters happen by chance in compressed bytes, so it counts only where objects stand.
const SCRIPT: &[u8] = b"JS";
/// Ways to write a stream of objects that nobody needs and that would have to be undone first.
const UNUSUAL: [&[u8]; 10] =
    [b"ASCIIHexDecode", b"AHx", b"ASCII85Decode", b"A85", b"LZWDecode", b"LZW", b"RunLengthDecode", b"RL", b"Crypt", b"Predictor"];
/// Most bytes of work: dictionaries, and what decompression reads and writes, all streams together.
const WORK_MAX: u64 = 256 * 1024 * 1024;
/// Most streams of a document.
const STREAMS_MAX: usize = 60_000;
/// Where the end mark must be, counted from the end (Acrobat's own tolerance is 1024).
const END_WITHIN: usize = 2048;
/// The longest name looked at (each byte may be written as `#xx`).
const NAME_MAX: usize = 48;

/// Refuses a document that is cut short (`FileDamaged`), active or unreadable through encryption (`FileType`).
pub(super) fn check(bytes: &[u8]) -> Result<(), Refused> {
    let end = bytes.get(bytes.len().saturating_sub(END_WITHIN)..).unwrap_or(bytes);
    if !holds(end, b"%%EOF") || !holds(bytes, b"startxref") || !holds(bytes, b"obj") {
        return Err(damaged());
    }
    let mut work = 0;
    let streams = streams(bytes, &mut work)?;
    let inside = |at: usize| {
        let next = streams.partition_point(|stream| stream.start <= at);
        next.checked_sub(1).and_then(|index| streams.get(index)).is_some_and(|stream| at < stream.end)
    };
    let mut encrypted = false;
    for (at, name) in Names::new(bytes) {
        encrypted |= name.as_slice() == b"Encrypt";
        if ACTIVE.contains(&name.as_slice()) || (name.as_slice() == SCRIPT && !inside(at)) {
            return Err(active());
        }
    }
    if encrypted && streams.iter().any(|stream| stream.objects) {
        return Err(Refused::new(FieldRule::FileType).with("reason", "encrypted"));
    }
    for stream in &streams {
        look_into(bytes, stream, &mut work)?;
    }
    Ok(())
}

/// The document could do something by itself.
fn active() -> Refused {
    Refused::new(FieldRule::FileType).with("reason", "active")
}

/// A stream's bytes, from after its keyword to before its end, and what its dictionary says.
struct Stream {
    start: usize,
    end: usize,
    /// It holds objects (`/Type /ObjStm`; only such streams have a `/First`).
    objects: bool,
    compressed: bool,
    unusual: bool,
}

/// Every stream, in order: `obj`, a dictionary, `stream`. Words that look so by chance are looked at all the same.
fn streams(bytes: &[u8], work: &mut u64) -> Result<Vec<Stream>, Refused> {
    let ends: Vec<usize> = places(bytes, b"endstream").collect();
    let mut streams = Vec::new();
    for object in places(bytes, b"obj") {
        let from = skip_space(bytes, object + 3);
        let closed = dictionary(bytes, from);
        let to = closed.unwrap_or_else(|reached| reached);
        let after = skip_space(bytes, to);
        spend(work, after - object)?;
        if closed.is_err() {
            continue;
        }
        let Some(keyword) = bytes.get(after..).filter(|rest| rest.starts_with(b"stream")) else { continue };
        let start = after + if keyword.get(6..8) == Some(b"\r\n") { 8 } else { 7 };
        let said = bytes.get(from..to).unwrap_or_default();
        let has = |wanted: &[&[u8]]| Names::new(said).any(|(_, name)| wanted.contains(&name.as_slice()));
        let end = ends.get(ends.partition_point(|end| *end < start)).copied().unwrap_or(bytes.len());
        streams.push(Stream {
            start,
            end,
            objects: has(&[b"ObjStm", b"First"]),
            compressed: has(&[b"FlateDecode", b"Fl"]),
            unusual: has(&UNUSUAL),
        });
        if streams.len() > STREAMS_MAX {
            return Err(damaged());
        }
    }
    Ok(streams)
}

/// Counts work done; a document that asks for too much of it is refused.
fn spend(work: &mut u64, bytes: usize) -> Result<(), Refused> {
    *work += bytes as u64;
    if *work > WORK_MAX { Err(damaged()) } else { Ok(()) }
}

/// Where the dictionary that stands here ends, or how far it was looked for in vain. Brackets inside strings and comments do
/// not count (ISO 32000-1 §7.3.4, §7.2.4).
fn dictionary(bytes: &[u8], mut at: usize) -> Result<usize, usize> {
    let mut depth = 0_usize;
    loop {
        match bytes.get(at..).unwrap_or_default() {
            [b'<', b'<', ..] => (depth, at) = (depth + 1, at + 2),
            _ if depth == 0 => return Err(at),
            [] => return Err(at),
            [b'>', b'>', ..] => (depth, at) = (depth - 1, at + 2),
            [b'(', ..] => at = string_end(bytes, at),
            [b'%', ..] => at = skip_space(bytes, at),
            _ => at += 1,
        }
        if depth == 0 {
            return Ok(at);
        }
    }
}

/// Where the string in round brackets that begins here ends (the end of the file when it is not closed).
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    loop {
        let Some(byte) = bytes.get(at) else { return bytes.len() };
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
}

/// The place after white space and comments.
fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'%' => {
                at +=
                    bytes.get(at..).and_then(|rest| rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'))).unwrap_or(bytes.len() - at)
            }
            0 | 12 | b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            _ => break,
        }
    }
    at
}

/// Looks for active names inside a stream. Objects must be readable; pictures and drawings may be written in any way.
fn look_into(bytes: &[u8], stream: &Stream, work: &mut u64) -> Result<(), Refused> {
    let data = bytes.get(stream.start..).unwrap_or_default();
    if stream.objects && stream.unusual {
        return Err(damaged());
    }
    if stream.objects && !stream.compressed {
        let plain = bytes.get(stream.start..stream.end).unwrap_or_default();
        return if Names::new(plain).any(|(_, name)| name.as_slice() == SCRIPT) { Err(active()) } else { Ok(()) };
    }
    // RFC 1950 §2.2: method 8, and the first two bytes a multiple of 31.
    let is_zlib =
        matches!(data, [method, flags, ..] if method & 15 == 8 && (u16::from(*method) * 256 + u16::from(*flags)).is_multiple_of(31));
    let whole = is_zlib && inflate(data, stream.objects, work)?;
    if stream.objects && !whole { Err(damaged()) } else { Ok(()) }
}

/// Decompresses piece by piece, looking at each; tells whether it came to a proper end.
fn inflate(mut data: &[u8], objects: bool, work: &mut u64) -> Result<bool, Refused> {
    let mut inflater = Decompress::new(true);
    let mut window = vec![0; 64 * 1024];
    let mut kept = 0;
    loop {
        let (read, written) = (inflater.total_in(), inflater.total_out());
        let status = inflater.decompress(data, window.get_mut(kept..).unwrap_or_default(), FlushDecompress::None);
        let (read, written) = (inflater.total_in() - read, inflater.total_out() - written);
        let (read, written) = (usize::try_from(read).unwrap_or_default(), usize::try_from(written).unwrap_or_default());
        spend(work, read + written)?;
        data = data.get(read..).unwrap_or_default();
        let filled = kept + written;
        let seen = window.get(..filled).unwrap_or_default();
        if Names::new(seen).any(|(_, name)| ACTIVE.contains(&name.as_slice()) || (objects && name.as_slice() == SCRIPT)) {
            return Err(active());
        }
        match status {
            Ok(Status::StreamEnd) => return Ok(true),
            Ok(_) if read + written > 0 => {}
            _ => return Ok(false),
        }
        // A name may lie across two pieces: the last bytes are looked at again with what follows.
        let tail = filled.saturating_sub(NAME_MAX * 3)..filled;
        kept = tail.len();
        window.copy_within(tail, 0);
    }
}

/// The names in some bytes (`/Name`, with `#xx` undone), and where they begin.
struct Names<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Names<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl Iterator for Names<'_> {
    type Item = (usize, Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at + self.bytes.get(self.at..)?.iter().position(|byte| *byte == b'/')?;
        self.at = start + 1;
        let mut name = Vec::new();
        let mut rest = self.bytes.get(start + 1..)?;
        while let [byte, after @ ..] = rest {
            if byte.is_ascii_whitespace()
                || matches!(byte, 0 | b'/' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'%')
                || name.len() > NAME_MAX
            {
                break;
            }
            let escaped = match rest {
                [b'#', high, low, ..] => hexadecimal(*high).zip(hexadecimal(*low)).map(|(high, low)| high * 16 + low),
                _ => None,
            };
            name.push(escaped.unwrap_or(*byte));
            rest = if escaped.is_some() { rest.get(3..).unwrap_or_default() } else { after };
        }
        Some((start, name))
    }
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Where a word stands, every time.
fn places<'a>(bytes: &'a [u8], word: &'static [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(word.len()).enumerate().filter(move |(_, here)| *here == word).map(|(at, _)| at)
}

/// The word is there.
fn holds(bytes: &[u8], word: &'static [u8]) -> bool {
    places(bytes, word).next().is_some()
}

#[cfg(test)]
mod tests;
