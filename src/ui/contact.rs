//! A person to talk to: on every page.
use super::{Icon, Link};
use crate::api::Api;
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::words::{Key, key, language, t};
use leptos::prelude::*;

/// The card "Contatta il comune" of the Modello Comuni.
#[component]
pub fn ContactCard() -> impl IntoView {
    let config = expect_context::<Api>().config().get_value();
    let hours = config.phone.hours_in(language()).to_owned();
    let links = [
        (config.site.faq, "it-help-circle", None, key::common::FAQ),
        (config.site.assistance, "it-mail", Some("contacts"), key::common::ASSISTANCE),
        (config.site.appointment, "it-calendar", Some("appointment-booking"), key::common::APPOINTMENT),
    ];
    let item = |(url, icon, element, name): (String, &'static str, Option<&'static str>, Key)| {
        view! { <li><a href=url data-element=element><Icon name=icon/><span>{t(name)}</span></a></li> }
    };
    view! {
        <section class="filo-contact" aria-labelledby="contact-title">
            <h2 id="contact-title" class="h5">{t(key::common::CONTACT_TITLE)}</h2>
            {(!config.phone.number.is_empty()).then(|| view! {
                <a class="filo-contact-phone" href=format!("tel:{}", config.phone.number)>
                    <Icon name="it-telephone"/>
                    <span><strong>{t(key::common::CALL)}" "{config.phone.shown}</strong><small>{hours}</small></span>
                </a>
            })}
            <ul class="filo-contact-links">{links.into_iter().filter(|(url, ..)| !url.is_empty()).map(item).collect_view()}</ul>
            <div class="filo-contact-report">
                <h2 class="h5">{t(key::home::REPORT_TITLE)}</h2>
                <Link to=Route::NewReport { step: ReportStep::Privacy }><Icon name="it-map-marker-circle"/><span>{t(key::common::TAB_REPORT)}</span></Link>
            </div>
        </section>
    }
}
