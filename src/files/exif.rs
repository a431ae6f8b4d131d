//! Reads from a JPEG's EXIF data where it was taken (CIPA DC-008, TIFF 6.0): on the device, before they are stripped.
//!
//! Nothing in these bytes is believed: every offset is checked, only two directories are read and no chain is followed, so nothing
//! loops; what is not a place on Earth is no place.
use contract::place::Point;

/// The identifier before the TIFF header in an APP1 segment.
const MARK: &[u8] = b"Exif\0\0";
/// Most entries of a directory that are looked at; real ones have a few dozen.
const ENTRIES_MAX: usize = 200;
/// How exact a place is taken to be when the camera does not say, in metres: a phone in the street between houses.
const UNSAID_M: f64 = 20.0;
/// Beyond this many metres a place is of no use.
const USELESS_M: f64 = 1_000.0;
/// Where the directory about the place is.
const GPS_DIRECTORY: u16 = 0x8825;
// In that directory: north or south, latitude, east or west, longitude, whether it was measured, how far it may be off (metres).
const NORTH_SOUTH: u16 = 1;
const LATITUDE: u16 = 2;
const EAST_WEST: u16 = 3;
const LONGITUDE: u16 = 4;
const STATUS: u16 = 9;
const ERROR_M: u16 = 31;
// TIFF's numbers for the types of values.
const ASCII: u16 = 2;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

/// Where a JPEG says that it was taken, with how exact that is in metres. `None` when it does not say, or says nonsense.
pub fn place(jpeg: &[u8]) -> Option<Point> {
    let tiff = Tiff::of(segment(jpeg)?)?;
    let directory = tiff.directory(tiff.long(4)?);
    let (kind, _, at) = tiff.entry(directory, GPS_DIRECTORY)?;
    let gps = if kind == LONG { tiff.directory(tiff.long(at)?) } else { return None };
    if tiff.letter(gps, STATUS) == Some(b'V') {
        // "Void": the last place it knew, not this one.
        return None;
    }
    let lat = tiff.degrees(gps, (LATITUDE, 90.0), (NORTH_SOUTH, b'N', b'S'))?;
    let lon = tiff.degrees(gps, (LONGITUDE, 180.0), (EAST_WEST, b'E', b'W'))?;
    // Cameras without a fix write zeros.
    if lat == 0.0 && lon == 0.0 {
        return None;
    }
    let said = tiff.entry(gps, ERROR_M).filter(|(kind, ..)| *kind == RATIONAL).and_then(|(_, _, at)| tiff.rational(at));
    let accuracy = said.filter(|metres| *metres >= 1.0).unwrap_or(UNSAID_M);
    (accuracy <= USELESS_M).then_some(Point { lon, lat, accuracy_m: Some(accuracy) })
}

/// The TIFF data in the segments before the picture (ITU T.81 annex B).
fn segment(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 2;
    loop {
        let [0xFF, marker] = *bytes.get(at..at + 2)? else { return None };
        match marker {
            0xFF => at += 1,
            0x01 | 0xD0..=0xD7 => at += 2,
            0xDA => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
                let content = bytes.get(at + 4..at + 2 + length);
                if let Some(tiff) = content.filter(|_| marker == 0xE1).and_then(|content| content.strip_prefix(MARK)) {
                    return Some(tiff);
                }
                at += 2 + length;
            }
        }
    }
}

/// TIFF data in their byte order.
#[derive(Clone, Copy)]
struct Tiff<'a> {
    bytes: &'a [u8],
    is_big: bool,
}

impl<'a> Tiff<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let is_big = match bytes.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        Some(Self { bytes, is_big })
    }

    fn take<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn short(self, at: usize) -> Option<u16> {
        let pair = self.take(at)?;
        Some(if self.is_big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    }

    /// Also an offset.
    fn long(self, at: usize) -> Option<usize> {
        let four = self.take(at)?;
        let long = if self.is_big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
        usize::try_from(long).ok()
    }

    fn rational(self, at: usize) -> Option<f64> {
        let (above, below) = (self.long(at)?, self.long(at.checked_add(4)?)?);
        (below != 0).then(|| above as f64 / below as f64)
    }

    /// The entries of the directory at an offset: where the first begins, and how many there are.
    fn directory(self, at: usize) -> (usize, usize) {
        (at.saturating_add(2), self.short(at).map_or(0, usize::from).min(ENTRIES_MAX))
    }

    /// An entry by its tag: its type, how many values it has, and where they are.
    fn entry(self, (first, count): (usize, usize), tag: u16) -> Option<(u16, usize, usize)> {
        let at = (0..count).map(|index| first.saturating_add(index * 12)).find(|at| self.short(*at) == Some(tag))?;
        let (kind, many) = (self.short(at + 2)?, self.long(at + 4)?);
        // Up to four bytes stand in the entry itself.
        let is_inside = many.saturating_mul(size(kind)) <= 4 || kind == LONG;
        Some((kind, many, if is_inside { at + 8 } else { self.long(at + 8)? }))
    }

    fn letter(self, directory: (usize, usize), tag: u16) -> Option<u8> {
        let (kind, many, at) = self.entry(directory, tag)?;
        if kind == ASCII && many > 0 { self.bytes.get(at).map(u8::to_ascii_uppercase) } else { None }
    }

    /// Degrees, minutes and seconds as one number: negative in the south and in the west.
    fn degrees(self, directory: (usize, usize), (tag, most): (u16, f64), (side, plus, minus): (u16, u8, u8)) -> Option<f64> {
        let (kind, many, at) = self.entry(directory, tag)?;
        if kind != RATIONAL || many != 3 {
            return None;
        }
        let part = |index: usize| self.rational(at.checked_add(index * 8)?);
        let (degrees, minutes, seconds) = (part(0)?, part(1)?, part(2)?);
        let sum = degrees + minutes / 60.0 + seconds / 3600.0;
        let sign = match self.letter(directory, side)? {
            letter if letter == plus => 1.0,
            letter if letter == minus => -1.0,
            _ => return None,
        };
        (minutes < 60.0 && seconds < 60.0 && sum <= most).then_some(sign * sum)
    }
}

/// Bytes of a value, by its type.
fn size(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 => 4,
        5 | 10 | 12 => 8,
        _ => 1,
    }
}

#[cfg(test)]
#[path = "exif/tests.rs"]
mod tests;
