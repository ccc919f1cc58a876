//! The gRPC edge, from outside: a real server on a port of this machine, and tonic's client.

mod access;
mod accounts;
mod appointments;
mod board;
mod callers;
mod cases;
mod cover;
mod desk_work;
mod diary;
mod documents;
mod feeds;
mod forms;
mod intake;
mod leave;
mod messages;
mod notices;
mod operations;
mod print;
mod proof;
mod server;
mod tasks;
mod trend;
mod watch;

pub use server::{Caller, Served};
pub use tasks::result;

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The published reason of a refusal.
pub fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// The fields that a refusal names.
pub fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    violations.into_iter().map(|violation| violation.field).collect()
}

/// Asserts that a call is refused in this way.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code, wanted: &str) -> Status {
    let status = answer.expect_err("the call is to be refused");
    assert_eq!((status.code(), reason(&status).as_str()), (code, wanted), "{status:?}");
    status
}

/// An instant on the wire.
pub fn wire(text: &str) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: crate::app::at(text).timestamp(), nanos: 0 }
}
