//! Street reports as everybody sees them: what the office took in charge and approved, never who wrote it.
use crate::calendar::Date;
use crate::cases::Phase;
use crate::dictionary::StateCode;
use crate::id::{PublicPhotoId, PublicReportId};
use crate::paths::escape;
use crate::reports::CategoryCode;
use serde::{Deserialize, Serialize};

/// Reports count as similar when they lie within so many metres.
pub const NEAR_METRES: u32 = 150;
/// … and were written in so many days before today.
pub const NEAR_DAYS: u32 = 90;
/// Most reports that one answer to "is it known already?" names, nearest first.
pub const NEAR_MAX: usize = 10;
/// Most points of one answer for a map.
pub const POINTS_MAX: usize = 5_000;

/// A public report in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicReport {
    /// Its identifier in URLs.
    pub id: PublicReportId,
    /// What kind of problem; the report form has its name.
    pub category: CategoryCode,
    /// The citizen's title when the office approved it; absent: the category's name stands in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it stands; the dictionary explains it.
    pub state: StateCode,
    /// The phase that state belongs to.
    pub phase: Phase,
    /// The day it was sent.
    pub sent_on: Date,
    /// The day the town last moved it.
    pub moved_on: Date,
    /// The street, or nothing when only a point is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub street: String,
    /// Longitude, degrees east; absent for a place known only in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Latitude, degrees north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// The first photo the office approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<PublicPhotoId>,
    /// How many people said "Anche io".
    pub followers: u32,
}

/// `GET /public/reports`: a part of the list, the one sent last first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicReports {
    /// The reports.
    pub items: Vec<PublicReport>,
    /// What to send as `after` to get the next ones; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many meet the filters altogether.
    pub total: u32,
    /// How many of the whole town were resolved in the last twelve months, whatever the filters.
    pub resolved_in_a_year: u32,
}

/// `GET /public/reports/points`: what a map shows, light enough for thousands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicPoints {
    /// At most [`POINTS_MAX`], those sent last.
    pub items: Vec<PublicPoint>,
    /// How many meet the filters and have a point.
    pub total: u32,
}

/// A public report as a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicPoint {
    /// Which report.
    pub id: PublicReportId,
    /// Longitude, degrees east.
    pub lon: f64,
    /// Latitude, degrees north.
    pub lat: f64,
    /// What kind of problem.
    pub category: CategoryCode,
    /// How far it is.
    pub phase: Phase,
}

/// `GET /public/reports/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicReportDetails {
    /// What the list shows.
    pub report: PublicReport,
    /// The words the office approved or wrote itself; empty when there are none.
    #[serde(default)]
    pub text: String,
    /// The office that works on it.
    pub office: String,
    /// What happened, oldest first.
    pub steps: Vec<PublicStep>,
    /// The photos the office approved.
    pub photos: Vec<PublicPhoto>,
}

/// Something that happened to a public report. What the office wrote to its author stays between the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicStep {
    /// The state it brought.
    pub state: StateCode,
    /// The day.
    pub on: Date,
}

/// A photo of a public report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicPhoto {
    /// Its identifier in URLs.
    pub id: PublicPhotoId,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// `GET /public/reports/near`: reports like the one that is about to be written, nearest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Near {
    /// At most [`NEAR_MAX`].
    pub items: Vec<NearReport>,
}

/// A similar report nearby.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearReport {
    /// The report.
    pub report: PublicReport,
    /// Metres as the crow flies.
    pub distance_m: u32,
}

/// Whether I follow a report, and how many do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Following {
    /// I do.
    pub following: bool,
    /// How many people do.
    pub followers: u32,
}

/// What public reports are asked for: `?category=a,b&phase=&bbox=west,south,east,north&after=&limit=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct PublicQuery {
    /// Only these categories: codes separated by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Only this phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Only inside this box: west, south, east, north in degrees, separated by commas (GeoJSON's order).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<String>,
    /// Continue behind this cursor; not for points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many, 1 to 100; 20 when absent; not for points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl PublicQuery {
    /// As it stands in a URL.
    pub(crate) fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let texts = [
            ("category", self.category.as_deref()),
            ("phase", self.phase.map(Phase::as_str)),
            ("bbox", self.bbox.as_deref()),
            ("after", self.after.as_deref()),
        ];
        for (name, value) in texts {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                parts.push(format!("{name}={}", escape(value)));
            }
        }
        if let Some(limit) = self.limit {
            parts.push(format!("limit={limit}"));
        }
        parts
    }
}

/// Where a report is about to be written, and about what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct NearQuery {
    /// What kind of problem.
    pub category: CategoryCode,
    /// Latitude, degrees north.
    pub lat: f64,
    /// Longitude, degrees east.
    pub lon: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths;

    #[test]
    fn filters_travel_escaped_and_absent_ones_do_not_travel() {
        let query =
            PublicQuery { category: Some("roads,green".into()), phase: Some(Phase::Open), limit: Some(50), ..PublicQuery::default() };
        assert_eq!(paths::public_reports(&query), "/api/v1/public/reports?category=roads%2Cgreen&phase=open&limit=50");
        assert_eq!(paths::public_points(&PublicQuery::default()), paths::PUBLIC_POINTS);
        let near = NearQuery { category: CategoryCode("roads".into()), lat: 43.77, lon: 11.25 };
        assert_eq!(paths::public_near(&near), "/api/v1/public/reports/near?category=roads&lat=43.77&lon=11.25");
    }
}
