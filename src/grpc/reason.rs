//! What a published [`Reason`] means for the caller: one table of remedy and status, kept beside the enum's comments
//! by a test, so that the contract and the code cannot part.

use super::pb::Reason;
use tonic::Code;

/// The domain that every `google.rpc.ErrorInfo` of usher names.
pub const DOMAIN: &str = "usher";

/// The key of `google.rpc.ErrorInfo.metadata` under which the remedy stands.
pub const REMEDY_KEY: &str = "remedy";

/// What a caller can do about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Send the same call again later, with the same `request_id`.
    Retry,
    /// Change the call first.
    Fix,
    /// Nothing: it will not be taken from this caller in any form.
    Never,
}

impl Remedy {
    /// The word that stands in `google.rpc.ErrorInfo.metadata`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Fix => "fix",
            Self::Never => "never",
        }
    }
}

impl Reason {
    /// The word that stands in `google.rpc.ErrorInfo.reason`, such as `VERSION_STALE`.
    #[must_use]
    pub fn word(self) -> &'static str {
        let name = self.as_str_name();
        name.strip_prefix("REASON_").unwrap_or(name)
    }

    /// The gRPC status that it comes with.
    #[must_use]
    pub fn code(self) -> Code {
        self.terms().1
    }

    /// What the caller can do about it.
    #[must_use]
    pub fn remedy(self) -> Remedy {
        self.terms().0
    }

    fn terms(self) -> (Remedy, Code) {
        use Remedy::{Fix, Never, Retry};
        match self {
            Self::CredentialsMissing | Self::CredentialsInvalid => (Fix, Code::Unauthenticated),
            Self::RoleForbids | Self::ConflictOfInterest => (Never, Code::PermissionDenied),
            Self::FieldRequired
            | Self::FieldInvalid
            | Self::WordUnknown
            | Self::TimeInFuture
            | Self::PageTokenInvalid
            | Self::BodyEmpty => (Fix, Code::InvalidArgument),
            Self::BodyTooLarge => (Never, Code::InvalidArgument),
            Self::NotHeld => (Fix, Code::NotFound),
            Self::RequestIdReused | Self::ReferenceTaken => (Fix, Code::AlreadyExists),
            Self::VersionStale => (Fix, Code::Aborted),
            Self::StateForbids | Self::AssigneeUnsuitable | Self::PackFaulty => {
                (Fix, Code::FailedPrecondition)
            }
            Self::QueueFull | Self::TooManyAttempts => (Retry, Code::ResourceExhausted),
            Self::DatabaseUnavailable | Self::AuditUnavailable | Self::ShuttingDown => {
                (Retry, Code::Unavailable)
            }
            Self::WatchExpired => (Fix, Code::OutOfRange),
            Self::DeadlinePassed => (Retry, Code::DeadlineExceeded),
            Self::Internal | Self::Unspecified => (Never, Code::Internal),
        }
    }
}
