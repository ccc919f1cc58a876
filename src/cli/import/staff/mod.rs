//! `usher import staff`: the unit's people from a table, line by line.

mod plan;

use crate::cli::database::{self, Address};
use crate::cli::output::{Ended, Output, counted, print, print_json, table};
use crate::clock::{Clock, Ids};
use crate::domain::event::{Actor, Payload, Subject};
use crate::domain::ids::UnitId;
use crate::domain::words::Word;
use crate::engine::rulesets::Rulesets;
use crate::engine::{Engine, Mode, NewEvent, Settings};
use crate::intake::staff_list;
use crate::store::read;
use anyhow::Context;
use plan::{Outcome, Plan, Told};
use serde::Serialize;
use std::path::PathBuf;

/// Which table.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Takes in the unit's people from comma-separated values in UTF-8 with a heading. The columns name, team and \
                  role are needed; email, skills, shifts, minutes_a_day, vetting_valid_until and left_on may be left out. \
                  A column that is left out leaves what is held as it is; an empty cell in a column that is there clears \
                  it.\n\nSomebody who is there already is found by their e-mail address, else by name and team, and keeps \
                  their conflicts of interest. A team that is not there is made. If one line is wrong, is about the same \
                  person as another, or fits several people who are held, nothing is taken in.\n\nSkills are written as \
                  rasso; child, shifts as mon-fri 08:00-16:00; sat,sun 10:00-14:00 (with a list of days the cell needs \
                  quotation marks), days as mon to sun or in full, vetting_valid_until and left_on as YYYY-MM-DD.",
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

#[derive(Debug, Serialize)]
struct Report {
    dry_run: bool,
    /// Whether anything was recorded.
    taken_in: bool,
    teams_made: Vec<String>,
    lines: Vec<Told>,
}

impl Report {
    fn count(&self, outcome: Outcome) -> usize {
        self.lines.iter().filter(|told| told.outcome == outcome).count()
    }

    fn is_wrong(&self) -> bool {
        self.count(Outcome::Wrong) > 0
    }
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    let file = std::fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let rows = staff_list::read(&file).with_context(|| args.file.display().to_string())?;
    let (store, _lock) = args.database.open_to_write().await?;
    let unit = database::unit(&store, args.unit.as_deref()).await?;
    let roster = read::roster(store.reader(), &store, unit.id).await?;
    let clock = Clock::System;
    let mut plan = Plan::of(rows, &roster, clock.now());
    let taken_in = !plan.is_wrong() && !args.dry_run && !plan.payloads.is_empty();
    if taken_in {
        let engine = Engine::start(store, Rulesets::default(), clock, Ids::Random, Settings::default());
        for planned in plan.payloads {
            record(&engine, unit.id, planned.payload).await.with_context(|| {
                let line = planned.line;
                format!("line {line}: the lines before it were taken in and this one was not; import the table again")
            })?;
        }
    } else {
        // Ids of people who are not there would be other ones the next time.
        for told in plan.told.iter_mut().filter(|told| told.outcome == Outcome::New) {
            told.staff_id = None;
        }
    }
    let report = Report { dry_run: args.dry_run, taken_in, teams_made: plan.teams, lines: plan.told };
    match args.output {
        Output::Json => print_json(&report)?,
        Output::Text => print(&said(&report))?,
    }
    Ok(if report.is_wrong() { Ended::WithFaults } else { Ended::Well })
}

async fn record(engine: &Engine, unit: UnitId, payload: Payload) -> anyhow::Result<()> {
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

fn said(report: &Report) -> String {
    let mut lines = table(&["line", "outcome", "what", "staff"]);
    for told in &report.lines {
        let id = told.staff_id.map(|id| id.to_string()).unwrap_or_default();
        lines.add_row([told.line.to_string(), told.outcome.to_string(), told.what.clone(), id]);
    }
    let mut text = if report.lines.is_empty() {
        "the table has a heading and no line below it\n".to_owned()
    } else {
        let outcomes = Outcome::WORDS.iter().filter_map(|word| Outcome::from_word(word));
        let counts: Vec<String> =
            outcomes.map(|outcome| format!("{} {outcome}", report.count(outcome))).collect();
        format!("{lines}\n{}: {}\n", counted(report.lines.len(), "line"), counts.join(", "))
    };
    if !report.teams_made.is_empty() {
        let made = if report.taken_in { "made" } else { "would be made" };
        text.push_str(&format!("teams {made}: {}\n", report.teams_made.join(", ")));
    }
    let differs = report.count(Outcome::New) + report.count(Outcome::Changed) > 0;
    text.push_str(if report.is_wrong() {
        "nothing was taken in: mend the lines that are wrong, then import the table again\n"
    } else if !differs {
        "nothing was taken in: there is nothing new in the table\n"
    } else if report.dry_run {
        "a dry run: nothing was taken in\n"
    } else {
        "taken in\n"
    });
    text
}
