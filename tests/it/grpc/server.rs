//! A server for one test: the application of [`crate::app`] behind the gRPC edge, with a token for each role.

use crate::app::{App, officer, unit};
use std::sync::Arc;
use tokio::net::TcpListener;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use usher::grpc::access::sessions::TokensAndSessions;
use usher::grpc::access::tokens::{TokenHash, Tokens};
use usher::grpc::access::{Identity, Role};
use usher::grpc::api::{Api, Parts, Reading};
use usher::grpc::pb::account_service_client::AccountServiceClient;
use usher::grpc::pb::case_service_client::CaseServiceClient;
use usher::grpc::pb::correspondence_service_client::CorrespondenceServiceClient;
use usher::grpc::pb::diary_service_client::DiaryServiceClient;
use usher::grpc::pb::directory_service_client::DirectoryServiceClient;
use usher::grpc::pb::intake_service_client::IntakeServiceClient;
use usher::grpc::pb::operations_service_client::OperationsServiceClient;
use usher::grpc::pb::pack_service_client::PackServiceClient;
use usher::grpc::pb::task_service_client::TaskServiceClient;
use usher::grpc::pb::team_service_client::TeamServiceClient;
use usher::grpc::settings::Settings;
use usher::intake;
use usher::store::Store;
use usher::store::audit::Auditor;
use usher::web;

/// A caller of the tests: a token and what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub token: &'static str,
    role: Role,
    staff: Option<u128>,
}

impl Caller {
    pub const FEED: Self = Self { token: "feed", role: Role::Feed, staff: None };
    pub const SERVICE: Self = Self { token: "service", role: Role::Service, staff: None };
    pub const OFFICER: Self = Self { token: "officer", role: Role::CareOfficer, staff: Some(1) };
    pub const COLLEAGUE: Self = Self { token: "colleague", role: Role::CareOfficer, staff: Some(2) };
    pub const LEADER: Self = Self { token: "leader", role: Role::TeamLeader, staff: Some(3) };
    pub const MANAGER: Self = Self { token: "manager", role: Role::Manager, staff: None };
    pub const ADMINISTRATOR: Self = Self { token: "administrator", role: Role::Administrator, staff: None };

    pub const ALL: [Self; 7] = [
        Self::FEED,
        Self::SERVICE,
        Self::OFFICER,
        Self::COLLEAGUE,
        Self::LEADER,
        Self::MANAGER,
        Self::ADMINISTRATOR,
    ];

    fn identity(self) -> Identity {
        Identity {
            name: format!("{}:{}", self.role, self.token),
            role: self.role,
            unit: unit().id,
            staff: self.staff.map(officer),
        }
    }
}

/// Puts the token on every call.
#[derive(Clone)]
pub struct Bearer(Option<AsciiMetadataValue>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// A line with a caller's token.
pub type Line = InterceptedService<Channel, Bearer>;

/// A server that stops when it is dropped.
pub struct Served {
    pub app: App,
    address: std::net::SocketAddr,
    channel: Channel,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    serving: Option<tokio::task::JoinHandle<Result<(), usher::grpc::serve::Error>>>,
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
    }
}

/// What reads raw bodies, as the application gives it to the edge.
pub fn read_body(body: &[u8]) -> Reading {
    match intake::read(body, &intake::Hints::default()) {
        Ok(read) => Reading { format: read.format.to_string(), payload: Ok(read.payload) },
        Err(unusable) => Reading { format: unusable.format.to_string(), payload: Err(unusable.to_string()) },
    }
}

impl Served {
    /// Serves over a database.
    pub async fn new(store: Store) -> Self {
        Self::with(store, Settings { body_bytes_max: 64 * 1024, ..Settings::default() }).await
    }

    /// Serves with these limits.
    pub async fn with(store: Store, settings: Settings) -> Self {
        Self::over(App::new(store).await, "test", settings).await
    }

    /// Serves over a database with the pack that comes with usher, some files of it replaced or added.
    pub async fn with_files(store: Store, files: &[(&str, &str)]) -> Self {
        Self::over(App::with_files(store, files).await, "test", Settings::default()).await
    }

    /// Stops, and serves over the same database as a process that was just started.
    pub async fn restarted(self) -> Self {
        let app = self.app.restarted();
        self.stopped().await;
        Self::over(app, "restarted", Settings::default()).await
    }

