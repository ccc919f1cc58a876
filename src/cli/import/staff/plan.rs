//! What becomes of each line of a table, before anything is recorded.
//!
//! Every line is tried on a copy of the unit's roster, by the rules that the calls PutTeam and PutStaff keep as well,
//! so that a table which is taken in at all is taken in whole.

use crate::casework::roster;
use crate::clock::Ids;
use crate::domain::event::Payload;
use crate::domain::ids::{StaffId, TeamId};
use crate::domain::london::{self, Instant};
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Roster, Staff, Team};
use crate::intake::staff_list::{Fault, Row, WHOLE_LINE};
use crate::words;
use serde::Serialize;

words! {
    /// What becomes of a line.
    pub(super) enum Outcome as "outcome" {
        /// Somebody who was not there.
        New = "new",
        /// Somebody who differs from what is held.
        Changed = "changed",
        /// Somebody who is held as the line says.
        Unchanged = "unchanged",
        /// It cannot be taken, so that nothing of the table is.
        Wrong = "wrong",
    }
}

/// What is told of a line.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_id: Option<StaffId>,
    pub outcome: Outcome,
    /// The columns that changed, or what is wrong.
    pub what: String,
}

/// A payload, and the line that it comes from.
pub(super) struct Planned {
    pub line: u64,
    pub payload: Payload,
}

/// What is to be recorded, and what is told of each line.
pub(super) struct Plan {
    /// The names of the teams that are to be made.
    pub teams: Vec<String>,
    pub payloads: Vec<Planned>,
    pub told: Vec<Told>,
}

/// What is wrong with a line: the column, and the problem.
type Wrong = (&'static str, String);

impl Plan {
    /// What becomes of these lines in a unit with this roster.
    pub(super) fn of(rows: Vec<Result<Row, Fault>>, held: &Roster, now: Instant) -> Self {
        let addresses = rows.iter().flatten().filter_map(Row::address);
        let addressed = addresses.flat_map(|address| {
            held.staff.iter().filter(|staff| is_at(staff, address.as_str())).map(|staff| staff.id)
        });
        let mut planning = Planning {
            addressed: addressed.collect(),
            held,
            after: held.clone(),
            seen: Vec::new(),
            plan: Self { teams: Vec::new(), payloads: Vec::new(), told: Vec::new() },
            now,
        };
        for row in rows {
            let told = match row {
                Ok(row) => {
                    let line = row.line;
                    planning.line(row).unwrap_or_else(|(column, problem)| wrong(line, column, &problem))
                }
                Err(fault) => wrong(fault.line, &fault.column, &fault.problem),
            };
            planning.plan.told.push(told);
        }
        planning.plan
    }

    /// Whether a line is wrong, so that nothing is to be recorded.
    pub(super) fn is_wrong(&self) -> bool {
        self.told.iter().any(|told| told.outcome == Outcome::Wrong)
    }
}

fn wrong(line: u64, column: &str, problem: &str) -> Told {
    Told { line, staff_id: None, outcome: Outcome::Wrong, what: format!("{column}: {problem}") }
}

/// Somebody of an earlier line.
struct Seen {
    line: u64,
    /// Who they are where they are held.
    held: Option<StaffId>,
    address: Option<String>,
    name: String,
    team: TeamId,
}

struct Planning<'a> {
    held: &'a Roster,
    /// Held people whom a line of the table names by their address: no other line means them by name.
    addressed: Vec<StaffId>,
    /// The roster with the lines so far.
    after: Roster,
    seen: Vec<Seen>,
    plan: Plan,
    now: Instant,
}

impl<'a> Planning<'a> {
    fn line(&mut self, row: Row) -> Result<Told, Wrong> {
        let line = row.line;
        let team = self.team(&row)?;
        let held = self.find(&row, team)?;
        self.see(&row, team, held)?;
        let staff = put(row, team, held, self.now);
        let (outcome, what) = match held {
            None => (Outcome::New, String::new()),
            Some(held) => match changed(held, &staff) {
                columns if columns.is_empty() => (Outcome::Unchanged, String::new()),
                columns => (Outcome::Changed, columns.join(", ")),
            },
        };
        let staff_id = Some(staff.id);
        if outcome != Outcome::Unchanged {
            roster::put_staff(&mut self.after, &staff).map_err(in_columns)?;
            self.plan.payloads.push(Planned { line, payload: Payload::StaffPut { staff: Box::new(staff) } });
        }
        Ok(Told { line, staff_id, outcome, what })
    }

