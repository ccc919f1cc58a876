//! `usher pack when`: a deadline counted out by the pack's calendar, hours and limits, with every step.

use crate::cli::output::{Ended, Output, print, print_json};
use crate::clock::Clock;
use crate::domain::deadline::{
    Amount, Anchor, Deadline, Due, OpenExceptHolidays, ParseError, Reckoned, Reckoning, Step,
};
use crate::domain::london::{self, Instant};
use crate::render;
use crate::rules::pack::Pack;
use anyhow::Context;
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;

/// The longest line that is read from standard input, in bytes.
const LINE_MAX: usize = 64 * 1024;

/// The last year that four figures can name, as RFC 3339 wants.
const YEAR_MAX: i32 = 9999;

/// How much of a deadline that cannot be read is shown on either side of the fault, in bytes.
const SHOWN: usize = 60;

/// What to count.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Prints the instant of a deadline and how it was counted, by the pack's calendar, unit hours and \
                  limits. Whatever the deadline counts from (received, hearing, now) is taken to be `--at`.\n\nWith \
                  --json it reads JSON lines {\"deadline\": …, \"at\": …} from standard input and answers each with a \
                  line: {\"due_at\": RFC 3339 in Europe/London, \"steps\": […]} or {\"error\": …}. A line that is wrong, \
                  or empty, is answered and the next one is read.",
    after_help = "Examples:\n  \
        usher pack when \"end of 5 working days after received\" --at 2026-12-24T15:00\n  \
        usher pack when \"10 working days before hearing\" --at 2027-03-01T10:00 --output json\n  \
        usher pack when --json < deadlines.jsonl"
)]
pub(in crate::cli) struct Args {
    /// The deadline, such as "end of 5 working days after received"
    #[arg(required_unless_present = "json", conflicts_with = "json")]
    deadline: Option<String>,
    /// What it counts from: London time, or RFC 3339; now where left out
    #[arg(long, value_parser = london::parse, conflicts_with = "json")]
    at: Option<Instant>,
    /// Read JSON lines from standard input
    #[arg(long)]
    json: bool,
    /// The pack's folder; the pack that comes with usher where left out
    #[arg(long)]
    pack: Option<PathBuf>,
    /// The form of the answer to a single deadline
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub(super) fn run(args: Args) -> anyhow::Result<Ended> {
    let (pack, _) = render::load_checked(super::files(args.pack.as_deref())?)?;
    let book = Book::of(&pack);
    let Some(text) = args.deadline.filter(|_| !args.json) else {
        let written = answer_lines(&book, &mut io::stdin().lock(), &mut BufWriter::new(io::stdout().lock()));
        return match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Ended::Well),
            other => other.map(|()| Ended::Well).context("standard input or output"),
        };
    };
    let at = args.at.unwrap_or_else(|| Clock::System.now());
    let answer = book.parse(&text).and_then(|deadline| book.count(&deadline, at));
    match args.output {
        Output::Json => print_json(&Answer::of(&answer))?,
        Output::Text => match &answer {
            Err(error) => anyhow::bail!("this cannot be counted:\n{error}"),
            Ok(reckoned) => {
                let due = reckoned.due.at().map(|due| format!(" ({})", london::rfc3339(due)));
                let mut said = format!("{}{}\n", reckoned.due, due.unwrap_or_default());
                reckoned.steps.iter().for_each(|step| said.push_str(&format!("  {step}\n")));
                print(&said)?;
            }
        },
    }
    Ok(if matches!(answer, Ok(Reckoned { due: Due::At(_), .. })) { Ended::Well } else { Ended::WithFaults })
}

/// What deadlines are counted with.
struct Book<'a> {
    pack: &'a Pack,
    limits: BTreeMap<String, Amount>,
}

impl<'a> Book<'a> {
    fn of(pack: &'a Pack) -> Self {
        let limits = pack.limits.iter().map(|(name, limit)| (name.clone(), limit.amount)).collect();
        Self { pack, limits }
    }

    fn parse(&self, text: &str) -> Result<Deadline, String> {
        Deadline::parse(text, &self.limits).map_err(|error| excerpt(error, text))
    }

    fn count(&self, deadline: &Deadline, at: Instant) -> Result<Reckoned, String> {
        let unit_hours = OpenExceptHolidays { weekly: &self.pack.unit_hours, calendar: &self.pack.calendar };
        let anchors = |_: &str| Anchor::At(at);
        let with = Reckoning {
            calendar: &self.pack.calendar,
            unit_hours: &unit_hours,
            shifts: None,
            anchors: &anchors,
        };
        let reckoned = deadline.reckon(&with).map_err(|error| error.to_string())?;
        let is_written = |at: Instant| london::date(at).year() <= YEAR_MAX;
        if is_written(at) && reckoned.due.at().is_none_or(is_written) {
            return Ok(reckoned);
        }
        Err(format!("dates after the year {YEAR_MAX} cannot be written"))
    }
}

/// A line of standard input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `deadline` and `at`")]
struct Question {
    deadline: String,
    at: String,
}

/// The answer to it.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Due { due_at: String, steps: &'a [Step] },
    None { error: String },
}

