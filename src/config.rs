//! What a town sets: `public/config.json`, read at start, so one build serves every town.
use serde::Deserialize;
use wasm_bindgen::JsCast;

/// A town's settings. Every one has a default, so a file with a few lines is enough.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The municipality's name ("Comune di Firenze").
    pub town: String,
    /// A few words under the name.
    pub tagline: String,
    /// Name of the region, in the slim header, and its site.
    pub region: Link,
    /// A person's phone number: shown on every page.
    pub phone: Phone,
    /// Postal address, for the footer.
    pub address: String,
    /// Fiscal code and VAT number, for the footer.
    pub fiscal_code: String,
    /// Certified e-mail address (PEC), for the footer.
    pub certified_email: String,
    /// The municipality's own site: the four links of the main navigation, in the order of the Modello Comuni.
    pub site: Site,
    /// Address of the CRM: empty when it is on the same origin, which is the rule.
    pub crm: String,
    /// Whether the CRM sends codes by e-mail (`FILO_LIGHT_LOGIN`).
    pub light_login: bool,
    /// Where the list of streets is.
    pub streets: String,
    /// Where the points along the streets are: fetched when there is a position to find the street of.
    pub street_points: String,
    /// Where the list of benches, bins, fountains… is.
    pub assets: String,
    /// The map, which is fetched when somebody asks for it.
    pub map: MapSource,
    /// Where the outline of the municipality is.
    pub boundary: String,
    /// Address of the declaration on form.agid.gov.it, once the town has made it.
    pub accessibility_declaration: Option<String>,
    /// E-mail address that takes accessibility problems.
    pub accessibility_contact: String,
    /// False when the file could not be read: the app says so.
    #[serde(skip)]
    pub was_read: bool,
}

/// A name and where it leads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Link {
    /// What it is called.
    pub name: String,
    /// Absolute URL.
    pub url: String,
}

/// What lies under the map. The map's own script reads the rest of it: `kind` (`pmtiles`, `xyz`, `wms`), `layers` (of a WMS),
/// `attribution`, `center` (`[lon, lat]`), `zoom_min`, `zoom_max`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MapSource {
    /// Where it comes from; empty in a town without a map.
    pub url: String,
}

/// A phone number that a person answers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Phone {
    /// As people read it ("055 000 0000").
    pub shown: String,
    /// As a phone dials it ("+390550000000").
    pub number: String,
    /// When somebody answers, per language.
    pub hours: std::collections::BTreeMap<String, String>,
}

/// The links of the municipality's main navigation, and others that belong to its site.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Site {
    /// Amministrazione.
    pub management: String,
    /// Novità.
    pub news: String,
    /// Servizi.
    pub services: String,
    /// Vivere il Comune.
    pub live: String,
    /// Domande frequenti.
    pub faq: String,
    /// Prenotazione appuntamento.
    pub appointment: String,
    /// Richiesta d'assistenza.
    pub assistance: String,
    /// Amministrazione trasparente.
    pub transparency: String,
    /// How to get a SPID identity.
    pub spid_help: String,
    /// How to get a CIE.
    pub cie_help: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            light_login: false,
            town: "Comune".to_owned(),
            tagline: String::new(),
            region: Link::default(),
            phone: Phone::default(),
            address: String::new(),
            fiscal_code: String::new(),
            certified_email: String::new(),
            site: Site::default(),
            crm: String::new(),
            streets: "/town/streets.json".to_owned(),
            street_points: "/town/street_points.json".to_owned(),
            assets: "/town/assets.json".to_owned(),
            map: MapSource::default(),
            boundary: "/town/boundary.json".to_owned(),
            accessibility_declaration: None,
            accessibility_contact: String::new(),
            was_read: false,
        }
    }
}

impl Config {
    /// The settings the boot script has fetched; the defaults when the file is missing or broken.
    pub async fn from_boot() -> Self {
        Self::read().await.unwrap_or_default()
    }

    async fn read() -> Option<Self> {
        let promise = crate::words::boot("config")?.dyn_into::<js_sys::Promise>().ok()?;
        let value = wasm_bindgen_futures::JsFuture::from(promise).await.ok()?;
        let config: Self = serde_wasm_bindgen::from_value(value).ok()?;
        Some(Self { was_read: true, ..config })
    }
}

impl Phone {
    /// When somebody answers, in a language; in Italian when that is all there is.
    pub fn hours_in(&self, language: &str) -> &str {
        self.hours.get(language).or_else(|| self.hours.get("it")).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn parse(text: &str) -> Option<Config> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn the_demo_town_s_settings_are_whole() {
        let config = parse(include_str!("../public/config.json"));
        assert!(config.is_some_and(|c| c.town == "Comune di Firenze" && c.phone.number.starts_with("+39") && !c.was_read));
    }

    #[test]
    fn a_broken_file_is_no_settings_and_a_short_one_has_defaults() {
        for broken in ["", "null", "{\"town\":", "{\"town\":3}"] {
            assert!(parse(broken).is_none(), "{broken}");
        }
        assert!(parse("{\"town\":\"Lecce\"}").is_some_and(|c| c.town == "Lecce" && c.streets == "/town/streets.json"));
    }
}
