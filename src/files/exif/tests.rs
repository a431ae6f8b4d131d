//! What is read from EXIF data: both byte orders, all four quarters of the Earth, and every kind of nonsense.
use super::*;

/// What a camera writes about a place.
#[derive(Clone)]
struct Camera {
    is_big: bool,
    lat: [(u32, u32); 3],
    lon: [(u32, u32); 3],
    sides: [u8; 2],
    status: Option<u8>,
    error_m: Option<(u32, u32)>,
}

/// Piazza della Signoria.
fn florence(is_big: bool) -> Camera {
    Camera {
        is_big,
        lat: [(43, 1), (46, 1), (1044, 100)],
        lon: [(11, 1), (15, 1), (2088, 100)],
        sides: *b"NE",
        status: None,
        error_m: None,
    }
}

impl Camera {
    fn short(&self, value: u16) -> [u8; 2] {
        if self.is_big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn long(&self, value: usize) -> [u8; 4] {
        let value = u32::try_from(value).unwrap();
        if self.is_big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn entry(&self, tag: u16, kind: u16, many: usize, value: [u8; 4]) -> Vec<u8> {
        [&self.short(tag)[..], &self.short(kind), &self.long(many), &value].concat()
    }

    fn rationals(&self, parts: &[(u32, u32)]) -> Vec<u8> {
        parts.iter().flat_map(|(above, below)| [self.long(*above as usize), self.long(*below as usize)].concat()).collect()
    }

    /// The TIFF data: header, first directory, the one about the place, the values that do not fit into entries.
    fn tiff(&self) -> Vec<u8> {
        let gps_at = 8 + 2 + 12 + 4;
        let optional = usize::from(self.status.is_some()) + usize::from(self.error_m.is_some());
        let values_at = gps_at + 2 + (4 + optional) * 12 + 4;
        let mut tiff = if self.is_big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        tiff.extend(self.long(8));
        tiff.extend(self.short(1));
        tiff.extend(self.entry(GPS_DIRECTORY, LONG, 1, self.long(gps_at)));
        tiff.extend(self.long(0));
        tiff.extend(self.short(4 + u16::try_from(optional).unwrap()));
        tiff.extend(self.entry(NORTH_SOUTH, ASCII, 2, [self.sides[0], 0, 0, 0]));
        tiff.extend(self.entry(LATITUDE, RATIONAL, 3, self.long(values_at)));
        tiff.extend(self.entry(EAST_WEST, ASCII, 2, [self.sides[1], 0, 0, 0]));
        tiff.extend(self.entry(LONGITUDE, RATIONAL, 3, self.long(values_at + 24)));
        tiff.extend(self.status.map(|status| self.entry(STATUS, ASCII, 2, [status, 0, 0, 0])).unwrap_or_default());
        tiff.extend(self.error_m.map(|_| self.entry(ERROR_M, RATIONAL, 1, self.long(values_at + 48))).unwrap_or_default());
        tiff.extend(self.long(0));
        tiff.extend(self.rationals(&self.lat));
        tiff.extend(self.rationals(&self.lon));
        tiff.extend(self.error_m.map(|error| self.rationals(&[error])).unwrap_or_default());
        tiff
    }

    fn photo(&self) -> Vec<u8> {
        photo(&self.tiff())
    }
}

/// A JPEG with a JFIF segment and an XMP one before the EXIF data, as many have.
fn photo(tiff: &[u8]) -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], &length[..], content].concat()
    };
    let exif = [MARK, tiff].concat();
    [
        &[0xFF, 0xD8][..],
        &segment(0xE0, b"JFIF\0"),
        &segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
        &segment(0xE1, &exif),
        &[0xFF, 0xDA, 0, 2],
    ]
    .concat()
}

fn near(found: Option<Point>, lat: f64, lon: f64) -> bool {
    found.is_some_and(|point| (point.lat - lat).abs() < 1e-6 && (point.lon - lon).abs() < 1e-6)
}

