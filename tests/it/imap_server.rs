//! A small IMAP server for tests: it listens on a free local port over TLS, holds mails, and remembers how they are
//! marked. Its certificate is made on the spot.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};

/// A mail in the mailbox.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How it is marked, such as `\Seen`.
    pub marks: Vec<String>,
}

#[derive(Default)]
struct Shared {
    mails: Mutex<Vec<Held>>,
    /// How many further marks the line breaks at.
    breaks: Mutex<u32>,
    commands: Mutex<Vec<String>>,
}

pub struct ImapServer {
    port: u16,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
    folder: tempfile::TempDir,
}

impl ImapServer {
    /// A server whose one user is `usher`, with the password `hush"hush`.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), made.cert.pem()).unwrap();
        let shared = Arc::new(Shared::default());
        let listening = tokio::spawn({
            let shared = shared.clone();
            async move {
                while let Ok((line, _)) = listener.accept().await {
                    let (acceptor, shared) = (acceptor.clone(), shared.clone());
                    tokio::spawn(async move {
                        let line = acceptor.accept(line).await?;
                        converse(BufReader::new(line), &shared).await
                    });
                }
            }
        });
        Self { port, shared, listening, folder }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its certificate, in a PEM file that lives as long as the server.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub fn deliver(&self, bytes: &[u8]) {
        self.shared.mails.lock().unwrap().push(Held { bytes: bytes.to_vec(), marks: Vec::new() });
    }

    pub fn held(&self) -> Vec<Held> {
        self.shared.mails.lock().unwrap().clone()
    }

    /// Breaks the line instead of marking, the next `times`.
    pub fn break_at_marks(&self, times: u32) {
        *self.shared.breaks.lock().unwrap() = times;
    }

    /// What was said to it, without passwords.
    pub fn commands(&self) -> Vec<String> {
        self.shared.commands.lock().unwrap().clone()
    }
}

impl Drop for ImapServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn converse(
    mut line: BufReader<impl AsyncRead + AsyncWrite + Unpin>,
    shared: &Shared,
) -> io::Result<()> {
    line.write_all(b"* OK ready\r\n").await?;
    let mut known = false;
    loop {
        let mut said = String::new();
        if line.read_line(&mut said).await? == 0 {
            return Ok(());
        }
        let said = said.trim_end();
        let (tag, command) = said.split_once(' ').unwrap_or((said, ""));
        shared.commands.lock().unwrap().push(command.split('"').next().unwrap_or_default().to_owned());
        let mut answer: Vec<u8> = Vec::new();
        let mut ends = "OK done";
        if command.starts_with("LOGIN ") {
            known = command == r#"LOGIN "usher" "hush\"hush""#;
            ends = if known { "OK welcome" } else { "NO [AUTHENTICATIONFAILED] wrong for usher@secret.test" };
        } else if !known {
            ends = "NO log in first";
        } else if command == r#"SELECT "INBOX""# {
            answer.extend(b"* 3 EXISTS\r\n* FLAGS (\\Seen \\Flagged)\r\n");
        } else if command == "UID SEARCH UNSEEN" {
            let mails = shared.mails.lock().unwrap();
            let unseen =
                (1..).zip(mails.iter()).filter(|(_, held)| !held.marks.iter().any(|mark| mark == r"\Seen"));
            let uids: Vec<String> = unseen.map(|(uid, _): (u32, _)| uid.to_string()).collect();
            answer.extend(format!("* SEARCH {}\r\n", uids.join(" ")).bytes());
        } else if let Some(asked) = command.strip_prefix("UID FETCH ") {
            let (uid, what) = asked.split_once(' ').unwrap();
            let bytes = shared.mails.lock().unwrap()[uid.parse::<usize>().unwrap() - 1].bytes.clone();
            if what == "(RFC822.SIZE)" {
                answer.extend(format!("* 1 FETCH (UID {uid} RFC822.SIZE {})\r\n", bytes.len()).bytes());
            } else {
                answer.extend(format!("* 1 FETCH (UID {uid} BODY[] {{{}}}\r\n", bytes.len()).bytes());
                answer.extend(&bytes);
                answer.extend(b")\r\n");
            }
        } else if let Some(asked) = command.strip_prefix("UID STORE ") {
            let breaks = {
                let mut breaks = shared.breaks.lock().unwrap();
                let now = *breaks > 0;
                *breaks = breaks.saturating_sub(1);
                now
            };
            if breaks {
                return Ok(());
            }
            let (uid, marks) = asked.split_once(" +FLAGS.SILENT ").unwrap();
            let marks = marks.trim_matches(['(', ')']).split(' ').map(str::to_owned);
            shared.mails.lock().unwrap()[uid.parse::<usize>().unwrap() - 1].marks.extend(marks);
        } else if command == "LOGOUT" {
            answer.extend(b"* BYE\r\n");
        } else {
            ends = "BAD unknown";
        }
        answer.extend(format!("{tag} {ends}\r\n").bytes());
        line.write_all(&answer).await?;
        line.flush().await?;
    }
}
