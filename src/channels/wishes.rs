//! What somebody wants to know, and where; when no device makes a noise; what is written.
use super::page::{channel_name, topic_keys};
use crate::api::{Api, ApiError};
use crate::form::{ErrorSummary, Form, field_id};
use crate::markup::view;
use crate::ui::{ActionButton, Section, TextField, error_key};
use crate::words::{key, t};
use contract::channels::{ADDRESS_CHARS_MAX, Channel, Channels, Quiet, Topic, Wish, Wishes};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The wishes, to change and save. What was changed and not saved is still there after an expiry, or when one comes back.
#[component]
pub fn WishForm(channels: Channels) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = Form::<Wishes>::kept("channels");
    if !untrack(|| form.is_touched()) {
        form.note(|wishes| *wishes = channels.wishes.clone());
    }
    let told = RwSignal::new(None::<Result<(), ApiError>>);
    let save = move || {
        let wishes = form.peek(Wishes::clone);
        told.set(None);
        if !form.accept(wishes.problems()) {
            return;
        }
        form.set_sending(true);
        spawn_local(async move {
            let kept = api.put::<Channels>(paths::MY_CHANNELS, &wishes).await;
            form.set_sending(false);
            match kept {
                Ok(channels) => {
                    form.clear();
                    form.note(|wishes| *wishes = channels.wishes);
                    told.try_set(Some(Ok(())));
                }
                Err(ApiError::Invalid(problems)) => drop(form.accept(problems)),
                Err(error) => drop(told.try_set(Some(Err(error)))),
            }
        });
    };
    let has_paper = channels.channels.iter().any(|state| state.channel == Channel::Paper);
    let offered: Vec<_> =
        channels.channels.iter().filter(|state| state.is_ready || state.channel == Channel::Paper).map(|state| state.channel).collect();
    let topics: Vec<_> = Topic::ALL.into_iter().map(|topic| view! { <TopicField form topic offered=offered.clone()/> }).collect();
    let label = |field: &str| {
        t(match field {
            "postal_address" => key::channels::ADDRESS,
            "quiet" => key::channels::QUIET,
            _ => key::channels::WISHES_TITLE,
        })
        .to_owned()
    };
    let saved = move || match told.get()? {
        Ok(()) if !form.is_touched() => Some(t(key::channels::SAVED)),
        Ok(()) => None,
        Err(error) => Some(t(error_key(&error))),
    };
    view! {
        <Section id="wishes-title" title=t(key::channels::WISHES_TITLE)>
            <form class="filo-wishes" novalidate=true on:submit=move |event| { event.prevent_default(); save(); }>
                <ErrorSummary form label/>
                {topics}
                {has_paper.then(|| view! {
                    <TextField form name="postal_address" label=t(key::channels::ADDRESS) help=t(key::channels::ADDRESS_HELP)
                        chars_max=ADDRESS_CHARS_MAX autocomplete="street-address" text=|wishes| &mut wishes.postal_address/>
                })}
                <QuietField form/>
                <Tick form name="tells_content" label=t(key::channels::TELLS_CONTENT) help=t(key::channels::TELLS_CONTENT_HELP)
                    read=|wishes| wishes.tells_content write=|wishes, on| wishes.tells_content = on/>
                <Tick form name="attaches" label=t(key::channels::ATTACHES) help=t(key::channels::ATTACHES_HELP)
                    read=|wishes| wishes.attaches write=|wishes, on| wishes.attaches = on/>
                <div class="filo-actions">
                    <ActionButton busy=Signal::derive(move || form.is_sending()) on_press=move |()| save()>{t(key::channels::SAVE)}</ActionButton>
                </div>
                <p role="status">{saved}</p>
            </form>
        </Section>
    }
}

