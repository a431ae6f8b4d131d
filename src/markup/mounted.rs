//! A page's pieces in the document: drawing them, and drawing over them what is new with the least that changes.
use super::{Element, Node, Setting};
use leptos::prelude::RenderEffect;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use std::borrow::Cow;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Comment, Text};

/// A piece that is drawn. Dropping it ends its effects and listeners; `unmount` takes it off the page.
pub enum Mounted {
    /// An empty place, held by a comment.
    Nothing(Comment),
    /// Words.
    Text(Text, Cow<'static, str>),
    /// An element.
    Element(Box<MountedElement>),
    /// Several, and a comment behind the last.
    Many(Vec<Mounted>, Comment),
    /// What is drawn anew by itself.
    Live(Live),
    /// A view of Leptos' own, and where it stands.
    View(u32, AnyViewState),
}

/// An effect that draws, and what it has drawn.
pub struct Live(RenderEffect<Mounted>);

impl Drop for Live {
    /// What was drawn goes at once. The effect's own task would keep it until its next turn, and effects inside, woken meanwhile,
    /// would look for signals that went with their page.
    fn drop(&mut self) {
        drop(self.0.take_value());
    }
}

/// An element that is drawn.
pub struct MountedElement {
    place: u32,
    tag: &'static str,
    element: web_sys::Element,
    settings: Vec<Kept>,
    children: Vec<Mounted>,
}

/// What an element keeps of a setting.
enum Kept {
    Fixed(&'static str, Option<Cow<'static, str>>),
    Live(&'static str, #[expect(dead_code, reason = "held so that it goes on")] RenderEffect<()>),
    Once,
    Listener(&'static str, Closure<dyn FnMut(web_sys::Event)>),
}

/// Draws a piece that was not there.
pub fn build(node: Node) -> Mounted {
    match node {
        Node::Nothing => Mounted::Nothing(Rndr::create_placeholder()),
        Node::Text(text) => Mounted::Text(Rndr::create_text_node(&text), text),
        Node::Element(element) => Mounted::Element(Box::new(build_element(element))),
        Node::Many(nodes) => Mounted::Many(nodes.into_iter().map(build).collect(), Rndr::create_placeholder()),
        Node::Live(mut make) => Mounted::Live(Live(RenderEffect::new(move |before: Option<Mounted>| {
            let node = make();
            match before {
                Some(mut mounted) => {
                    rebuild(node, &mut mounted);
                    mounted
                }
                None => build(node),
            }
        }))),
        Node::View(place, view) => Mounted::View(place, view.build()),
    }
}

/// Draws a piece over what is there: like over like changes only what differs, anything else takes its place.
pub fn rebuild(node: Node, mounted: &mut Mounted) {
    match (node, &mut *mounted) {
        (Node::Nothing, Mounted::Nothing(_)) => {}
        (Node::Text(new), Mounted::Text(text, old)) => {
            if new != *old {
                Rndr::set_text(text, &new);
                *old = new;
            }
        }
        (Node::Element(new), Mounted::Element(old)) if is_like(&new, old) => rebuild_element(new, old),
        (Node::Many(new), Mounted::Many(old, end)) => rebuild_many(new, old, end),
        (Node::View(new_place, new), Mounted::View(place, old)) if new_place == *place => new.rebuild(old),
        (node, _) => {
            let mut old = std::mem::replace(mounted, build(node));
            old.insert_before_this(mounted);
            old.unmount();
        }
    }
}

fn rebuild_many(new: Vec<Node>, old: &mut Vec<Mounted>, end: &Comment) {
    for mut gone in old.drain(new.len().min(old.len())..) {
        gone.unmount();
    }
    let mut new = new.into_iter();
    for (mounted, node) in old.iter_mut().zip(new.by_ref()) {
        rebuild(node, mounted);
    }
    for node in new {
        let mut added = build(node);
        if let Some(parent) = Rndr::get_parent(end) {
            added.mount(parent.unchecked_ref(), Some(end));
        }
        old.push(added);
    }
}

/// Where an element's name is one of SVG.
const SVG_TAGS: [&str; 3] = ["svg", "use", "path"];
const SVG: &str = "http://www.w3.org/2000/svg";

fn build_element(new: Element) -> MountedElement {
    let namespace = SVG_TAGS.contains(&new.tag).then_some(SVG);
    let element = Rndr::create_element(new.tag, namespace);
    let children = new
        .children
        .into_iter()
        .map(|child| {
            let mut child = build(child);
            child.mount(&element, None);
            child
        })
        .collect();
    // After the children: a select takes its value only when its options are there.
    let settings = new.settings.into_iter().map(|setting| apply(setting, &element)).collect();
    MountedElement { place: new.place, tag: new.tag, element, settings, children }
}

fn apply(setting: Setting, element: &web_sys::Element) -> Kept {
    match setting {
        Setting::Fixed(name, value) => {
            if value.is_some() {
                set_attribute(element, name, value.as_deref());
            }
            Kept::Fixed(name, value)
        }
        Setting::Live(name, mut act) => {
            let element = element.clone();
            Kept::Live(name, RenderEffect::new(move |_| act(&element)))
        }
        Setting::Once(act) => {
            act(element);
            Kept::Once
        }
        Setting::Listener(name, act) => {
            let listener = Closure::wrap(act);
            // Refused only for a listener that is no function.
            let _ = element.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
            Kept::Listener(name, listener)
        }
    }
}

/// Whether one element can become the other without a new one.
fn is_like(new: &Element, old: &MountedElement) -> bool {
    let is_same = |(new, old): (&Setting, &Kept)| match (new, old) {
        (Setting::Fixed(new, _), Kept::Fixed(old, _)) | (Setting::Live(new, _), Kept::Live(old, _)) => new == old,
        (Setting::Listener(new, _), Kept::Listener(old, _)) => new == old,
        (Setting::Once(_), Kept::Once) => true,
        _ => false,
    };
    new.place == old.place
        && new.tag == old.tag
        && new.children.len() == old.children.len()
        && new.settings.len() == old.settings.len()
        && new.settings.iter().zip(&old.settings).all(is_same)
}

fn rebuild_element(new: Element, old: &mut MountedElement) {
    for (setting, kept) in new.settings.into_iter().zip(&mut old.settings) {
        match (setting, &mut *kept) {
            (Setting::Fixed(name, value), Kept::Fixed(_, before)) => {
                if value != *before {
                    set_attribute(&old.element, name, value.as_deref());
                    *before = value;
                }
            }
            (setting, kept) => {
                if let Kept::Listener(name, listener) = kept {
                    let _ = old.element.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
                }
                *kept = apply(setting, &old.element);
            }
        }
    }
    for (node, mounted) in new.children.into_iter().zip(&mut old.children) {
        rebuild(node, mounted);
    }
}

/// Sets an attribute, or takes it away.
pub fn set_attribute(element: &web_sys::Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => Rndr::set_attribute(element, name, value),
        None => Rndr::remove_attribute(element, name),
    }
}

impl Mountable for Mounted {
    fn unmount(&mut self) {
        match self {
            Self::Nothing(node) => Rndr::remove(node),
            Self::Text(node, _) => Rndr::remove(node),
            Self::Element(element) => Rndr::remove(&element.element),
            Self::Many(all, end) => {
                for one in all {
                    one.unmount();
                }
                Rndr::remove(end);
            }
            Self::Live(Live(effect)) => effect.unmount(),
            Self::View(_, view) => view.unmount(),
        }
    }

