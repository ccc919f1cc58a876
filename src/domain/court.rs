//! What a court shares: one hearing day of one or more cases, in our own words whatever feed it came by.
//!
//! A *share* is a full picture of a hearing day, not a change (Common Platform shares the whole day again after a
//! correction, and a removed result is simply absent). Everything a rule could care about in it (result, plea,
//! verdict, what became of a trial, next hearing) is a [`ResultLine`] whose id follows from its content. So
//! what is new, what is gone and what is the same as before are plain set differences, a share that was repeated
//! adds nothing whatever its bytes, and the order in which files arrive cannot matter.

use super::case::{Reference, ReferenceKind};
use super::hearing::{HearingKind, When};
use super::ids::{CourtCaseId, CourtHearingId, DefendantId, OffenceId, ResultId, derived};
use crate::words;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// Which feed a share came by. Common Platform is authoritative over SPI for the same day.
    pub enum Feed as "feed" {
        /// HMCTS Common Platform `hearing-resulted`, internal or external shape.
        CommonPlatform = "common-platform",
        /// SPI `ResultedCaseMessage`.
        Spi = "spi",
        /// Entered by a member of staff from the live screen.
        Manual = "manual",
    }
}

words! {
    /// Which kind of court sits.
    pub enum Jurisdiction as "jurisdiction" {
        /// A magistrates' court.
        Magistrates = "magistrates",
        /// The Crown Court.
        Crown = "crown",
    }
}

words! {
    /// What sort of line a court shared.
    pub enum Line as "line" {
        /// A judicial result: order, remand, sentence, warrant, direction.
        Judicial = "judicial",
        /// A plea entered, or an indication of one.
        Plea = "plea",
        /// A verdict.
        Verdict = "verdict",
        /// What became of a trial: cracked, ineffective, vacated, effective.
        Trial = "trial",
        /// A next hearing that the court ordered.
        NextHearing = "next-hearing",
    }
}

words! {
    /// Common Platform's own sorting of judicial results.
    pub enum Category as "category" {
        /// Ends the offence's proceedings (`FINAL`).
        Final = "final",
        /// Does not end them (`INTERMEDIARY`).
        Interim = "interim",
        /// Goes with another result (`ANCILLARY`).
        Ancillary = "ancillary",
    }
}

words! {
    /// What became of a trial.
    pub enum TrialOutcome as "trial outcome" {
        /// It went ahead.
        Effective = "effective",
        /// It ended on the day without being tried: a plea, or the prosecution ended the case.
        Cracked = "cracked",
        /// It was not heard on the day and is to be listed again.
        Ineffective = "ineffective",
        /// It was taken out before the day.
        Vacated = "vacated",
    }
}

/// The hour at which courts begin to sit, Europe/London: when something is of which the day alone is known.
pub const COURTS_SIT: NaiveTime = NaiveTime::from_hms_opt(10, 0, 0).expect("10:00 is a time of day");

/// A court house and room, as the court names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct Court {
    /// The court centre's own id.
    pub id: Option<Uuid>,
    /// The OU code, such as `B01LY00`.
    pub code: Option<String>,
    /// The name, such as "Northgate Magistrates' Court".
    pub name: String,
    /// The courtroom.
    pub room: Option<String>,
}

/// One hearing day as a court shared it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The feed it came by.
    pub feed: Feed,
    /// The court's id of the hearing.
    pub hearing: CourtHearingId,
    /// The day it sat, in Europe/London.
    pub day: NaiveDate,
    /// When the court shared it; orders shares of the same day.
    pub shared_at: DateTime<Utc>,
    /// Which kind of court sat.
    pub jurisdiction: Jurisdiction,
    /// The hearing type in the court's words, such as "Plea & Trial Preparation".
    pub hearing_type: String,
    /// Where it sat.
    pub court: Court,
    /// When it was listed to start, if the court says.
    pub sitting_at: Option<DateTime<Utc>>,
    /// Each case heard, with what was decided in it. Never empty.
    pub cases: Vec<CaseShare>,
}

impl Share {
    /// What kind of hearing it was.
    #[must_use]
    pub fn kind(&self) -> HearingKind {
        HearingKind::from_type(&self.hearing_type)
    }

    /// The one form of this share: every line under the id that follows from its content, no line twice, and
    /// everything in order of id, so that shares that say the same are equal however they were written.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        for case in &mut self.cases {
            case.markers.sort_unstable();
            case.markers.dedup();
            case.defendants.sort_by_key(|defendant| defendant.id);
            for defendant in &mut case.defendants {
                defendant.offences.sort_by_key(|offence| offence.id);
            }
            for line in &mut case.lines {
                line.qualifiers.sort_unstable();
                line.qualifiers.dedup();
                line.id = line.content_id(self.hearing, self.day);
            }
            // Of lines that say the same, which one stays must not depend on the order they were written in.
            case.lines.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| a.precedence().cmp(&b.precedence())));
            case.lines.dedup_by_key(|line| line.id);
        }
        self.cases.sort_by_key(|case| case.court_case);
        self
    }
}