    /// The team of this name; one is made where there is none.
    fn team(&mut self, row: &Row) -> Result<TeamId, Wrong> {
        let called: Vec<TeamId> = self.after.teams_called(&row.team).map(|team| team.id).collect();
        match called.as_slice() {
            [] => {}
            [team] => return Ok(*team),
            [_, _, ..] => {
                let problem =
                    "several teams of the unit have this name: rename all but one with PutTeam first";
                return Err(("team", problem.to_owned()));
            }
        }
        let team = Team { id: TeamId(Ids::Random.next(self.now)), name: row.team.clone() };
        roster::put_team(&mut self.after, &team).map_err(|refusal| ("team", problem_of(refusal)))?;
        self.plan.teams.push(team.name.clone());
        let id = team.id;
        self.plan.payloads.push(Planned { line: row.line, payload: Payload::TeamPut { team } });
        Ok(id)
    }

    /// Whom of those held a line is about: by address, else by name and team. Where several fit, none is taken for
    /// the one that is meant.
    fn find(&self, row: &Row, team: TeamId) -> Result<Option<&'a Staff>, Wrong> {
        if let Some(address) = row.address() {
            let several =
                "several people who are held have this address: give each their own with PutStaff first";
            let found = only(self.held.staff.iter().filter(|staff| is_at(staff, address.as_str())));
            if let Some(staff) = found.map_err(|_| ("email", several.to_owned()))? {
                return Ok(Some(staff));
            }
        }
        let several = "several people who are held have this name in this team: say who is meant by the address that is \
                       held, in the column email";
        let name = row.name.to_lowercase();
        let is_called = |staff: &&Staff| {
            staff.team == team && staff.name.to_lowercase() == name && !self.addressed.contains(&staff.id)
        };
        only(self.held.staff.iter().filter(is_called)).map_err(|_| ("name", several.to_owned()))
    }

    /// Refuses a line that may be about the same person as an earlier one.
    fn see(&mut self, row: &Row, team: TeamId, held: Option<&Staff>) -> Result<(), Wrong> {
        let address = row.address().map(|address| address.as_str().to_ascii_lowercase());
        let this = Seen {
            line: row.line,
            held: held.map(|held| held.id),
            address,
            name: row.name.to_lowercase(),
            team,
        };
        for earlier in &self.seen {
            let line = earlier.line;
            if this.address.is_some() && this.address == earlier.address {
                return Err((
                    "email",
                    format!("is the address of line {line} too: keep one of the two lines"),
                ));
            }
            if this.held.is_some() && this.held == earlier.held {
                let problem = format!("is about the same person as line {line}: keep one of the two lines");
                return Err((WHOLE_LINE, problem));
            }
            let are_known = this.held.is_some() && earlier.held.is_some();
            let are_addressed = this.address.is_some() && earlier.address.is_some();
            if (&this.name, team) == (&earlier.name, earlier.team) && !are_known && !are_addressed {
                let problem = format!(
                    "is the name of line {line} too, in the same team: keep one of the two lines, or give both people \
                     an address"
                );
                return Err(("name", problem));
            }
        }
        self.seen.push(this);
        Ok(())
    }
}

/// More than one.
struct Several;

/// The only one of these, if there is one.
fn only<T>(mut found: impl Iterator<Item = T>) -> Result<Option<T>, Several> {
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(Several),
        (one, None) => Ok(one),
    }
}

/// Whether this is their address. Nobody tells two people of a unit apart by capital letters.
fn is_at(staff: &Staff, address: &str) -> bool {
    staff.email.as_ref().is_some_and(|email| email.as_str().eq_ignore_ascii_case(address))
}

