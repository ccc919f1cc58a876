//! One conversation with the relay, step by step, each step under its timeout and its own name.
//!
//! Each expected reply code is checked. lettre takes any positive reply for the right one, but a reply that belongs to
//! another command (left over, or slipped in before `STARTTLS` by somebody on the line) must never count as the
//! answer to the final dot.

use std::{
    future::Future,
    iter,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures::FutureExt;
use lettre::{
    Address,
    transport::smtp::{
        Error as SmtpError, authentication::Mechanism, client::AsyncSmtpConnection, commands,
        response::Response,
    },
};
use tokio::{sync::Notify, time::timeout};

use super::{Line, QUIT_MAX, SmtpRelay};
use crate::{
    domain::email::EmailAddress,
    mail::{Mail, Phase},
};

/// How much of a mail is given to the line at a time, in bytes.
const CHUNK: usize = 16 * 1024;

/// Where a conversation ended early, and how.
#[derive(Debug)]
pub(super) struct Halt {
    pub(super) at: Phase,
    pub(super) why: Why,
}

/// How a conversation ended early.
#[derive(Debug)]
pub(super) enum Why {
    /// The relay said no.
    Reply { code: u16, words: String },
    /// The relay said something that is no answer to what was asked.
    OutOfStep(String),
    /// The relay said nothing for this long.
    Silence(Duration),
    /// The line broke, the certificate is wrong, or the reply could not be read.
    Broken(String),
}

/// Hands `bytes` over under `mail`'s envelope and returns the relay's words to the final dot.
pub(super) async fn converse(relay: &SmtpRelay, mail: &Mail, bytes: &[u8]) -> Result<String, Halt> {
    let mut connection = open(relay).await?;
    let result = hand_over(&mut connection, relay, mail, bytes).await;
    // After an answer of either kind the relay still listens; after silence or a break nobody does.
    if matches!(&result, Ok(_) | Err(Halt { why: Why::Reply { .. }, .. })) {
        let _ = timeout(QUIT_MAX, connection.command(commands::Quit)).await;
    }
    result
}

/// Reaches the relay, protects the line and logs in.
async fn open(relay: &SmtpRelay) -> Result<AsyncSmtpConnection, Halt> {
    let limit = relay.timeouts;
    let tls = if let Line::Implicit(tls) = &relay.line { Some(tls.clone()) } else { None };
    // lettre applies its own timeout to each of the host's addresses, and to nothing after.
    let each = Some(limit.connect / 2);
    let reach =
        AsyncSmtpConnection::connect_tokio1((relay.host.as_str(), relay.port), each, &relay.hello, tls, None);
    let mut connection = step(Phase::Connect, limit.connect, reach).await?;

    let starttls = match &relay.line {
        Line::StartTls(tls) => Some(tls),
        Line::Opportunistic(tls) if connection.can_starttls() => Some(tls),
        _ => None,
    };
    if let Some(tls) = starttls {
        step(Phase::StartTls, limit.command, connection.starttls(tls.clone(), &relay.hello)).await?;
        // lettre keeps what it had read before the handshake: replies nobody protected (CVE-2011-0411).
        if connection.read_response().now_or_never().is_some() {
            let why = Why::OutOfStep("a reply came unasked before the line was encrypted".to_owned());
            return Err(Halt { at: Phase::StartTls, why });
        }
    }
    if let Some(login) = &relay.login {
        let auth = connection.auth(&[Mechanism::Plain, Mechanism::Login], login);
        expect(Phase::Login, 235, step(Phase::Login, limit.command, auth).await?)?;
    }
    Ok(connection)
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    relay: &SmtpRelay,
    mail: &Mail,
    bytes: &[u8],
) -> Result<String, Halt> {
    let limit = relay.timeouts.command;
    let from = commands::Mail::new(Some(envelope(Phase::Sender, &mail.envelope_from)?), Vec::new());
    expect(Phase::Sender, 250, step(Phase::Sender, limit, connection.command(from)).await?)?;
    let to = commands::Rcpt::new(envelope(Phase::Recipient, &mail.to)?, Vec::new());
    let answer = step(Phase::Recipient, limit, connection.command(to)).await?;
    if !answer.has_code(251) {
        expect(Phase::Recipient, 250, answer)?;
    }
    expect(Phase::Data, 354, step(Phase::Data, limit, connection.command(commands::Data)).await?)?;
    transmit(connection, relay, bytes).await
}

/// Sends the content and the final dot.
///
/// lettre does both, and the waiting, in one call. It takes the content piece by piece, though, and writes the dot once
/// there are no more pieces: the moment it asks in vain is the moment from which the relay may have the mail.
async fn transmit(
    connection: &mut AsyncSmtpConnection,
    relay: &SmtpRelay,
    bytes: &[u8],
) -> Result<String, Halt> {
    let dot = AtomicBool::new(false);
    let taken = Notify::new();
    let all_taken = || {
        dot.store(true, Ordering::Release);
        taken.notify_one();
        None
    };
    // lettre writes a line end before the dot in any case.
    let content = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    let pieces = content.chunks(CHUNK).chain(iter::from_fn(all_taken));
    let mut sending = pin!(connection.message_iter(pieces));

    let phase = || if dot.load(Ordering::Acquire) { Phase::Reply } else { Phase::Content };
    let limit = relay.timeouts;
    // The reply's time begins with the dot, so that what is reported is how long was waited.
    let patience = async {
        if timeout(limit.content, taken.notified()).await.is_ok() {
            tokio::time::sleep(limit.reply).await;
        }
    };
    let answered = tokio::select! {
        biased;
        answered = &mut sending => answered,
        () = patience => {
            let at = phase();
            let waited = if at == Phase::Content { limit.content } else { limit.reply };
            return Err(Halt { at, why: Why::Silence(waited) });
        }
    };
    let answer = answered.map_err(|error| Halt { at: phase(), why: why(&error) })?;
    expect(Phase::Reply, 250, answer)
}

async fn step<T>(
    at: Phase,
    limit: Duration,
    work: impl Future<Output = Result<T, SmtpError>>,
) -> Result<T, Halt> {
    match timeout(limit, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Halt { at, why: why(&error) }),
        Err(_) => Err(Halt { at, why: Why::Silence(limit) }),
    }
}

fn why(error: &SmtpError) -> Why {
    match error.status() {
        Some(code) => {
            let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            Why::Reply { code: code.into(), words }
        }
        None => Why::Broken(error.to_string()),
    }
}

/// The words of `answer` if it has the one code that means yes here.
fn expect(at: Phase, code: u16, answer: Response) -> Result<String, Halt> {
    let given = u16::from(answer.code());
    let words = answer.message().collect::<Vec<_>>().join(" ");
    if given == code {
        return Ok(words);
    }
    let what = format!("expected {code}, the relay said {given} {words}");
    Err(Halt { at, why: Why::OutOfStep(what) })
}

fn envelope(at: Phase, address: &EmailAddress) -> Result<Address, Halt> {
    // `to_bytes` has had both checked by lettre already, so this says nothing but cannot go wrong silently either.
    let why = |_| Why::Broken("lettre does not take an address that usher takes".to_owned());
    address.as_str().parse().map_err(|error| Halt { at, why: why(error) })
}
