//! The reference CRM: what `contract` promises, kept on SQLite or PostgreSQL.
pub mod app_files;
pub mod headers;
