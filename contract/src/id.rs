//! Identifiers: opaque text (UUIDv7) made by the CRM or by the device, one type per thing so that they cannot be mixed up.

/// Declares an identifier: a transparent newtype over text.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as text, for a URL or a query.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

id! {
    /// A citizen as the CRM knows them. Never a codice fiscale: nothing personal stands in a URL.
    CitizenId,
    /// A case (pratica).
    CaseId,
    /// A document of a case, ready to download.
    DocumentId,
    /// A photo or a PDF that a citizen sent.
    AttachmentId,
    /// A street report as everybody sees it. Not the case's own identifier: one does not lead to the other.
    PublicReportId,
    /// A draft, by the identifier its device chose; the `Idempotency-Key` of what it becomes.
    DraftId,
    /// A photo of a public report.
    PublicPhotoId,
    /// A message of the inbox.
    MessageId,
    /// A device that is told by Web Push.
    DeviceId,
    /// Something told on a channel.
    DeliveryId,
    /// A letter on paper.
    LetterId,
    /// Something that a citizen follows.
    SubscriptionId,
    /// A questionnaire.
    QuestionnaireId,
    /// A consent that a citizen is asked for at the help desk.
    ConsentId,
    /// What is about to be sent at the help desk.
    ShownId,
    /// A session that is open somewhere. Not what stands in its cookie: one does not lead to the other.
    SessionId,
    /// A delegation: somebody may act for somebody.
    DelegationId,
    /// An entry of a citizen's log.
    LogEntryId,
    /// Something to pay: one payment notice.
    FeeId,
    /// Fees that are paid together.
    CartId,
    /// A copy of somebody's data.
    DataCopyId,
}
