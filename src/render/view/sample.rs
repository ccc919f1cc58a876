//! Invented views, one set for each audience: what the pack checker knows a view's fields from.
//!
//! They are built by code from the same types, so a field that is added, renamed or made optional is known to the
//! checker at once. `full` has everything; `bare` has every part, each without what a part may lack; `absent` lacks
//! all that a view may lack. Templates are tried on each, and on `full` with one thing missing at a time.

use super::{
    AgencyView, AnswerPart, AwayPart, CourtView, CpsView, HearingPart, Letterhead, Listing, Named,
    NoticePart, OffenceOutcome, OfficerInCaseView, OutcomePart, PersonPart, PoliceWitnessView,
    ReachedThrough, ReferralView, ReferredPart, ResourceTeamView, Rostered, StaffView, SupporterView,
    TaskPart, Telling, TrialPart, VictimView, View, WitnessView,
};
use crate::domain::briefing::Counts;
use crate::domain::london::Instant;
use crate::domain::message::Audience;
use crate::domain::task::Priority;
use chrono::{DateTime, NaiveDate};

/// How much a sample holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Everything.
    Full,
    /// Every part, each without what it may lack.
    Bare,
    /// Nothing that may be lacking.
    Absent,
}

impl Fill {
    /// Every fill, the fullest first.
    pub const ALL: [Self; 3] = [Self::Full, Self::Bare, Self::Absent];

    /// A part that a view may lack.
    fn part<T>(self, make: impl FnOnce(Self) -> T) -> Option<T> {
        (self != Self::Absent).then(|| make(self))
    }

    /// A plain value that a part may lack.
    fn value<T>(self, value: T) -> Option<T> {
        (self == Self::Full).then_some(value)
    }

    /// A list that may be empty.
    fn list<T>(self, make: impl Fn(Self) -> T) -> Vec<T> {
        match self {
            Self::Full => vec![make(self), make(self)],
            Self::Bare => vec![make(self)],
            Self::Absent => Vec::new(),
        }
    }
}

/// An invented view of this audience.
#[must_use]
pub fn sample(audience: Audience, fill: Fill) -> View {
    let unit = unit(fill);
    let urn = "01ZZ0000126".to_owned();
    let recipient = Named { name: "Sam Sample".to_owned() };
    match audience {
        Audience::OfficerInCase => View::OfficerInCase(OfficerInCaseView {
            unit,
            urn,
            outcomes: fill.list(offence_outcome),
            hearing: fill.part(hearing),
            people: fill.list(person),
            answers: fill.list(answer),
            telling: fill.list(|fill| Telling { person: person(fill), by: fill.value(instant()) }),
            contact: fill.value("Lee Sample".to_owned()),
        }),
        Audience::ResourceTeam => View::ResourceTeam(ResourceTeamView {
            unit,
            urn,
            hearing: hearing(fill),
            witnesses: vec![Rostered {
                number: "collar 4321".to_owned(),
                phase: fill.value("day 2, morning".to_owned()),
            }],
        }),
        Audience::PoliceWitness => View::PoliceWitness(PoliceWitnessView {
            unit,
            urn,
            hearing: hearing(fill),
            number: fill.value("collar 4321".to_owned()),
            phase: fill.value("day 2, morning".to_owned()),
        }),
        Audience::Adviser => View::Adviser(SupporterView {
            unit,
            urn,
            recipient,
            supports: vec![person(fill)],
            outcomes: fill.list(outcome),
            hearing: fill.part(hearing),
        }),
        Audience::Agency => View::Agency(AgencyView {
            unit,
            urn,
            hearing: fill.part(hearing),
            people: fill.list(person),
            answers: fill.list(answer),
        }),
        Audience::Referral => View::Referral(ReferralView {
            unit,
            urn,
            to: "Example support service".to_owned(),
            person: referred(fill),
            through: fill.part(|fill| ReachedThrough {
                name: "Pat Sample".to_owned(),
                phones: fill.list(|_| "01632 960002".to_owned()),
            }),
            risk: "high",
            answers: fill.list(answer),
            officer: fill.value("Ola Sample".to_owned()),
            contact: fill.value("Lee Sample".to_owned()),
            hearing: fill.part(hearing),
        }),
        Audience::Court => {
            View::Court(CourtView { unit, urn, hearing: hearing(fill), free: fill.list(|_| days()) })
        }
        Audience::Cps => View::Cps(CpsView {
            unit,
            urn,
            hearing: fill.part(hearing),
            people: fill.list(person),
            answers: fill.list(answer),
            availability: fill.list(|fill| AwayPart {
                person: person(fill),
                asked: fill == Fill::Full,
                away: fill.list(|_| days()),
            }),
            free: fill.list(|_| days()),
        }),
        Audience::Victim => View::Victim(VictimView {
            unit,
            urn,
            recipient,
            on_behalf_of: fill.part(person),
            outcomes: fill.list(outcome),
            answers: fill.list(answer),
            hearing: fill.part(hearing),
        }),
        Audience::Witness => View::Witness(WitnessView {
            unit,
            urn,
            recipient,
            on_behalf_of: fill.part(person),
            outcomes: fill.list(outcome),
            answers: fill.list(answer),
            hearing: fill.part(hearing),
            phase: fill.value("day 2, morning".to_owned()),
        }),
        Audience::Staff => View::Staff(StaffView {
            unit,
            urn: fill.part(|_| urn),
            recipient,
            away: fill.value("Ash Sample".to_owned()),
            count: fill.list(|_| ()).len(),
            tasks: fill.list(task),
            counts: fill.value(COUNTS),
            trials: fill.list(trial),
            notices: fill.list(notice),
            outcomes: fill.list(outcome),
            hearing: fill.part(hearing),
        }),
    }
}

