//! What opens a case, and whom an event adds to one.

use super::case::{Phase, Reference, Risk};
use super::ids::{CaseId, DefendantId, DirectoryId, OffenceId, ParticipantId, PersonId, StaffId, TeamId};
use super::person::{Consent, EnhancedCategory, EnhancedState, Identity, Named, Role};
use serde::{Deserialize, Serialize};

/// Somebody to be added to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParticipant {
    /// Their id in the case.
    pub id: ParticipantId,
    /// A person who is held already.
    pub person: PersonId,
    /// Who they are; left out where the person is held already and nothing is new.
    pub identity: Option<Identity>,
    /// The parts they play.
    pub roles: Vec<Role>,
    /// Whether they were under 18 at the time of the offence.
    pub child: bool,
    /// The offences that concern them.
    pub offences: Vec<OffenceId>,
    /// The defendants who concern them.
    pub defendants: Vec<DefendantId>,
    /// Enhanced Rights as first assessed; victims only.
    pub enhanced: Option<(EnhancedState, Vec<EnhancedCategory>)>,
    /// Whom they support or speak for.
    pub supports: Vec<ParticipantId>,
    /// Leave to be told.
    pub consent: Option<Consent>,
    /// Through whom alone they may be contacted.
    pub contact_via: Option<ParticipantId>,
    /// Whether they asked to hear of every hearing.
    pub wants_updates: bool,
    /// Collar number.
    pub collar: Option<String>,
    /// Resource team.
    pub resource_team: Option<DirectoryId>,
    /// Number on the CPS's list.
    pub witness_number: Option<i32>,
    /// Defendants and offences that concern them, by name, as long as no court has shared who or what these are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awaits: Vec<Named>,
}

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCase {
    /// Its id.
    pub id: CaseId,
    /// What it is found by.
    pub references: Vec<Reference>,
    /// How far it has come.
    pub phase: Phase,
    /// Risk to the victim.
    pub risk: Risk,
    /// Flags.
    pub flags: Vec<String>,
    /// Who owns it; the pack's assignment where none.
    pub owner: Option<StaffId>,
    /// The team that holds it.
    pub team: Option<TeamId>,
    /// The people in it.
    pub participants: Vec<NewParticipant>,
}