impl<'a> Answer<'a> {
    fn of(answer: &'a Result<Reckoned, String>) -> Self {
        match answer {
            Ok(Reckoned { due: Due::At(due), steps }) => Self::Due { due_at: london::rfc3339(*due), steps },
            Ok(Reckoned { due, .. }) => Self::None { error: due.to_string() },
            Err(error) => Self::None { error: error.clone() },
        }
    }
}

/// Answers each line; a deadline that stands on many lines is read once.
fn answer_lines(book: &Book<'_>, from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    let mut read: HashMap<String, Result<Deadline, String>> = HashMap::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if from.read_until(b'\n', &mut line)? == 0 {
            return to.flush();
        }
        let answer = question(&line).and_then(|question| {
            let at = london::parse(&question.at).map_err(|error| format!("at: {error}"))?;
            if read.len() > 10_000 {
                read.clear();
            }
            let text = question.deadline;
            let deadline = read.entry(text).or_insert_with_key(|text| book.parse(text));
            book.count(deadline.as_ref().map_err(Clone::clone)?, at)
        });
        serde_json::to_writer(&mut *to, &Answer::of(&answer))?;
        to.write_all(b"\n")?;
    }
}

fn question(line: &[u8]) -> Result<Question, String> {
    if line.len() > LINE_MAX {
        return Err(format!("the line is longer than {LINE_MAX} bytes"));
    }
    let expected = "expected {\"deadline\": …, \"at\": …} on the line";
    if line.trim_ascii().is_empty() {
        return Err(format!("{expected}: it is empty"));
    }
    serde_json::from_slice(line).map_err(|error| match error.classify() {
        Category::Data => format!("{expected}: {error}"),
        _ => format!("{expected}: it is no JSON from column {} on", error.column()),
    })
}

/// The fault under the part of the text that it is about.
fn excerpt(mut error: ParseError, text: &str) -> String {
    let end = text.floor_char_boundary(error.span.start.saturating_add(SHOWN)).max(error.span.start);
    if error.span.start <= SHOWN && text.len() <= end {
        return error.excerpt(text);
    }
    let start = text.floor_char_boundary(error.span.start.saturating_sub(SHOWN));
    let cut = |shown: &str, whole: usize| {
        if shown.len() < whole { format!("{shown}…") } else { shown.to_owned() }
    };
    let part = text.get(start..end).unwrap_or_default();
    error.span = error.span.start - start..(error.span.end.min(end)) - start;
    error.found = cut(&error.found[..error.found.floor_char_boundary(SHOWN)], error.found.len());
    error.excerpt(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shown_around_its_fault() {
        let (pack, _) = render::load_checked(crate::pack_files::embedded()).unwrap();
        let book = Book::of(&pack);
        for text in [
            format!("24 hours after received{}!", " ".repeat(40_000)),
            format!("24 hours after {}", "é".repeat(20_000)),
            format!("24 hours {} after received", "x".repeat(40_000)),
        ] {
            let said = book.parse(&text).unwrap_err();
            assert!(said.len() < 1_000 && said.contains('^'), "{} bytes: {}", said.len(), &said[..500]);
        }
        assert!(book.parse("24 hours aftr received").unwrap_err().starts_with("24 hours aftr received\n"));
    }

    #[test]
    fn an_empty_line_is_answered_and_no_answer_speaks_of_our_types() {
        let said = answers("\n[1]\n{\"deadline\": 1, \"at\": \"\"}\nnonsense\n");
        assert_eq!(said.len(), 4);
        for line in &said {
            let error = line["error"].as_str().unwrap();
            assert!(!error.contains("struct") && !error.contains("ident"), "{error}");
        }
    }

    #[test]
    fn no_answer_lies_beyond_the_year_9999() {
        let said = answers("{\"deadline\":\"24 hours after received\",\"at\":\"9999-12-31T23:59\"}\n");
        assert_eq!(said[0]["error"], "dates after the year 9999 cannot be written");
    }

    fn answers(lines: &str) -> Vec<serde_json::Value> {
        let (pack, _) = render::load_checked(crate::pack_files::embedded()).unwrap();
        let mut out = Vec::new();
        answer_lines(&Book::of(&pack), &mut lines.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_that_is_wrong_is_answered_and_the_next_one_is_read() {
        let said = answers(
            "nonsense\n{\"deadline\":\"5 wd\",\"at\":\"2026-12-24T15:00\"}\n{\"deadline\":\"end of 1 working day after \
             received\",\"at\":\"2026-12-24T15:00\"}\n",
        );
        assert!(said[0]["error"].is_string() && said[1]["error"].is_string(), "{said:?}");
        assert_eq!(said[2]["due_at"], "2026-12-29T23:59:59+00:00");
    }

    #[test]
    fn a_deadline_beyond_the_calendar_is_an_error_that_names_the_year() {
        let said = answers("{\"deadline\":\"5 working days after received\",\"at\":\"2095-01-01T09:00\"}\n");
        assert_eq!(said[0]["error"], "waits for the bank holidays of 2095");
    }
}