    async fn over(app: App, process: &str, settings: Settings) -> Self {
        let store = app.engine.store().clone();
        let parts = Parts {
            engine: app.engine.clone(),
            auditor: Auditor::start(store, process.into()),
            read_body: Arc::new(read_body),
            test_pack: Arc::new(|_, _| Vec::new()),
            new_token: Arc::new(usher::grpc::access::tokens::generate),
            unit: unit().id,
            settings,
        };
        let tokens = Caller::ALL.map(|caller| (TokenHash::of(caller.token), caller.identity()));
        let api = Api::new(parts);
        let tokens = Arc::new(Tokens::new(tokens.to_vec()));
        let authority = Arc::new(TokensAndSessions::new(tokens, api.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let shutdown = async {
            stopped.await.ok();
        };
        let (clock, ids, closing) = (app.clock.clone(), app.engine.ids().clone(), api.closing().clone());
        let board = move |services| {
            let parts = web::board::Parts {
                transport: web::calls::within(services),
                new_id: Arc::new(move || ids.next(clock.now())),
                key: [7; 32],
                over_tls: false,
                closing,
            };
            web::router(web::board::Board::new(parts))
        };
        let serving = usher::grpc::serve::serve(api, authority, listener, board, shutdown);
        let serving = Some(tokio::spawn(serving));
        let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy();
        Self { app, address, channel, stop: Some(stop), serving }
    }

    /// Stops the server and waits until it has ended.
    pub async fn stopped(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.serving.take().unwrap().await.unwrap().unwrap();
    }

    /// Where it listens, for what speaks no gRPC.
    pub fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    /// The line to the server, without a token.
    pub fn line(&self) -> Channel {
        self.channel.clone()
    }

    fn as_caller(&self, caller: Caller) -> Line {
        self.bearer(&format!("Bearer {}", caller.token))
    }

    /// The line to the server, with this header.
    pub fn bearer(&self, header: &str) -> Line {
        InterceptedService::new(self.channel.clone(), Bearer(Some(header.parse().unwrap())))
    }

    pub fn intake(&self, caller: Caller) -> IntakeServiceClient<Line> {
        IntakeServiceClient::new(self.as_caller(caller))
    }

    pub fn cases(&self, caller: Caller) -> CaseServiceClient<Line> {
        CaseServiceClient::new(self.as_caller(caller))
    }

    pub fn tasks(&self, caller: Caller) -> TaskServiceClient<Line> {
        TaskServiceClient::new(self.as_caller(caller))
    }

    /// The same over a line of its own that takes little ahead of whoever reads.
    pub fn tasks_by_a_narrow_line(&self, caller: Caller) -> TaskServiceClient<Line> {
        const WINDOW: u32 = 65_535;
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).unwrap();
        let endpoint = endpoint.initial_stream_window_size(WINDOW).initial_connection_window_size(WINDOW);
        let bearer = Bearer(Some(format!("Bearer {}", caller.token).parse().unwrap()));
        TaskServiceClient::new(InterceptedService::new(endpoint.connect_lazy(), bearer))
    }

    pub fn teams(&self, caller: Caller) -> TeamServiceClient<Line> {
        TeamServiceClient::new(self.as_caller(caller))
    }

    pub fn correspondence(&self, caller: Caller) -> CorrespondenceServiceClient<Line> {
        CorrespondenceServiceClient::new(self.as_caller(caller))
    }

    pub fn diary(&self, caller: Caller) -> DiaryServiceClient<Line> {
        DiaryServiceClient::new(self.as_caller(caller))
    }

    pub fn directory(&self, caller: Caller) -> DirectoryServiceClient<Line> {
        DirectoryServiceClient::new(self.as_caller(caller))
    }

    pub fn packs(&self, caller: Caller) -> PackServiceClient<Line> {
        PackServiceClient::new(self.as_caller(caller))
    }

    pub fn accounts(&self, caller: Caller) -> AccountServiceClient<Line> {
        AccountServiceClient::new(self.as_caller(caller))
    }

    /// Accounts as whoever holds this token asks for them.
    pub fn accounts_by(&self, token: &str) -> AccountServiceClient<Line> {
        AccountServiceClient::new(self.bearer(&format!("Bearer {token}")))
    }

    /// Accounts as somebody without a token asks for them.
    pub fn nobody(&self) -> AccountServiceClient<Channel> {
        AccountServiceClient::new(self.channel.clone())
    }

    /// What needs a hand, as whoever holds this token asks for it.
    pub fn operations_by(&self, token: &str) -> OperationsServiceClient<Line> {
        OperationsServiceClient::new(self.bearer(&format!("Bearer {token}")))
    }

    pub fn operations(&self, caller: Caller) -> OperationsServiceClient<Line> {
        OperationsServiceClient::new(self.as_caller(caller))
    }
}

/// What came over plain HTTP: the status, the headers in lower case, the body.
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Answer {
    /// The header with this name, in lower case.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let line = self.headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} among {}", self.headers))
    }
}

/// Asks as a browser does, over HTTP/1.1; `headers` end with a line break each, and `form` is posted as a form.
pub async fn ask(served: &Served, method: &str, path: &str, headers: &str, form: &str) -> Answer {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let kind = if form.is_empty() { "" } else { "Content-Type: application/x-www-form-urlencoded\r\n" };
    let length = form.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: usher.test\r\nConnection: close\r\n{headers}{kind}Content-Length: {length}\r\n\r\n{form}"
    );
    let mut line = tokio::net::TcpStream::connect(served.address()).await.unwrap();
    line.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    line.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let (status, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, headers: headers.to_lowercase(), body: body.to_owned() }
}