fn unit(fill: Fill) -> Letterhead {
    Letterhead {
        name: "Example Victim and Witness Care Unit".to_owned(),
        address: fill.list(|_| "1 Example Square".to_owned()),
        phone: fill.value("01632 960000".to_owned()),
        email: fill.value("care@example.police.uk".to_owned()),
        hours: fill.value("Monday to Saturday, 8am to 6pm".to_owned()),
    }
}

fn days() -> String {
    "1 March 2027 to 5 March 2027".to_owned()
}

fn hearing(fill: Fill) -> HearingPart {
    let listing = Listing { at: fill.value(instant()), week_of: fill.value(day()) };
    HearingPart {
        title: "trial",
        court: "Exampleton Crown Court".to_owned(),
        room: fill.value("Courtroom 2".to_owned()),
        listed: fill == Fill::Full,
        when: listing,
        was: fill.part(|_| listing),
        off_because: fill.value("late guilty plea".to_owned()),
    }
}

fn outcome(fill: Fill) -> OutcomePart {
    OutcomePart { defendant: fill.value("D.E.".to_owned()), title: "Warrant issued".to_owned(), on: day() }
}

fn offence_outcome(fill: Fill) -> OffenceOutcome {
    OffenceOutcome {
        defendant: fill.value("D.E.".to_owned()),
        offence_code: fill.value("ZZ00000".to_owned()),
        title: "Warrant issued".to_owned(),
        on: day(),
    }
}

fn person(fill: Fill) -> PersonPart {
    PersonPart { initials: "S.S.".to_owned(), witness_number: fill.value(3) }
}

fn answer(_: Fill) -> AnswerPart {
    AnswerPart {
        about: None,
        question: "measures".to_owned(),
        asks: "Which measures are wanted?".to_owned(),
        answers: vec!["A screen".to_owned()],
    }
}

fn referred(fill: Fill) -> ReferredPart {
    ReferredPart {
        name: "Sam Sample".to_owned(),
        born_on: fill.value(day()),
        child: fill == Fill::Full,
        phones: fill.list(|_| "01632 960001".to_owned()),
        email: fill.value("sam@example.org".to_owned()),
        address: fill.list(|_| "1 Example Street".to_owned()),
        language: fill.value("Polish".to_owned()),
        never_by: fill.list(|_| "voicemail".to_owned()),
        contact_note: fill.value("In the mornings only".to_owned()),
    }
}

fn task(fill: Fill) -> TaskPart {
    TaskPart {
        urn: fill.value("01ZZ0000126".to_owned()),
        title: "Ring S.S.".to_owned(),
        about: fill.value("Sam Sample".to_owned()),
        priority: Priority::P2,
        assignee: fill.value("Lee Sample".to_owned()),
        target: fill.value(instant()),
        due: fill.value(instant()),
        next_attempt: fill.value(instant()),
        note: fill.value("who has begun it".to_owned()),
    }
}

const COUNTS: Counts = Counts { open: 7, urgent: 2, due_today: 3, overdue: 1, due_next: 4, letters: 2 };

fn trial(_: Fill) -> TrialPart {
    TrialPart { urn: "01ZZ0000126".to_owned(), court: "Exampleton Crown Court".to_owned(), at: instant() }
}

fn notice(fill: Fill) -> NoticePart {
    NoticePart {
        from: fill.value("Lee Sample".to_owned()),
        words: "Team meeting at noon".to_owned(),
        unread_by: fill.list(|_| "Ash Sample".to_owned()),
    }
}

fn instant() -> Instant {
    DateTime::from_timestamp(1_795_428_000, 0).expect("an instant in November 2026 exists")
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).expect("23 November 2026 exists")
}