#[test]
fn the_place_is_read_in_both_byte_orders() {
    for is_big in [false, true] {
        let found = place(&florence(is_big).photo());
        assert!(near(found, 43.769_566_667, 11.2558), "{found:?}");
        assert_eq!(found.and_then(|point| point.accuracy_m), Some(UNSAID_M));
    }
}

#[test]
fn south_and_west_are_negative() {
    assert!(near(place(&Camera { sides: *b"SW", ..florence(true) }.photo()), -43.769_566_667, -11.2558));
    assert!(near(place(&Camera { sides: *b"sw", ..florence(false) }.photo()), -43.769_566_667, -11.2558));
    assert_eq!(place(&Camera { sides: *b"EN", ..florence(false) }.photo()), None);
    assert_eq!(place(&Camera { sides: [0, 0], ..florence(false) }.photo()), None);
}

#[test]
fn how_exact_it_is_counts_when_the_camera_says_so() {
    let accuracy = |error_m| place(&Camera { error_m: Some(error_m), ..florence(true) }.photo()).and_then(|point| point.accuracy_m);
    assert_eq!(accuracy((47, 10)), Some(4.7));
    assert_eq!(accuracy((0, 1)), Some(UNSAID_M));
    assert_eq!(accuracy((1, 0)), Some(UNSAID_M));
    assert_eq!(accuracy((9_000, 1)), None);
}

#[test]
fn nonsense_is_no_place() {
    let told = |change: fn(&mut Camera)| {
        let mut camera = florence(false);
        change(&mut camera);
        place(&camera.photo())
    };
    assert_eq!(told(|camera| camera.lat[0] = (91, 1)), None);
    assert_eq!(told(|camera| camera.lon[0] = (181, 1)), None);
    assert_eq!(told(|camera| camera.lat[1] = (61, 1)), None);
    assert_eq!(told(|camera| camera.lat[2] = (60, 1)), None);
    assert_eq!(told(|camera| camera.lat[2] = (0, 0)), None);
    assert_eq!(told(|camera| camera.lat = [(u32::MAX, 1); 3]), None);
    assert_eq!(told(|camera| (camera.lat, camera.lon) = ([(0, 1); 3], [(0, 1); 3])), None);
    assert_eq!(told(|camera| camera.status = Some(b'V')), None);
    assert!(told(|camera| camera.status = Some(b'A')).is_some());
}

#[test]
fn nothing_panics_however_the_bytes_are_cut_or_bent() {
    let camera = Camera { status: Some(b'A'), error_m: Some((5, 1)), ..florence(false) };
    let whole = camera.photo();
    assert!(place(&whole).is_some());
    for length in 0..whole.len() {
        let _ = place(&whole[..length]);
    }
    for at in 0..whole.len() {
        for byte in [0, 1, 0x7F, 0xFF] {
            let mut bent = whole.clone();
            bent[at] = byte;
            let _ = place(&bent);
        }
    }
    // The data themselves cut, in a file that goes on: up to where the last value of the place ends there is none.
    let tiff = camera.tiff();
    for length in 0..tiff.len() {
        assert_eq!(place(&photo(&tiff[..length])).is_some(), length >= tiff.len() - 8, "{length}");
    }
}

#[test]
fn a_directory_that_leads_to_itself_leads_nowhere() {
    let camera = florence(true);
    let tiff = [
        b"MM\0*".to_vec(),
        camera.long(8).to_vec(),
        camera.short(1).to_vec(),
        camera.entry(GPS_DIRECTORY, LONG, 1, camera.long(8)),
        camera.long(8).to_vec(),
    ];
    assert_eq!(place(&photo(&tiff.concat())), None);
    assert_eq!(place(&photo(b"II*\0\xFF\xFF\xFF\xFF")), None);
    assert_eq!(place(b"\x89PNG\r\n\x1a\n"), None);
    assert_eq!(place(&[]), None);
}
