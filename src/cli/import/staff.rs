//! `usher import staff`: the unit's people from a table, line by line.

use crate::cli::database::{self, Address};
use crate::cli::output::{Ended, Output, counted, print, print_json, table};
use crate::clock::{Clock, Ids};
use crate::domain::event::{Actor, Payload, Subject};
use crate::domain::ids::{StaffId, TeamId};
use crate::domain::london::{self, Instant};
use crate::domain::staff::{Roster, Staff, Team};
use crate::engine::rulesets::Rulesets;
use crate::engine::{Engine, Mode, NewEvent, Settings};
use crate::intake::staff_list::{self, Row};
use crate::store::read;
use anyhow::Context;
use serde::Serialize;
use std::path::PathBuf;

/// Which table.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Takes in the unit's people from comma-separated values with a heading: name, team and role are needed; \
                  email, skills, shifts, minutes_a_day, vetting_valid_until and left_on may be left out. Somebody who is \
                  there already is found by their e-mail address, else by name and team, and keeps their conflicts of \
                  interest. A team that is not there is made. If one line is wrong nothing is taken in.\n\nShifts are \
                  written as mon-fri 08:00-16:00; sat 10:00-14:00, skills as rasso; child.",
    after_help = "Examples:\n  \
        usher import staff people.csv --dry-run\n  \
        usher import staff people.csv --database sqlite:usher.sqlite --output json"
)]
pub(super) struct Args {
    /// The table
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    #[command(flatten)]
    database: Address,
    /// The unit, by id or name, where the database has several
    #[arg(long)]
    unit: Option<String>,
    /// Only say what would be taken in
    #[arg(long)]
    dry_run: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// What becomes of a line.
#[derive(Debug, Serialize)]
struct Told {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff_id: Option<StaffId>,
    outcome: &'static str,
    /// The columns that changed, or what is wrong.
    what: String,
}

#[derive(Debug, Serialize)]
struct Report {
    dry_run: bool,
    teams_made: Vec<String>,
    lines: Vec<Told>,
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    let text = std::fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let text = String::from_utf8_lossy(&text);
    let rows = staff_list::read(&text).with_context(|| args.file.display().to_string())?;
    let (store, _lock) = args.database.open_to_write().await?;
    let unit = database::unit(&store, args.unit.as_deref()).await?;
    let roster = read::roster(store.reader(), &store, unit.id).await?;
    let clock = Clock::System;
    let plan = Plan::of(rows, &roster, clock.now());
    let wrong = plan.told.iter().any(|told| told.outcome == WRONG);
    if !wrong && !args.dry_run {
        let engine = Engine::start(store, Rulesets::default(), clock, Ids::Random, Settings::default());
        for payload in plan.payloads {
            record(&engine, unit.id, payload).await?;
        }
    }
    let report = Report { dry_run: args.dry_run, teams_made: plan.teams, lines: plan.told };
    match args.output {
        Output::Json => print_json(&report)?,
        Output::Text => print(&said(&report, wrong))?,
    }
    Ok(if wrong { Ended::WithFaults } else { Ended::Well })
}

const WRONG: &str = "wrong";

async fn record(engine: &Engine, unit: crate::domain::ids::UnitId, payload: Payload) -> anyhow::Result<()> {
    let reference = Ids::Random.next(engine.clock().now()).to_string();
    let event = NewEvent {
        unit,
        source: "import".to_owned(),
        reference,
        actor: Actor::usher("import"),
        occurred_at: None,
        received_at: None,
        subject: Subject::Desk,
        payload,
        raw: None,
        mode: Mode::Working,
    };
    engine.record(event).await?;
    Ok(())
}

/// What is to be recorded, and what is told of each line.
#[derive(Default)]
struct Plan {
    teams: Vec<String>,
    payloads: Vec<Payload>,
    told: Vec<Told>,
}

impl Plan {
    fn of(rows: Vec<Result<Row, staff_list::Fault>>, roster: &Roster, now: Instant) -> Self {
        let mut plan = Self::default();
        let mut teams: Vec<Team> = roster.teams.clone();
        let mut seen: Vec<(StaffId, u64)> = Vec::new();
        for row in rows {
            let row = match row {
                Ok(row) => row,
                Err(fault) => {
                    let what = format!("{}: {}", fault.column, fault.problem);
                    plan.told.push(Told { line: fault.line, staff_id: None, outcome: WRONG, what });
                    continue;
                }
            };
            let team = plan.team(&row.team, &mut teams, now);
            let held = find(roster, &row, team);
            let id = held.map_or_else(|| StaffId(Ids::Random.next(now)), |held| held.id);
            let twice = seen.iter().find(|(known, _)| *known == id).map(|(_, line)| *line);
            if let Some(line) = twice {
                let what = format!("the whole line: it is about the same person as line {line}");
                plan.told.push(Told { line: row.line, staff_id: Some(id), outcome: WRONG, what });
                continue;
            }
            seen.push((id, row.line));
            let staff = put(&row, id, team, held);
            let (outcome, what) = match held {
                None => ("new", String::new()),
                Some(held) => match changed(held, &staff) {
                    columns if columns.is_empty() => ("unchanged", String::new()),
                    columns => ("changed", columns.join(", ")),
                },
            };
            plan.told.push(Told { line: row.line, staff_id: Some(id), outcome, what });
            if outcome != "unchanged" {
                plan.payloads.push(Payload::StaffPut { staff: Box::new(staff) });
            }
        }
        plan
    }

