//! When the witnesses of a case can come to court: each with the days on which they cannot, and the days on which all
//! can. Why somebody is away is nobody's concern outside the unit, so it is not here.

use super::calendar::{self, Calendar, NeedsCalendar};
use super::hearing::{AttendanceState, Hearing};
use super::ids::ParticipantId;
use super::person::{Days, Participant};
use super::state::CaseState;
use chrono::{DateTime, NaiveDate, Utc};

/// The availability of a case's witnesses over a span of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The span.
    pub over: Days,
    /// Each witness, by their number on the CPS's list; those without one last.
    pub rows: Vec<Row>,
    /// Spans in which nobody who was asked is away on any day on which courts sit, in order.
    pub free: Vec<Days>,
}

/// One witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub participant: ParticipantId,
    /// When they were asked last; none where their dates have not been obtained.
    pub asked_at: Option<DateTime<Utc>>,
    /// The days in the span on which they cannot come, in order.
    pub away: Vec<Days>,
}

impl Grid {
    /// The spans on which everybody can come: none as long as somebody has not been asked.
    #[must_use]
    pub fn free_for_all(&self) -> Vec<Days> {
        let known = self.rows.iter().all(|row| row.asked_at.is_some());
        if known { self.free.clone() } else { Vec::new() }
    }
}

/// The grid of those who are wanted at the present listing of `hearing`; of all witnesses of the case where nobody is
/// yet, or no hearing is named.
///
/// # Errors
/// [`NeedsCalendar`] where the bank holidays of a year in the span are not known.
pub fn grid(
    state: &CaseState,
    hearing: Option<&Hearing>,
    over: Days,
    calendar: &Calendar,
) -> Result<Grid, NeedsCalendar> {
    let mut witnesses = wanted(state, hearing);
    witnesses.sort_by_key(|held| (held.witness_number.is_none(), held.witness_number, held.id));
    let rows: Vec<Row> = witnesses.into_iter().map(|held| row(held, over)).collect();
    let free = free(&rows, over, calendar)?;
    Ok(Grid { over, rows, free })
}

/// The spans in which nobody is away; days on which courts do not sit part none.
fn free(rows: &[Row], over: Days, calendar: &Calendar) -> Result<Vec<Days>, NeedsCalendar> {
    let away = |day: NaiveDate| rows.iter().any(|row| row.away.iter().any(|days| days.has(day)));
    let mut free: Vec<Days> = Vec::new();
    let mut broken = true;
    for day in over.from.iter_days().take_while(|day| *day <= over.to) {
        if !calendar.is_working_day(calendar::Days::Statutory, day)? {
            continue;
        }
        if away(day) {
            broken = true;
            continue;
        }
        match free.last_mut().filter(|_| !broken) {
            Some(last) => last.to = day,
            None => free.push(Days { from: day, to: day }),
        }
        broken = false;
    }
    Ok(free)
}

fn wanted<'s>(state: &'s CaseState, hearing: Option<&Hearing>) -> Vec<&'s Participant> {
    let here = |held: &&Participant| held.left_at.is_none() && held.gives_evidence();
    let all = state.participants.iter().map(|held| &**held).filter(here);
    let at_it = |held: &&Participant| {
        hearing.is_some_and(|hearing| {
            state.attendances.iter().any(|one| {
                (one.participant, one.hearing, one.listing) == (held.id, hearing.id, hearing.listing)
                    && matches!(
                        one.state,
                        AttendanceState::Required | AttendanceState::Warned | AttendanceState::Confirmed
                    )
            })
        })
    };
    let wanted: Vec<&Participant> = all.clone().filter(at_it).collect();
    if wanted.is_empty() { all.collect() } else { wanted }
}

fn row(held: &Participant, over: Days) -> Row {
    let known = held.availability.as_ref();
    let away = known.map_or(&[][..], |known| &known.unavailable);
    Row { participant: held.id, asked_at: known.map(|known| known.asked_at), away: within(away, over) }
}

/// The parts of spans that lie in another, in order.
fn within(spans: &[Days], over: Days) -> Vec<Days> {
    let cut = |days: &Days| Days { from: days.from.max(over.from), to: days.to.min(over.to) };
    let mut within: Vec<Days> = spans.iter().map(cut).filter(|days| days.from <= days.to).collect();
    within.sort_by_key(|days| (days.from, days.to));
    within
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Days {
        text.parse().unwrap()
    }

    /// The free spans of February 2027, or of `over`, where witnesses are away on these days.
    fn free_of(away: &[&[&str]], over: &str) -> Vec<String> {
        let calendar = include_str!("../../config/packs/england-and-wales/calendar.json");
        let row = |away: &&[&str]| {
            let away: Vec<Days> = away.iter().map(|text| days(text)).collect();
            let participant = ParticipantId(uuid::Uuid::nil());
            Row { participant, asked_at: None, away: within(&away, days(over)) }
        };
        let rows: Vec<Row> = away.iter().map(row).collect();
        let free = free(&rows, days(over), &Calendar::parse(calendar).unwrap()).unwrap();
        free.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn days_are_free_where_nobody_is_away_and_weekends_do_not_part_them() {
        let free = free_of(&[&["2027-02-03/2027-02-04"], &["2027-02-10"], &[]], "2027-02-01/2027-02-12");
        assert_eq!(free, ["2027-02-01/2027-02-02", "2027-02-05/2027-02-09", "2027-02-11/2027-02-12"]);
    }

    #[test]
    fn what_lies_outside_the_span_is_cut_off() {
        let away = [days("2027-06-01"), days("2027-01-01/2027-02-01")];
        assert_eq!(within(&away, days("2027-02-01/2027-02-02")), [days("2027-02-01")]);
        assert_eq!(free_of(&[&["2027-01-01/2027-02-01"]], "2027-02-01/2027-02-02"), ["2027-02-02"]);
    }

    #[test]
    fn a_bank_holiday_is_no_day_of_court() {
        assert_eq!(free_of(&[], "2026-12-25/2026-12-28"), [""; 0]);
    }
}
