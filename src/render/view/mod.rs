//! What each audience may know of a case: a type for each, made by [`view`] and by nothing else.
//!
//! The types are the promise. A view is serialised as it stands and handed to the template, so whatever has no field
//! here cannot be written to anybody: result text and bail conditions as the court wrote them, addresses, phones,
//! dates of birth, statements, offence titles. Callers pass the lines that caused the message; every view that is
//! about particular people asks [`Participant::concerns`] again, so that a rule with a mistake in it tells nobody
//! somebody else's result.
//!
//! [`Participant::concerns`]: crate::domain::person::Participant::concerns

mod agency;
mod court;
mod cps;
mod officer_in_case;
mod parts;
mod police_witness;
mod referral;
mod resource_team;
pub mod sample;
mod staff;
mod subject;
mod supporter;
mod victim;
mod witness;

#[cfg(test)]
pub(in crate::render) mod example;
#[cfg(test)]
mod tests;

pub use agency::AgencyView;
pub use court::CourtView;
pub use cps::CpsView;
pub use officer_in_case::{OffenceOutcome, OfficerInCaseView, Telling};
pub use parts::{AnswerPart, AwayPart, HearingPart, Letterhead, Listing, Named, OutcomePart, PersonPart};
pub use police_witness::PoliceWitnessView;
pub use referral::{BODIES, ReachedThrough, ReferralView, ReferredPart};
pub use resource_team::{ResourceTeamView, Rostered};
pub use staff::{NoticePart, StaffView, TaskPart, TrialPart};
pub use subject::{Subject, TaskLine, WorkLine};
pub use supporter::SupporterView;
pub(super) use supporter::needs_consent;
pub use victim::VictimView;
pub use witness::WitnessView;

use crate::domain::ids::ParticipantId;
use crate::domain::message::Audience;
use serde::Serialize;

/// What one audience may know, ready for a template.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum View {
    /// For [`Audience::OfficerInCase`].
    OfficerInCase(OfficerInCaseView),
    /// For [`Audience::ResourceTeam`].
    ResourceTeam(ResourceTeamView),
    /// For [`Audience::PoliceWitness`].
    PoliceWitness(PoliceWitnessView),
    /// For [`Audience::Adviser`].
    Adviser(SupporterView),
    /// For [`Audience::Agency`].
    Agency(AgencyView),
    /// For [`Audience::Referral`].
    Referral(ReferralView),
    /// For [`Audience::Court`].
    Court(CourtView),
    /// For [`Audience::Cps`].
    Cps(CpsView),
    /// For [`Audience::Victim`].
    Victim(VictimView),
    /// For [`Audience::Witness`].
    Witness(WitnessView),
    /// For [`Audience::Staff`].
    Staff(StaffView),
}

/// A view holds personal data: only its audience shows.
impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({})", self.audience())
    }
}

impl View {
    /// Whose view it is.
    #[must_use]
    pub fn audience(&self) -> Audience {
        match self {
            Self::OfficerInCase(_) => Audience::OfficerInCase,
            Self::ResourceTeam(_) => Audience::ResourceTeam,
            Self::PoliceWitness(_) => Audience::PoliceWitness,
            Self::Adviser(_) => Audience::Adviser,
            Self::Agency(_) => Audience::Agency,
            Self::Referral(_) => Audience::Referral,
            Self::Court(_) => Audience::Court,
            Self::Cps(_) => Audience::Cps,
            Self::Victim(_) => Audience::Victim,
            Self::Witness(_) => Audience::Witness,
            Self::Staff(_) => Audience::Staff,
        }
    }

    /// The unit that writes.
    #[must_use]
    pub fn unit(&self) -> &Letterhead {
        match self {
            Self::OfficerInCase(view) => &view.unit,
            Self::ResourceTeam(view) => &view.unit,
            Self::PoliceWitness(view) => &view.unit,
            Self::Adviser(view) => &view.unit,
            Self::Agency(view) => &view.unit,
            Self::Referral(view) => &view.unit,
            Self::Court(view) => &view.unit,
            Self::Cps(view) => &view.unit,
            Self::Victim(view) => &view.unit,
            Self::Witness(view) => &view.unit,
            Self::Staff(view) => &view.unit,
        }
    }