/// A refusal as the problem of a column.
fn in_columns(refusal: Refusal) -> Wrong {
    let column = match &refusal {
        Refusal::Invalid { field, .. } => match field.as_str() {
            "staff.name" => "name",
            "staff.team" => "team",
            "staff.shifts" => "shifts",
            _ => WHOLE_LINE,
        },
        _ => WHOLE_LINE,
    };
    (column, problem_of(refusal))
}

fn problem_of(refusal: Refusal) -> String {
    match refusal {
        Refusal::Invalid { problem, .. } => problem,
        other => other.to_string(),
    }
}

/// Somebody as they are to be: what the table has no column for stays as it is held.
fn put(row: Row, team: TeamId, held: Option<&Staff>, now: Instant) -> Staff {
    let before = held.cloned().unwrap_or_else(|| Staff {
        id: StaffId(Ids::Random.next(now)),
        team,
        name: String::new(),
        email: None,
        role: row.role,
        skills: Vec::new(),
        shifts: Vec::new(),
        case_conflicts: Vec::new(),
        person_conflicts: Vec::new(),
        minutes_a_day: None,
        vetting_valid_until: None,
        left_at: None,
        version: 0,
    });
    Staff {
        team,
        name: row.name,
        role: row.role,
        email: row.email.or(before.email),
        skills: row.skills.or(before.skills),
        shifts: row.shifts.or(before.shifts),
        minutes_a_day: row.minutes_a_day.or(before.minutes_a_day),
        vetting_valid_until: row.vetting_valid_until.or(before.vetting_valid_until),
        left_at: row.left_on.map(|day| day.map(london::start_of_day)).or(before.left_at),
        ..before
    }
}

