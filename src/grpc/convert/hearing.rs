//! Hearings, attendances, bookings and the diary.

use super::explanation::explanations;
use super::field::{
    self, NAME_MAX, WORDS_MAX, number, number_of, shown, text, text_if_given, texts, timestamp,
};
use crate::domain::case::Case;
use crate::domain::court::Court;
use crate::domain::diary::{Appointment, DiaryEntry};
use crate::domain::hearing::{Arrangement, Attendance, Hearing, Measure, MeasureKind, When};
use crate::domain::staff::Absence;
use crate::domain::words::Word;
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use chrono::{DateTime, Datelike, Utc};

/// Minutes in a day: no appointment takes longer.
const MINUTES_MAX: u32 = 1_440;

/// When a hearing is, on the wire.
#[must_use]
pub fn when(when: &When) -> pb::When {
    use pb::when::Kind;
    let kind = match when {
        When::At(at) => Kind::At(timestamp(*at)),
        When::Week(monday) => Kind::WeekOf(monday.to_string()),
        When::Unfixed => Kind::Unfixed(pb::Unfixed {}),
    };
    pb::When { kind: Some(kind) }
}

/// When a hearing is to be.
///
/// # Errors
/// [`Refused`].
pub fn when_from(at: &str, when: Option<&pb::When>) -> Result<When, Refused> {
    use pb::when::Kind;
    match field::given(at, when)?.kind.as_ref() {
        Some(Kind::At(instant)) => Ok(When::At(field::instant(&format!("{at}.at"), Some(instant))?)),
        Some(Kind::WeekOf(monday)) => {
            let at = format!("{at}.week_of");
            let monday = field::day(&at, monday)?;
            if monday.weekday() != chrono::Weekday::Mon {
                return Err(Refused::invalid(&at, "must be the Monday with which the week begins"));
            }
            Ok(When::Week(monday))
        }
        Some(Kind::Unfixed(_)) => Ok(When::Unfixed),
        None => Err(Refused::required(at)),
    }
}

/// A court on the wire.
#[must_use]
pub fn court(court: &Court) -> pb::Court {
    pb::Court {
        id: shown(court.id),
        code: court.code.clone().unwrap_or_default(),
        name: court.name.clone(),
        room: court.room.clone().unwrap_or_default(),
    }
}

/// A court.
///
/// # Errors
/// [`Refused`].
pub fn court_from(at: &str, given: Option<&pb::Court>) -> Result<Court, Refused> {
    let given = field::given(at, given)?;
    Ok(Court {
        id: field::id_if_given(&format!("{at}.id"), &given.id)?,
        code: text_if_given(&format!("{at}.code"), &given.code, NAME_MAX)?,
        name: text(&format!("{at}.name"), &given.name, NAME_MAX)?,
        room: text_if_given(&format!("{at}.room"), &given.room, NAME_MAX)?,
    })
}

/// A hearing on the wire.
#[must_use]
pub fn hearing(hearing: &Hearing) -> pb::Hearing {
    pb::Hearing {
        id: hearing.id.to_string(),
        court_hearing_ids: texts(&hearing.court_ids),
        kind: number(hearing.kind),
        hearing_type: hearing.hearing_type.clone(),
        jurisdiction: number_of(hearing.jurisdiction),
        court: Some(court(&hearing.court)),
        when: Some(when(&hearing.when)),
        defendant_ids: texts(&hearing.defendants),
        state: number(hearing.state),
        listing: hearing.listing,
        earlier: hearing.earlier.iter().map(when).collect(),
        sat_on: texts(&hearing.sat_on),
        ambiguous: hearing.ambiguous,
    }
}

/// An attendance on the wire.
#[must_use]
pub fn attendance(attendance: &Attendance) -> pb::Attendance {
    pb::Attendance {
        id: attendance.id.to_string(),
        participant_id: attendance.participant.to_string(),
        hearing_id: attendance.hearing.to_string(),
        listing: attendance.listing,
        state: number(attendance.state),
        since_at: Some(timestamp(attendance.since)),
        told_by: attendance.told_by.clone().unwrap_or_default(),
        phase: attendance.phase.clone().unwrap_or_default(),
        evidence_order: attendance.order.unwrap_or(0),
        measures: measures(&attendance.measures),
    }
}

