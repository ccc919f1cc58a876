//! Hearings of a case, who must attend them, and what is booked for them.
//!
//! A hearing has a *listing number* that rises each time it is listed again. An attendance or an arrangement
//! belongs to one listing, so "warned for the old date" can never be read as "warned for the new one".

use super::by_hand::ByHand;
use super::court::{Court, Jurisdiction};
use super::ids::{ArrangementId, AttendanceId, CourtHearingId, DefendantId, HearingId, ParticipantId};
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// When a hearing is to be: courts give an instant, only a week, or nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// At this instant.
    At(DateTime<Utc>),
    /// In the week that begins on this Monday.
    Week(NaiveDate),
    /// On a date to be fixed.
    Unfixed,
}

impl When {
    /// The day in Europe/London, where one is fixed.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::At(at) => Some(super::london::date(*at)),
            Self::Week(_) | Self::Unfixed => None,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => write!(f, "{}", at.to_rfc3339()),
            Self::Week(monday) => write!(f, "week of {monday}"),
            Self::Unfixed => f.write_str("date to be fixed"),
        }
    }
}

words! {
    /// What a hearing is for, as far as witness care must tell hearings apart.
    pub enum HearingKind as "hearing kind" {
        /// A first hearing.
        First = "first",
        /// Plea and trial preparation.
        PleaAndTrialPreparation = "plea-and-trial-preparation",
        /// A trial to which witnesses may be called.
        Trial = "trial",
        /// A trial to which no witness is called.
        TrialWithoutWitnesses = "trial-without-witnesses",
        /// Sentence.
        Sentence = "sentence",
        /// An appeal; from the magistrates' court against conviction it is heard afresh.
        Appeal = "appeal",
        /// A ground rules hearing or pre-recorded cross-examination (section 28).
        PreRecordedEvidence = "pre-recorded-evidence",
        /// About bail.
        Bail = "bail",
        /// An application.
        Application = "application",
        /// Any other.
        Other = "other",
    }
}

impl HearingKind {
    /// Whether witnesses may be called to it.
    #[must_use]
    pub fn calls_witnesses(self) -> bool {
        matches!(self, Self::Trial | Self::Appeal | Self::PreRecordedEvidence)
    }

    /// The kind that a court's description of a hearing type stands for. Courts write it as free reference text;
    /// "Trial of Issue" has no witnesses of ours in the ordinary way, "Trial - no witnesses" by its own words.
    #[must_use]
    pub fn from_type(description: &str) -> Self {
        let text = description.to_lowercase();
        let has = |word: &str| text.contains(word);
        if has("no witness") {
            Self::TrialWithoutWitnesses
        } else if has("plea") && has("trial") || has("ptph") {
            Self::PleaAndTrialPreparation
        } else if has("pre-trial") || has("pre trial") || has("trial of issue") || has("case management") {
            Self::Other
        } else if has("section 28") || has("s.28") || has("s28") || has("ground rules") {
            Self::PreRecordedEvidence
        } else if has("appeal") {
            Self::Appeal
        } else if has("trial") {
            Self::Trial
        } else if has("first") {
            Self::First
        } else if has("sentence") || has("sentencing") {
            Self::Sentence
        } else if has("bail") {
            Self::Bail
        } else if has("application") {
            Self::Application
        } else {
            Self::Other
        }
    }
}

words! {
    /// Where a hearing stands.
    pub enum HearingState as "hearing state" {
        /// To come, at its present listing.
        Listed = "listed",
        /// It sat, and its result is known.
        Resulted = "resulted",
        /// Taken out, with no new listing yet.
        Vacated = "vacated",
        /// The court's order for it was itself removed.
        Withdrawn = "withdrawn",
    }
}

/// A hearing of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hearing {
    /// Follows from the case and from what first brought the hearing about.
    pub id: HearingId,
    /// The court's own ids of it: none while it is only planned, several after re-listings.
    pub court_ids: Vec<CourtHearingId>,
    /// What it is for.
    pub kind: HearingKind,
    /// The court's words for that.
    pub hearing_type: String,
    /// Which kind of court sits, where known.
    pub jurisdiction: Option<Jurisdiction>,
    /// Where.
    pub court: Court,
    /// When, at its present listing.
    pub when: When,
    /// Whether only its day is known, so that `when` holds the hour at which courts begin.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole_day: bool,
    /// Why its present listing was taken out, in a word of the pack; none while it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off_because: Option<String>,
    /// Whose hearing it is.
    pub defendants: Vec<DefendantId>,
    /// Where it stands.
    pub state: HearingState,
    /// Rises by one with each re-listing; the first is 1.
    pub listing: i32,
    /// When it was listed for, at each earlier listing, oldest first.
    pub earlier: Vec<When>,
    /// Days on which it has sat and was resulted, in order.
    pub sat_on: Vec<NaiveDate>,
    /// Whether the court's own hearing could be any of several planned ones, which a person must settle.
    pub ambiguous: bool,
    /// As the unit listed it by hand, where it knew of it before a court's share did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<Box<ByHand>>,
}

words! {
    /// How far somebody's attendance has come.
    pub enum AttendanceState as "attendance state" {
        /// The CPS requires them.
        Required = "required",
        /// They have been told to come.
        Warned = "warned",
        /// They have said they will.
        Confirmed = "confirmed",
        /// They have been told not to come.
        DeWarned = "de-warned",
        /// They came.
        Attended = "attended",
        /// They did not come.
        Failed = "failed",
    }
}

