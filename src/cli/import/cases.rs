//! `usher import cases`: the live cases of a unit that begins to use usher, with what everybody has been told.

use crate::cli::database::{self, Address};
use crate::cli::go_live::{Outcome, Plan, Planned, Told, Unit};
use crate::cli::output::{Ended, Output, counted, print, print_json, table};
use crate::clock::{Clock, Ids};
use crate::domain::event::{Actor, Subject};
use crate::domain::ids::UnitId;
use crate::domain::london::{self, Instant};
use crate::domain::receipt::Outcome as Fared;
use crate::domain::words::Word;
use crate::engine::rulesets::Rulesets;
use crate::engine::{Engine, Error, Mode, NewEvent, Settings};
use crate::intake::case_list;
use crate::store::read;
use anyhow::{Context, ensure};
use futures::future::join_all;
use serde::Serialize;
use std::path::PathBuf;

/// Cases that are handed over, and committed, together.
const TOGETHER: usize = 64;
/// How often a case is handed over again while the engine says that it is busy.
const TRIES: u32 = 200;

/// Which file.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Takes in the live cases of a unit that begins to use usher: from comma-separated values in UTF-8 with a \
                  heading, a line for each person in a case, or from JSON lines, a case a line with its people in `people`. \
                  Nobody is told again what the file says they were told, and what it says is owed becomes work at once. \
                  A case that is held already is left as it is, so that taking a file in again changes nothing. If one line \
                  is wrong, nothing is taken in.\n\n\
                  Of a case: urn (or authority_reference, occurrence, court_case), phase, risk, flags, owner (e-mail address \
                  or name), team, opened_at, hearings. Lines of one reference are one case: what is the case's own is the \
                  same on each, or empty after the first.\n\n\
                  Of a person: roles, first_name, last_name, date_of_birth, address, postcode, phones, email, \
                  unsafe_channels (phone, voicemail, email, post), language, safe_word, contact_note (when and how to ring), \
                  child, enhanced, enhanced_categories, concerns (defendants or offences by name, or all), supports and \
                  contact_via (others of the case by name), consent_from, consent_until, wants_updates, collar, \
                  resource_team, witness_number, attendance (required, warned, confirmed), attendance_hearing (its day), \
                  attendance_at, attendance_by, told, owed.\n\n\
                  Lists have semicolons. Days are YYYY-MM-DD, instants YYYY-MM-DD HH:MM in London. hearings: trial on \
                  2027-02-01 10:00 at Northgate Crown Court; sentence in week of 2027-03-01 at …; trial unfixed at …. told: \
                  date about 2027-02-01 on 2026-11-02 14:10 by call; charge on 2026-09-01 by letter. owed: outcome about \
                  2026-11-12 due 2026-11-24 17:00. Whatever the unit's pack names as a duty may stand there.\n\n\
                  Take cases in first, then past court results with `usher import --quiet`.",
    after_help = "Examples:\n  \
        usher import cases live-cases.csv --dry-run\n  \
        usher import cases live-cases.jsonl --as-of 2026-11-20T08:00 --output json"
)]
pub(super) struct Args {
    /// The table, or JSON lines
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    database: Address,
    /// The unit, by id or name, where the database has several
    #[arg(long)]
    unit: Option<String>,
    /// As of when the file is true: London time, or RFC 3339; now where left out. Later court results are news to it
    #[arg(long, value_name = "TIME", value_parser = london::parse)]
    as_of: Option<Instant>,
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
    cases: Vec<Told>,
}

impl Report {
    fn count(&self, outcome: Outcome) -> usize {
        self.cases.iter().filter(|told| told.outcome == outcome).count()
    }

