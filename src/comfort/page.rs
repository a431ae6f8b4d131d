//! The page "Leggere meglio": what is chosen holds at once, and for who has signed in on all their devices.
use super::worn::{SIZES, wear, worn};
use crate::api::Api;
use crate::markup::view;
use crate::ui::{ActionButton, Page, Section, error_key};
use crate::words::{Key, key, t};
use contract::comfort::{Comfort, TextSize};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A yes or no: its name in the page, its words, how it is read and written.
type Switch = (&'static str, Key, Key, fn(&Comfort) -> bool, fn(&mut Comfort, bool));

const SWITCHES: [Switch; 4] = [
    ("spaced", key::comfort::SPACED, key::comfort::SPACED_TEXT, |comfort| comfort.spaced, |comfort, is_on| comfort.spaced = is_on),
    ("plain", key::comfort::PLAIN, key::comfort::PLAIN_TEXT, |comfort| comfort.plain, |comfort, is_on| comfort.plain = is_on),
    (
        "contrast",
        key::comfort::CONTRAST,
        key::comfort::CONTRAST_TEXT,
        |comfort| comfort.contrast,
        |comfort, is_on| comfort.contrast = is_on,
    ),
    ("calm", key::comfort::CALM, key::comfort::CALM_TEXT, |comfort| comfort.calm, |comfort, is_on| comfort.calm = is_on),
];

/// What a size is called.
fn size_key(size: TextSize) -> Key {
    match size {
        TextSize::Large => key::comfort::SIZE_LARGE,
        TextSize::Larger => key::comfort::SIZE_LARGER,
        TextSize::Largest => key::comfort::SIZE_LARGEST,
        TextSize::Normal | TextSize::Unknown => key::comfort::SIZE_NORMAL,
    }
}

/// The page.
#[component]
pub fn ComfortPage() -> impl IntoView {
    let session = expect_context::<Api>().session();
    let chosen = RwSignal::new(worn());
    let told = RwSignal::new(None::<Key>);
    // Changes follow each other to the CRM: the last one stays.
    let turn = StoredValue::new(0_u32);
    let api = expect_context::<Api>();
    let choose = move |change: &dyn Fn(&mut Comfort)| {
        chosen.update(|comfort| change(comfort));
        let comfort = chosen.get_untracked();
        wear(comfort);
        told.set(None);
        if session.person_now().is_none() {
            return;
        }
        turn.update_value(|turn| *turn += 1);
        let own = turn.get_value();
        spawn_local(async move {
            let answer = api.put::<Comfort>(paths::ME_COMFORT, &comfort).await;
            // The page may have been left, and another change may be under way: the last one stays.
            if turn.try_get_value() == Some(own) {
                if let Ok(kept) = &answer {
                    session.reads_best(*kept);
                }
                told.try_set(Some(answer.map_or_else(|error| error_key(&error), |_| key::comfort::SAVED)));
            }
        });
    };
    let size = move |(size, word): (TextSize, &'static str)| {
        let id = format!("size-{}", if word.is_empty() { "normal" } else { word });
        view! {
            <div class="filo-size">
                <input type="radio" name="size" id=id.clone() prop:checked=move || chosen.get().text == size
                    on:change=move |_| choose(&|comfort: &mut Comfort| comfort.text = size)/>
                <label for=id>{t(size_key(size))}</label>
            </div>
        }
    };
    let switch = move |(name, label, text, read, write): Switch| {
        view! {
            <div class="filo-switch">
                <input type="checkbox" role="switch" id=name aria-describedby=format!("{name}-text") prop:checked=move || read(&chosen.get())
                    on:change:target=move |event| { let is_on = event.target().checked(); choose(&|comfort: &mut Comfort| write(comfort, is_on)); }/>
                <label for=name>{t(label)}</label>
                <p class="filo-note" id=format!("{name}-text")>{t(text)}</p>
            </div>
        }
    };
    let is_here = move || session.person().is_some();
    view! {
        <Page title=t(key::comfort::TITLE) lead=t(key::comfort::LEAD)>
            <fieldset class="filo-sizes">
                <legend>{t(key::comfort::SIZE)}</legend>
                {SIZES.map(size).into_iter().collect_view()}
            </fieldset>
            <fieldset class="filo-switches">
                <legend>{t(key::comfort::MORE)}</legend>
                {SWITCHES.map(switch).into_iter().collect_view()}
            </fieldset>
            <Section id="sample-title" title=t(key::comfort::SAMPLE_TITLE) class="card filo-sample"><p>{t(key::comfort::SAMPLE)}</p></Section>
            <p class="filo-note" role="status">{move || told.get().map(t)}</p>
            <ActionButton look="outline-primary" icon="it-refresh" on_press=move |()| choose(&|comfort: &mut Comfort| *comfort = Comfort::default())>
                {t(key::comfort::RESET)}
            </ActionButton>
            <p class="filo-note">{move || t(if is_here() { key::comfort::EVERYWHERE } else { key::comfort::ONLY_HERE })}</p>
        </Page>
    }
}
