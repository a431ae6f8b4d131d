//! A public report in a list, and what it takes to speak of one: the names of categories and states.
use crate::api::{Api, ApiError};
use crate::lexicon::{Lexicon, badge};
use crate::load::{Loaded, load};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{Badge, Icon, Link};
use crate::words::{count, day_short, fill, key, language, t};
use contract::paths;
use contract::public_reports::PublicReport;
use contract::reports::{AnonymousReports, Category, CategoryCode, ReportForm};
use leptos::prelude::*;
use std::sync::Arc;

/// The names of categories and states in the current language.
#[derive(Clone)]
pub struct Guide {
    form: Arc<ReportForm>,
    /// The names of states.
    pub lexicon: Lexicon,
}

/// Asks for the names.
pub fn load_guide() -> Loaded<Guide> {
    load(Guide::ask)
}

impl Guide {
    /// Asks for them.
    ///
    /// # Errors
    /// Why the CRM did not give them.
    pub async fn ask(api: Api) -> Result<Self, ApiError> {
        let form = Arc::new(api.get(&paths::report_form(language())).await?);
        Ok(Self { form, lexicon: Lexicon::ask(api).await? })
    }

    /// All categories, in their order.
    pub fn categories(&self) -> &[Category] {
        &self.form.categories
    }

    /// Whether somebody who does not sign in may send a report.
    pub fn allows_anonymous(&self) -> bool {
        self.form.anonymous != AnonymousReports::Off
    }

    /// Whether the town hall writes letters.
    pub fn mail(&self) -> bool {
        self.form.mail
    }

    /// A category's name; its bare code when the form no longer has it.
    pub fn category(&self, code: &CategoryCode) -> String {
        self.categories().iter().find(|known| known.code == *code).map_or_else(|| code.0.clone(), |known| known.name.clone())
    }

    /// What a report is called: its title when the office let it through, else its category.
    pub fn title(&self, report: &PublicReport) -> String {
        report.title.clone().unwrap_or_else(|| self.category(&report.category))
    }
}

/// A report's place in words.
pub fn place(report: &PublicReport) -> String {
    if report.street.is_empty() { t(key::reports::PUBLIC_NO_STREET).to_owned() } else { report.street.clone() }
}

/// A public report: picture, state, what, where, since when, and how far if that was measured.
#[component]
pub fn PublicCard(
    report: PublicReport,
    guide: Guide,
    /// "A 40 metri"; empty when it was not asked for.
    #[prop(optional)]
    distance: String,
    /// Opens in a new window: the person is in the middle of something.
    #[prop(optional)]
    aside: bool,
) -> impl IntoView {
    let api = expect_context::<Api>();
    let (title, category) = (guide.title(&report), guide.category(&report.category));
    let label = guide.lexicon.label(&report.state);
    let place = place(&report);
    let of_what = (title != category).then(|| view! { <p class="filo-case-subject">{category}</p> });
    let picture = match &report.photo {
        Some(photo) => view! { <img src=api.address(&paths::public_thumbnail(photo)) alt="" loading="lazy" decoding="async" width=160_u32 height=120_u32/> }.into_any(),
        None => view! { <Icon name="it-image"/> }.into_any(),
    };
    let to = Route::PublicReport { id: report.id };
    let link = if aside {
        view! { <a href=to.to_string() target="_blank">{title}<span class="visually-hidden">" "{t(key::reports::NEW_WINDOW)}</span></a> }
            .into_any()
    } else {
        view! { <Link to>{title}</Link> }.into_any()
    };
    view! {
        <article class="card filo-public-card">
            <div class="filo-public-picture">{picture}</div>
            <div>
                <p class="filo-case-line"><Badge kind=badge(report.phase) label/>{distance}</p>
                <h3 class="filo-case-title">{link}</h3>
                {of_what}
                <p><Icon name="it-map-marker" class="icon-sm"/>" "{place}</p>
                <p class="filo-case-foot">
                    <span>{fill(key::reports::PUBLIC_SENT, &[("date", &day_short(&report.sent_on))])}</span>
                    {(report.followers > 0).then(|| view! { <span>{count(key::reports::FOLLOWERS, i64::from(report.followers))}</span> })}
                </p>
            </div>
        </article>
    }
}
