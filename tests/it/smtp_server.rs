//! A small SMTP server with faults, for tests: it listens on a free local port, keeps what it takes, and misbehaves
//! where it is told to.
//!
//! It stands alone, so that unit tests can include it by path as well. Its certificate is made on the spot.

#![allow(dead_code, missing_docs, reason = "each test binary uses a part of it")]

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// Where in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    MailFrom,
    RcptTo,
    Data,
    /// While the content comes in.
    Content,
    /// After the final dot.
    Dot,
}

/// What to do there instead of the right thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Give this reply (CRLF is added). After a positive one the conversation goes on.
    Reply(&'static str),
    /// Close the line without a word.
    Drop,
    /// Say nothing and keep the line open.
    Hang,
}

/// What protection of the line it offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    Clear,
    StartTls,
    Implicit,
}

/// A mail the server has: acknowledged, or with the acknowledgement lost by a fault at [`Stage::Dot`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub from: String,
    pub to: Vec<String>,
    /// As sent, dots unstuffed, with the line end before the final dot.
    pub data: Vec<u8>,
    pub encrypted: bool,
    /// The response to `AUTH`, as it came, if there was one.
    pub login: Option<String>,
}

pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
    folder: tempfile::TempDir,
}

struct Shared {
    tls: Offer,
    acceptor: TlsAcceptor,
    /// `AUTH` mechanisms on offer; then a login is needed to send.
    mechanisms: Option<&'static str>,
    /// One-time faults, in order, for the first matching stage; then lasting ones.
    once: Mutex<VecDeque<(Stage, Fault)>>,
    always: Mutex<Vec<(Stage, Fault)>>,
    accepted: Mutex<Vec<Accepted>>,
}

impl SmtpServer {
    /// In clear, without login.
    pub async fn start() -> Self {
        Self::start_with(Offer::Clear, None).await
    }

    /// With `tls`, asking for a login by one of `mechanisms` ("PLAIN LOGIN") if given.
    pub async fn start_with(tls: Offer, mechanisms: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (acceptor, pem) = certificate();
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("ca.pem"), pem).expect("written");
        let shared = Arc::new(Shared {
            tls,
            acceptor,
            mechanisms,
            once: Mutex::default(),
            always: Mutex::default(),
            accepted: Mutex::default(),
        });
        let listening = tokio::spawn(listen(listener, shared.clone()));
        Self { address, shared, listening, folder }
    }

    /// Misbehaves at `stage` until [`heal`](Self::heal).
    pub fn fail(&self, stage: Stage, fault: Fault) {
        self.shared.always.lock().expect("no panic").push((stage, fault));
    }

    /// Misbehaves the next `times` that `stage` is reached.
    pub fn fail_next(&self, times: usize, stage: Stage, fault: Fault) {
        self.shared.once.lock().expect("no panic").extend(std::iter::repeat_n((stage, fault), times));
    }

    /// Behaves from now on.
    pub fn heal(&self) {
        self.shared.always.lock().expect("no panic").clear();
        self.shared.once.lock().expect("no panic").clear();
    }

    pub fn accepted(&self) -> Vec<Accepted> {
        self.shared.accepted.lock().expect("no panic").clone()
    }

    /// The name its certificate bears.
    pub fn host(&self) -> &'static str {
        "localhost"
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its certificate, in a PEM file that lives as long as the server.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn certificate() -> (TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a matching key");
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        // A client that goes away in the middle is the client's business.
        tokio::spawn(async move { converse(stream, &shared).await.ok() });
    }
}

async fn converse(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    if shared.tls == Offer::Implicit {
        let stream = shared.acceptor.accept(stream).await?;
        let mut line = Line::new(stream, shared, Security::Encrypted);
        line.greet().await?;
        return line.serve().await.map(|_| ());
    }
    let mut line = Line::new(stream, shared, Security::Clear);
    line.greet().await?;
    if line.serve().await? == End::StartTls {
        let stream = shared.acceptor.accept(line.stream.into_inner()).await?;
        Line::new(stream, shared, Security::Encrypted).serve().await?;
    }
    Ok(())
}

#[derive(PartialEq)]
enum End {
    Closed,
    StartTls,
}

#[derive(PartialEq, Clone, Copy)]
enum Security {
    Clear,
    Encrypted,
}

