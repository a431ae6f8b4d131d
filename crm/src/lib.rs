//! The reference CRM: what `contract` promises, kept on SQLite or PostgreSQL.
