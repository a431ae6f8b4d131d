//! The request and answer headers of the API that are not everybody's.

/// Sent by the app with every request, whatever its value: a form or a link of another site cannot add it.
pub const APP: &str = "x-filo";
/// The citizen's identifier ([`crate::session::Me::id`]) that the app believes is signed in: when somebody else is, nothing happens (409
/// `other_person`). What waits on a device for one person must never be sent as another, whatever a second tab has done to the session.
/// On every answer to somebody who is signed in: whose things are in it, so that no page shows them under another name.
pub const PERSON: &str = "x-filo-person";
/// Sent with every POST that creates something: the same key gives the first answer again, the same key with another body is refused.
/// Source: IETF draft-ietf-httpapi-idempotency-key-header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Sent with a read that nobody asked for: the page makes itself new because of live news. It does not prolong the session.
pub const UNASKED: &str = "x-filo-unasked";
/// What a page was told when it began to help somebody ([`crate::help_desk::Begun::page`]), sent with `GET /me`: a page that does not know it was
/// opened anew, and the help ends.
pub const DESK_PAGE: &str = "x-filo-desk";
/// On every answer to somebody who is signed in: seconds until the session ends if nothing more is asked.
pub const SESSION_SECONDS_LEFT: &str = "x-session-seconds-left";
/// What an upload is, as tus 1.0 writes it: `filename <base64 of UTF-8>`, more pairs after a comma (the keys are in [`crate::uploads`]).
pub const UPLOAD_METADATA: &str = "upload-metadata";
/// The version of tus that is spoken; in every request and answer of an upload.
pub const TUS_RESUMABLE: &str = "tus-resumable";
/// The versions of tus that could be spoken.
pub const TUS_VERSION: &str = "tus-version";
/// The extensions of tus that are spoken.
pub const TUS_EXTENSION: &str = "tus-extension";
/// Most bytes of one file.
pub const TUS_MAX_SIZE: &str = "tus-max-size";
/// The algorithms of [`UPLOAD_CHECKSUM`].
pub const TUS_CHECKSUM_ALGORITHM: &str = "tus-checksum-algorithm";
/// Bytes of the whole file.
pub const UPLOAD_LENGTH: &str = "upload-length";
/// Bytes that have arrived and are safe; in a piece, where it begins.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// Checksum of one piece: algorithm, a blank, base64 of the digest.
pub const UPLOAD_CHECKSUM: &str = "upload-checksum";
/// Until when an unfinished upload can go on (RFC 9110 date).
pub const UPLOAD_EXPIRES: &str = "upload-expires";
/// The method that is meant, from a client that can only POST.
pub const METHOD_OVERRIDE: &str = "x-http-method-override";
