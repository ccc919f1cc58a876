//! The contract's words in English: one place for what people read of an enum.

use crate::grpc::pb;

/// A word with hyphens as people read it: `tell-outcome` as "Tell outcome".
#[must_use]
pub fn plain(word: &str) -> String {
    super::form::sentence(&word.replace(['-', '_'], " "))
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident($of:ty) { $($value:ident => $words:literal,)* })*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(value: $of) -> &'static str {
            match value { $(<$of>::$value => $words,)* }
        })*
    };
}

words! {
    /// A priority.
    priority(pb::Priority) { Unspecified => "–", P1 => "P1", P2 => "P2", P3 => "P3", P4 => "P4", }
    /// Where a task stands.
    task_state(pb::TaskState) {
        Unspecified => "–", Open => "New", Acknowledged => "Seen", InProgress => "In progress", Done => "Done",
        Cancelled => "Cancelled", Withdrawn => "Withdrawn",
    }
    /// How a duty stands.
    duty_state(pb::DutyState) {
        Unspecified => "–", Open => "Owed", Met => "Met in time", Late => "Met late", Excused => "Excused",
        Withdrawn => "Withdrawn",
    }
    /// A case's phase.
    phase(pb::Phase) {
        Unspecified => "–", PreCharge => "Before charge", PostCharge => "After charge", Concluded => "Concluded",
    }
    /// Risk.
    risk(pb::Risk) { Unspecified => "Risk not assessed", High => "High risk", Medium => "Medium risk", Low => "Low risk", }
    /// A part that somebody plays.
    role(pb::Role) {
        Unspecified => "–", Victim => "Victim", CivilianWitness => "Witness", PoliceWitness => "Police witness",
        ProfessionalWitness => "Professional witness", Parent => "Parent or guardian", Spokesperson => "Spokesperson",
        Adviser => "Adviser", OfficerInCase => "Officer in the case",
        FamilyLiaisonOfficer => "Family liaison officer",
    }
    /// A way of reaching somebody.
    channel(pb::Channel) {
        Unspecified => "–", Phone => "phone", Voicemail => "voicemail", Email => "e-mail", Post => "post",
    }
    /// A reason for Enhanced Rights.
    enhanced_category(pb::EnhancedCategory) {
        Unspecified => "–", MostSerious => "Victim of the most serious crime",
        PersistentlyTargeted => "Persistently targeted", VulnerableOrIntimidated => "Vulnerable or intimidated",
    }
    /// Where the question of Enhanced Rights stands.
    enhanced_state(pb::EnhancedState) {
        Unspecified => "Not assessed", Proposed => "Enhanced (proposed)", Confirmed => "Enhanced",
        Refused => "Not enhanced",
    }
    /// How somebody was in contact.
    contact_kind(pb::ContactKind) {
        Unspecified => "–", Call => "Call", NoAnswer => "Call, no answer", Voicemail => "Voicemail", Email => "E-mail",
        Visit => "Visit", Note => "Note",
    }
    /// How sure staff were of whom they spoke to.
    caller_check(pb::CallerCheck) {
        Unspecified => "–", Verified => "Identity checked", Failed => "Check failed, nothing told",
        HeldNumber => "We rang a number that is held", NotNeeded => "Nothing told, nothing checked",
    }
    /// Which kind of court.
    jurisdiction(pb::Jurisdiction) {
        Unspecified => "–", Magistrates => "Magistrates' court", Crown => "Crown Court",
    }
    /// Where a hearing stands.
    hearing_state(pb::HearingState) {
        Unspecified => "–", Listed => "Listed", Resulted => "Resulted", Vacated => "Vacated", Withdrawn => "Withdrawn",
    }
    /// How far somebody's attendance has come.
    attendance_state(pb::AttendanceState) {
        Unspecified => "–", Required => "Required", Warned => "Warned", Confirmed => "Confirmed", DeWarned => "De-warned",
        Attended => "Attended", Failed => "Did not attend",
    }
    /// What is booked for a hearing.
    arrangement_kind(pb::ArrangementKind) {
        Unspecified => "–", WitnessService => "Witness Service", Interpreter => "Interpreter",
        Production => "Prison production", Travel => "Travel", Hotel => "Hotel", Childcare => "Childcare",
        Intermediary => "Intermediary", Section28Room => "Section 28 room",
    }
    /// How far an arrangement has come.
    arrangement_state(pb::ArrangementState) {
        Unspecified => "–", Wanted => "wanted", Booked => "booked", Told => "booked and told", Cancelled => "cancelled",
    }
    /// What staff put into the diary.
    appointment_kind(pb::AppointmentKind) {
        Unspecified => "–", VictimPersonalStatement => "Victim Personal Statement call",
        PreTrialVisit => "Pre-trial visit", Call => "Call", Meeting => "Meeting", Reminder => "Reminder",
        Expiry => "Expiry",
    }
    /// A special measure.
    measure_kind(pb::MeasureKind) {
        Unspecified => "–", Screens => "Screens", LiveLink => "Live link", InPrivate => "Evidence in private",
        WigsRemoved => "Wigs and gowns removed", RecordedEvidence => "Recorded evidence in chief",
        RecordedCrossExamination => "Recorded cross-examination", Intermediary => "Intermediary",
        CommunicationAids => "Communication aids",
    }
    /// How far a special measure has come.
    measure_state(pb::MeasureState) {
        Unspecified => "–", Wanted => "wanted", AppliedFor => "applied for", Granted => "granted", Refused => "refused",
    }
    /// How a message travels.
    medium(pb::Medium) { Unspecified => "–", Email => "E-mail", Letter => "Letter", Form => "Form", }
    /// Who a message is written for.
    audience(pb::Audience) {
        Unspecified => "–", OfficerInCase => "Officer in the case", ResourceTeam => "Resource team",
        PoliceWitness => "Police witness", Adviser => "Adviser", Agency => "Agency", Court => "Court", Cps => "CPS",
        Victim => "Victim", Witness => "Witness", Staff => "Staff", Referral => "Referral",
    }
    /// Where a message stands.
    message_state(pb::MessageState) {
        Unspecified => "–", Draft => "Draft", Queued => "Waiting to leave", Sending => "Being sent", Sent => "Sent",
        Deferred => "Put off by the relay", Refused => "Refused", Unknown => "Unknown whether it arrived",
        Bounced => "Came back", Printed => "Printed", Held => "Held", Superseded => "Superseded",
        Cancelled => "Cancelled",
    }
    /// What became of an event.
    outcome(pb::Outcome) {
        Unspecified => "–", Applied => "Handled", Nothing => "Nothing followed", Duplicate => "Known already",
        Stale => "Older than what is held", NotOurs => "Not ours", Unlinked => "Waits for its case", Parked => "Parked",
        Waiting => "Waiting", Discarded => "Discarded", Rejected => "Refused",
    }
    /// Why somebody is away.
    absence_kind(pb::AbsenceKind) {
        Unspecified => "Away", Sickness => "Sickness", Leave => "Leave", Training => "Training", Court => "Court",
    }
    /// What somebody of the unit is.
    staff_role(pb::StaffRole) {
        Unspecified => "–", CareOfficer => "Care officer", TeamLeader => "Team leader", Manager => "Manager",
    }
    /// What sort of body a directory entry is.
    directory_kind(pb::DirectoryKind) {
        Unspecified => "–", ResourceTeam => "Resource team", Court => "Court", Cps => "CPS",
        WitnessService => "Witness Service", Agency => "Support agency", Probation => "Victim Contact Scheme",
        Force => "Another force", IdvaService => "IDVA service", IsvaService => "ISVA service",
        YoungVictimsService => "Young victims' service", SocialServices => "Social services",
        ControlRoom => "Control room", Carpenters => "Police carpenters", Prison => "Prison",
        Interpreters => "Interpreters", VictimLiaisonUnit => "Victim Liaison Unit",
        DataProtection => "Data protection officer", Travel => "Travel and hotels",
    }
    /// What a reference is.
    reference_kind(pb::ReferenceKind) {
        Unspecified => "–", Urn => "URN", CourtCase => "Court case", AuthorityReference => "Authority's reference",
        Occurrence => "Occurrence number",
    }
    /// How a diary entry stands.
    diary_state(pb::DiaryState) {
        Unspecified => "–", Listed => "Listed", NotYetWarned => "Not yet warned", AwaitingResult => "Result awaited",
        Warrant => "Warrant", Cracked => "Cracked", Ineffective => "Ineffective", Vacated => "Vacated",
        RetrialPending => "Retrial pending", Moved => "Moved", Closed => "Closed",
    }
    /// A line of the proof.
    proof_kind(pb::ProofKind) { Unspecified => "–", Told => "Told", Tried => "Tried", Excused => "Excused", }
    /// A marking.
    marking(pb::Marking) { Unspecified => "–", Official => "OFFICIAL", OfficialSensitive => "OFFICIAL-SENSITIVE", }
}

