//! What passed between the unit and somebody: calls, voicemails, visits, notes. Amended by addition only.

use super::email::EmailAddress;
use super::explanation::Cause;
use super::ids::{ContactId, DirectoryId, HearingId, ParticipantId, StaffId};
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How somebody was in contact.
    pub enum ContactKind as "contact kind" {
        /// A call that was answered.
        Call = "call",
        /// A call that was not.
        NoAnswer = "no-answer",
        /// A voicemail, left or received.
        Voicemail = "voicemail",
        /// An e-mail read or written by hand.
        Email = "email",
        /// A visit or a meeting.
        Visit = "visit",
        /// A note by staff; nobody was spoken to.
        Note = "note",
    }
}

words! {
    /// By what means staff told somebody something.
    pub enum Means as "means" {
        /// Rung, and spoken to.
        Call = "call",
        /// Spoken to by video.
        Video = "video",
        /// A voicemail, where they asked for one.
        Voicemail = "voicemail",
        /// A text message.
        Text = "text",
        /// An e-mail written by hand.
        Email = "email",
        /// A letter.
        Letter = "letter",
        /// Visited.
        Visit = "visit",
        /// Spoken to at court, at a station or at the unit.
        InPerson = "in-person",
    }
}

words! {
    /// How sure staff were of whom they spoke to.
    pub enum CallerCheck as "caller check" {
        /// Name, date of birth, first line of address and postcode all matched.
        Verified = "verified",
        /// They did not all match: nothing was disclosed.
        Failed = "failed",
        /// Staff called a number that is held.
        HeldNumber = "held-number",
        /// Nothing was disclosed, so nothing was checked.
        NotNeeded = "not-needed",
    }
}

/// One contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// How.
    pub kind: ContactKind,
    /// With whom; none for a note on the case.
    pub with: Option<ParticipantId>,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom on the unit's side.
    pub by: Option<StaffId>,
    /// Whether they turned to the unit, and not the unit to them.
    #[serde(default)]
    pub incoming: bool,
    /// How it was made sure who they were.
    pub check: CallerCheck,
    /// What they were told about.
    pub told: Vec<Cause>,
    /// What came up, in words of the pack.
    #[serde(default)]
    pub topics: Vec<String>,
    /// What was said, and what is next.
    pub words: String,
    /// The record that this one corrects.
    pub corrects: Option<ContactId>,
    /// The hearing on whose sheet it stands.
    #[serde(default)]
    pub hearing: Option<HearingId>,
    /// When it was copied into the force's other systems; none while it waits for that.
    #[serde(default)]
    pub copied_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contact({}, {})", self.id, self.kind)
    }
}

words! {
    /// What sort of body a directory entry is.
    pub enum DirectoryKind as "directory kind" {
        /// Rosters police witnesses.
        ResourceTeam = "resource-team",
        /// A court.
        Court = "court",
        /// A CPS unit.
        Cps = "cps",
        /// The Witness Service at a court.
        WitnessService = "witness-service",
        /// An agency that supports victims.
        Agency = "agency",
        /// Probation's Victim Contact Scheme.
        Probation = "probation",
        /// Another force.
        Force = "force",
        /// Independent domestic violence advisers.
        IdvaService = "idva-service",
        /// Independent sexual violence advisers.
        IsvaService = "isva-service",
        /// Supports victims who are under 18.
        YoungVictimsService = "young-victims-service",
        /// The local authority's social services, or the hub that takes their referrals.
        SocialServices = "social-services",
        /// The police control room: markers on addresses and telephone numbers.
        ControlRoom = "control-room",
        /// The police carpenters, or whoever secures homes.
        Carpenters = "carpenters",
        /// A prison.
        Prison = "prison",
        /// Interpreters, intermediaries and others who help people to be understood.
        Interpreters = "interpreters",
        /// The CPS's Victim Liaison Unit.
        VictimLiaisonUnit = "victim-liaison-unit",
        /// The force's data protection officer.
        DataProtection = "data-protection",
        /// Taxis, hotels and childcare that the unit books.
        Travel = "travel",
    }
}

/// An entry of the unit's contact directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// Its id.
    pub id: DirectoryId,
    /// What sort of body.
    pub kind: DirectoryKind,
    /// Its name.
    pub name: String,
    /// Its e-mail address.
    pub email: Option<EmailAddress>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// A court's code, for the court itself and for bodies that belong to one.
    pub court_code: Option<String>,
    /// When the entry should be looked over again.
    pub review_on: Option<NaiveDate>,
    /// Rises with every change.
    pub version: i64,
}
