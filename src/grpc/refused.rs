//! Every refusal, mapped once: from what the engine, the domain and the store say to a gRPC status with rich details.
//!
//! A [`Refused`] is what a single call answers as its status and what an item of a stream is acknowledged with. No
//! refusal repeats a name, an address or any text that the caller sent: it names the field and what was expected.

use super::pb::{self, Reason};
use super::reason::{DOMAIN, REMEDY_KEY, Remedy};
use crate::domain::refusal::Refusal;
use crate::{engine, store};
use std::collections::HashMap;
use std::time::Duration;
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt};

/// Why a call, or an item of a stream, is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    reason: Reason,
    message: String,
    fields: Vec<(String, String)>,
    resource: Option<(String, String)>,
    obstacle: Option<(String, String)>,
    retry_after: Option<Duration>,
}

/// How long to wait before a call is repeated, where nothing better is known.
const RETRY_AFTER: Duration = Duration::from_millis(500);

impl Refused {
    /// A refusal with a message that says what is wrong, what was expected and what to do.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        let retry_after = (reason.remedy() == Remedy::Retry).then_some(RETRY_AFTER);
        let message = message.into();
        Self(Box::new(Details {
            reason,
            message,
            fields: Vec::new(),
            resource: None,
            obstacle: None,
            retry_after,
        }))
    }

    /// The same, about a field.
    #[must_use]
    pub fn about(mut self, field: &str, expected: impl Into<String>) -> Self {
        self.0.fields.push((field.to_owned(), expected.into()));
        self
    }

    /// The same, to be tried again after that long.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// What is wrong, what was expected and what to do.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// A field that must be given is not.
    #[must_use]
    pub fn required(field: &str) -> Self {
        Self::new(Reason::FieldRequired, format!("{field} is required")).about(field, "must be given")
    }

    /// A field cannot be taken as it is.
    #[must_use]
    pub fn invalid(field: &str, expected: impl Into<String>) -> Self {
        let expected = expected.into();
        Self::new(Reason::FieldInvalid, format!("{field}: {expected}")).about(field, expected)
    }

    /// An instant lies in the future that must not.
    #[must_use]
    pub fn ahead(field: &str) -> Self {
        let message = format!("{field} lies in the future: send an instant that has passed, or leave it out");
        Self::new(Reason::TimeInFuture, message).about(field, "must not lie ahead")
    }

    /// The caller's unit holds no such thing.
    #[must_use]
    pub fn not_held(what: &str, id: &str) -> Self {
        let message = format!("the unit holds no {what} under this id or reference: check it");
        let mut refused = Self::new(Reason::NotHeld, message);
        // Only ids of the machine's making are told back.
        let name = if id.parse::<uuid::Uuid>().is_ok() { id.to_owned() } else { String::new() };
        refused.0.resource = Some((what.to_owned(), name));
        refused
    }

    /// The same, with every field under the name that `name` gives it.
    #[must_use]
    pub fn renamed(mut self, name: impl Fn(&str) -> String) -> Self {
        for (field, _) in &mut self.0.fields {
            let renamed = name(field);
            if let Some(rest) = self.0.message.strip_prefix(field.as_str()) {
                self.0.message = format!("{renamed}{rest}");
            }
            *field = renamed;
        }
        self
    }

    /// Which reason it is.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.0.reason
    }

    /// Whether and after how long a queue asks for a repeat.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl From<Refused> for Status {
    fn from(refused: Refused) -> Self {
        let Details { reason, message, fields, resource, obstacle, retry_after } = *refused.0;
        let metadata = HashMap::from([(REMEDY_KEY.to_owned(), reason.remedy().word().to_owned())]);
        let mut details = ErrorDetails::with_error_info(reason.word(), DOMAIN, metadata);
        for (field, expected) in fields {
            details.add_bad_request_violation(field, expected);
        }
        if let Some((what, id)) = resource {
            details.set_resource_info(what, id, "", "not held by the caller's unit");
        }
        if let Some((what, wanted)) = obstacle {
            details.add_precondition_failure_violation(reason.word(), what, wanted);
        }
        if let Some(after) = retry_after {
            details.set_retry_info(Some(after));
        }
        Self::with_error_details(reason.code(), message, details)
    }
}

