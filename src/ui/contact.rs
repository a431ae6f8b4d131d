//! A person to talk to: on every page.
use super::Icon;
use crate::api::Api;
use crate::markup::view;
use crate::words::{key, language, t};
use leptos::prelude::*;

/// The card "Contatta il comune" of the Modello Comuni.
#[component]
pub fn ContactCard() -> impl IntoView {
    let config = expect_context::<Api>().config().get_value();
    let hours = config.phone.hours_in(language()).to_owned();
    view! {
        <section class="filo-contact" aria-labelledby="contact-title">
            <h2 id="contact-title" class="h5">{t(key::common::CONTACT_TITLE)}</h2>
            {(!config.phone.number.is_empty()).then(|| view! {
                <a class="filo-contact-phone" href=format!("tel:{}", config.phone.number)>
                    <Icon name="it-telephone"/>
                    <span><strong>{t(key::common::CALL)}" "{config.phone.shown}</strong><small>{hours}</small></span>
                </a>
            })}
            <ul class="filo-contact-links">
                {(!config.site.faq.is_empty()).then(|| view! { <li><a href=config.site.faq>{t(key::common::FAQ)}</a></li> })}
                {(!config.site.appointment.is_empty()).then(|| view! {
                    <li><a href=config.site.appointment data-element="appointment-booking">{t(key::common::APPOINTMENT)}</a></li>
                })}
            </ul>
        </section>
    }
}
