//! The request and answer headers of the API that are not everybody's.

/// Sent by the app with every request, whatever its value: a form or a link of another site cannot add it.
pub const APP: &str = "x-filo";
/// Sent with every POST that creates something: the same key gives the first answer again, the same key with another body is refused.
/// Source: IETF draft-ietf-httpapi-idempotency-key-header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// On every answer to somebody who is signed in: seconds until the session ends if nothing more is asked.
pub const SESSION_SECONDS_LEFT: &str = "x-session-seconds-left";
/// Name of an uploaded file, as tus 1.0 writes it: `filename <base64 of UTF-8>`.
pub const UPLOAD_METADATA: &str = "upload-metadata";