impl From<Refused> for pb::Refusal {
    fn from(refused: Refused) -> Self {
        let Details { reason, message, fields, retry_after, .. } = *refused.0;
        let violation = |(field, description)| pb::FieldViolation { field, description };
        Self {
            code: reason.code() as i32,
            reason: reason as i32,
            message,
            fields: fields.into_iter().map(violation).collect(),
            retry_after: retry_after.and_then(|after| after.try_into().ok()),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound { what, id } => Self::not_held(&what, &id),
            Refusal::AlreadyExists { what, .. } if what.contains("case with") => {
                let message = "another case of the unit is found by one of the references: use that case, or link to it";
                Self::new(Reason::ReferenceTaken, message)
            }
            Refusal::AlreadyExists { what, .. } => {
                Self::invalid("id", format!("a {what} is held under this id already: send another, or none"))
            }
            Refusal::Stale { what, held, given, .. } => Self::new(
                Reason::VersionStale,
                format!("the {what} is at version {held}, not {given}: read it again, then decide again"),
            )
            .about("version", format!("must be {held}, as last read")),
            Refusal::IllegalMove { what, id, state, wanted } => {
                let message = format!("the {what} is {state}: {wanted}");
                let mut refused = Self::new(Reason::StateForbids, message);
                refused.0.obstacle = Some((format!("{what}/{id}"), wanted));
                refused
            }
            Refusal::Invalid { field, problem } => Self::invalid(&field, problem),
            Refusal::Required { field, problem } => {
                let message = format!("{field} is required: {problem}");
                Self::new(Reason::FieldRequired, message).about(&field, problem)
            }
            Refusal::Fields { missing, violations } => {
                let reason = if missing { Reason::FieldRequired } else { Reason::FieldInvalid };
                let told: Vec<String> = violations.iter().map(ToString::to_string).collect();
                let refused = Self::new(reason, told.join("; "));
                violations
                    .into_iter()
                    .fold(refused, |refused, wrong| refused.about(&wrong.field, wrong.problem))
            }
            Refusal::UnknownWord { field, problem } => {
                let message = format!("{field} is no word of the active pack here: {problem}");
                Self::new(Reason::WordUnknown, message).about(&field, problem)
            }
            Refusal::Ahead { field } => Self::ahead(&field),
            Refusal::Unsuitable { staff, why } => {
                let message = format!("the member of staff cannot take it: {why}; name somebody else");
                let mut refused = Self::new(Reason::AssigneeUnsuitable, message);
                refused.0.obstacle = Some((format!("staff/{staff}"), why));
                refused
            }
            Refusal::Reused { .. } => Self::new(
                Reason::RequestIdReused,
                "the request_id was used before for something else: take a new one",
            )
            .about("request_id", "must be new for a call with other contents"),
        }
    }
}

impl From<engine::Error> for Refused {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Refused(refusal) => refusal.into(),
            engine::Error::Busy { after } => {
                let message = "more waits than the server takes in: repeat the call after the delay";
                let mut refused = Self::new(Reason::QueueFull, message);
                refused.0.retry_after = Some(after);
                refused
            }
            engine::Error::Unavailable(_) => Self::new(
                Reason::DatabaseUnavailable,
                "the database does not answer: repeat the call under the same request_id",
            ),
            engine::Error::Closing => Self::new(
                Reason::ShuttingDown,
                "the server is stopping: repeat the call under the same request_id",
            ),
        }
    }
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "a query failed");
        if error.is_bug() {
            return Self::new(Reason::Internal, "a fault in usher; it is logged");
        }
        Self::new(Reason::DatabaseUnavailable, "the database does not answer: repeat the call")
    }
}

impl From<store::audit::NotWritten> for Refused {
    fn from(_: store::audit::NotWritten) -> Self {
        let message = "the disclosure cannot be logged, so it does not happen: repeat the call";
        Self::new(Reason::AuditUnavailable, message)
    }
}
