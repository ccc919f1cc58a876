//! The cases of a unit that goes live, with their people and what these have been told: a table, or JSON lines.
//!
//! A table has a line for each person and repeats what is the case's own, or leaves it empty after the first line; lines
//! of one reference are one case. JSON has a case a line, with the same names, its people in `people`, and lists where a
//! cell has semicolons. Texts mean the same in both:
//!
//! ```text
//! hearings   trial on 2027-02-01 10:00 at Northgate Crown Court; sentence in week of 2027-03-01 at Northgate Crown Court
//! told       date about 2027-02-01 on 2026-11-02 14:10 by call; charge on 2026-09-01 by letter
//! owed       outcome about 2026-11-12 due 2026-11-24 17:00
//! ```
//!
//! Everything that is wrong is told at once, by line and column and never with what stands there.

mod given;
mod person;
mod said;

use crate::domain::by_hand::ByHand;
use crate::domain::case::{Phase, Reference, ReferenceKind, Risk};
use crate::domain::contact::Means;
use crate::domain::hearing::AttendanceState;
use crate::domain::london::Instant;
use crate::domain::person::{Channel, Consent, EnhancedCategory, EnhancedState, Identity, Role};
use crate::intake::table;
pub use crate::intake::table::{Fault, Unreadable, WHOLE_LINE};
use chrono::NaiveDate;
use given::{Given, Object};
use serde_json::Value;

/// The columns that are a case's own.
pub const CASE_COLUMNS: [&str; 11] = [
    "urn",
    "court_case",
    "authority_reference",
    "occurrence",
    "phase",
    "risk",
    "flags",
    "owner",
    "team",
    "opened_at",
    "hearings",
];

/// The columns of somebody in it.
pub const PERSON_COLUMNS: [&str; 30] = [
    "roles",
    "first_name",
    "last_name",
    "date_of_birth",
    "address",
    "postcode",
    "phones",
    "email",
    "unsafe_channels",
    "language",
    "safe_word",
    "contact_note",
    "child",
    "enhanced",
    "enhanced_categories",
    "concerns",
    "supports",
    "consent_from",
    "consent_until",
    "contact_via",
    "wants_updates",
    "collar",
    "resource_team",
    "witness_number",
    "attendance",
    "attendance_hearing",
    "attendance_at",
    "attendance_by",
    "told",
    "owed",
];

/// A case as a file says it, or everything that is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line on which it begins.
    pub line: u64,
    /// The reference that people know it by, where one can be read.
    pub label: Option<String>,
    /// The case.
    pub case: Result<Case, Vec<Fault>>,
}

/// A case.
#[derive(Debug, PartialEq, Eq)]
pub struct Case {
    /// What it is found by: at least one.
    pub references: Vec<Reference>,
    /// How far it has come.
    pub phase: Phase,
    /// Risk to the victim.
    pub risk: Risk,
    /// Flags.
    pub flags: Vec<String>,
    /// Who owns it, by e-mail address or name.
    pub owner: Option<String>,
    /// The name of the team that holds it.
    pub team: Option<String>,
    /// When the unit took it on.
    pub opened_at: Option<Instant>,
    /// Hearings to come, as of the instant at which the file was read.
    pub hearings: Vec<ByHand>,
    /// Its people.
    pub people: Vec<Person>,
}

/// Somebody in a case.
#[derive(PartialEq, Eq)]
pub struct Person {
    /// The line that they are on.
    pub line: u64,
    /// What the columns of theirs begin with in a fault: empty in a table.
    pub place: String,
    /// The parts they play.
    pub roles: Vec<Role>,
    /// Who they are.
    pub identity: Identity,
    /// Ways of reaching them that are unsafe.
    pub unsafe_channels: Vec<Channel>,
    /// Whether they were under 18 at the time of the offence.
    pub child: bool,
    /// Enhanced Rights.
    pub enhanced: Option<(EnhancedState, Vec<EnhancedCategory>)>,
    /// The defendants and offences that concern them, by name.
    pub concerns: Vec<String>,
    /// Whom they support, by name.
    pub supports: Vec<String>,
    /// Leave to be told.
    pub consent: Option<Consent>,
    /// Through whom alone they may be contacted, by name.
    pub contact_via: Option<String>,
    /// Whether they asked to hear of every hearing.
    pub wants_updates: bool,
    /// Collar number.
    pub collar: Option<String>,
    /// The name of their resource team in the contact directory.
    pub resource_team: Option<String>,
    /// Number on the CPS's list.
    pub witness_number: Option<i32>,
    /// How far their attendance has come.
    pub attendance: Option<Attendance>,
    /// What they have been told.
    pub told: Vec<Told>,
    /// What they are still to be told.
    pub owed: Vec<Owed>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Person(line {})", self.line)
    }
}