    /// The team of this name; one is made where there is none.
    fn team(&mut self, name: &str, teams: &mut Vec<Team>, now: Instant) -> TeamId {
        if let Some(team) = teams.iter().find(|team| team.name.to_lowercase() == name.to_lowercase()) {
            return team.id;
        }
        let team = Team { id: TeamId(Ids::Random.next(now)), name: name.to_owned() };
        let id = team.id;
        teams.push(team.clone());
        self.teams.push(name.to_owned());
        self.payloads.push(Payload::TeamPut { team });
        id
    }
}

/// Whom a line is about: by address, else by name and team.
fn find<'a>(roster: &'a Roster, row: &Row, team: TeamId) -> Option<&'a Staff> {
    let by_address = |staff: &&Staff| staff.email.is_some() && staff.email == row.email;
    let by_name = |staff: &&Staff| staff.team == team && staff.name.to_lowercase() == row.name.to_lowercase();
    roster.staff.iter().find(by_address).or_else(|| roster.staff.iter().find(by_name))
}

fn put(row: &Row, id: StaffId, team: TeamId, held: Option<&Staff>) -> Staff {
    Staff {
        id,
        team,
        name: row.name.clone(),
        email: row.email.clone(),
        role: row.role,
        skills: row.skills.clone(),
        shifts: row.shifts.clone(),
        case_conflicts: held.map(|held| held.case_conflicts.clone()).unwrap_or_default(),
        person_conflicts: held.map(|held| held.person_conflicts.clone()).unwrap_or_default(),
        minutes_a_day: row.minutes_a_day,
        vetting_valid_until: row.vetting_valid_until,
        left_at: row.left_on.map(london::start_of_day),
        version: held.map_or(0, |held| held.version),
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

fn said(report: &Report, wrong: bool) -> String {
    let mut lines = table(&["line", "outcome", "what", "staff"]);
    for told in &report.lines {
        let id = told.staff_id.map(|id| id.to_string()).unwrap_or_default();
        lines.add_row([told.line.to_string(), told.outcome.to_owned(), told.what.clone(), id]);
    }
    let of = |outcome: &str| report.lines.iter().filter(|told| told.outcome == outcome).count();
    let counts = ["new", "changed", "unchanged", WRONG].map(|outcome| format!("{} {outcome}", of(outcome)));
    let mut text = if report.lines.is_empty() {
        "the table has a heading and no line below it\n".to_owned()
    } else {
        format!("{lines}\n{}: {}\n", counted(report.lines.len(), "line"), counts.join(", "))
    };
    if !report.teams_made.is_empty() {
        let made = if report.dry_run || wrong { "would be made" } else { "made" };
        text.push_str(&format!("teams {made}: {}\n", report.teams_made.join(", ")));
    }
    text.push_str(match (wrong, report.dry_run) {
        (true, _) => "nothing was taken in: mend the lines that are wrong, then import the table again\n",
        (false, true) => "a dry run: nothing was taken in\n",
        (false, false) => "taken in\n",
    });
    text
}
