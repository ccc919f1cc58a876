//! What the API refuses, as a page says it.

use crate::grpc::pb::Reason;
use axum::http::StatusCode;
use tonic::{Code, Status};
use tonic_types::{FieldViolation, StatusExt as _};

/// A refused call.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Why, for a program.
    pub reason: Reason,
    /// Why, for a person.
    pub message: String,
    /// The fields that stand in the way, by their path in the request, with what was expected there.
    pub fields: Vec<(String, String)>,
    /// After how many seconds it may be tried again; 0 where that is not said.
    pub retry_seconds: u64,
}

impl Refusal {
    /// A refusal of the board's own.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), fields: Vec::new(), retry_seconds: 0 }
    }

    /// A page or a thing on it that is not there.
    #[must_use]
    pub fn not_here(message: impl Into<String>) -> Self {
        Self::new(Reason::NotHeld, message)
    }

    /// A field of a form that was filled in wrongly.
    #[must_use]
    pub fn field(name: &str, expected: impl Into<String>) -> Self {
        let expected = expected.into();
        let mut refusal = Self::new(Reason::FieldInvalid, expected.clone());
        refusal.fields.push((name.to_owned(), expected));
        refusal
    }

    /// Whether a person can mend it where they filled in a form: what they typed is then shown again beside what is wrong.
    #[must_use]
    pub fn is_mendable(&self) -> bool {
        matches!(
            self.reason,
            Reason::FieldRequired
                | Reason::FieldInvalid
                | Reason::WordUnknown
                | Reason::TimeInFuture
                | Reason::VersionStale
                | Reason::StateForbids
                | Reason::AssigneeUnsuitable
                | Reason::ReferenceTaken
                | Reason::BodyEmpty
                | Reason::BodyTooLarge
                | Reason::CredentialsInvalid
                | Reason::TooManyAttempts
                | Reason::QueueFull
                | Reason::DatabaseUnavailable
                | Reason::DeadlinePassed
        )
    }

    /// The status of the page that says it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.reason {
            Reason::NotHeld => StatusCode::NOT_FOUND,
            Reason::RoleForbids | Reason::ConflictOfInterest => StatusCode::FORBIDDEN,
            Reason::VersionStale
            | Reason::StateForbids
            | Reason::ReferenceTaken
            | Reason::RequestIdReused => StatusCode::CONFLICT,
            Reason::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Reason::QueueFull
            | Reason::DatabaseUnavailable
            | Reason::AuditUnavailable
            | Reason::ShuttingDown
            | Reason::DeadlinePassed => StatusCode::SERVICE_UNAVAILABLE,
            Reason::Unspecified | Reason::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Reason::CredentialsMissing | Reason::CredentialsInvalid => StatusCode::UNAUTHORIZED,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let reason = details
            .error_info()
            .and_then(|info| Reason::from_str_name(&format!("REASON_{}", info.reason)))
            .unwrap_or(match status.code() {
                Code::Unavailable => Reason::DatabaseUnavailable,
                Code::DeadlineExceeded => Reason::DeadlinePassed,
                _ => Reason::Internal,
            });
        let fields: Vec<(String, String)> = details.bad_request().map_or_else(Vec::new, |bad| {
            let told = |fault: &FieldViolation| (fault.field.clone(), fault.description.clone());
            bad.field_violations.iter().map(told).collect()
        });
        // An address that was typed wrongly names nothing, whatever is wrong with it.
        if fields.iter().any(|(field, expected)| field.ends_with("_id") && expected.contains("UUID")) {
            return Self::not_here("there is nothing under this address");
        }
        let retry = details.retry_info().and_then(|info| info.retry_delay);
        Self {
            reason,
            message: status.message().to_owned(),
            fields,
            retry_seconds: retry.map_or(0, |delay| delay.as_secs()),
        }
    }
}