/// How far somebody's attendance has come.
#[derive(Debug, PartialEq, Eq)]
pub struct Attendance {
    /// Required, warned or confirmed.
    pub state: AttendanceState,
    /// The day of the hearing; the one trial to come where none.
    pub hearing: Option<NaiveDate>,
    /// Since when.
    pub at: Option<Instant>,
    /// By what means they were told.
    pub by: Option<Means>,
}

/// Something that somebody has been told.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// The kind of duty, a word of the pack.
    pub kind: String,
    /// The day of the hearing that it was about.
    pub about: Option<NaiveDate>,
    /// When.
    pub at: Instant,
    /// By what means.
    pub by: Means,
}

/// Something that somebody is still to be told.
#[derive(Debug, PartialEq, Eq)]
pub struct Owed {
    /// The kind of duty, a word of the pack.
    pub kind: String,
    /// The day of the hearing that it is about.
    pub about: Option<NaiveDate>,
    /// By when.
    pub due_at: Option<Instant>,
}

/// A line, as far as it can be taken apart: what it says of a case, and of people.
struct Line {
    number: u64,
    case: Object,
    people: Vec<(String, Object)>,
}

/// The lines of one case, with the reference that they have in common.
type Group = (Option<Reference>, Vec<Result<Line, Fault>>);

/// Reads a file: JSON lines where it begins with a brace, else a table. What it says is true `as_of` an instant.
///
/// # Errors
/// [`Unreadable`] if the file is no table of ours: its encoding, its separator or its heading is another.
pub fn read(file: &[u8], as_of: Instant) -> Result<Vec<Entry>, Unreadable> {
    let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file).trim_ascii_start();
    let lines = if text.first() == Some(&b'{') { of_json(file)? } else { of_table(file)? };
    let mut groups: Vec<Group> = Vec::new();
    for line in lines {
        let key = line.as_ref().ok().and_then(|line| references(&line.case).ok()?.into_iter().next());
        let group = groups.iter_mut().find(|(other, _)| key.is_some() && *other == key);
        match group {
            Some((_, lines)) => lines.push(line),
            None => groups.push((key, vec![line])),
        }
    }
    Ok(groups.into_iter().map(|(key, lines)| entry(key, lines, as_of)).collect())
}

fn of_table(file: &[u8]) -> Result<Vec<Result<Line, Fault>>, Unreadable> {
    let known: Vec<&str> = CASE_COLUMNS.into_iter().chain(PERSON_COLUMNS).collect();
    table::read(file, &known, &["phase", "roles", "last_name"], |number, cells| {
        let of = |columns: &[&str]| -> Object {
            let cell = |column: &&str| Some(((*column).to_owned(), Value::from(cells.get(column)?)));
            columns.iter().filter_map(cell).filter(|(_, text)| text != "").collect()
        };
        let (case, person) = (of(&CASE_COLUMNS), of(&PERSON_COLUMNS));
        // A line without anybody is a case without people.
        let people = if person.is_empty() { Vec::new() } else { vec![(String::new(), person)] };
        Ok(Line { number, case, people })
    })
}

fn of_json(file: &[u8]) -> Result<Vec<Result<Line, Fault>>, Unreadable> {
    let text = table::encoding::decode(file)?;
    let lines = text.lines().zip(1_u64..).filter(|(line, _)| !line.trim().is_empty());
    let read = |(line, number): (&str, u64)| {
        let fault = |column: String, problem: String| Fault { line: number, column, problem };
        let whole = |problem: String| fault(WHOLE_LINE.to_owned(), problem);
        if line.contains(char::REPLACEMENT_CHARACTER) {
            return Err(whole("has a letter that is not in UTF-8: write the file again as UTF-8".to_owned()));
        }
        let mut case: Object = serde_json::from_str(line).map_err(|error| {
            let column = error.column();
            whole(format!("is no JSON object at character {column}: write one case a line, as an object"))
        })?;
        let people = match case.remove("people") {
            None => Vec::new(),
            Some(Value::Array(people)) => people,
            Some(_) => return Err(fault("people".to_owned(), "expected a list of objects".to_owned())),
        };
        let mut taken = Vec::with_capacity(people.len());
        for (n, person) in people.into_iter().enumerate() {
            let place = format!("people[{n}]");
            match person {
                Value::Object(person) => taken.push((format!("{place}."), person)),
                _ => return Err(fault(place, "expected an object".to_owned())),
            }
        }
        let unknown = |object: &Object, known: &[&str]| {
            object.keys().find(|key| !known.contains(&key.as_str())).cloned()
        };
        let of_person = |(place, person): &(String, Object)| {
            Some(format!("{place}{}", unknown(person, &PERSON_COLUMNS)?))
        };
        match unknown(&case, &CASE_COLUMNS).or_else(|| taken.iter().find_map(of_person)) {
            Some(name) => Err(fault(name, "is no name that is known: see the help".to_owned())),
            None => Ok(Line { number, case, people: taken }),
        }
    };
    Ok(lines.map(read).collect())
}