/// A step of somebody's attendance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceStep {
    /// To which state it came.
    pub state: AttendanceState,
    /// When.
    pub at: DateTime<Utc>,
    /// By what means they were told.
    pub told_by: Option<String>,
}

words! {
    /// A special measure by which somebody gives evidence (Youth Justice and Criminal Evidence Act 1999, sections 23 to
    /// 30).
    pub enum MeasureKind as "special measure" {
        /// Screens around the witness (section 23).
        Screens = "screens",
        /// A live link (section 24).
        LiveLink = "live-link",
        /// Evidence in private (section 25).
        InPrivate = "in-private",
        /// Wigs and gowns removed (section 26).
        WigsRemoved = "wigs-removed",
        /// A recording as evidence in chief (section 27).
        RecordedEvidence = "recorded-evidence",
        /// Cross-examination recorded before the trial (section 28).
        RecordedCrossExamination = "recorded-cross-examination",
        /// An intermediary (section 29).
        Intermediary = "intermediary",
        /// Aids to communication (section 30).
        CommunicationAids = "communication-aids",
    }
}

words! {
    /// How far a special measure has come.
    pub enum MeasureState as "special measure state" {
        /// They want it, or need it.
        Wanted = "wanted",
        /// The court was asked for it.
        AppliedFor = "applied-for",
        /// The court granted it.
        Granted = "granted",
        /// The court refused it.
        Refused = "refused",
    }
}

/// A special measure for somebody at one listing of a hearing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Measure {
    /// Which.
    pub kind: MeasureKind,
    /// How far it has come.
    pub state: MeasureState,
}

/// One participant at one listing of a hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Its id.
    pub id: AttendanceId,
    /// Who.
    pub participant: ParticipantId,
    /// Which hearing.
    pub hearing: HearingId,
    /// Which listing of it.
    pub listing: i32,
    /// How far it has come.
    pub state: AttendanceState,
    /// When it came to that state.
    pub since: DateTime<Utc>,
    /// By what means they were told, such as `call` or `letter`; by whom stands in the contact record.
    pub told_by: Option<String>,
    /// Which day of the hearing and which part of it they are wanted, in the CPS's words.
    pub phase: Option<String>,
    /// Their place in the order of evidence, from 1.
    #[serde(default)]
    pub order: Option<i32>,
    /// Their special measures.
    #[serde(default)]
    pub measures: Vec<Measure>,
    /// How it came to where it is, the first step first.
    #[serde(default)]
    pub steps: Vec<AttendanceStep>,
}

impl Attendance {
    /// Somebody at a listing, in a first state.
    #[must_use]
    pub fn new(
        id: AttendanceId,
        participant: ParticipantId,
        hearing: HearingId,
        listing: i32,
        first: AttendanceStep,
    ) -> Self {
        let (state, since, told_by) = (first.state, first.at, first.told_by.clone());
        let steps = vec![first];
        let (phase, order, measures) = (None, None, Vec::new());
        Self { id, participant, hearing, listing, state, since, told_by, phase, order, measures, steps }
    }

    /// It comes to another state. How they were told to come is still known where nothing is said of it now.
    pub fn comes_to(&mut self, step: AttendanceStep) {
        self.state = step.state;
        self.since = step.at;
        let before = self.told_by.take().filter(|_| step.state != AttendanceState::DeWarned);
        self.told_by = step.told_by.clone().or(before);
        self.steps.push(step);
    }
}

words! {
    /// Who or what is booked for a hearing.
    pub enum ArrangementKind as "arrangement kind" {
        /// Citizens Advice Witness Service.
        WitnessService = "witness-service",
        /// An interpreter.
        Interpreter = "interpreter",
        /// Production of a serving prisoner.
        Production = "production",
        /// Travel.
        Travel = "travel",
        /// A hotel.
        Hotel = "hotel",
        /// Childcare.
        Childcare = "childcare",
        /// An intermediary.
        Intermediary = "intermediary",
        /// A room for pre-recorded evidence.
        Section28Room = "section-28-room",
    }
}

words! {
    /// How far an arrangement has come.
    pub enum ArrangementState as "arrangement state" {
        /// Somebody needs it.
        Wanted = "wanted",
        /// It is booked.
        Booked = "booked",
        /// The person has been told of it.
        Told = "told",
        /// It is called off.
        Cancelled = "cancelled",
    }
}

/// A booking for one listing of a hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement {
    /// Its id.
    pub id: ArrangementId,
    /// Which hearing.
    pub hearing: HearingId,
    /// Which listing of it.
    pub listing: i32,
    /// What is booked.
    pub kind: ArrangementKind,
    /// For whom, where it is for one participant.
    pub participant: Option<ParticipantId>,
    /// How far it has come.
    pub state: ArrangementState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hearing_types_of_the_courts_have_a_kind() {
        for (description, kind) in [
            ("Trial", HearingKind::Trial),
            ("Trial - no witnesses", HearingKind::TrialWithoutWitnesses),
            ("Plea & Trial Preparation", HearingKind::PleaAndTrialPreparation),
            ("Pre-Trial Review", HearingKind::Other),
            ("Trial of Issue", HearingKind::Other),
            ("First hearing", HearingKind::First),
            ("Sentence", HearingKind::Sentence),
            ("Appeal against conviction", HearingKind::Appeal),
            ("Application", HearingKind::Application),
            ("Mention", HearingKind::Other),
        ] {
            assert_eq!(HearingKind::from_type(description), kind, "{description}");
        }
    }
}