/// One case's part of a share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseShare {
    /// The court's id of the case.
    pub court_case: CourtCaseId,
    /// The police unique reference number; cases of other authorities have none.
    pub urn: Option<String>,
    /// The prosecuting authority's own reference.
    pub authority_reference: Option<String>,
    /// The prosecuting authority's code, such as a force's OU code or `CPS`.
    pub authority: Option<String>,
    /// Markers such as `Domestic Violence`.
    pub markers: Vec<String>,
    /// Those who are charged, or the subject of an application.
    pub defendants: Vec<Defendant>,
    /// Every line, each for one defendant and, where it has one, one offence.
    pub lines: Vec<ResultLine>,
    /// Whether something in this part says that the court put an earlier result right: an amendment's date or
    /// reason, a deleted line, a line "entered in error", a case reopened. It explains lines that are gone; a share
    /// that lost lines and says nothing of the kind is for a person to look at.
    #[serde(default)]
    pub amended: bool,
}

impl CaseShare {
    /// What the case is found by: the court's id, the URN, the authority's reference.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        self.named().references()
    }

    /// The case as it is named.
    #[must_use]
    pub fn named(&self) -> CaseNamed<'_> {
        CaseNamed {
            court_case: self.court_case,
            urn: self.urn.as_deref(),
            authority_reference: self.authority_reference.as_deref(),
            authority: self.authority.as_deref(),
            markers: &self.markers,
        }
    }
}

/// A case as a court's message names it.
#[derive(Debug, Clone, Copy)]
pub struct CaseNamed<'a> {
    /// The court's id of the case.
    pub court_case: CourtCaseId,
    /// Its URN, where it has one.
    pub urn: Option<&'a str>,
    /// The prosecuting authority's own reference.
    pub authority_reference: Option<&'a str>,
    /// The prosecuting authority's code.
    pub authority: Option<&'a str>,
    /// Markers such as `Domestic Violence`.
    pub markers: &'a [String],
}

impl CaseNamed<'_> {
    /// What it is found by: the court's id, the URN, the authority's reference.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        let mut references = vec![Reference::new(ReferenceKind::CourtCase, &self.court_case.to_string())];
        references.extend(self.urn.map(|urn| Reference::new(ReferenceKind::Urn, urn)));
        references
            .extend(self.authority_reference.map(|text| Reference::new(ReferenceKind::Authority, text)));
        references.sort_unstable();
        references
    }
}

/// What decides which of two lines with the same content stays.
type Precedence<'a> = (bool, bool, Option<NaiveDate>, Option<Uuid>, Option<&'a str>, &'a str);

/// Whether a defendant is a person or an organisation, with what names them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Party {
    /// A person.
    Person {
        /// Given names.
        first_name: Option<String>,
        /// Family name.
        last_name: String,
        /// Date of birth.
        born_on: Option<NaiveDate>,
    },
    /// A company or other legal entity.
    Organisation {
        /// Its name.
        name: String,
    },
}

impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Person { .. } => "Person(…)",
            Self::Organisation { .. } => "Organisation(…)",
        })
    }
}

/// A defendant as one share shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defendant {
    /// The court's id of the defendant in this case.
    pub id: DefendantId,
    /// The court's id of the same person across cases.
    pub master: Option<DefendantId>,
    /// Who they are.
    pub party: Party,
    /// Whether the court treats them as a youth.
    pub youth: bool,
    /// Remand status after the hearing, as the court codes it: `A` not applicable, `B` conditional bail,
    /// `C` custody, `L` local authority, `P` custody with bail direction, `U` unconditional bail.
    pub remand: Option<String>,
    /// Bail conditions as the court wrote them. Free text: shown to staff, never to a rule or a template.
    pub bail_conditions: Option<String>,
    /// Whether the court says the proceedings against them have ended.
    pub concluded: bool,
    /// What they are charged with.
    pub offences: Vec<Offence>,
}

/// An offence as one share shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offence {
    /// The court's id.
    pub id: OffenceId,
    /// The CJS offence code.
    pub code: String,
    /// The offence's title.
    pub title: String,
    /// Whether the court says its proceedings have ended.
    pub concluded: bool,
}

/// A prompt's answer within a judicial result, such as the length of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// The prompt's reference, such as `nameOfWitness`; its label where it has none.
    pub reference: String,
    /// The label.
    pub label: String,
    /// The answer, as text.
    pub value: String,
}

/// A hearing that a court ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextHearing {
    /// The type in the court's words, such as "Trial".
    pub hearing_type: String,
    /// Which kind of court will sit, where stated.
    pub jurisdiction: Option<Jurisdiction>,
    /// Where.
    pub court: Court,
    /// When.
    pub when: When,
    /// The court's own id, if the hearing exists already.
    pub existing: Option<CourtHearingId>,
}