struct Line<'a, S> {
    stream: BufReader<S>,
    shared: &'a Shared,
    security: Security,
    from: String,
    to: Vec<String>,
    login: Option<String>,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Line<'a, S> {
    fn new(stream: S, shared: &'a Shared, security: Security) -> Self {
        Self {
            stream: BufReader::new(stream),
            shared,
            security,
            from: String::new(),
            to: Vec::new(),
            login: None,
        }
    }

    async fn greet(&mut self) -> io::Result<()> {
        self.answer(Stage::Greeting, "220 localhost ESMTP").await.map(|_| ())
    }

    async fn serve(&mut self) -> io::Result<End> {
        while let Some(line) = self.line().await? {
            let command = line.to_ascii_uppercase();
            if command.starts_with("EHLO") {
                let offers = self.offers();
                self.answer(Stage::Ehlo, &offers).await?;
            } else if command == "STARTTLS" {
                if self.answer(Stage::StartTls, "220 go ahead").await? {
                    return Ok(End::StartTls);
                }
            } else if command.starts_with("AUTH ") {
                self.log_in(&line).await?;
            } else if command.starts_with("MAIL FROM:") {
                if self.shared.mechanisms.is_some() && self.login.is_none() {
                    self.say("530 5.7.0 log in first").await?;
                } else if self.answer(Stage::MailFrom, "250 2.1.0 ok").await? {
                    self.from = between_brackets(&line);
                }
            } else if command.starts_with("RCPT TO:") {
                if self.answer(Stage::RcptTo, "250 2.1.5 ok").await? {
                    self.to.push(between_brackets(&line));
                }
            } else if command == "DATA" {
                if self.answer(Stage::Data, "354 go on").await? {
                    self.take_content().await?;
                }
            } else if command == "QUIT" {
                self.say("221 2.0.0 bye").await?;
                return Ok(End::Closed);
            } else {
                self.say("502 5.5.1 unknown").await?;
            }
        }
        Ok(End::Closed)
    }

    fn offers(&self) -> String {
        let mut offers = vec!["localhost".to_owned(), "8BITMIME".to_owned()];
        if self.shared.tls == Offer::StartTls && self.security == Security::Clear {
            offers.push("STARTTLS".to_owned());
        }
        offers.extend(self.shared.mechanisms.map(|mechanisms| format!("AUTH {mechanisms}")));
        let last = offers.len() - 1;
        let line = |(i, offer): (usize, String)| format!("250{}{offer}", if i == last { ' ' } else { '-' });
        offers.into_iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
    }

    async fn log_in(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split_whitespace().skip(1);
        let mechanism = words.next().unwrap_or_default().to_owned();
        let mut given: Vec<String> = words.map(str::to_owned).collect();
        let prompts =
            if mechanism == "LOGIN" { ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"].as_slice() } else { [""].as_slice() };
        while given.len() < prompts.len() {
            self.say(&format!("334 {}", prompts[given.len()])).await?;
            given.push(self.line().await?.unwrap_or_default());
        }
        if self.answer(Stage::Auth, "235 2.7.0 welcome").await? {
            self.login = Some(format!("{mechanism} {}", given.join(" ")));
        }
        Ok(())
    }

    async fn take_content(&mut self) -> io::Result<()> {
        let mut data = Vec::new();
        if self.fault_at(Stage::Content).is_some() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            if line == b".\r\n" {
                break;
            }
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let mail = Accepted {
            from: std::mem::take(&mut self.from),
            to: std::mem::take(&mut self.to),
            data,
            encrypted: self.security == Security::Encrypted,
            login: self.login.clone(),
        };
        let fault = self.fault_at(Stage::Dot);
        if !matches!(fault, Some(Fault::Reply(_))) {
            self.shared.accepted.lock().expect("no panic").push(mail);
        }
        self.act(fault, "250 2.0.0 Ok: queued as 4F2A").await.map(|_| ())
    }

    /// Answers as told for `stage`, or with `usual`; whether that was a positive answer.
    async fn answer(&mut self, stage: Stage, usual: &str) -> io::Result<bool> {
        let fault = self.fault_at(stage);
        self.act(fault, usual).await
    }

    async fn act(&mut self, fault: Option<Fault>, usual: &str) -> io::Result<bool> {
        let reply = match fault {
            None => usual,
            Some(Fault::Reply(reply)) => reply,
            Some(Fault::Drop) => return Err(io::ErrorKind::ConnectionAborted.into()),
            Some(Fault::Hang) => std::future::pending().await,
        };
        self.say(reply).await?;
        Ok(reply.starts_with(['2', '3']))
    }

    fn fault_at(&self, stage: Stage) -> Option<Fault> {
        let mut once = self.shared.once.lock().expect("no panic");
        if let Some(found) = once.iter().position(|(at, _)| *at == stage) {
            return once.remove(found).map(|(_, fault)| fault);
        }
        let always = self.shared.always.lock().expect("no panic");
        always.iter().find(|(at, _)| *at == stage).map(|(_, fault)| *fault)
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await?;
        Ok((read > 0).then(|| line.trim_end().to_owned()))
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }
}

fn between_brackets(line: &str) -> String {
    let start = line.find('<').map_or(0, |at| at + 1);
    let end = line.find('>').unwrap_or(line.len());
    line[start..end].to_owned()
}
