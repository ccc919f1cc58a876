//! From a pack's files to a pack, or to everything that is wrong with it.
//!
//! The order is that of what needs what: figures, meanings, kinds, templates and the names of events first, for they
//! are the words that rules are written in; rules, schedule and policies then; what only shows in the whole last
//! (events that nobody raises, loops, limits nobody uses). Nothing stops at a fault but a file that is no YAML.

mod clock;
mod effects;
mod events;
mod forms;
mod kinds;
mod limits;
mod messages;
mod outcomes;
mod rules;
mod schedule;
mod settings;
mod sources;
mod terms;

pub use messages::{TemplateFault, TemplatePart};

use super::fault::{Fault, Faults, Severity, Warning};
use super::reader::Findings;
use super::source::hash;
use super::{Listening, Pack, Template};
use crate::domain::calendar::Calendar;
use crate::rules::facts;
use chrono::NaiveDate;
use sources::Sources;
use std::collections::BTreeMap;

/// What further is wrong with a template's text: given by the module that renders, which rules do not know.
pub type TemplateCheck<'a> = &'a dyn Fn(&Template) -> Vec<TemplateFault>;

impl Pack {
    /// Reads and checks a pack from its files by path; templates are checked by name and medium only.
    ///
    /// # Errors
    /// [`Faults`]: everything that is wrong, by file and line.
    pub fn load(files: BTreeMap<String, String>) -> Result<(Self, Vec<Warning>), Faults> {
        Self::load_with(files, &|_| Vec::new())
    }

    /// Reads and checks a pack from its files by path, and each template with `check`.
    ///
    /// # Errors
    /// [`Faults`]: everything that is wrong, by file and line.
    pub fn load_with(
        files: BTreeMap<String, String>,
        check: TemplateCheck<'_>,
    ) -> Result<(Self, Vec<Warning>), Faults> {
        let findings = Findings::default();
        let sources = Sources::read(&files, &findings);
        let pack = assemble(&sources, &findings, check);
        let mut faults = findings.into_faults();
        match pack {
            Some(pack) if faults.iter().all(|fault| fault.severity == Severity::Warning) => {
                Ok((Self { hash: hash(&files), files, ..pack }, faults))
            }
            _ => {
                if faults.is_empty() {
                    faults.push(Fault::of_file("pack.yaml", "this pack cannot be read"));
                }
                Err(Faults(faults))
            }
        }
    }
}

fn assemble(sources: &Sources<'_>, findings: &Findings, check: TemplateCheck<'_>) -> Option<Pack> {
    let settings = settings::read(sources);
    let calendar = calendar(sources);
    let limits = limits::read(sources);
    let outcomes = outcomes::read(sources);
    let templates = messages::read(sources, check);
    let kinds = kinds::Names::read(sources);
    let raised = events::raised(sources);
    let schema = facts::schema(&calendar.clone().unwrap_or_else(no_calendar));
    let terms = terms::Terms::new(schema, sources, &limits, &outcomes, &kinds, &templates, &raised);
    let (task_kinds, duty_kinds) = kinds::read(sources, &terms);
    let lists = settings::lists(sources, &terms);
    let schedule = schedule::read(sources, &terms, &lists);
    // Without the words that rules are written in, every rule would be wrong, and what really is would drown.
    let words_known = sources.whole("outcomes.yaml") && sources.whole("kinds/") && sources.whole("messages/");
    let rules = if words_known { rules::read(sources, &terms) } else { Vec::new() };
    events::check_ends(sources, &raised, &rules);
    sources.check_all_read();
    // What nothing uses is known only once everything has been understood.
    if !findings.has_errors() {
        events::check_heard(sources, &raised, &rules);
        terms.check_use(sources, &limits);
    }
    let settings = settings?;
    Some(Pack {
        id: settings.id,
        version: settings.version,
        title: settings.title,
        effective_from: settings.effective_from,
        hash: String::new(),
        settle: settings.settle,
        cases_a_day: settings.cases_a_day,
        lists,
        calendar: calendar?,
        unit_hours: settings.unit_hours,
        taken_out_for: settings.taken_out_for,
        contact_topics: settings.contact_topics,
        vacated_for: settings.vacated_for,
        letterhead: settings::letterhead(sources),
        limits: limits.into_iter().map(|(name, limit)| (name, limit.limit)).collect(),
        outcomes: outcomes.outcomes,
        task_kinds,
        duty_kinds,
        listening: Listening::of(&rules),
        rules,
        raises: raised.into_keys().collect(),
        schedule,
        templates: templates.into_iter().map(|(name, found)| (name, found.template)).collect(),
        scenarios: sources
            .under("scenarios/")
            .map(|(reader, node)| (reader.file.path.clone(), node.clone()))
            .collect(),
        schema: terms.schema,
        files: BTreeMap::new(),
    })
}

/// A calendar of no use: rules are checked with it where the pack's own is missing, which is told by then.
fn no_calendar() -> Calendar {
    let days = NaiveDate::default().iter_days().take(30).map(|day| (day, "a day".to_owned()));
    Calendar::new(days, []).expect("thirty days of January are more bank holidays than a year needs")
}

fn calendar(sources: &Sources<'_>) -> Option<Calendar> {
    let reader = sources.plain("calendar.json")?;
    match Calendar::parse(&reader.file.text) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            let cause = std::error::Error::source(&error);
            let json = cause.and_then(|cause| cause.downcast_ref::<serde_json::Error>());
            let at = json.map_or(0, |json| reader.file.start(json.line()) + json.column().saturating_sub(1));
            let message = cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
            reader.fault_on(&(at..at), message, None);
            None
        }
    }
}
