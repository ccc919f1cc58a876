//! The shapes that views are put together from.
//!
//! People are initials and a witness number, a hearing is its kind in our own words, a court and a date. A court's
//! own wording of a hearing type is free text and may name an offence, so it stays outside.

use crate::domain::court::{Defendant, Party};
use crate::domain::hearing::{Hearing, HearingKind, HearingState, When};
use crate::domain::ids::ParticipantId;
use crate::domain::london::{self, Instant};
use crate::domain::person::{Days, Identity, Participant};
use chrono::NaiveDate;
use serde::Serialize;

pub use crate::domain::letterhead::Letterhead;

/// When a hearing is listed. Both empty where the date is still to be fixed. Templates show it by the filters
/// `date`, `time` and `day_and_time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// At this instant, UTC.
    pub at: Option<Instant>,
    /// In the week that begins on this Monday.
    pub week_of: Option<NaiveDate>,
}

impl From<When> for Listing {
    fn from(when: When) -> Self {
        match when {
            When::At(at) => Self { at: Some(at), week_of: None },
            When::Week(monday) => Self { at: None, week_of: Some(monday) },
            When::Unfixed => Self { at: None, week_of: None },
        }
    }
}

/// A hearing as anybody outside the court may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HearingPart {
    /// What it is for, in our words: "trial", "sentence hearing".
    pub title: &'static str,
    /// The court house.
    pub court: String,
    /// The courtroom.
    pub room: Option<String>,
    /// Whether it is still to come at `when`: it has neither sat nor been taken out.
    pub listed: bool,
    /// When it is now listed; for one that was taken out, when it was.
    pub when: Listing,
    /// The listing that no longer holds: the one that the recipient knew before, or the one that was taken out.
    pub was: Option<Listing>,
    /// Why it was taken out, in the unit's word for it; none where it was not, or nobody said.
    pub off_because: Option<String>,
}

impl HearingPart {
    /// The hearing, with the listing that it replaces: `earlier`, which the caller knows the recipient to have heard of.
    #[must_use]
    pub fn of(hearing: &Hearing, earlier: Option<When>) -> Self {
        let off = hearing.state != HearingState::Listed;
        let was = earlier.or(off.then_some(hearing.when));
        Self {
            title: title_of(hearing.kind),
            court: hearing.court.name.clone(),
            room: hearing.court.room.clone(),
            listed: hearing.state == HearingState::Listed,
            when: hearing.when.into(),
            was: was.map(Listing::from),
            off_because: hearing.off_because.as_ref().map(|word| word.replace('-', " ")),
        }
    }
}

/// A hearing's kind as a reader is told of it, to stand after "the".
fn title_of(kind: HearingKind) -> &'static str {
    match kind {
        HearingKind::First => "first hearing",
        HearingKind::PleaAndTrialPreparation => "plea and trial preparation hearing",
        HearingKind::Trial | HearingKind::TrialWithoutWitnesses => "trial",
        HearingKind::Sentence => "sentence hearing",
        HearingKind::Appeal => "appeal hearing",
        HearingKind::PreRecordedEvidence => "pre-recorded evidence hearing",
        HearingKind::Bail => "bail hearing",
        HearingKind::Application | HearingKind::Other => "hearing",
    }
}

/// What became of one defendant, by the pack's own title of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomePart {
    /// The defendant's initials; an organisation's are those of its name.
    pub defendant: Option<String>,
    /// What it is called, such as "Warrant issued".
    pub title: String,
    /// The day in court, Europe/London.
    pub on: NaiveDate,
}

/// Somebody in the case, to those who know them by other means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonPart {
    /// Their initials.
    pub initials: String,
    /// Their number on the CPS's list of witnesses.
    pub witness_number: Option<i32>,
}

impl PersonPart {
    /// The participant as initials and number.
    #[must_use]
    pub fn of(participant: &Participant, identity: &Identity) -> Self {
        Self { initials: identity.initials(), witness_number: participant.witness_number }
    }
}

/// When one witness can come to court.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AwayPart {
    /// Who.
    pub person: PersonPart,
    /// Whether they have been asked.
    pub asked: bool,
    /// The days on which they cannot come, as spans such as "1 March 2027" or "1 March 2027 to 5 March 2027".
    pub away: Vec<String>,
}

/// A span of days in words.
#[must_use]
pub(super) fn span(days: &Days) -> String {
    match days.from == days.to {
        true => london::written_date(days.from),
        false => format!("{} to {}", london::written_date(days.from), london::written_date(days.to)),
    }
}

/// What was answered to a question whose answer may be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerPart {
    /// Whom the form is about.
    #[serde(skip)]
    pub about: Option<ParticipantId>,
    /// The question's name.
    pub question: String,
    /// The question, as it is asked.
    pub asks: String,
    /// What was chosen, in words for people; a day or a number as it was given.
    pub answers: Vec<String>,
}

/// The reader's own name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// As written in a salutation.
    pub name: String,
}

/// A defendant's initials.
#[must_use]
pub(super) fn initials_of(defendant: &Defendant) -> String {
    match &defendant.party {
        Party::Person { first_name, last_name, .. } => {
            let first_name = first_name.clone().unwrap_or_default();
            Identity { first_name, last_name: last_name.clone(), ..Identity::default() }.initials()
        }
        Party::Organisation { name } => {
            let initial = |word: &str| word.chars().find(|c| c.is_alphabetic());
            name.split_whitespace().filter_map(initial).flat_map(char::to_uppercase).collect()
        }
    }
}

/// A defendant's name in full: for staff.
#[must_use]
pub(super) fn name_of(defendant: &Defendant) -> String {
    match &defendant.party {
        Party::Person { first_name: Some(first), last_name, .. } => format!("{first} {last_name}"),
        Party::Person { first_name: None, last_name, .. } => last_name.clone(),
        Party::Organisation { name } => name.clone(),
    }
}
