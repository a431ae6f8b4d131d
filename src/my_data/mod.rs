//! "I tuoi dati" (features N1 to N3): a copy of everything, what one has said yes and no to, and the end of it all.
mod choices;
mod copies;
mod deletion;

use crate::markup::view;
use crate::route::MyData;
use leptos::prelude::*;

/// The page of a place.
#[component]
pub fn MyDataPages(place: MyData) -> impl IntoView {
    match place {
        MyData::Copies => view! { <copies::CopiesPage/> }.into_any(),
        MyData::Choices => view! { <choices::ChoicesPage/> }.into_any(),
        MyData::Deletion => view! { <deletion::DeletionPage/> }.into_any(),
        MyData::Deleted => view! { <deletion::DeletedPage/> }.into_any(),
    }
}
