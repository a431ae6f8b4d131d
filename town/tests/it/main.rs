//! The town from outside: logging in, the clerk, the demo data.
mod clerk;
mod data;
mod login;
mod mail;
mod phones;
mod street;