/// Special measures on the wire.
#[must_use]
pub fn measures(measures: &[Measure]) -> Vec<pb::Measure> {
    let measure = |one: &Measure| pb::Measure { kind: number(one.kind), state: number(one.state) };
    measures.iter().map(measure).collect()
}

/// Special measures, each once, in the order of the Act.
///
/// # Errors
/// [`Refused`].
pub fn measures_from(at: &str, given: &[pb::Measure]) -> Result<Vec<Measure>, Refused> {
    field::at_most(at, given, MeasureKind::WORDS.len())?;
    let measure = |(nth, one): (usize, &pb::Measure)| {
        Ok(Measure {
            kind: field::word(&format!("{at}[{nth}].kind"), one.kind)?,
            state: field::word(&format!("{at}[{nth}].state"), one.state)?,
        })
    };
    let mut measures = given.iter().enumerate().map(measure).collect::<Result<Vec<_>, Refused>>()?;
    measures.sort_unstable();
    if measures.windows(2).any(|pair| pair[0].kind == pair[1].kind) {
        return Err(Refused::invalid(at, "must name each special measure once"));
    }
    Ok(measures)
}

/// An appointment on the wire.
#[must_use]
pub fn appointment(appointment: &Appointment) -> pb::Appointment {
    pb::Appointment {
        kind: number(appointment.kind),
        participant_id: shown(appointment.with),
        staff_id: shown(appointment.staff),
        minutes: appointment.minutes.and_then(|minutes| i32::try_from(minutes).ok()).unwrap_or(0),
        words: appointment.words.clone(),
    }
}

/// An appointment.
///
/// # Errors
/// [`Refused`].
pub fn appointment_from(at: &str, given: Option<&pb::Appointment>) -> Result<Appointment, Refused> {
    let given = field::given(at, given)?;
    let field = |name: &str| format!("{at}.{name}");
    let minutes = u32::try_from(given.minutes).ok().filter(|minutes| *minutes <= MINUTES_MAX);
    let minutes = minutes.ok_or_else(|| {
        Refused::invalid(&field("minutes"), format!("must be from 1 to {MINUTES_MAX}, or 0 where not known"))
    })?;
    Ok(Appointment {
        kind: field::word(&field("kind"), given.kind)?,
        with: field::id_if_given(&field("participant_id"), &given.participant_id)?,
        staff: field::id_if_given(&field("staff_id"), &given.staff_id)?,
        minutes: (minutes != 0).then_some(minutes),
        words: text_if_given(&field("words"), &given.words, WORDS_MAX)?.unwrap_or_default(),
    })
}

/// A booking on the wire.
#[must_use]
pub fn arrangement(arrangement: &Arrangement) -> pb::Arrangement {
    pb::Arrangement {
        id: arrangement.id.to_string(),
        hearing_id: arrangement.hearing.to_string(),
        listing: arrangement.listing,
        kind: number(arrangement.kind),
        participant_id: shown(arrangement.participant),
        state: number(arrangement.state),
    }
}

/// A diary entry of a case on the wire, with whoever covers it.
#[must_use]
pub fn diary_entry(
    entry: &DiaryEntry,
    case: &Case,
    absences: &[Absence],
    now: DateTime<Utc>,
) -> pb::DiaryEntry {
    let at = if let When::At(at) = entry.when { at } else { now };
    pb::DiaryEntry {
        id: entry.id.to_string(),
        kind: entry.kind.clone(),
        hearing_id: shown(entry.hearing),
        when: Some(when(&entry.when)),
        state: number(entry.state),
        earlier: entry.earlier.iter().map(when).collect(),
        because: explanations(&entry.because),
        cover_id: shown(case.cover_at(absences, at)),
        appointment: entry.appointment.as_ref().map(appointment),
        version: entry.version,
    }
}
