//! What the CPS says: its forms on Common Platform (PET, PTPH, COTR), and messages for which there is no public form.
//!
//! Only what can be counted on is here: who is meant, and what is asked or answered in a word. What is written in
//! words stays in the raw body, which is sealed, and reaches neither a rule nor a message.

use super::ids::{HearingId, ParticipantId};
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words! {
    /// Which form or message it is.
    pub enum CpsKind as "CPS message" {
        /// Preparation for effective trial, a form for the magistrates' court.
        Pet = "pet",
        /// Plea and trial preparation hearing form, for the Crown Court.
        Ptph = "ptph",
        /// Certificate of trial readiness.
        Cotr = "cotr",
        /// Who is required to give evidence: the list of witnesses to attend court.
        WitnessesRequired = "witnesses-required",
        /// Who need not come after all.
        WitnessesNotRequired = "witnesses-not-required",
        /// The court decided on special measures.
        SpecialMeasures = "special-measures",
        /// A witness summons was issued or withdrawn.
        Summons = "summons",
        /// The CPS asks the unit something.
        Question = "question",
        /// The CPS says that it has received something.
        Acknowledgement = "acknowledgement",
    }
}

impl CpsKind {
    /// Whether it is a form that says all that it has to say: the same again is no news.
    #[must_use]
    pub fn is_form(self) -> bool {
        matches!(self, Self::Pet | Self::Ptph | Self::Cotr)
    }
}

words! {
    /// What the CPS has to say that a person may have to act on, as rules hear of it.
    pub enum News as "CPS news" {
        /// A witness needs an interpreter.
        InterpreterWanted = "cps.interpreter-wanted",
        /// A witness wishes to be heard in Welsh.
        WelshWanted = "cps.welsh-wanted",
        /// A witness needs help or special measures; of nobody named, some witness of the case.
        SpecialMeasuresWanted = "cps.special-measures-wanted",
        /// A witness needs an intermediary.
        IntermediaryWanted = "cps.intermediary-wanted",
        /// The form has something to say of a Victim Personal Statement.
        PersonalStatementNoted = "cps.personal-statement-noted",
        /// Somebody is named whom nobody in the case is sure to be.
        WitnessUnmatched = "cps.witness-unmatched",
        /// Witnesses are required, and no one trial to come is meant.
        RequiredWithoutTrial = "cps.required-without-trial",
        /// A witness need not come.
        NotRequired = "cps.not-required",
        /// Not all witnesses have said that they will come.
        WitnessesNotAcknowledged = "cps.witnesses-not-acknowledged",
        /// Not all witness summonses have been served.
        SummonsesNotServed = "cps.summonses-not-served",
        /// Special measures or remote attendance are not settled.
        SpecialMeasuresNotResolved = "cps.special-measures-not-resolved",
        /// Interpreters are not arranged.
        InterpretersNotArranged = "cps.interpreters-not-arranged",
        /// The prosecution does not certify that it is ready.
        NotTrialReady = "cps.not-trial-ready",
        /// The court granted special measures.
        SpecialMeasuresGranted = "cps.special-measures-granted",
        /// The court refused special measures.
        SpecialMeasuresRefused = "cps.special-measures-refused",
        /// The court changed special measures.
        SpecialMeasuresVaried = "cps.special-measures-varied",
        /// A summons was issued for a witness.
        SummonsIssued = "cps.summons-issued",
        /// The summons for a witness was withdrawn.
        SummonsWithdrawn = "cps.summons-withdrawn",
        /// The CPS asks something and waits for an answer.
        QuestionAsked = "cps.question-asked",
        /// The CPS has received something that the unit sent.
        Acknowledged = "cps.acknowledged",
    }
}

/// Whom a message means.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The unit's own id of them.
    Id(ParticipantId),
    /// Their number on the CPS's list.
    Number(i32),
    /// Their name, for forms give no number.
    Name {
        /// Given name.
        forename: String,
        /// Family name.
        surname: String,
        /// Date of birth, where it is given.
        born_on: Option<NaiveDate>,
    },
}

impl std::fmt::Debug for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "Id({id})"),
            Self::Number(number) => write!(f, "Number({number})"),
            Self::Name { .. } => f.write_str("Name(…)"),
        }
    }
}

words! {
    /// A special measure, or another help to give evidence.
    pub enum Measure as "special measure" {
        /// By live link.
        LiveLink = "live-link",
        /// Behind a screen.
        Screen = "screen",
        /// In private.
        InPrivate = "in-private",
        /// By a recorded interview.
        RecordedInterview = "recorded-interview",
        /// By recorded cross-examination.
        RecordedCrossExamination = "recorded-cross-examination",
        /// Through an intermediary.
        Intermediary = "intermediary",
        /// With an aid to communication.
        CommunicationAid = "communication-aid",
        /// Without wigs and gowns.
        WithoutWigs = "without-wigs",
        /// Not questioned by the defendant in person.
        NoQuestioningInPerson = "no-questioning-in-person",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// Why somebody need not come.
    pub enum WhyNot as "reason" {
        /// Their statement is agreed: section 9 of the Criminal Justice Act 1967.
        AgreedSection9 = "agreed-section-9",
        /// What they would say is admitted: section 10 of the Criminal Justice Act 1967.
        AgreedSection10 = "agreed-section-10",
        /// The prosecution does not rely on them any more.
        NotReliedOn = "not-relied-on",
        /// Something else.
        Other = "other",
    }
}

/// Whether somebody is to come to court.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// They are.
    Yes,
    /// They are not.
    No,
    /// The message does not say.
    Unsaid,
}

/// One witness of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpsWitness {
    /// Who.
    pub who: Who,
    /// Whether they are to come.
    pub wanted: Wanted,
    /// Day, order and phase of the trial, as one reads them to the witness.
    pub phase: Option<String>,
    /// What else is said of them.
    pub news: Vec<News>,
}

/// A message of the CPS, as far as it is acted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpsMessage {
    /// Which.
    pub kind: CpsKind,
    /// The case's URN.
    pub urn: String,
    /// The unit's own id of the hearing that is meant.
    pub hearing: Option<HearingId>,
    /// The first day, in Europe/London, of the trial that is meant.
    pub trial_on: Option<NaiveDate>,
    /// What is said of each witness.
    pub witnesses: Vec<CpsWitness>,
    /// What is said of the case as a whole.
    pub news: Vec<News>,
    /// Which measures were decided on; special measures only.
    pub measures: Vec<Measure>,
    /// Why they need not come; only where somebody need not.
    pub why_not: Option<WhyNot>,
    /// The last day, in Europe/London, for an answer; questions only.
    pub reply_by: Option<NaiveDate>,
}
