//! The edge that sends e-mail: transport over mails that are already frozen.
//!
//! Rendering happens in the decision, so nothing here can change what is said or to whom. What is here answers one
//! question with care: *has the relay taken this mail?* ([`Outcome`]). Yes, no, never, and "it may have" are four
//! answers, and the last is real: a line that breaks after the final dot leaves the mail on either side.
//!
//! - [`Mail`] and its bytes ([`Mail::to_bytes`]): the same on every try, under a Message-ID fixed beforehand.
//! - [`Transport`]: a relay over SMTP, a folder of files (the default), memory.
//! - [`Breaker`] and [`Backoff`]: when to try again; pure, time comes in by argument.
//! - [`ReturnPath`]: envelope senders that name the message, so that a bounce does.
//!
//! Not here: queueing, leases, states, and any clock.
//!
//! No address, subject or text of a mail leaves this module by an error, an outcome or `Debug`. (lettre's `tracing`
//! feature must stay off: it logs whole conversations.)

mod backoff;
pub mod breaker;
pub mod compose;
mod content;
mod folder;
mod mask;
mod memory;
mod message_id;
mod outcome;
pub mod secret;
pub mod settings;
pub mod smtp;
mod transport;
mod verp;

#[cfg(test)]
mod example;

pub use backoff::Backoff;
pub use breaker::{Breaker, BreakerPolicy, Permit};
pub use content::{Attachment, Mail, Sender};
pub use folder::Folder;
pub use memory::Memory;
pub use message_id::{Invalid as InvalidMessageId, MessageId};
pub use outcome::{Fault, Outcome, Phase, Reason, Status};
pub use settings::Settings;
pub use smtp::SmtpRelay;
pub use transport::{OpenError, Transport};
pub use verp::ReturnPath;
