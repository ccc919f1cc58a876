//! The server: services behind the access table, reflection, health, limits, and an orderly end.

use super::DESCRIPTORS;
use super::access::guard::Guarded;
use super::access::{Authority, Roll};
use super::api::Api;
use super::pb::account_service_server::AccountServiceServer;
use super::pb::case_service_server::CaseServiceServer;
use super::pb::correspondence_service_server::CorrespondenceServiceServer;
use super::pb::diary_service_server::DiaryServiceServer;
use super::pb::directory_service_server::DirectoryServiceServer;
use super::pb::intake_service_server::IntakeServiceServer;
use super::pb::operations_service_server::OperationsServiceServer;
use super::pb::pack_service_server::PackServiceServer;
use super::pb::task_service_server::TaskServiceServer;
use super::pb::team_service_server::TeamServiceServer;
use super::services::accounts::Accounts;
use super::services::cases::Cases;
use super::services::correspondence::Correspondence;
use super::services::diary::Diary;
use super::services::directory::Directory;
use super::services::intake::Intake;
use super::services::operations::Operations;
use super::services::packs::Packs;
use super::services::tasks::Tasks;
use super::services::team::Teams;
use super::{feeds, tls};
use std::convert::Infallible;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::body::Body;
use tonic::codec::CompressionEncoding::Gzip;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// Why the server could not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The certificate and its key cannot be used.
    #[error("server.tls_certificate {certificate} and server.tls_key {key} cannot be used: {cause}")]
    Certificate {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        cause: tls::Error,
    },
    /// The transport could not be set up, or broke.
    #[error("the server: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The contract cannot be told: a fault of ours.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// How often the database is asked for a sign of life.
const PULSE: Duration = Duration::from_secs(1);
/// How long it may take to give one.
const PULSE_MAX: Duration = Duration::from_secs(3);
/// What a message may be larger than the body or document in it: its other fields.
const ENVELOPE_BYTES: usize = 64 * 1024;

/// The largest item of a stream that is read at all, in bytes; the contract says so. What is larger than a body may be
/// is read to its end and answered, so that the items after it are reached; nothing of it is kept.
const ITEM_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The calls of intake that take streams.
const STREAMS: &[&str] = &["RecordEvents", "RecordCourtResults"];
/// The calls on cases that bring a document.
const DOCUMENTS: &[&str] = &["AddDocument"];

/// A service under two limits: most calls are refused before they are read where they are too large. Those that take
/// more have a limit of their own, as intake's streams, whose items are refused after they were read.
#[derive(Clone)]
struct TwoLimits<S> {
    usual: S,
    more: S,
    /// The calls that take more.
    calls: &'static [&'static str],
}

impl<S: NamedService> NamedService for TwoLimits<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for TwoLimits<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = S::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let call = request.uri().path().rsplit('/').next();
        let more = call.is_some_and(|call| self.calls.contains(&call));
        if more { self.more.call(request) } else { self.usual.call(request) }
    }
}

/// Serves on `listener` until `shutdown` ends; calls under way then have a while to end. `pages` makes what else the port
/// answers, over the services as it is given them: their access table included.
///
/// # Errors
/// [`Error`].
pub async fn serve(
    api: Api,
    authority: Arc<dyn Authority>,
    listener: TcpListener,
    pages: impl FnOnce(axum::Router) -> axum::Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let settings = api.settings().clone();
    let mut server = Server::builder()
        // Calendar programs ask for feeds over HTTP/1.1; calls come over HTTP/2.
        .accept_http1(true)
        .max_concurrent_streams(settings.concurrent_calls_max)
        .timeout(settings.call_max())
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .http2_keepalive_timeout(Some(Duration::from_secs(20)))
        .http2_adaptive_window(Some(true));
    let tls = match (&settings.tls_certificate, &settings.tls_key) {
        (Some(certificate), Some(key)) => {
            let unusable =
                |cause| Error::Certificate { certificate: certificate.clone(), key: key.clone(), cause };
            Some(tls::config(certificate, key).map_err(unusable)?)
        }
        _ => None,
    };
    let health = HealthReporter::new();
    let pulse = tokio::spawn(watch_database(api.clone(), health.clone()));
    let (ending, mut ended) = watch::channel(());
    let routes = services(&api, &authority, &health)?;
    let routes =
        Routes::from(pages(routes.clone()).merge(routes.reset_fallback()).merge(feeds::router(api.clone())));
    let router = server.add_routes(routes);
    let (told, closing) = (health.clone(), api.closing().clone());
    let stop = async move {
        shutdown.await;
        for name in names() {
            told.set_service_status(name, ServingStatus::NotServing).await;
        }
        closing.cancel();
        ending.send(()).ok();
    };
    let serving: BoxFuture<(), tonic::transport::Error> = match tls {
        Some(config) => Box::pin(router.serve_with_incoming_shutdown(tls::incoming(listener, config), stop)),
        None => {
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            Box::pin(router.serve_with_incoming_shutdown(incoming, stop))
        }
    };
    let patience = async {
        drop(ended.changed().await);
        tokio::time::sleep(settings.stop_max()).await;
    };
    let result = tokio::select! {
        result = serving => result.map_err(Error::from),
        // Streams that nobody closes do not keep the process: what they handed over is committed.
        () = patience => Ok(()),
    };
    pulse.abort();
    result
}

