//! TLS at the door: for calls over HTTP/2, and for calendar programs that speak HTTP/1.1 alone.
//!
//! tonic's own acceptor offers HTTP/2 and nothing else, and a program that asks for another is sent away before it can say
//! what it wants. A line that is not encrypted within [`HANDSHAKE`] is dropped; nobody else waits for it.

use futures::{Stream, StreamExt};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tonic::transport::server::TcpIncoming;

/// How long a line may take to be encrypted.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Lines that may be at it at the same time.
const HANDSHAKES_MAX: usize = 512;

/// Why there is no encrypting with a certificate and its key.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is not there, or not in PEM form.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// They do not belong together, or are of a kind that is not known.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

/// What encrypts, from the certificate, with those it is signed by, and its key.
pub(super) fn config(certificate: &Path, key: &Path) -> Result<ServerConfig, Error> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions()?.with_no_client_auth();
    let mut config = config.with_single_cert(chain, key)?;
    config.alpn_protocols = [&b"h2"[..], b"http/1.1"].map(<[u8]>::to_vec).to_vec();
    Ok(config)
}

/// The lines that come in, encrypted.
pub(super) fn incoming(
    listener: TcpListener,
    config: ServerConfig,
) -> impl Stream<Item = io::Result<TlsStream<TcpStream>>> {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let lines = TcpIncoming::from(listener).with_nodelay(Some(true));
    let encrypted = lines.map(move |line| {
        let acceptor = acceptor.clone();
        async move { timeout(HANDSHAKE, acceptor.accept(line?)).await.map_err(io::Error::other)? }
    });
    encrypted.buffer_unordered(HANDSHAKES_MAX).filter_map(|line: io::Result<_>| async {
        line.inspect_err(|error| tracing::debug!(%error, "a line was not encrypted")).ok().map(Ok)
    })
}
