//! What an early end of a conversation means for the mail: deferred, refused or unknown, and whose fault it was.
//!
//! A refusal that concerns us (no login, relaying denied, our sender) is no refusal of the mail: reporting it as one
//! would turn a wrong password into a hundred tasks to ring people. Such refusals are deferred at the relay's
//! expense, and the breaker brings them before whoever runs usher.

use super::session::{Halt, Why};
use crate::mail::{Fault, Mail, Outcome, Phase, Reason, Status, mask::masked};

pub(super) fn outcome(halt: Halt, mail: &Mail) -> Outcome {
    let at = halt.at;
    match halt.why {
        Why::Reply { code, words } => {
            let status = Status::at_start_of(&words);
            let fault = fault(at, code, status, &words);
            let reason = Reason { at, code: Some(code), status, text: masked(&words, mail) };
            match fault {
                Fault::Mail if code >= 500 => Outcome::Refused { reason },
                fault => Outcome::Deferred { reason, fault },
            }
        }
        Why::OutOfStep(what) | Why::Broken(what) => no_answer(Reason::own(at, masked(&what, mail))),
        Why::Silence(limit) => no_answer(Reason::own(at, format!("no answer within {limit:?}"))),
    }
}

/// Without an answer all depends on whether the final dot may have arrived.
fn no_answer(reason: Reason) -> Outcome {
    match reason.at {
        Phase::Reply => Outcome::Unknown { reason },
        _ => Outcome::Deferred { reason, fault: Fault::Relay },
    }
}

/// Whose fault a refusal is. RFC 5321 (4.2), RFC 4954 (6) and RFC 3463.
fn fault(at: Phase, code: u16, status: Option<Status>, words: &str) -> Fault {
    let subject = status.map(|status| status.subject);
    match (at, code) {
        (Phase::Compose | Phase::Connect | Phase::StartTls | Phase::Login | Phase::Folder, _) => Fault::Relay,
        // "Closing down", whatever was asked.
        (_, 421) => Fault::Relay,
        // A login is missing, too weak or not to be had just now.
        (_, 454 | 530 | 534 | 535 | 538) => Fault::Relay,
        // A command it does not know or did not expect: our conversation is wrong, not this mail.
        (_, 500 | 502 | 503 | 504) => Fault::Relay,
        // Too large is this mail's fault; anything else said to a sender that is the same for every mail is ours.
        (Phase::Sender, 552) => Fault::Mail,
        (Phase::Sender, _) if (subject, status.map(|s| s.detail)) == (Some(3), Some(4)) => Fault::Mail,
        (Phase::Sender, _) => Fault::Relay,
        // "Relay access denied", "Unable to relay": 5.7.x, or no status at all from old relays.
        (Phase::Recipient, 550..) if matches!(subject, None | Some(7)) && speaks_of_relaying(words) => {
            Fault::Relay
        }
        _ => Fault::Mail,
    }
}

fn speaks_of_relaying(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    words.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "relay" || word == "relaying")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::example;

    fn verdict(at: Phase, code: u16, words: &str) -> &'static str {
        let why = Why::Reply { code, words: words.to_owned() };
        match outcome(Halt { at, why }, &example::mail()) {
            Outcome::Sent { .. } => "sent",
            Outcome::Deferred { fault: Fault::Relay, .. } => "deferred, relay",
            Outcome::Deferred { fault: Fault::Mail, .. } => "deferred, mail",
            Outcome::Refused { .. } => "refused",
            Outcome::Unknown { .. } => "unknown",
        }
    }

    #[test]
    fn each_refusal_is_laid_at_the_right_door() {
        let table = [
            (Phase::Connect, 554, "5.7.1 your address is blocked", "deferred, relay"),
            (Phase::StartTls, 454, "4.7.0 TLS not available", "deferred, relay"),
            (Phase::Login, 535, "5.7.8 wrong password", "deferred, relay"),
            (Phase::Login, 454, "4.7.0 try later", "deferred, relay"),
            (Phase::Sender, 530, "5.7.0 log in first", "deferred, relay"),
            (Phase::Sender, 550, "5.7.1 sender not allowed", "deferred, relay"),
            (Phase::Sender, 452, "4.3.1 no space", "deferred, relay"),
            (Phase::Sender, 552, "5.3.4 too large", "refused"),
            (Phase::Recipient, 550, "5.1.1 no such user", "refused"),
            (Phase::Recipient, 550, "no such user", "refused"),
            (Phase::Recipient, 550, "5.1.1 no such user at relay", "refused"),
            (Phase::Recipient, 550, "5.7.1 policy", "refused"),
            (Phase::Recipient, 554, "5.7.1 <x@y.org>: Relay access denied", "deferred, relay"),
            (Phase::Recipient, 550, "5.7.54 SMTP; Unable to relay recipient", "deferred, relay"),
            (Phase::Recipient, 550, "relaying denied", "deferred, relay"),
            (Phase::Recipient, 503, "5.5.1 need AUTH", "deferred, relay"),
            (Phase::Recipient, 501, "5.1.3 bad address syntax", "refused"),
            (Phase::Recipient, 450, "4.2.0 greylisted", "deferred, mail"),
            (Phase::Recipient, 452, "4.2.2 mailbox full", "deferred, mail"),
            (Phase::Recipient, 421, "4.3.2 shutting down", "deferred, relay"),
            (Phase::Data, 554, "5.5.1 no valid recipients", "refused"),
            (Phase::Data, 451, "4.3.0 try later", "deferred, mail"),
            (Phase::Reply, 554, "5.6.0 content refused", "refused"),
            (Phase::Reply, 451, "4.7.1 try later", "deferred, mail"),
            (Phase::Reply, 421, "4.3.2 shutting down", "deferred, relay"),
        ];
        for (at, code, words, expected) in table {
            assert_eq!(verdict(at, code, words), expected, "{code} {words} at {at}");
        }
    }

    #[test]
    fn a_reason_keeps_code_and_status_and_hides_the_address() {
        let why =
            Why::Reply { code: 550, words: "5.1.1 <pat.archer@northshire.example.org> unknown".to_owned() };
        let Outcome::Refused { reason } = outcome(Halt { at: Phase::Recipient, why }, &example::mail())
        else {
            panic!("expected a refusal");
        };
        assert_eq!(reason.to_string(), "at RCPT TO: 550 5.1.1 <[address]> unknown");
        assert_eq!(reason.status, Some(Status { class: 5, subject: 1, detail: 1 }));
    }
}
