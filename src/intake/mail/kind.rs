//! What kind of mail it is: by what machines write in its headers, not by what people write in it.

use super::{itip, part_of};
use crate::domain::mail_in::EntryAnswered;
use mail_parser::{HeaderName, Message, MimeHeaders};

/// What kind of mail it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A mail came back (RFC 3464).
    Bounce {
        /// Why, as a status (RFC 3463).
        status: Option<String>,
    },
    /// A mail was delivered, displayed (RFC 8098) or is late.
    DeliveryNotice,
    /// A machine answers for somebody (RFC 3834).
    AutoReply,
    /// An answer to an entry for somebody's calendar (RFC 5546).
    Meeting {
        /// What they answer.
        answer: MeetingAnswer,
        /// Which entry, where it is named as ours are.
        entry: Option<EntryAnswered>,
    },
    /// Somebody wrote.
    Ordinary,
}

/// What somebody answers to an entry for their calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeetingAnswer {
    /// They come.
    Accepted,
    /// They do not come.
    Declined,
    /// They may come, or ask for another time.
    Tentative,
}

/// How subjects begin that calendar and mail programs give to what they answer by themselves.
const AUTOMATIC: [&str; 6] =
    ["automatic reply", "out of office", "out-of-office", "autoreply", "auto-reply", "auto reply"];
/// How subjects begin with which programs that know no report bring a mail back.
const BROUGHT_BACK: [&str; 8] = [
    "undeliverable",
    "undelivered",
    "delivery status notification (failure)",
    "delivery failure",
    "mail delivery failed",
    "returned mail",
    "failure notice",
    "mail delivery system",
];

pub(super) fn of(message: &Message<'_>, subject: &str) -> Kind {
    if let Some(calendar) = part_of(message, "text", &["calendar"])
        && let Some((answer, entry)) = itip::answer(&calendar)
    {
        return Kind::Meeting { answer, entry };
    }
    if let Some(report) = part_of(message, "message", &["delivery-status", "global-delivery-status"]) {
        return reported(&report);
    }
    if part_of(message, "message", &["disposition-notification"]).is_some() {
        return Kind::DeliveryNotice;
    }
    let subject = subject.to_lowercase();
    let begins = |with: &[&str]| with.iter().any(|words| subject.starts_with(words));
    let submitted = header(message, "Auto-Submitted");
    let answers_by_itself = submitted.as_deref().is_some_and(|value| value.starts_with("auto-replied"))
        || ["X-Autoreply", "X-Autorespond", "X-Auto-Reply"]
            .iter()
            .any(|name| header(message, name).is_some_and(|value| value != "no"))
        || header(message, "Precedence").is_some_and(|value| value == "auto_reply");
    if from_the_mail_system(message) && begins(&BROUGHT_BACK) {
        return Kind::Bounce { status: None };
    }
    if answers_by_itself || begins(&AUTOMATIC) {
        return Kind::AutoReply;
    }
    Kind::Ordinary
}

/// What a report says of the first recipient whose delivery did not succeed, else of the delivery.
fn reported(report: &str) -> Kind {
    if !field(report, "action").any(|action| action.starts_with("failed")) {
        return Kind::DeliveryNotice;
    }
    // A status of its own form alone: what programs add to it in words may name people.
    let status =
        field(report, "status").filter_map(|value| value.split_whitespace().next().map(str::to_owned));
    let is_status = |text: &String| {
        let parts: Vec<&str> = text.split('.').collect();
        let figures = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3 && parts.iter().all(figures)
    };
    Kind::Bounce { status: status.filter(is_status).find(|status| !status.starts_with('2')) }
}

/// What a report says in fields of this name.
fn field(report: &str, name: &'static str) -> impl Iterator<Item = String> {
    report.lines().filter_map(move |line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_lowercase())
    })
}

/// Whether a mail comes from a mail system and from nobody.
fn from_the_mail_system(message: &Message<'_>) -> bool {
    let nobody = header(message, "Return-Path").is_some_and(|path| path == "<>");
    let address = message.from().and_then(|from| from.first()?.address());
    let local = address.and_then(|address| address.split('@').next()).unwrap_or_default().to_lowercase();
    nobody
        || ["mailer-daemon", "postmaster"].contains(&local.as_str())
        || local.starts_with("microsoftexchange")
        || message.root_part().is_content_type("multipart", "report")
}

fn header(message: &Message<'_>, name: &'static str) -> Option<String> {
    let raw = message.header_raw(HeaderName::from(name))?;
    Some(raw.trim().to_lowercase())
}