    fn is_wrong(&self) -> bool {
        self.count(Outcome::Refused) > 0
    }
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    let clock = Clock::System;
    let now = clock.now();
    ensure!(args.as_of.is_none_or(|at| at <= now), "--as-of lies ahead: it is when the file was true");
    let file = std::fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let entries = case_list::read(&file, args.as_of.unwrap_or(now));
    let entries = entries.with_context(|| args.file.display().to_string())?;
    let (store, _lock) = args.database.open_to_write().await?;
    let unit = database::unit(&store, args.unit.as_deref()).await?;
    let roster = read::roster(store.reader(), &store, unit.id).await?;
    let rulesets = Rulesets::default();
    let rules = rulesets.active(store.reader(), unit.id).await.context("the rules of the unit")?;
    let references: Vec<_> = entries
        .iter()
        .filter_map(|entry| Some(&entry.case.as_ref().ok()?.references))
        .flatten()
        .cloned()
        .collect();
    let held = read::cases_by_reference(store.reader(), unit.id, &references).await?;
    let digest = digest(&file);
    let plan = Plan::of(entries, &Unit { roster: &roster, rules: &rules, held: &held, now });
    let taken_in = !plan.is_wrong() && !args.dry_run && !plan.cases.is_empty();
    if taken_in {
        let engine = Engine::start(store, rulesets, clock, Ids::Random, Settings::default());
        for lot in plan.cases.chunks(TOGETHER) {
            for done in join_all(lot.iter().map(|planned| record(&engine, unit.id, &digest, planned))).await {
                done?;
            }
        }
    }
    let report = Report { dry_run: args.dry_run, taken_in, cases: plan.told };
    match args.output {
        Output::Json => print_json(&report)?,
        Output::Text => print(&said(&report))?,
    }
    Ok(if report.is_wrong() { Ended::WithFaults } else { Ended::Well })
}

/// Records one case; what is repeated is known by the file and the line.
async fn record(engine: &Engine, unit: UnitId, digest: &str, planned: &Planned) -> anyhow::Result<()> {
    let line = planned.line;
    let event = NewEvent {
        unit,
        source: "import".to_owned(),
        reference: format!("{digest}/{line}"),
        actor: Actor::usher("import"),
        occurred_at: None,
        received_at: None,
        subject: Subject::Reference(planned.references().to_vec()),
        payload: planned.payload.clone(),
        raw: None,
        mode: Mode::Working,
    };
    let mut answer = engine.record(event.clone()).await;
    for _ in 0..TRIES {
        let Err(Error::Busy { after }) = answer else { break };
        tokio::time::sleep(after).await;
        answer = engine.record(event.clone()).await;
    }
    let again = "the cases of some lines were taken in and this one was not; import the file again";
    let receipt = answer.with_context(|| format!("line {line}: {again}"))?;
    ensure!(
        receipt.outcome != Fared::Parked,
        "line {line}: the case is parked as event {}: retry it once what it says is put right",
        receipt.event
    );
    Ok(())
}

/// The digest of a file, hex: what makes the same file the same events.
fn digest(file: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, file);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn said(report: &Report) -> String {
    let mut lines = table(&["line", "case", "outcome", "people", "what"]);
    for told in &report.cases {
        let label = told.case.clone().unwrap_or_default();
        let what = told.faults.iter().map(ToString::to_string).chain(told.note.clone());
        let what = what.collect::<Vec<_>>().join("\n");
        lines.add_row([
            told.line.to_string(),
            label,
            told.outcome.to_string(),
            told.people.to_string(),
            what,
        ]);
    }
    let mut text = if report.cases.is_empty() {
        "the file has no case\n".to_owned()
    } else {
        let outcomes = Outcome::WORDS.iter().filter_map(|word| Outcome::from_word(word));
        let counts: Vec<String> =
            outcomes.map(|outcome| format!("{} {outcome}", report.count(outcome))).collect();
        format!("{lines}\n{}: {}\n", counted(report.cases.len(), "case"), counts.join(", "))
    };
    text.push_str(if report.is_wrong() {
        "nothing was taken in: mend the lines that are wrong, then import the file again\n"
    } else if report.count(Outcome::Opened) == 0 {
        "nothing was taken in: every case of the file is held already\n"
    } else if report.dry_run {
        "a dry run: nothing was taken in\n"
    } else {
        "taken in\n"
    });
    text
}
