//! A case of a file as the event by which it comes in: names become the unit's own people, teams and directory entries.

use super::Unit;
use crate::domain::brought::{About, AttendanceSoFar, Owed, PersonSoFar, SoFar, Told};
use crate::domain::by_hand::ByHand;
use crate::domain::contact::{DirectoryEntry, DirectoryKind};
use crate::domain::event::{NewCase, NewParticipant, Payload};
use crate::domain::hearing::{AttendanceState, HearingKind, When};
use crate::domain::ids::{CaseId, DirectoryId, HearingId, ParticipantId, PersonId, StaffId, TeamId, derived};
use crate::domain::person::{Named, Role, fold_name};
use crate::domain::staff::{Roster, Staff};
use crate::intake::case_list::{self, Attendance, Case, Fault, Person};
use chrono::NaiveDate;

/// The kinds of duty that are met by knowing of a hearing, by the names that packs give them.
const OF_A_HEARING: [&str; 3] = [DATE, REQUIRED, "not-required"];
const DATE: &str = "date";
const REQUIRED: &str = "required-to-attend";

type Hearings = Vec<(HearingId, ByHand)>;

/// What is wrong: the column, and the problem.
type Wrong = (&'static str, String);

/// The event, and what whoever sends the file may want to know.
pub(super) fn payload(
    line: u64,
    case: Case,
    unit: &Unit<'_>,
) -> Result<(Payload, Option<String>), Vec<Fault>> {
    let roster = unit.roster;
    let Some(label) = case.references.iter().min_by_key(|reference| reference.kind) else {
        return Err(vec![fault(line, "", ("urn", "is needed".to_owned()))]);
    };
    let unit_id = roster.unit.id;
    let id = CaseId(derived(&[b"brought", unit_id.as_bytes(), label.value.as_bytes()]));
    let nth_of = |what: &[u8], nth: usize| derived(&[what, id.as_bytes(), nth.to_string().as_bytes()]);
    let opened_at = case.opened_at;
    let hearings = case.hearings.into_iter().enumerate();
    let hearings: Hearings = hearings
        .map(|(nth, by_hand)| {
            let court = roster.court_in_directory(by_hand.court);
            (HearingId(nth_of(b"by-hand", nth)), ByHand { court, ..by_hand })
        })
        .collect();
    let mut faults = Vec::new();
    let own = holder(case.team.as_deref(), case.owner.as_deref(), roster);
    let (team, owner) = own.unwrap_or_else(|wrong| {
        faults.push(fault(line, "", wrong));
        (None, None)
    });
    let names: Vec<String> =
        case.people.iter().map(|person| fold_name(&person.identity.full_name())).collect();
    let place = |nth| (ParticipantId(nth_of(b"participant", nth)), PersonId(nth_of(b"person", nth)));
    let among = Among { hearings: &hearings, names: &names, id: &|nth| place(nth).0, unit };
    let untold = untold(&case.people, &hearings);
    let (mut participants, mut people) = (Vec::new(), Vec::new());
    for (nth, person) in case.people.into_iter().enumerate() {
        let (of, at) = (person.line, person.place.clone());
        match among.person(nth, place(nth), person) {
            Ok((participant, so_far)) => {
                participants.push(participant);
                people.push(so_far);
            }
            Err(wrong) => faults.push(fault(of, &at, wrong)),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let case = NewCase {
        id,
        references: case.references,
        phase: case.phase,
        risk: case.risk,
        flags: case.flags,
        owner,
        team,
        participants,
    };
    let so_far = SoFar { opened_at, hearings, people };
    Ok((Payload::CaseBrought { case: Box::new(case), so_far: Box::new(so_far) }, untold))
}

fn fault(line: u64, place: &str, (column, problem): Wrong) -> Fault {
    Fault { line, column: format!("{place}{column}"), problem }
}

/// The team and the owner that a case names.
fn holder(
    team: Option<&str>,
    owner: Option<&str>,
    roster: &Roster,
) -> Result<(Option<TeamId>, Option<StaffId>), Wrong> {
    let team = match team {
        None => None,
        Some(name) => {
            let called: Vec<TeamId> = roster.teams_called(name).map(|team| team.id).collect();
            match called[..] {
                [only] => Some(only),
                [] => {
                    let problem =
                        "the unit has no team of this name: import its people first (usher import staff)";
                    return Err(("team", problem.to_owned()));
                }
                _ => {
                    let problem =
                        "several teams of the unit have this name: rename all but one with PutTeam first";
                    return Err(("team", problem.to_owned()));
                }
            }
        }
    };
    let owner = owner.map(|name| self::owner(name, team, roster)).transpose()?;
    Ok((team, owner))
}

/// Somebody by their e-mail address, else by their name: as the import of people knows them.
fn owner(named: &str, team: Option<TeamId>, roster: &Roster) -> Result<StaffId, Wrong> {
    let is_address = named.contains('@');
    let is = |staff: &&Staff| match is_address {
        true => staff.email.as_ref().is_some_and(|email| email.as_str().eq_ignore_ascii_case(named)),
        false => staff.name.to_lowercase() == named.to_lowercase(),
    };
    let called: Vec<&Staff> = roster.staff.iter().filter(is).collect();
    let in_team: Vec<&Staff> = called.iter().filter(|staff| Some(staff.team) == team).copied().collect();
    match (&called[..], &in_team[..]) {
        ([only], _) | (_, [only]) => Ok(only.id),
        ([], _) => {
            let problem =
                "is nobody in the unit: import its people first (usher import staff), or leave it empty";
            Err(("owner", problem.to_owned()))
        }
        _ => {
            let problem =
                "several of the unit's people fit: say who is meant by the e-mail address that is held";
            Err(("owner", problem.to_owned()))
        }
    }
}

/// Says of how many victims nothing tells whether they know a date.
fn untold(people: &[Person], hearings: &Hearings) -> Option<String> {
    if hearings.is_empty() {
        return None;
    }
    let is_open = |person: &&Person| {
        let told = person.told.iter().any(|told| told.kind == DATE);
        let owed = person.owed.iter().any(|owed| owed.kind == DATE);
        let warned = person.attendance.as_ref().is_some_and(|held| held.state != AttendanceState::Required);
        person.roles.contains(&Role::Victim) && !told && !owed && !warned
    };
    let open = people.iter().filter(is_open).count();
    (open > 0).then(|| {
        format!(
            "of {} nothing says whether they know the date: they are told when the court next lists it",
            crate::cli::output::counted(open, "victim")
        )
    })
}

/// What somebody is read among.
struct Among<'a> {
    hearings: &'a Hearings,
    /// The folded names of the people of the case.
    names: &'a [String],
    /// The id of each of them.
    id: &'a dyn Fn(usize) -> ParticipantId,
    unit: &'a Unit<'a>,
}

impl Among<'_> {
    fn person(
        &self,
        nth: usize,
        (id, person): (ParticipantId, PersonId),
        given: Person,
    ) -> Result<(NewParticipant, PersonSoFar), Wrong> {
        let supports = given.supports.iter().map(|name| self.other(nth, "supports", name));
        let supports = supports.collect::<Result<Vec<_>, _>>()?;
        let via =
            given.contact_via.as_deref().map(|name| self.other(nth, "contact_via", name)).transpose()?;
        let resource_team =
            given.resource_team.as_deref().map(|name| self.resource_team(name)).transpose()?;
        let mut told = Vec::new();
        for one in &given.told {
            told.push(self.told(one)?);
        }
        let mut owed = Vec::new();
        for one in &given.owed {
            let about = self.about("owed", &one.kind, one.about)?;
            owed.push(Owed { kind: one.kind.clone(), about, due_at: one.due_at });
        }
        let attendance = given.attendance.as_ref().map(|given| self.attendance(given)).transpose()?;
        if let Some(attendance) = &attendance {
            self.warned_is_told(&given, attendance, &mut told);
        }
        let participant = NewParticipant {
            id,
            person,
            identity: Some(given.identity),
            roles: given.roles,
            child: given.child,
            offences: Vec::new(),
            defendants: Vec::new(),
            enhanced: given.enhanced,
            supports,
            consent: given.consent,
            contact_via: via,
            wants_updates: given.wants_updates,
            collar: given.collar,
            resource_team,
            witness_number: given.witness_number,
            awaits: Vec::new(),
        };
        let so_far = PersonSoFar {
            participant: id,
            unsafe_channels: given.unsafe_channels,
            concerns: given.concerns.into_iter().map(Named).collect(),
            attendances: attendance.into_iter().collect(),
            told,
            owed,
        };
        Ok((participant, so_far))
    }

    /// Another of the case by their name.
    fn other(&self, nth: usize, column: &'static str, name: &str) -> Result<ParticipantId, Wrong> {
        let name = fold_name(name);
        let called: Vec<usize> =
            (0..self.names.len()).filter(|other| *other != nth && self.names[*other] == name).collect();
        match called[..] {
            [only] => Ok((self.id)(only)),
            [] => Err((
                column,
                "is nobody else in this case: write first and last name as on their line".to_owned(),
            )),
            _ => Err((
                column,
                "several in this case have this name: tell them apart by their names".to_owned(),
            )),
        }
    }

    fn resource_team(&self, name: &str) -> Result<DirectoryId, Wrong> {
        let is = |entry: &&DirectoryEntry| {
            entry.kind == DirectoryKind::ResourceTeam && entry.name.to_lowercase() == name.to_lowercase()
        };
        let found = self.unit.roster.directory.iter().find(is).map(|entry| entry.id);
        let problem = "is no resource team of the contact directory: put it in with PutContact first, or leave it empty";
        found.ok_or_else(|| ("resource_team", problem.to_owned()))
    }

    fn told(&self, given: &case_list::Told) -> Result<Told, Wrong> {
        let about = self.about("told", &given.kind, given.about)?;
        Ok(Told { kind: given.kind.clone(), about, at: given.at, by: given.by })
    }

    /// What something is about: a hearing to come where it is about a date, else what a court decided on the day.
    fn about(&self, column: &'static str, kind: &str, day: Option<NaiveDate>) -> Result<About, Wrong> {
        if !OF_A_HEARING.contains(&kind) {
            return Ok(day.map_or(About::Case, About::Day));
        }
        let on = |(_, by_hand): &&(HearingId, ByHand)| {
            day.is_none()
                || by_hand.when.day() == day
                || matches!(by_hand.when, When::Week(monday) if Some(monday) == day)
        };
        let mut found = self.hearings.iter().filter(on);
        match (found.next(), found.next()) {
            (Some((id, _)), None) => Ok(About::Hearing(*id)),
            (None, _) => Err((column, format!("{kind} is about no hearing of the case: add it to hearings"))),
            _ => Err((
                column,
                format!("{kind} could be about several hearings of the case: say about which day"),
            )),
        }
    }

    fn attendance(&self, given: &Attendance) -> Result<AttendanceSoFar, Wrong> {
        use HearingKind::{Appeal, PreRecordedEvidence, Trial};
        let fits = |(_, by_hand): &&(HearingId, ByHand)| match given.hearing {
            Some(day) => by_hand.when.day() == Some(day),
            None => matches!(by_hand.kind, Trial | Appeal | PreRecordedEvidence),
        };
        let mut found = self.hearings.iter().filter(fits);
        let hearing = match (found.next(), found.next()) {
            (Some((id, _)), None) => *id,
            (None, _) => {
                let problem = "the case has no such hearing to come: add it to hearings";
                return Err(("attendance_hearing", problem.to_owned()));
            }
            _ => {
                let problem = "the case has several such hearings to come: say which by its day";
                return Err(("attendance_hearing", problem.to_owned()));
            }
        };
        Ok(AttendanceSoFar { hearing, state: given.state, at: given.at, told_by: given.by })
    }

    /// Whoever was warned for a hearing has been told that they must come, and so its date.
    fn warned_is_told(&self, given: &Person, attendance: &AttendanceSoFar, told: &mut Vec<Told>) {
        let (Some(at), Some(by)) = (attendance.at, attendance.told_by) else { return };
        if attendance.state == AttendanceState::Required {
            return;
        }
        let about = About::Hearing(attendance.hearing);
        let is_victim = given.roles.contains(&Role::Victim);
        let kinds = [REQUIRED].into_iter().chain(is_victim.then_some(DATE));
        for kind in kinds.filter(|kind| self.unit.rules.pack.duty_kinds.contains_key(*kind)) {
            if !told.iter().any(|held| held.kind == kind && held.about == about) {
                told.push(Told { kind: kind.to_owned(), about, at, by });
            }
        }
    }
}