    fn mount(&mut self, parent: &web_sys::Element, marker: Option<&web_sys::Node>) {
        match self {
            Self::Nothing(node) => Rndr::insert_node(parent, node, marker),
            Self::Text(node, _) => Rndr::insert_node(parent, node, marker),
            Self::Element(element) => Rndr::insert_node(parent, &element.element, marker),
            Self::Many(all, end) => {
                for one in all {
                    one.mount(parent, marker);
                }
                Rndr::insert_node(parent, end, marker);
            }
            Self::Live(Live(effect)) => effect.mount(parent, marker),
            Self::View(_, view) => view.mount(parent, marker),
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        match self {
            Self::Nothing(node) => insert_before(node, child),
            Self::Text(node, _) => insert_before(node, child),
            Self::Element(element) => insert_before(&element.element, child),
            Self::Many(all, end) => match all.first() {
                Some(first) => first.insert_before_this(child),
                None => insert_before(end, child),
            },
            Self::Live(Live(effect)) => effect.insert_before_this(child),
            Self::View(_, view) => view.insert_before_this(child),
        }
    }

    fn elements(&self) -> Vec<web_sys::Element> {
        match self {
            Self::Nothing(_) | Self::Text(..) => Vec::new(),
            Self::Element(element) => vec![element.element.clone()],
            Self::Many(all, _) => all.iter().flat_map(Self::elements).collect(),
            Self::Live(Live(effect)) => effect.elements(),
            Self::View(_, view) => view.elements(),
        }
    }
}

fn insert_before(node: &web_sys::Node, child: &mut dyn Mountable) -> bool {
    let Some(parent) = Rndr::get_parent(node) else { return false };
    child.mount(parent.unchecked_ref(), Some(node));
    true
}