/// A kind of event as people read it: `hearing.resulted` as "Hearing resulted".
#[must_use]
pub fn event_kind(kind: &str) -> String {
    plain(&kind.replace('.', " "))
}

/// Who did something: a member of staff by name, a feed or service by what it is called.
#[must_use]
pub fn actor(actor: &str, people: &super::board::People) -> String {
    match actor.strip_prefix("staff:") {
        Some(id) if people.staff.iter().any(|staff| staff.id == id) => people.name(id).to_owned(),
        _ => actor.to_owned(),
    }
}

/// When a hearing is.
#[must_use]
pub fn when(when: Option<&pb::When>, now: chrono::DateTime<chrono::Utc>) -> String {
    use pb::when::Kind;
    match when.and_then(|when| when.kind.as_ref()) {
        Some(Kind::At(at)) => super::clocks::instant(*at).map_or_else(String::new, super::clocks::full),
        Some(Kind::WeekOf(monday)) => super::clocks::day(monday)
            .map_or_else(String::new, |monday| format!("week of {}", super::clocks::short_day(monday, now))),
        Some(Kind::Unfixed(_)) => "date to be fixed".to_owned(),
        None => "–".to_owned(),
    }
}

/// Somebody's name as their identity has it; what they are where none is held.
#[must_use]
pub fn name(identity: Option<&pb::Identity>) -> String {
    let name = identity
        .map(|identity| format!("{} {}", identity.first_name, identity.last_name))
        .unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "name not known".to_owned() } else { name.to_owned() }
}
