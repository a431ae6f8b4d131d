//! A `Markup` wherever Leptos expects a view. Filo draws in the browser alone: the parts for servers have nothing to do.
use super::Markup;
use super::mounted::{Mounted, build, rebuild};
use leptos::attr::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::no_attrs;
use leptos::tachys::view::{Position, PositionState, Render, RenderHtml};

impl Render for Markup {
    type State = Mounted;

    fn build(self) -> Mounted {
        build(self.0.take())
    }

    fn rebuild(self, state: &mut Mounted) {
        rebuild(self.0.take(), state);
    }
}

no_attrs!(Markup);

impl RenderHtml for Markup {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Mounted {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
