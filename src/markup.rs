//! What a page is made of, as data: `view!` writes it down, `mounted` draws it. No element has a type of its own.
//!
//! Leptos compiles code for every element of every page; here all elements share one machine, which is a third of the WebAssembly
//! less (docs/adr/0006). Reactivity, components and the router stay Leptos': a `Markup` goes wherever a Leptos view goes.
mod leptos_view;
mod mounted;

use leptos::prelude::{AnyView, Get, NodeRef, Owner, Signal};
use leptos::tachys::html::element::ElementType;
use leptos::tachys::html::node_ref::NodeRefContainer;
pub use markup::view;
use send_wrapper::SendWrapper;
use std::borrow::Cow;
use std::marker::PhantomData;
use wasm_bindgen::{JsCast, JsValue};

/// A view, as `view!` makes it.
pub struct Markup(SendWrapper<Node>);

impl Markup {
    /// A view of one node.
    pub fn new(node: Node) -> Self {
        Self(SendWrapper::new(node))
    }
}

/// A piece of a page.
pub enum Node {
    /// Nothing, in a place where there may be something later.
    Nothing,
    /// Words.
    Text(Cow<'static, str>),
    /// An element.
    Element(Element),
    /// Several, one after another.
    Many(Vec<Node>),
    /// What is made anew when a signal it read changes.
    Live(Box<dyn FnMut() -> Node>),
    /// A view of Leptos' own (a component, a route), and the number of the `view!` it stands in.
    View(u32, AnyView),
}

/// An element: its name, what it was told, what it holds.
pub struct Element {
    tag: &'static str,
    place: u32,
    settings: Vec<Setting>,
    children: Vec<Node>,
}

/// What is done to an element when it is drawn.
enum Setting {
    /// An attribute; without a value it is not there.
    Fixed(&'static str, Option<Cow<'static, str>>),
    /// Something that is done again when a signal it read changes.
    Live(&'static str, Box<dyn FnMut(&web_sys::Element)>),
    /// Something done once.
    Once(Box<dyn FnOnce(&web_sys::Element)>),
    /// What an event does.
    Listener(&'static str, Box<dyn FnMut(web_sys::Event)>),
}

impl Element {
    /// An element without anything. `place` tells one `view!` from another: what is drawn of one is never drawn over by another, so
    /// a new page has new fields, and the focus is its own.
    pub fn new(tag: &'static str, place: u32) -> Self {
        Self { tag, place, settings: Vec::new(), children: Vec::new() }
    }

    /// An attribute known at compile time.
    pub fn fixed(&mut self, name: &'static str, value: &'static str) {
        self.settings.push(Setting::Fixed(name, Some(Cow::Borrowed(value))));
    }

    /// An attribute: a value, or a closure or signal that gives it.
    pub fn set(&mut self, name: &'static str, value: impl IntoAttribute) {
        value.put(name, self);
    }

    /// A class that is there while `is_on` says so.
    pub fn class(&mut self, name: &'static str, mut is_on: impl FnMut() -> bool + 'static) {
        self.live(
            name,
            Box::new(move |element| {
                // Refused only for a name with a space in it.
                let _ = element.class_list().toggle_with_force(name, is_on());
            }),
        );
    }

    /// A property of the DOM's object: what a person changes too.
    pub fn property<V: Into<JsValue>>(&mut self, name: &'static str, mut value: impl FnMut() -> V + 'static) {
        self.live(name, Box::new(move |element| set_property(element, name, value().into())));
    }

    /// What an event of the element does.
    pub fn on<E: JsCast>(&mut self, name: &'static str, mut act: impl FnMut(E) + 'static) {
        self.listen(name, Box::new(move |event| act(event.unchecked_into())));
    }

    /// What an event of the element does, told the element itself.
    pub fn on_target<T: JsCast>(&mut self, name: &'static str, mut act: impl FnMut(Targeted<T>) + 'static) {
        self.listen(name, Box::new(move |event| act(Targeted { event, element: PhantomData })));
    }

    /// Fills a reference when the element is drawn.
    pub fn reference<E: ElementType>(&mut self, reference: NodeRef<E>)
    where
        NodeRef<E>: NodeRefContainer<E>,
    {
        self.settings.push(Setting::Once(Box::new(move |element| reference.load(element))));
    }

    /// Puts something inside, behind what is there.
    pub fn child(&mut self, child: impl IntoNode) {
        self.children.push(child.into_node());
    }

    fn live(&mut self, name: &'static str, act: Box<dyn FnMut(&web_sys::Element)>) {
        self.settings.push(Setting::Live(name, act));
    }

    /// What is done belongs to who made the element: contexts are found, and what is made is gone with it.
    fn listen(&mut self, name: &'static str, mut act: Box<dyn FnMut(web_sys::Event)>) {
        let owner = Owner::current().unwrap_or_default();
        self.settings.push(Setting::Listener(name, Box::new(move |event| owner.with(|| act(event)))));
    }
}

fn set_property(element: &web_sys::Element, name: &str, value: JsValue) {
    // Every name used is a property that can be written.
    let _ = js_sys::Reflect::set(element, &name.into(), &value);
}

/// An event, and the element it came to.
pub struct Targeted<T> {
    event: web_sys::Event,
    element: PhantomData<T>,
}

impl<T: JsCast> Targeted<T> {
    /// The element that listens.
    pub fn target(&self) -> T {
        let target = self.event.current_target().map_or(JsValue::UNDEFINED, JsValue::from);
        target.unchecked_into()
    }
}

/// What can stand inside an element.
pub trait IntoNode {
    /// As a piece of the page.
    fn into_node(self) -> Node;
}

impl IntoNode for Node {
    fn into_node(self) -> Node {
        self
    }
}
impl IntoNode for Markup {
    fn into_node(self) -> Node {
        self.0.take()
    }
}
impl IntoNode for Element {
    fn into_node(self) -> Node {
        Node::Element(self)
    }
}
impl IntoNode for AnyView {
    fn into_node(self) -> Node {
        Node::View(0, self)
    }
}
impl IntoNode for () {
    fn into_node(self) -> Node {
        Node::Nothing
    }
}
impl IntoNode for &'static str {
    fn into_node(self) -> Node {
        Node::Text(Cow::Borrowed(self))
    }
}
impl IntoNode for String {
    fn into_node(self) -> Node {
        Node::Text(Cow::Owned(self))
    }
}
impl IntoNode for usize {
    fn into_node(self) -> Node {
        self.to_string().into_node()
    }
}
impl<N: IntoNode> IntoNode for Option<N> {
    fn into_node(self) -> Node {
        self.map_or(Node::Nothing, N::into_node)
    }
}
impl<N: IntoNode> IntoNode for Vec<N> {
    fn into_node(self) -> Node {
        Node::Many(self.into_iter().map(N::into_node).collect())
    }
}
impl<N: IntoNode, const LENGTH: usize> IntoNode for [N; LENGTH] {
    fn into_node(self) -> Node {
        Node::Many(self.into_iter().map(N::into_node).collect())
    }
}
impl<F: FnMut() -> N + 'static, N: IntoNode> IntoNode for F {
    fn into_node(mut self) -> Node {
        Node::Live(Box::new(move || self().into_node()))
    }
}
impl IntoNode for Signal<String> {
    fn into_node(self) -> Node {
        (move || self.get()).into_node()
    }
}

/// What an attribute can be given as.
pub trait IntoAttribute {
    /// Writes it into the element.
    fn put(self, name: &'static str, element: &mut Element);
}

/// The value of an attribute; nothing means that the attribute is not there.
pub trait AttributeValue {
    /// As text.
    fn into_text(self) -> Option<Cow<'static, str>>;
}

impl<F: FnMut() -> V + 'static, V: AttributeValue> IntoAttribute for F {
    fn put(mut self, name: &'static str, element: &mut Element) {
        element.live(name, Box::new(move |element| mounted::set_attribute(element, name, self().into_text().as_deref())));
    }
}

/// Values that are attributes as they stand.
macro_rules! attribute {
    ($($kind:ty, $value:ident => $text:expr;)*) => {$(
        impl AttributeValue for $kind {
            fn into_text(self) -> Option<Cow<'static, str>> {
                let $value = self;
                $text
            }
        }
        impl IntoAttribute for $kind {
            fn put(self, name: &'static str, element: &mut Element) {
                element.settings.push(Setting::Fixed(name, self.into_text()));
            }
        }
    )*};
}
attribute! {
    &'static str, text => Some(Cow::Borrowed(text));
    String, text => Some(Cow::Owned(text));
    bool, is_there => is_there.then_some(Cow::Borrowed(""));
    u32, number => Some(Cow::Owned(number.to_string()));
    usize, number => Some(Cow::Owned(number.to_string()));
}

impl<V: AttributeValue> AttributeValue for Option<V> {
    fn into_text(self) -> Option<Cow<'static, str>> {
        self.and_then(V::into_text)
    }
}
impl<V: AttributeValue> IntoAttribute for Option<V> {
    fn put(self, name: &'static str, element: &mut Element) {
        element.settings.push(Setting::Fixed(name, self.into_text()));
    }
}
