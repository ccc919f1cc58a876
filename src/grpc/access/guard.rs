//! Stands before a service: nobody unknown, and nobody whose role may not, gets a byte of their body read.

use super::{Authority, Identity, Roll, Unknown, table};
use crate::grpc::pb::Reason;
use crate::grpc::refused::Refused;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;

/// What tonic says of a message that is larger than it takes; there is no other mark of it.
const TOO_LARGE: &str = "decoded message length too large";
/// The same of a message that is larger once it is unpacked.
const TOO_LARGE_UNPACKED: &str = "exceeded while decompressing";

/// What a call's request is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// A body as somebody else wrote it, in the field `body`.
    Body,
    /// Fields of the contract alone.
    Fields,
}

impl Carries {
    fn of(path: &str) -> Self {
        let call = path.strip_prefix("/usher.v1.IntakeService/");
        let bodies = ["RecordCourtResult", "RecordCourtResults", "RecordCpsMessage"];
        if call.is_some_and(|call| bodies.contains(&call)) { Self::Body } else { Self::Fields }
    }
}

/// A service behind the access table.
#[derive(Clone)]
pub struct Guarded<S> {
    inner: S,
    authority: Arc<dyn Authority>,
    roll: Arc<dyn Roll>,
}

impl<S> Guarded<S> {
    /// `inner`, reached only by whom `authority` knows, who has not left by the `roll`, and whom the table allows.
    pub fn new(inner: S, authority: Arc<dyn Authority>, roll: Arc<dyn Roll>) -> Self {
        Self { inner, authority, roll }
    }
}

impl<S: NamedService> NamedService for Guarded<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for Guarded<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let carries = Carries::of(request.uri().path());
        let identified = self.authority.identify(request.headers());
        let roll = self.roll.clone();
        // The one that was asked whether it is ready is the one that is called.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        Box::pin(async move {
            if !table::is_open(request.uri().path()) {
                match admitted(identified, &*roll, request.uri().path()).await {
                    Ok(identity) => drop(request.extensions_mut().insert(identity)),
                    Err(refused) => return Ok(Status::from(refused).into_http()),
                }
            }
            Ok(told_in_our_words(inner.call(request).await?, carries))
        })
    }
}

/// The caller, whom the table allows the call at this path and who has not left.
async fn admitted(
    identified: BoxFuture<Identity, Unknown>,
    roll: &dyn Roll,
    path: &str,
) -> Result<Identity, Refused> {
    let identity = identified.await.map_err(|unknown| match unknown {
        Unknown::Missing => Refused::new(
            Reason::CredentialsMissing,
            "no bearer token came with the call: send `authorization: Bearer` and the token",
        ),
        Unknown::Invalid => Refused::new(
            Reason::CredentialsInvalid,
            "the bearer token is unknown or withdrawn: ask the administrator for another",
        ),
        Unknown::Ended => Refused::new(Reason::CredentialsInvalid, "the session has ended: sign in again"),
        Unknown::Away => Refused::new(Reason::DatabaseUnavailable, "it cannot be told just now who calls"),
    })?;
    if !table::allows(identity.role, path) {
        let message = format!("the role {} may not make this call", identity.role);
        return Err(Refused::new(Reason::RoleForbids, message));
    }
    if let Some(staff) = identity.staff {
        still_here(roll.has_left(identity.unit, staff)).await?;
    }
    Ok(identity)
}

async fn still_here(has_left: BoxFuture<bool, Refused>) -> Result<(), Refused> {
    if has_left.await? {
        let message = "the member of staff whose token this is has left the unit";
        return Err(Refused::new(Reason::CredentialsInvalid, message));
    }
    Ok(())
}

/// What the transport refuses by itself is said as the contract promises.
fn told_in_our_words(answer: http::Response<Body>, carries: Carries) -> http::Response<Body> {
    let Some(status) = Status::from_header_map(answer.headers()) else { return answer };
    match in_our_words(&status, carries) {
        Some(refused) => Status::from(refused).into_http(),
        None => answer,
    }
}

/// The refusal that stands for a status of the transport's own making.
#[must_use]
pub fn in_our_words(status: &Status, carries: Carries) -> Option<Refused> {
    let message = status.message();
    if !message.contains(TOO_LARGE) && !message.contains(TOO_LARGE_UNPACKED) {
        return None;
    }
    if carries == Carries::Body {
        let text = "the body is larger than the server takes; nothing of it is kept";
        return Some(Refused::new(Reason::BodyTooLarge, text).about("body", "must be smaller"));
    }
    let text = "the request as a whole is larger than the server takes; nothing of it is kept";
    Some(Refused::new(Reason::BodyTooLarge, text))
}

/// The caller of an admitted call.
///
/// # Errors
/// [`Refused`] where the call did not pass a guard, which is a fault of ours.
pub fn caller<T>(request: &tonic::Request<T>) -> Result<Identity, Refused> {
    let found = request.extensions().get::<Identity>().cloned();
    found.ok_or_else(|| Refused::new(Reason::Internal, "the call was not admitted by the access table"))
}
