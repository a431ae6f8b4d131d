//! The place in a photo (features F2, X8): read on the device before it is stripped, offered with its street, taken when the person says so.
use super::draft::Draft;
use super::ground::Ground;
use crate::files::{OnReady, PHOTO_TYPES, choose};
use crate::form::{Form, field_id, focus};
use crate::markup::view;
use crate::streets::Near;
use crate::ui::{ActionButton, Section, UploadButton};
use crate::words::{fill, key, t};
use contract::place::Point;
use contract::reports::PHOTOS_MAX;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where on the page a photo was chosen: what it says is told there.
#[derive(Clone, Copy, PartialEq)]
pub enum At {
    /// At the start.
    Start,
    /// Among the photos.
    Field,
}

/// What the last photo says.
#[derive(Clone, Default)]
enum Said {
    /// Nothing that is to be told.
    #[default]
    Nothing,
    /// It does not say where it was taken.
    Nowhere,
    /// Outside the municipality.
    Outside,
    /// Here; to be confirmed.
    Here(Point, Option<Near>),
    /// Here, and the person took it.
    Taken,
}

/// What photos say about the place.
#[derive(Clone, Copy)]
pub struct PhotoPlace {
    form: Form<Draft>,
    ground: Ground,
    at: RwSignal<At>,
    said: RwSignal<Said>,
}

impl PhotoPlace {
    /// Of the photos of a draft.
    pub fn new(form: Form<Draft>, ground: Ground) -> Self {
        Self { form, ground, at: RwSignal::new(At::Start), said: RwSignal::default() }
    }

    /// Hears of photos that were chosen somewhere on the page. Who has chosen a place is not asked about another one.
    pub fn hears(self, at: At) -> OnReady {
        Callback::new(move |ready: std::sync::Arc<crate::files::ReadyFile>| {
            let has_place = self.form.peek(|draft| !draft.report.place.street.trim().is_empty() || draft.report.place.point.is_some());
            // The page may have gone before the photo was ready.
            if has_place || self.said.try_with_untracked(|said| matches!(said, Said::Here(..))).unwrap_or(true) {
                return;
            }
            match ready.place {
                Some(point) => self.offer(at, point),
                None if at == At::Start => self.tell(at, Said::Nowhere),
                None => {}
            }
        })
    }

    fn tell(self, at: At, said: Said) {
        self.at.try_set(at);
        self.said.try_set(said);
    }

    fn offer(self, at: At, point: Point) {
        if !self.ground.is_inside(point) {
            return self.tell(at, Said::Outside);
        }
        spawn_local(async move {
            let near = self.ground.nearest(point, 1).await.into_iter().next();
            self.tell(at, Said::Here(point, near));
        });
    }

    /// The place of a photo that the draft does not stand at.
    fn unused(self) -> Option<Point> {
        self.form.with(|draft| {
            let photos = draft.files.photos.iter().filter_map(|photo| photo.ready()?.place);
            let mut unused = photos.filter(|point| draft.report.place.point != Some(*point));
            unused.next()
        })
    }
}

/// "Parti da una foto": there when the report begins without a place and without photos.
#[component]
pub fn PhotoStart(place: PhotoPlace) -> impl IntoView {
    let form = place.form;
    let is_new =
        form.peek(|draft| draft.files.photos.is_empty() && draft.report.place.street.is_empty() && draft.report.place.point.is_none());
    let on_files = move |files: Vec<web_sys::File>| choose(form, "photos", files, PHOTOS_MAX, Some(place.hears(At::Start)));
    let added = move || match form.with(|draft| (draft.files.is_working(), draft.files.photos.iter().any(|photo| photo.ready().is_some())))
    {
        (true, _) => t(key::form::FILE_WORKING),
        (_, true) => t(key::files::START_ADDED),
        _ => "",
    };
    is_new.then(|| {
        view! {
            <Section id="start-title" title=t(key::files::START_TITLE) class="card filo-form-card filo-start">
                <p>{t(key::files::START_TEXT)}</p>
                <div class="filo-actions">
                    <UploadButton name="start.camera" label=t(key::files::START_CAMERA) icon="it-camera" accept=PHOTO_TYPES is_camera=true on_files/>
                    <UploadButton name="start.photo" label=t(key::files::START_CHOOSE) accept=PHOTO_TYPES on_files/>
                </div>
                <p class="filo-note" role="status">{added}</p>
                <PhotoPlaceNote place at=At::Start/>
            </Section>
        }
    })
}

/// What a photo says about the place, and the question whether to use it.
#[component]
pub fn PhotoPlaceNote(place: PhotoPlace, at: At) -> impl IntoView {
    let PhotoPlace { form, ground, said, .. } = place;
    let field = field_id(if at == At::Start { "place.street" } else { "photos" });
    let is_here = move || place.at.get() == at;
    let told = move || match &*said.read() {
        _ if !is_here() => String::new(),
        Said::Nothing => String::new(),
        Said::Nowhere => t(key::files::PLACE_NOWHERE).to_owned(),
        Said::Outside => t(key::files::PLACE_OUTSIDE).to_owned(),
        Said::Here(_, Some(near)) => fill(key::files::PLACE_ASK, &[("street", &near.name)]),
        Said::Here(_, None) => t(key::files::PLACE_ASK_UNNAMED).to_owned(),
        Said::Taken => t(key::files::PLACE_TAKEN).to_owned(),
    };
    let answer = move |point: Point, near: Option<Near>| {
        let (field, declined) = (field.clone(), field.clone());
        view! {
            <div class="filo-position-choices">
                <ActionButton on_press=move |()| {
                    ground.take(form, point, near.as_ref());
                    said.set(Said::Taken);
                    focus(&field);
                }>{t(key::files::PLACE_YES)}</ActionButton>
                <ActionButton look="outline-primary" on_press=move |()| {
                    said.set(Said::Nothing);
                    focus(&declined);
                }>{t(key::files::PLACE_NO)}</ActionButton>
            </div>
        }
    };
    let asked = move || match said.get() {
        Said::Here(point, near) if is_here() => Some(answer(point, near)),
        _ => None,
    };
    // Who has written a place already may still want the photo's.
    let other = move || {
        let point = if at == At::Field && !matches!(*said.read(), Said::Here(..)) { place.unused() } else { None };
        point.map(|point| {
            view! { <ActionButton look="link" icon="it-map-marker" on_press=move |()| place.offer(At::Field, point)>{t(key::files::PLACE_USE)}</ActionButton> }
        })
    };
    view! {
        <div class="filo-photo-place">
            <p class="filo-note" role="status">{told}</p>
            {asked}
            {other}
        </div>
    }
}
