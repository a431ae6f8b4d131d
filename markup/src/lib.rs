//! `view!`: Leptos' own syntax for elements, written down as data for the app's `src/markup.rs` to draw.
//!
//! Leptos makes a type, and with it code, of every element of every page. Here an element is a handful of calls, whatever it holds;
//! components are handed to Leptos' macro as they are. Why: `docs/adr/0006-views-are-data.md`.
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeBlock, NodeElement, NodeName};
use std::sync::atomic::{AtomicU32, Ordering};
use syn::spanned::Spanned;
use syn::{Expr, Stmt};

/// How many views there have been: each has its number.
static VIEWS: AtomicU32 = AtomicU32::new(1);

/// A view. Known here: elements with fixed or reactive attributes (`name=value`), `class:name=`, `prop:name=`, `on:event=`,
/// `on:event:target=`, `node_ref=`; text in quotes; blocks; components as Leptos has them.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let place = VIEWS.fetch_add(1, Ordering::Relaxed);
    match rstml::parse2(tokens.into()).and_then(|nodes| nodes_of(&nodes, place)) {
        Ok(drawn) => quote! { crate::markup::Markup::new(#drawn) }.into(),
        Err(error) => error.to_compile_error().into(),
    }
}

/// One node as it is, several in a row. `place` is the number of the view whose roots they are.
fn nodes_of(nodes: &[Node], place: u32) -> syn::Result<TokenStream> {
    let drawn = nodes.iter().map(|node| node_of(node, place)).collect::<syn::Result<Vec<_>>>()?;
    Ok(match drawn.as_slice() {
        [one] => quote! { crate::markup::IntoNode::into_node(#one) },
        several => quote! { crate::markup::Node::Many(::std::vec![#(crate::markup::IntoNode::into_node(#several)),*]) },
    })
}

fn node_of(node: &Node, place: u32) -> syn::Result<TokenStream> {
    match node {
        Node::Element(element) if is_component(element.name()) => component(element, place),
        Node::Element(element) => element_of(element, place),
        Node::Text(text) => Ok(text.value.to_token_stream()),
        Node::Block(block) => block_of(block),
        Node::Fragment(fragment) => nodes_of(&fragment.children, place),
        other => Err(syn::Error::new(other.span(), "text stands in quotes")),
    }
}

/// Components have a capital first letter, in the last part of their path.
fn is_component(name: &NodeName) -> bool {
    name.to_string().rsplit("::").next().is_some_and(|last| last.trim().starts_with(char::is_uppercase))
}

/// A block of one expression is that expression.
fn block_of(block: &NodeBlock) -> syn::Result<TokenStream> {
    let NodeBlock::ValidBlock(block) = block else { return Err(syn::Error::new(block.span(), "this is no Rust")) };
    Ok(match block.stmts.as_slice() {
        [Stmt::Expr(expression, None)] => expression.to_token_stream(),
        _ => block.to_token_stream(),
    })
}

/// Leptos' macro makes the component; what is inside it is a view of ours.
fn component(element: &NodeElement<rstml::Infallible>, place: u32) -> syn::Result<TokenStream> {
    let open = &element.open_tag;
    let made = if element.children.is_empty() {
        quote! { ::leptos::prelude::view! { #element } }
    } else {
        let (close, children) = (&element.close_tag, nodes_of(&element.children, place)?);
        quote! { ::leptos::prelude::view! { #open {crate::markup::Markup::new(#children)} #close } }
    };
    Ok(quote! { crate::markup::Node::View(#place, ::leptos::prelude::IntoAny::into_any(#made)) })
}

fn element_of(element: &NodeElement<rstml::Infallible>, place: u32) -> syn::Result<TokenStream> {
    let this = Ident::new("element", Span::mixed_site());
    let tag = element.name().to_string();
    let settings = element.attributes().iter().map(|attribute| setting(&this, &tag, attribute)).collect::<syn::Result<Vec<_>>>()?;
    let children = element.children.iter().map(|child| node_of(child, place)).collect::<syn::Result<Vec<_>>>()?;
    Ok(quote! {{
        let mut #this = crate::markup::Element::new(#tag, #place);
        #(#settings)*
        #(#this.child(#children);)*
        #this
    }})
}

/// One attribute, as the call that makes it.
fn setting(this: &Ident, tag: &str, attribute: &NodeAttribute) -> syn::Result<TokenStream> {
    let NodeAttribute::Attribute(attribute) = attribute else {
        return Err(syn::Error::new(attribute.span(), "an attribute has a name"));
    };
    let span = attribute.key.span();
    let value = value_of(attribute);
    let key = attribute.key.to_string();
    let parts: Vec<&str> = key.split(':').collect();
    Ok(match parts.as_slice() {
        ["node_ref"] => quote_spanned! { span => #this.reference(#value); },
        ["class", name] => quote_spanned! { span => #this.class(#name, #value); },
        ["prop", name] => quote_spanned! { span => #this.property(#name, #value); },
        ["on", event] => {
            let kind = kind_of(event, span);
            quote_spanned! { span => #this.on::<::web_sys::#kind>(#event, #value); }
        }
        ["on", event, "target"] => {
            let target = target_of(tag, span)?;
            quote_spanned! { span => #this.on_target::<::web_sys::#target>(#event, #value); }
        }
        [name] => match literal_of(attribute) {
            Some(text) => quote_spanned! { span => #this.fixed(#name, #text); },
            None => quote_spanned! { span => #this.set(#name, #value); },
        },
        _ => return Err(syn::Error::new(span, "not an attribute this view! knows")),
    })
}

/// The value; `true` for an attribute without one.
fn value_of(attribute: &KeyedAttribute) -> TokenStream {
    match attribute.value() {
        // Braces around one expression are only Leptos' manner of writing.
        Some(Expr::Block(block)) => match block.block.stmts.as_slice() {
            [Stmt::Expr(expression, None)] => expression.to_token_stream(),
            _ => block.to_token_stream(),
        },
        Some(value) => value.to_token_stream(),
        None => quote! { true },
    }
}

fn literal_of(attribute: &KeyedAttribute) -> Option<String> {
    match attribute.value() {
        Some(Expr::Lit(literal)) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The class of an event; those whose handlers look at nothing of their own are plain events.
fn kind_of(event: &str, span: Span) -> Ident {
    let class = match event {
        "click" | "mousedown" => "MouseEvent",
        "pointerdown" | "pointermove" | "pointerup" => "PointerEvent",
        "keydown" | "keyup" => "KeyboardEvent",
        "focusout" => "FocusEvent",
        "submit" => "SubmitEvent",
        _ => "Event",
    };
    Ident::new(class, span)
}

/// The class of the element that an event of it comes from.
fn target_of(tag: &str, span: Span) -> syn::Result<Ident> {
    let class = match tag {
        "input" => "HtmlInputElement",
        "textarea" => "HtmlTextAreaElement",
        "select" => "HtmlSelectElement",
        _ => return Err(syn::Error::new(span, "only input, textarea and select have a typed target")),
    };
    Ok(Ident::new(class, span))
}
