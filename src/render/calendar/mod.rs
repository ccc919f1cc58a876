//! Calendar objects (RFC 5545): what a message carries for a police witness's calendar, and what a feed publishes.
//!
//! An entry is a reference, a court and when: there is no field for a name or an offence. The same entries give the
//! same bytes, so that a message can be frozen with its calendar and a feed can say that nothing has changed.
//!
//! A hearing has a beginning and no end. A court day is shown to its end at 17:00, an hour at least. A hearing that is
//! listed for a week takes that week's working days as whole days; one whose time was not given (midnight, when no
//! court sits) takes its day; one whose date is to be fixed is in no calendar.

mod content_line;
#[cfg(test)]
mod tests;

use crate::domain::email::EmailAddress;
use crate::domain::hearing::When;
use crate::domain::london::{self, Instant};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use content_line::{parameter, text, uri, write_line};
use std::fmt::Write as _;
use uuid::Uuid;

/// Until when a court day is shown, by London's clocks.
const COURT_RISES: NaiveTime = NaiveTime::from_hms_opt(17, 0, 0).expect("17:00 is a time of day");
/// How long an entry is at least.
const SHORTEST: TimeDelta = TimeDelta::hours(1);
/// From Monday to the day after Friday.
const WORKING_WEEK: Days = Days::new(5);

/// What a calendar object does (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It asks somebody to come, or tells them of another date.
    Request,
    /// It takes an entry out.
    Cancel,
    /// It shows entries to whoever follows it.
    Publish,
}

impl Method {
    fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// The time that an entry takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// From one instant to another.
    Times(Instant, Instant),
    /// Whole days: the first, and the one after the last.
    Days(NaiveDate, NaiveDate),
}

impl Span {
    /// The time that something listed for `when` takes; none while its date is to be fixed.
    #[must_use]
    pub fn of(when: When) -> Option<Self> {
        match when {
            When::At(at) if london::time_of_day(at) == NaiveTime::MIN => {
                let day = london::date(at);
                Some(Self::Days(day, day.succ_opt()?))
            }
            When::At(at) => {
                let rises = london::from_local(london::date(at).and_time(COURT_RISES));
                Some(Self::Times(at, rises.max(at + SHORTEST)))
            }
            When::Week(monday) => Some(Self::Days(monday, monday.checked_add_days(WORKING_WEEK)?)),
            When::Unfixed => None,
        }
    }
}

/// Whether an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Confirmed,
    /// It may yet change: a week, and no day of it.
    Tentative,
    /// It is off.
    Cancelled,
}

/// One entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What makes it the same entry for ever.
    pub uid: Uuid,
    /// When this version of it was made.
    pub stamp: Instant,
    /// Rises with each version.
    pub sequence: i64,
    /// The time it takes.
    pub span: Span,
    /// Whether it stands.
    pub standing: Standing,
    /// What it is called: a reference, no name and no offence.
    pub summary: String,
    /// What else there is to say, in lines.
    pub description: String,
    /// Where; empty where it is nowhere in particular.
    pub location: String,
}

/// A calendar object with these entries; `name` is what whoever follows it sees it called.
#[must_use]
pub fn write(method: Method, name: Option<&str>, entries: &[Entry]) -> String {
    let mut out = String::new();
    let mut line = |text: &str| write_line(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//usher//court diary//EN");
    line("CALSCALE:GREGORIAN");
    line(&format!("METHOD:{}", method.word()));
    if let Some(name) = name {
        line(&format!("NAME:{}", text(name)));
        line(&format!("X-WR-CALNAME:{}", text(name)));
        line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        line("X-PUBLISHED-TTL:PT1H");
    }
    for entry in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", entry.uid));
        line(&format!("DTSTAMP:{}", instant(entry.stamp)));
        line(&format!("SEQUENCE:{}", entry.sequence));
        match entry.span {
            Span::Times(from, to) => {
                line(&format!("DTSTART:{}", instant(from)));
                line(&format!("DTEND:{}", instant(to)));
            }
            Span::Days(from, after) => {
                line(&format!("DTSTART;VALUE=DATE:{}", from.format("%Y%m%d")));
                line(&format!("DTEND;VALUE=DATE:{}", after.format("%Y%m%d")));
            }
        }
        line(match entry.standing {
            Standing::Confirmed => "STATUS:CONFIRMED",
            Standing::Tentative => "STATUS:TENTATIVE",
            Standing::Cancelled => "STATUS:CANCELLED",
        });
        line(&format!("SUMMARY:{}", text(&entry.summary)));
        line(&format!("DESCRIPTION:{}", text(&entry.description)));
        if !entry.location.is_empty() {
            line(&format!("LOCATION:{}", text(&entry.location)));
        }
        line("CLASS:PRIVATE");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// The end of an entry, before which who asks and who is asked are written.
const ENTRY_ENDS: &str = "END:VEVENT\r\n";

/// A calendar object as it goes to somebody: who asks, and who is asked. Everything else of it is as it was frozen; both
/// belong to the envelope, and are known when the message leaves.
#[must_use]
pub fn addressed(calendar: &str, unit: &str, from: &EmailAddress, to: &EmailAddress) -> String {
    let mut who = String::new();
    write_line(&mut who, &format!("ORGANIZER;CN={}:mailto:{}", parameter(unit), uri(from.as_str())));
    let mut attendee = String::from("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:");
    let _ = write!(attendee, "{}", uri(to.as_str()));
    write_line(&mut who, &attendee);
    calendar.replace(ENTRY_ENDS, &format!("{who}{ENTRY_ENDS}"))
}

fn instant(at: Instant) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}
