//! The CRM's command line.
fn main() {}
