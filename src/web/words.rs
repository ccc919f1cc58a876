//! The contract's words in English: one place for what people read of an enum.

use super::board::People;
use crate::grpc::pb;

/// What usher itself is called among those who cause things.
pub const USHER: &str = "usher";

/// Kinds of event as people say them; others are said by their name.
const EVENTS: [(&str, &str); 46] = [
    ("hearing.resulted", "The court shared a hearing day"),
    ("hearing.listed", "A hearing was listed"),
    ("trial.taken-out", "A trial was taken out"),
    ("witnesses.required", "The CPS said which witnesses it needs"),
    ("case.opened", "The unit took the case on"),
    ("case.brought", "The case was brought over from another system"),
    ("case.updated", "Facts of the case changed"),
    ("case.linked", "A further reference was added"),
    ("participant.added", "Somebody was added"),
    ("participant.updated", "What is held of somebody changed"),
    ("participant.enhanced-rights-set", "Enhanced Rights were decided"),
    ("contact.logged", "A contact was logged"),
    ("contact.copied", "Contact records were copied to other systems"),
    ("caller.checked", "A caller’s identity was checked"),
    ("document.added", "A document was added"),
    ("attendance.recorded", "An attendance was recorded"),
    ("attendance.planned", "How somebody gives evidence was planned"),
    ("appointment.put", "An appointment was made or moved"),
    ("appointment.cancelled", "An appointment was called off"),
    ("task.created", "A task was made by hand"),
    ("task.acknowledged", "A task was seen"),
    ("task.claimed", "A task was taken from the queue"),
    ("task.released", "A task went back to the queue"),
    ("task.assigned", "A task was given to somebody"),
    ("task.started", "A task was begun"),
    ("task.attempted", "A task was tried"),
    ("task.answered", "Answers of a task were kept"),
    ("task.completed", "A task was done"),
    ("task.reopened", "A task was opened again"),
    ("task.deferred", "A task was put aside"),
    ("task.cancelled", "A task was cancelled"),
    ("duty.excused", "Something owed was excused"),
    ("message.sent", "A message was sent"),
    ("message.refused", "A message was refused by the relay"),
    ("message.unknown", "It is unknown whether a message arrived"),
    ("message.bounced", "A message came back"),
    ("message.unaddressed", "A message had nobody to go to"),
    ("message.printed", "A letter was printed"),
    ("message.acted", "Somebody decided about a message"),
    ("timer.fired", "A time came that was waited for"),
    ("schedule.ticked", "A time of day came"),
    ("deadlines.recounted", "Clocks were counted anew"),
    ("absence.recorded", "A colleague’s absence began"),
    ("absence.ended", "A colleague came back"),
    ("work.handed-over", "Work was handed over"),
    ("event.retried", "What was parked was handled again"),
];

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

/// What an effect is about, without the word for what it is: `task contact-victim merged` as "contact victim merged".
#[must_use]
pub fn effect(effect: &pb::Effect) -> String {
    let rest = effect.summary.strip_prefix(effect.subject.as_str()).unwrap_or(&effect.summary);
    rest.replace(['-', '_', '.'], " ").trim().to_owned()
}

/// A kind of event as people say it; one that has no words of its own by its name: `hearing.resulted`, say, as "Hearing
/// resulted".
#[must_use]
pub fn event_kind(kind: &str) -> String {
    let known = EVENTS.iter().find(|(of, _)| *of == kind);
    known.map_or_else(|| plain(&kind.replace('.', " ")), |(_, said)| (*said).to_owned())
}

/// Who caused something: a member of staff by name, a feed by what it is called, usher itself.
#[must_use]
pub fn actor(name: &str, people: &People) -> String {
    let (kind, of) = name.split_once(':').unwrap_or(("", name));
    let known = people.staff.iter().find(|staff| staff.id == of || staff.name == of);
    match (known, kind, of) {
        (Some(staff), ..) => staff.name.clone(),
        (None, _, "common-platform") => "Common Platform".to_owned(),
        (None, _, "spi" | "cps") => of.to_uppercase(),
        (None, USHER, _) | (None, "", USHER) => USHER.to_owned(),
        (None, _, of) => plain(of),
    }
}

/// The parts that somebody plays, in words.
#[must_use]
pub fn roles(participant: &pb::Participant) -> String {
    participant.roles().map(role).collect::<Vec<_>>().join(", ")
}

/// A defendant's name.
#[must_use]
pub fn defendant(defendant: &pb::Defendant) -> String {
    use pb::defendant::Party;
    match &defendant.party {
        Some(Party::Person(person)) => {
            format!("{} {}", person.first_name, person.last_name).trim().to_owned()
        }
        Some(Party::Organisation(organisation)) => organisation.name.clone(),
        None => "name not shared".to_owned(),
    }
}

/// "1 letter", "3 letters".
#[must_use]
pub fn count(of: usize, one: &str, many: &str) -> String {
    if of == 1 { format!("1 {one}") } else { format!("{of} {many}") }
}

/// A word of the contract's enums as addresses have it: `MESSAGE_STATE_SENT` as `sent`.
#[must_use]
pub fn word(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_lowercase().replace('_', "-")
}

/// The same the other way round.
#[must_use]
pub fn enum_name(word: &str, prefix: &str) -> String {
    format!("{prefix}{}", word.to_uppercase().replace('-', "_"))
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

/// The first twelve figures of a pack's hash, by which people know it.
#[must_use]
pub fn short_hash(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_caused_it_is_said_by_name() {
        let staff = pb::Staff { id: "1".to_owned(), name: "Ada Fennick".to_owned(), ..pb::Staff::default() };
        let people = People { staff: vec![staff], ..People::default() };
        assert_eq!(actor("staff:1", &people), "Ada Fennick");
        assert_eq!(actor("feed:common-platform", &people), "Common Platform");
        assert_eq!(
            (actor("usher", &people), actor("usher:outbox", &people)),
            ("usher".to_owned(), "usher".to_owned())
        );
        assert_eq!(actor("service:record-system", &people), "Record system");
    }

    #[test]
    fn a_word_of_the_contract_is_read_back_as_it_was_written() {
        let prefix = "AUDIENCE_";
        assert_eq!(word("AUDIENCE_OFFICER_IN_CASE", prefix), "officer-in-case");
        assert_eq!(enum_name("officer-in-case", prefix), "AUDIENCE_OFFICER_IN_CASE");
    }
}
