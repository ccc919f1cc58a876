//! The API as one visitor calls it: every call goes through the same access table, audit and refusals as a call that comes
//! over the wire.

use crate::grpc::pb;
use pb::account_service_client::AccountServiceClient;
use pb::case_service_client::CaseServiceClient;
use pb::correspondence_service_client::CorrespondenceServiceClient;
use pb::diary_service_client::DiaryServiceClient;
use pb::directory_service_client::DirectoryServiceClient;
use pb::intake_service_client::IntakeServiceClient;
use pb::operations_service_client::OperationsServiceClient;
use pb::pack_service_client::PackServiceClient;
use pb::task_service_client::TaskServiceClient;
use pb::team_service_client::TeamServiceClient;
use std::convert::Infallible;
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::codegen::http::{HeaderValue, Request, Response, header::AUTHORIZATION};
use tonic::codegen::{Service, StdError};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

/// What carries a call to the API and its answer back: the services of this process, or a connection to another.
pub type Transport = BoxCloneSyncService<Request<Body>, Response<Body>, StdError>;

/// The services of this process, as they are behind the port.
#[must_use]
pub fn within(services: axum::Router) -> Transport {
    let whole = |answer: Response<axum::body::Body>| answer.map(Body::new);
    let services = ServiceExt::<Request<Body>>::map_response(services, whole);
    Transport::new(ServiceExt::<Request<Body>>::map_err(services, |never: Infallible| match never {}))
}

/// The API as whoever holds one token calls it. Cheap to clone.
#[derive(Clone)]
pub struct Calls(Bearer);

/// A transport that says with each call who makes it.
#[derive(Clone)]
pub struct Bearer {
    transport: Transport,
    token: Option<HeaderValue>,
}

impl Service<Request<Body>> for Bearer {
    type Response = Response<Body>;
    type Error = StdError;
    type Future = <Transport as Service<Request<Body>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), StdError>> {
        self.transport.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(token) = &self.token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        self.transport.call(request)
    }
}

macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $client:ident,)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> $client<Bearer> {
            // What a page shows is bounded by what it asks for, not by what a stranger may send.
            $client::new(self.0.clone()).max_decoding_message_size(usize::MAX)
        })*
    };
}

impl Calls {
    /// The API for whoever holds `token`; for somebody unknown where there is none, or it can be no token.
    #[must_use]
    pub fn by(transport: Transport, token: Option<&str>) -> Self {
        let token = token.and_then(|token| {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self(Bearer { transport, token })
    }

    clients! {
        /// Sessions and accounts.
        accounts: AccountServiceClient,
        /// Cases.
        cases: CaseServiceClient,
        /// Messages and letters.
        correspondence: CorrespondenceServiceClient,
        /// The diary.
        diary: DiaryServiceClient,
        /// The contact directory.
        directory: DirectoryServiceClient,
        /// What comes in.
        intake: IntakeServiceClient,
        /// Running usher.
        operations: OperationsServiceClient,
        /// The pack.
        packs: PackServiceClient,
        /// Tasks and duties.
        tasks: TaskServiceClient,
        /// Teams, staff, absences, notices.
        team: TeamServiceClient,
    }
}
