//! What became of one attempt to send one mail.
//!
//! Four outcomes, because four different things must happen next: nothing, try again, tell a person that this address
//! does not work, or decide whether to risk a second copy. Everything here is fit for a log: no address, no text of
//! the mail.

use std::fmt;

/// The result of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The relay has taken responsibility for it.
    Sent {
        /// What the relay said, masked: often its queue id.
        response: String,
    },
    /// It has certainly not been taken, and may be tried again.
    Deferred {
        /// What stood in the way.
        reason: Reason,
        /// Whether the next mail would meet the same obstacle.
        fault: Fault,
    },
    /// It has certainly not been taken, and never will be: tell a person.
    Refused {
        /// Why.
        reason: Reason,
    },
    /// It may or may not have been taken. Repeating it may make a second copy, under the same Message-ID.
    Unknown {
        /// What happened instead of an answer.
        reason: Reason,
    },
}

impl Outcome {
    /// Whether this counts against the relay (see [`Breaker`](super::Breaker)).
    pub fn is_relay_fault(&self) -> bool {
        matches!(self, Self::Deferred { fault: Fault::Relay, .. } | Self::Unknown { .. })
    }
}

/// Whose fault a deferral is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The relay's, or that of our access to it: every mail would fare the same, and the breaker counts it.
    Relay,
    /// This mail's or its recipient's; others may pass.
    Mail,
}

/// How far an attempt got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Writing the mail as RFC 5322 bytes: no relay was asked.
    Compose,
    /// Finding and reaching the relay, its certificate under implicit TLS, its greeting, `EHLO`.
    Connect,
    /// `STARTTLS` and the relay's certificate.
    StartTls,
    /// `AUTH`.
    Login,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, up to leave to begin.
    Data,
    /// Handing over the content, up to but not including the final dot: a relay must drop what it holds so far
    /// if the line breaks (RFC 5321, 4.1.1.4).
    Content,
    /// From the final dot on: the relay may have it.
    Reply,
    /// Writing it to the folder.
    Folder,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compose => "composing",
            Self::Connect => "connecting",
            Self::StartTls => "STARTTLS",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Content => "handing over the content",
            Self::Reply => "the answer to the final dot",
            Self::Folder => "writing to the folder",
        })
    }
}

/// Why a mail was not sent: where, the relay's code if it gave one, and words without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// How far it got.
    pub at: Phase,
    /// The relay's three-digit reply code.
    pub code: Option<u16>,
    /// The relay's enhanced status code (RFC 3463): 5.1.1 is "no such mailbox".
    pub status: Option<Status>,
    /// The relay's words, masked, or our own.
    pub text: String,
}

impl Reason {
    /// A reason in our own words; `text` must hold nothing personal.
    pub fn own(at: Phase, text: impl Into<String>) -> Self {
        Self { at, code: None, status: None, text: text.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: ", self.at)?;
        if let Some(code) = self.code {
            write!(f, "{code} ")?;
        }
        f.write_str(&self.text)
    }
}

/// An enhanced status code, `class.subject.detail` (RFC 3463).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// 2 success, 4 for now, 5 for good.
    pub class: u16,
    /// 1 addressing, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 security or policy.
    pub subject: u16,
    /// What exactly.
    pub detail: u16,
}

impl Status {
    /// The code a reply's text begins with, if it does.
    pub fn at_start_of(text: &str) -> Option<Self> {
        let mut numbers = text.split_whitespace().next()?.splitn(3, '.');
        let mut number = || numbers.next()?.parse::<u16>().ok();
        let status = Self { class: number()?, subject: number()?, detail: number()? };
        [2, 4, 5].contains(&status.class).then_some(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_only_where_one_stands() {
        let status = |class, subject, detail| Some(Status { class, subject, detail });
        let table = [
            ("5.1.1 no such user", status(5, 1, 1)),
            ("4.7.54", status(4, 7, 54)),
            ("user unknown", None),
            ("192.0.2.1 is blocked", None),
            ("5.1 short", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(Status::at_start_of(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_reason_reads_as_a_sentence() {
        let reason = Reason { code: Some(550), ..Reason::own(Phase::Recipient, "5.1.1 [address] unknown") };
        assert_eq!(reason.to_string(), "at RCPT TO: 550 5.1.1 [address] unknown");
    }
}
