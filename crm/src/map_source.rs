//! Where the app's map comes from (`map` of the app's `config.json`): its host is what the Content-Security-Policy must let through.
use serde::Deserialize;
use std::path::Path;

/// What a host may be used for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapHosts {
    /// Pictures come from there (XYZ, WMS).
    pub images: Vec<String>,
    /// Data come from there (PMTiles).
    pub data: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Settings {
    map: Map,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Map {
    kind: String,
    url: String,
}

/// The host of the map in the app's settings, read when the CRM starts. None for a map of this very site, without a map, and when the
/// settings cannot be read (the app says so itself).
pub fn hosts(app: &Path) -> MapHosts {
    let text = std::fs::read_to_string(app.join("config.json")).unwrap_or_default();
    let Map { kind, url } = serde_json::from_str::<Settings>(&text).unwrap_or_default().map;
    let host: Vec<String> = host(&url).into_iter().collect();
    match kind.as_str() {
        "pmtiles" => MapHosts { images: vec![], data: host },
        "xyz" | "wms" => MapHosts { images: host, data: vec![] },
        _ => MapHosts::default(),
    }
}

/// Scheme, host and port of an absolute URL. `{s}.`, one of several hosts in turn, becomes `*.`, as a policy writes it.
fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    Some(format!("{scheme}://{}", host.replacen("{s}.", "*.", 1)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn told(config: &str) -> MapHosts {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), config).unwrap();
        hosts(folder.path())
    }

    #[test]
    fn each_kind_of_map_opens_one_door() {
        let tiles = told(r#"{"map":{"kind":"xyz","url":"https://{s}.tiles.example.org/{z}/{x}/{y}.png"}}"#);
        assert_eq!(tiles, MapHosts { images: vec!["https://*.tiles.example.org".into()], data: vec![] });
        let wms = told(r#"{"map":{"kind":"wms","url":"https://maps.example.org:8443/wms?service=WMS","layers":"town"}}"#);
        assert_eq!(wms.images, ["https://maps.example.org:8443"]);
        let archive = told(r#"{"map":{"kind":"pmtiles","url":"https://data.example.org/town.pmtiles"}}"#);
        assert_eq!(archive, MapHosts { images: vec![], data: vec!["https://data.example.org".into()] });
    }

    #[test]
    fn a_map_of_this_site_no_map_and_broken_settings_open_none() {
        for config in
            [include_str!("../../public/config.json"), "{}", r#"{"map":{"kind":"none","url":"https://a.example.org"}}"#, "{\"map\":", "[]"]
        {
            assert_eq!(told(config), MapHosts::default(), "{config}");
        }
        assert_eq!(hosts(Path::new("/nowhere")), MapHosts::default());
    }

    #[test]
    fn what_is_no_host_does_not_get_into_a_header() {
        let odd = told(r#"{"map":{"kind":"xyz","url":"https://a.example; script-src *//x"}}"#);
        let policy = crate::headers::Policy { image_hosts: odd.images, ..Default::default() };
        assert!(crate::headers::layer(&policy).is_err());
    }
}