/// A topic, with a tick for each channel that reaches this person.
#[component]
fn TopicField(form: Form<Wishes>, topic: Topic, offered: Vec<Channel>) -> impl IntoView {
    let (name, help) = topic_keys(topic);
    let shown = offered.clone();
    let is_any = move || form.with(|wishes| shown.iter().any(|channel| wishes.wants(topic, *channel)));
    let tick = move |channel: Channel| {
        let wish = Wish { topic, channel };
        view! {
            <Tick form name=format!("wish-{}-{}", topic as u8, channel as u8) label=channel_name(channel)
                read=move |wishes| wishes.wants(topic, channel)
                write=move |wishes, on| {
                    wishes.wanted.retain(|known| *known != wish);
                    if on {
                        wishes.wanted.push(wish);
                    }
                }/>
        }
    };
    let ticks: Vec<_> = offered.into_iter().map(tick).collect();
    view! {
        <fieldset class="filo-wish">
            <legend>{t(name)}</legend>
            <p class="filo-note">{t(help)}</p>
            <div class="filo-ticks">{ticks}</div>
            <p class="filo-note" role="status">{move || (!is_any()).then(|| t(key::channels::NOWHERE))}</p>
        </fieldset>
    }
}

/// A tick for something that one may want or not.
#[component]
fn Tick(
    form: Form<Wishes>,
    #[prop(into)] name: String,
    label: &'static str,
    #[prop(optional)] help: &'static str,
    read: impl Fn(&Wishes) -> bool + Copy + Send + Sync + 'static,
    write: impl Fn(&mut Wishes, bool) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let id = field_id(&name);
    let described = (!help.is_empty()).then(|| format!("{id}-help"));
    view! {
        <div class="form-check filo-tick">
            <input type="checkbox" id=id.clone() aria-describedby=described.clone() prop:checked=move || form.with(read)
                on:change:target=move |event| form.edit(&name, |wishes| write(wishes, event.target().checked()))/>
            <label for=id>{label}</label>
            {described.map(|id| view! { <small class="form-text" id=id>{help}</small> })}
        </div>
    }
}

/// Quiet hours: whether, and from when to when.
#[component]
fn QuietField(form: Form<Wishes>) -> impl IntoView {
    let at_first = || Quiet { from: "22:00".to_owned(), to: "08:00".to_owned() };
    let is_on = Memo::new(move |_| form.with(|wishes| wishes.quiet.is_some()));
    let time = move |part: &'static str, label: &'static str, read: fn(&mut Quiet) -> &mut String| {
        let shown = move || form.with(|wishes| wishes.quiet.clone().map(|mut quiet| read(&mut quiet).clone()).unwrap_or_default());
        let typed = move |value: String| {
            form.edit("quiet", |wishes| {
                if let Some(quiet) = &mut wishes.quiet {
                    *read(quiet) = value
                }
            })
        };
        let id = if part == "from" { field_id("quiet") } else { field_id("quiet-to") };
        view! {
            <div class="form-group filo-field">
                <label for=id.clone()>{label}</label>
                <input type="time" class="form-control" id=id aria-describedby="field-quiet-hours-error" prop:value=shown on:input:target=move |event| typed(event.target().value())/>
            </div>
        }
    };
    let times = move || {
        is_on.get().then(|| {
            view! {
                <div class="filo-quiet">
                    {time("from", t(key::channels::QUIET_FROM), |quiet| &mut quiet.from)}
                    {time("to", t(key::channels::QUIET_TO), |quiet| &mut quiet.to)}
                </div>
            }
        })
    };
    view! {
        <fieldset class="filo-wish">
            <legend>{t(key::channels::QUIET)}</legend>
            <Tick form name="quiet-on" label=t(key::channels::QUIET_ON) help=t(key::channels::QUIET_HELP)
                read=|wishes| wishes.quiet.is_some() write=move |wishes, on| wishes.quiet = on.then(at_first)/>
            {times}
            <p class="filo-field-error" id="field-quiet-hours-error" role="status">{move || form.problem("quiet")}</p>
        </fieldset>
    }
}