impl NextHearing {
    /// What kind of hearing it will be.
    #[must_use]
    pub fn kind(&self) -> HearingKind {
        HearingKind::from_type(&self.hearing_type)
    }
}

/// One thing a court decided or noted, about one defendant and, where it has one, one offence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLine {
    /// Follows from the content: see [`ResultLine::content_id`].
    pub id: ResultId,
    /// What sort of line.
    pub line: Line,
    /// Whom it is about. Empty only for lines about a whole hearing.
    pub defendant: Option<DefendantId>,
    /// Which offence, for lines about one.
    pub offence: Option<OffenceId>,
    /// The court's id of the result definition, the surest code there is (over a third have no CJS code).
    pub type_id: Option<Uuid>,
    /// The CJS result code, such as `4575`.
    pub cjs_code: Option<String>,
    /// The short code, such as `WOFD`; a plea's or verdict's value; a trial outcome's word.
    pub short_code: Option<String>,
    /// Result qualifiers, such as `LI`.
    pub qualifiers: Vec<String>,
    /// The label, such as "Adjournment".
    pub label: String,
    /// The court's own sorting; judicial results only.
    pub category: Option<Category>,
    /// The day it was ordered, or the plea or verdict given.
    pub ordered_on: Option<NaiveDate>,
    /// The court's free text. Shown to staff, never to a rule or a template.
    pub text: Option<String>,
    /// Answers to prompts.
    pub prompts: Vec<Prompt>,
    /// The hearing ordered; next-hearing lines only.
    pub next_hearing: Option<NextHearing>,
    /// What became of the trial; trial lines only.
    pub trial: Option<TrialOutcome>,
    /// The reason of a trial outcome: the court's id of it, its code being unique only with its type.
    pub trial_reason: Option<Uuid>,
    /// Whether the court marked it urgent.
    pub urgent: bool,
    /// Whether it ends the offence's proceedings (dismissed, withdrawn…; not sentences).
    pub terminates: bool,
    /// The court's id of the line, kept for reference: it does not make a line what it is.
    pub source_id: Option<Uuid>,
}

impl ResultLine {
    /// A line of this sort that says nothing yet: a start for whoever builds one.
    #[must_use]
    pub fn blank(line: Line) -> Self {
        Self {
            id: ResultId(Uuid::nil()),
            line,
            defendant: None,
            offence: None,
            type_id: None,
            cjs_code: None,
            short_code: None,
            qualifiers: Vec::new(),
            label: String::new(),
            category: None,
            ordered_on: None,
            text: None,
            prompts: Vec::new(),
            next_hearing: None,
            trial: None,
            trial_reason: None,
            urgent: false,
            terminates: false,
            source_id: None,
        }
    }

    /// Urgent before not, a hearing known to the court before one that is not, then the earliest said.
    fn precedence(&self) -> Precedence<'_> {
        let existing = self.next_hearing.as_ref().is_some_and(|next| next.existing.is_some());
        (!self.urgent, !existing, self.ordered_on, self.source_id, self.text.as_deref(), &self.label)
    }

    /// The id that follows from what the line says: hearing day, defendant, offence, codes, answers and dates.
    ///
    /// The court's own line id and its free text are left out, so that the same decision entered afresh after an
    /// administrative correction is the same fact and nobody is rung twice. Pleas and verdicts are the same fact
    /// on whichever day they are repeated.
    #[must_use]
    pub fn content_id(&self, hearing: CourtHearingId, day: NaiveDate) -> ResultId {
        let day = day.to_string();
        let ordered = self.ordered_on.map(|on| on.to_string()).unwrap_or_default();
        let place: [&[u8]; 2] = match self.line {
            Line::Plea | Line::Verdict => [b"", ordered.as_bytes()],
            Line::Judicial | Line::Trial | Line::NextHearing => [hearing.as_bytes(), day.as_bytes()],
        };
        let next = self.next_hearing.as_ref().map(|next| {
            let court = next.court.code.as_deref().unwrap_or(&next.court.name);
            format!("{}|{court}|{}", next.hearing_type, next.when)
        });
        let mut prompts: Vec<String> =
            self.prompts.iter().map(|prompt| format!("{}={}", prompt.reference, prompt.value)).collect();
        prompts.sort_unstable();
        let code = self.type_id.map(|id| id.to_string()).or_else(|| self.cjs_code.clone());
        let code = code.or_else(|| self.short_code.clone()).unwrap_or_else(|| self.label.clone());
        ResultId(derived(&[
            b"result",
            place[0],
            place[1],
            self.line.to_string().as_bytes(),
            self.defendant.as_ref().map_or(&[][..], |id| id.as_bytes()),
            self.offence.as_ref().map_or(&[][..], |id| id.as_bytes()),
            code.as_bytes(),
            self.qualifiers.join(",").as_bytes(),
            prompts.join("\u{1}").as_bytes(),
            next.unwrap_or_default().as_bytes(),
            self.trial_reason.as_ref().map_or(&[][..], |id| id.as_bytes()),
        ]))
    }
}