/// The services behind the access table, with reflection and health, as they answer on the port.
///
/// # Errors
/// [`Error::Reflection`].
pub fn services(
    api: &Api,
    authority: &Arc<dyn Authority>,
    health: &HealthReporter,
) -> Result<axum::Router, Error> {
    let settings = api.settings();
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let body_max = settings.body_bytes_max + ENVELOPE_BYTES;
    let max = settings.message_bytes_max;
    let roll: Arc<dyn Roll> = Arc::new(api.clone());
    // The same for each service, which is a type of its own.
    macro_rules! limited {
        ($server:ident, $service:expr, $max:expr) => {
            $server::new($service)
                .accept_compressed(Gzip)
                .send_compressed(Gzip)
                .max_decoding_message_size($max)
        };
    }
    macro_rules! guarded {
        ($server:ident, $service:expr, $max:expr) => {
            Guarded::new(limited!($server, $service, $max), authority.clone(), roll.clone())
        };
    }
    let intake = TwoLimits {
        usual: limited!(IntakeServiceServer, Intake(api.clone()), body_max),
        more: limited!(IntakeServiceServer, Intake(api.clone()), body_max.max(ITEM_BYTES_MAX)),
        calls: STREAMS,
    };
    let document_max = settings.document_bytes_max + ENVELOPE_BYTES;
    let cases = TwoLimits {
        usual: limited!(CaseServiceServer, Cases(api.clone()), max),
        more: limited!(CaseServiceServer, Cases(api.clone()), document_max),
        calls: DOCUMENTS,
    };
    Ok(Routes::new(reflection().build_v1()?)
        // Some clients ask in the older version alone.
        .add_service(reflection().build_v1alpha()?)
        .add_service(tonic_health::pb::health_server::HealthServer::new(
            tonic_health::server::HealthService::from_health_reporter(health.clone()),
        ))
        .add_service(Guarded::new(intake, authority.clone(), roll.clone()))
        .add_service(Guarded::new(cases, authority.clone(), roll.clone()))
        .add_service(guarded!(TaskServiceServer, Tasks(api.clone()), max))
        .add_service(guarded!(TeamServiceServer, Teams(api.clone()), max))
        .add_service(guarded!(CorrespondenceServiceServer, Correspondence(api.clone()), max))
        .add_service(guarded!(DiaryServiceServer, Diary(api.clone()), max))
        .add_service(guarded!(DirectoryServiceServer, Directory(api.clone()), max))
        .add_service(guarded!(PackServiceServer, Packs(api.clone()), max))
        .add_service(guarded!(OperationsServiceServer, Operations(api.clone()), max))
        .add_service(guarded!(AccountServiceServer, Accounts(api.clone()), max))
        .into_axum_router())
}

/// What health is told of: the server as a whole, and each service.
fn names() -> [&'static str; 11] {
    [
        "",
        "usher.v1.IntakeService",
        "usher.v1.CaseService",
        "usher.v1.TaskService",
        "usher.v1.TeamService",
        "usher.v1.CorrespondenceService",
        "usher.v1.DiaryService",
        "usher.v1.DirectoryService",
        "usher.v1.PackService",
        "usher.v1.OperationsService",
        "usher.v1.AccountService",
    ]
}

/// Says that nothing is served while the database does not answer.
async fn watch_database(api: Api, health: HealthReporter) {
    loop {
        let answer = tokio::time::timeout(PULSE_MAX, api.store().ping()).await;
        let status =
            if matches!(answer, Ok(Ok(()))) { ServingStatus::Serving } else { ServingStatus::NotServing };
        for name in names() {
            health.set_service_status(name, status).await;
        }
        tokio::time::sleep(PULSE).await;
    }
}