    /// The hearing it is about, if there is one.
    #[must_use]
    pub fn hearing(&self) -> Option<&HearingPart> {
        match self {
            Self::OfficerInCase(view) => view.hearing.as_ref(),
            Self::ResourceTeam(view) => Some(&view.hearing),
            Self::PoliceWitness(view) => Some(&view.hearing),
            Self::Adviser(view) => view.hearing.as_ref(),
            Self::Agency(view) => view.hearing.as_ref(),
            Self::Referral(view) => view.hearing.as_ref(),
            Self::Court(view) => Some(&view.hearing),
            Self::Cps(view) => view.hearing.as_ref(),
            Self::Victim(view) => view.hearing.as_ref(),
            Self::Witness(view) => view.hearing.as_ref(),
            Self::Staff(view) => view.hearing.as_ref(),
        }
    }
}

/// Why somebody is shown nothing. For staff, who decide what to do instead: ids and roles, no names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unviewable {
    /// The case, the directory or the roster has no such recipient.
    #[error(
        "the recipient is not known here: expected {expected}; choose a recipient who is on the case or in the directory"
    )]
    Unknown {
        /// What kind of recipient the audience needs.
        expected: &'static str,
    },
    /// The recipient is known, but not as one of this audience.
    #[error(
        "the recipient does not belong to the audience {audience}: expected {expected}; correct the rule's recipient or the template's audience"
    )]
    WrongRecipient {
        /// The template's audience.
        audience: Audience,
        /// What kind of recipient it needs.
        expected: &'static str,
    },
    /// An adviser for whom no consent is held.
    #[error("the adviser has no consent to be told: ask the person they support, and record the consent")]
    NoConsent,
    /// An adviser whose consent has not begun or has ended.
    #[error(
        "the adviser's consent is not in force today: ask the person they support, and renew the consent"
    )]
    ConsentNotInForce,
    /// An adviser or family liaison officer who supports nobody in this message.
    #[error("the recipient supports nobody whom this message is about: link them to the person they support")]
    SupportsNobody,
    /// Somebody whom nothing links to an offence or a defendant is never told an outcome.
    #[error(
        "participant {0} is linked to no offence and no defendant: say which offence concerns them first"
    )]
    Unlinked(ParticipantId),
    /// There were results, and none of them concerns the recipient.
    #[error("none of the results concerns the recipient: nothing may be told to them")]
    NothingConcerns,
    /// The audience's message is about a hearing, and none was given or it does not concern the recipient.
    #[error("there is no hearing that concerns the recipient: expected one for a message to {0}")]
    NoHearing(Audience),
    /// A roster form lists police witnesses by number, and this one has none.
    #[error(
        "police witness {0} has neither a collar number nor a witness number: add one, or ring the resource team"
    )]
    NoNumber(ParticipantId),
    /// The recipient left.
    #[error("the recipient has left: choose who takes their place")]
    Left,
}

impl Unviewable {
    /// The reason's word, for tables and metrics.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown-recipient",
            Self::WrongRecipient { .. } => "wrong-recipient",
            Self::NoConsent => "no-consent",
            Self::ConsentNotInForce => "consent-not-in-force",
            Self::SupportsNobody => "supports-nobody",
            Self::Unlinked(_) => "unlinked",
            Self::NothingConcerns => "nothing-concerns",
            Self::NoHearing(_) => "no-hearing",
            Self::NoNumber(_) => "no-number",
            Self::Left => "left",
        }
    }
}

/// What `audience` may know of the subject.
///
/// # Errors
/// [`Unviewable`] where the recipient may not be told, or there is nothing that they may be told: a person must
/// decide what happens instead.
pub fn view(audience: Audience, subject: &Subject<'_>) -> Result<View, Unviewable> {
    Ok(match audience {
        Audience::OfficerInCase => View::OfficerInCase(OfficerInCaseView::of(subject)?),
        Audience::ResourceTeam => View::ResourceTeam(ResourceTeamView::of(subject)?),
        Audience::PoliceWitness => View::PoliceWitness(PoliceWitnessView::of(subject)?),
        Audience::Adviser => View::Adviser(SupporterView::of(subject)?),
        Audience::Agency => View::Agency(AgencyView::of(subject)?),
        Audience::Referral => View::Referral(ReferralView::of(subject)?),
        Audience::Court => View::Court(CourtView::of(subject)?),
        Audience::Cps => View::Cps(CpsView::of(subject)?),
        Audience::Victim => View::Victim(VictimView::of(subject)?),
        Audience::Witness => View::Witness(WitnessView::of(subject)?),
        Audience::Staff => View::Staff(StaffView::of(subject)?),
    })
}