/// The columns in which somebody differs from what is held.
fn changed(held: &Staff, new: &Staff) -> Vec<&'static str> {
    let columns = [
        ("name", held.name != new.name),
        ("email", held.email != new.email),
        ("team", held.team != new.team),
        ("role", held.role != new.role),
        ("skills", held.skills != new.skills),
        ("shifts", held.shifts != new.shifts),
        ("minutes_a_day", held.minutes_a_day != new.minutes_a_day),
        ("vetting_valid_until", held.vetting_valid_until != new.vetting_valid_until),
        ("left_on", held.left_at != new.left_at),
    ];
    columns.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UnitId;
    use crate::domain::staff::{Unit, UnitMode};
    use crate::intake::staff_list;
    use uuid::Uuid;

    fn now() -> Instant {
        london::parse("2026-11-20T09:00").unwrap()
    }

    fn unit() -> Roster {
        let unit = Unit {
            id: UnitId(Uuid::from_u128(1)),
            name: "Northgate".to_owned(),
            urn_forces: Vec::new(),
            authorities: Vec::new(),
            mode: UnitMode::Test,
            version: 1,
        };
        Roster {
            unit,
            teams: Vec::new(),
            staff: Vec::new(),
            absences: Vec::new(),
            directory: Vec::new(),
            work: Vec::new(),
        }
    }

    fn plan(roster: &Roster, table: &str) -> Plan {
        Plan::of(staff_list::read(table.as_bytes()).unwrap(), roster, now())
    }

    /// The unit after a table that is taken in.
    #[track_caller]
    fn with(mut roster: Roster, table: &str) -> Roster {
        let plan = plan(&roster, table);
        assert!(!plan.is_wrong(), "{:?}", plan.told);
        for planned in plan.payloads {
            match planned.payload {
                Payload::TeamPut { team } => roster::put_team(&mut roster, &team).unwrap(),
                Payload::StaffPut { staff } => roster::put_staff(&mut roster, &staff).unwrap(),
                other => panic!("a table puts nothing else: {}", other.kind()),
            }
        }
        roster
    }

    /// What is told of each line.
    fn told(roster: &Roster, table: &str) -> Vec<String> {
        let lines = plan(roster, table).told.into_iter();
        lines
            .map(|told| format!("{} {} {}", told.line, told.outcome, told.what).trim_end().to_owned())
            .collect()
    }

    const ADA: &str = "name,email,team,role,skills,shifts,minutes_a_day,vetting_valid_until\n\
                       Ada,ada@unit.test,East,manager,rasso,mon 08:00-16:00,240,2027-03-31\n";

    #[test]
    fn two_lines_about_one_person_are_a_fault_of_the_later_one() {
        for (second, problem) in [
            ("Bo,ADA@unit.test,West,manager", "email: is the address of line 2 too"),
            ("ada,,east,manager", "name: is the name of line 2 too"),
        ] {
            let table = format!("name,email,team,role\nAda,ada@unit.test,East,manager\n{second}\n");
            let told = told(&unit(), &table);
            assert_eq!(told[0], "2 new");
            assert!(told[1].starts_with(&format!("3 wrong {problem}")), "{told:?}");
        }
        let twice = told(&with(unit(), ADA), "name,team,role\nAda,East,manager\nADA,East,manager\n");
        assert!(
            twice[1].starts_with("3 wrong the whole line: is about the same person as line 2"),
            "{twice:?}"
        );
    }

    #[test]
    fn two_people_of_one_name_with_two_addresses_are_two_people_again_and_again() {
        let table = "name,email,team,role\nAda,a@unit.test,East,manager\nAda,b@unit.test,East,manager\n";
        let both = with(unit(), table);
        assert_eq!(both.staff.len(), 2);
        assert_eq!(told(&both, table), ["2 unchanged", "3 unchanged"]);
        let third = format!("{table}Ada,c@unit.test,East,manager\n");
        assert_eq!(told(&both, &third), ["2 unchanged", "3 unchanged", "4 new"]);
    }

    #[test]
    fn a_line_that_fits_several_people_is_a_fault_and_nobody_is_taken() {
        let table = "name,email,team,role\nAda,a@unit.test,East,manager\nAda,b@unit.test,East,manager\n";
        let mut both = with(unit(), table);
        let by_name = told(&both, "name,team,role\nAda,East,team-leader\n");
        assert!(
            by_name[0].starts_with("2 wrong name: several people who are held have this name"),
            "{by_name:?}"
        );
        both.staff[1].email = both.staff[0].email.clone();
        let by_address = told(&both, table);
        assert!(by_address[0].starts_with("2 wrong email: several people who are held"), "{by_address:?}");
    }

    #[test]
    fn a_column_that_is_left_out_leaves_what_is_held_and_an_empty_cell_clears_it() {
        let held = with(unit(), ADA);
        assert_eq!(told(&held, "name,team,role\nAda,East,manager\n"), ["2 unchanged"]);
        let moved = with(held.clone(), "name,email,team,role\nAda,ada@unit.test,West,manager\n");
        assert_eq!(
            (&moved.staff[0].shifts, &moved.staff[0].skills),
            (&held.staff[0].shifts, &held.staff[0].skills)
        );
        let cleared = "name,email,team,role,skills,shifts,minutes_a_day\nAda,ada@unit.test,East,manager,,,\n";
        assert_eq!(told(&held, cleared), ["2 changed skills, shifts, minutes_a_day"]);
        let cleared = with(held, cleared);
        assert!(cleared.staff[0].shifts.is_empty() && cleared.staff[0].vetting_valid_until.is_some());
    }

    #[test]
    fn a_team_is_found_whatever_its_case_and_made_once() {
        let plan = plan(&unit(), "name,team,role\nAda,East,manager\nBo,EAST,manager\n");
        assert_eq!((plan.teams, plan.payloads.len()), (vec!["East".to_owned()], 3));
    }

    #[test]
    fn a_team_whose_name_several_have_is_a_fault() {
        let mut held = with(unit(), ADA);
        held.teams.push(Team { id: TeamId(Uuid::from_u128(7)), name: "EAST".to_owned() });
        let told = told(&held, "name,team,role\nBo,East,manager\n");
        assert!(told[0].starts_with("2 wrong team: several teams of the unit have this name"), "{told:?}");
    }
}