/// What a case is found by, the surest first.
fn references(case: &Object) -> Result<Vec<Reference>, table::Wrong> {
    let given = Given::new(case, "");
    let mut references = Vec::new();
    for (kind, column) in [
        (ReferenceKind::Urn, "urn"),
        (ReferenceKind::Authority, "authority_reference"),
        (ReferenceKind::Occurrence, "occurrence"),
        (ReferenceKind::CourtCase, "court_case"),
    ] {
        references.extend(given.name(column)?.map(|text| Reference::new(kind, &text)));
    }
    Ok(references)
}

/// The case that its lines add up to, or all that is wrong with them.
fn entry(key: Option<Reference>, lines: Vec<Result<Line, Fault>>, as_of: Instant) -> Entry {
    let begins =
        |line: &Result<Line, Fault>| line.as_ref().map_or_else(|fault| fault.line, |line| line.number);
    let line = lines.first().map_or(0, begins);
    let mut faults = Vec::new();
    let mut taken: Vec<Line> = Vec::new();
    for line in lines {
        match line {
            Ok(line) => taken.push(line),
            Err(fault) => faults.push(fault),
        }
    }
    let (whole, contradictions) = united(&taken);
    faults.extend(contradictions);
    let own = taken.first().map(|first| {
        case(&whole, as_of).map_err(|(column, problem)| Fault { line: first.number, column, problem })
    });
    let mut people = Vec::new();
    for line in &taken {
        for (place, object) in &line.people {
            match person::read(line.number, place, object) {
                Ok(person) => people.push(person),
                Err((column, problem)) => faults.push(Fault { line: line.number, column, problem }),
            }
        }
    }
    let label = key.map(|key| key.value);
    let case = match own {
        Some(Ok(case)) if faults.is_empty() => Ok(Case { people, ..case }),
        Some(Err(fault)) => {
            faults.push(fault);
            Err(faults)
        }
        _ => Err(faults),
    };
    let case = case.map_err(|mut faults| {
        faults.sort_by_key(|fault| fault.line);
        faults
    });
    Entry { line, label, case }
}

/// What lines of one case say of it together, and where two of them contradict each other.
fn united(lines: &[Line]) -> (Object, Vec<Fault>) {
    let (mut whole, mut faults) = (Object::new(), Vec::new());
    let mut said: Vec<(&str, u64)> = Vec::new();
    for line in lines {
        for (column, value) in &line.case {
            match whole.get(column) {
                None => {
                    whole.insert(column.clone(), value.clone());
                    said.push((column, line.number));
                }
                Some(held) if is_same(column, held, value) => {}
                Some(_) => {
                    let first = said.iter().find(|(other, _)| other == column).map_or(0, |(_, line)| *line);
                    let problem = format!(
                        "says something else of the same case than line {first}: write the same in both, or leave it \
                         empty here"
                    );
                    faults.push(Fault { line: line.number, column: column.clone(), problem });
                }
            }
        }
    }
    (whole, faults)
}

/// Whether two lines say the same in a column, however they write it: spaces and capitals tell nothing apart, and in a
/// reference neither do strokes.
fn is_same(column: &str, a: &Value, b: &Value) -> bool {
    let is_reference = ["urn", "authority_reference", "occurrence", "court_case"].contains(&column);
    let fold = |value: &Value| -> Option<String> {
        let counts = |c: &char| !(c.is_whitespace() || is_reference && *c == '/');
        Some(value.as_str()?.chars().filter(counts).flat_map(char::to_lowercase).collect())
    };
    a == b || fold(a).is_some() && fold(a) == fold(b)
}

fn case(whole: &Object, as_of: Instant) -> Result<Case, table::Wrong> {
    let given = Given::new(whole, "");
    let mut references = references(whole)?;
    if references.is_empty() {
        let problem = "is needed, or one of authority_reference, occurrence and court_case";
        return Err(given.wrong("urn", problem));
    }
    if let Some(text) = given.text("court_case")?
        && text.parse::<uuid::Uuid>().is_err()
    {
        return Err(given.wrong("court_case", "expected the court's own id of the case, a UUID"));
    }
    references.sort_unstable();
    references.dedup();
    let hearings = given.list("hearings")?;
    let hearings = hearings.iter().map(|text| said::hearing(text, as_of));
    Ok(Case {
        references,
        phase: given.word("phase")?.ok_or_else(|| given.wrong("phase", "is needed"))?,
        risk: given.word("risk")?.unwrap_or(Risk::Low),
        flags: given.list("flags")?.iter().map(|flag| crate::domain::staff::skill(flag)).collect(),
        owner: given.name("owner")?,
        team: given.name("team")?,
        opened_at: given.instant("opened_at")?,
        hearings: hearings.collect::<Result<_, _>>().map_err(|problem| given.wrong("hearings", &problem))?,
        people: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
