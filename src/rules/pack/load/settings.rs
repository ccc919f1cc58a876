//! `pack.yaml`: what the pack is, when the unit is open, and how long the court may correct itself.

use super::Sources;
use super::terms::Terms;
use crate::domain::deadline::{Unit, WeeklyHours, Window};
use crate::domain::letterhead::Letterhead;
use crate::domain::message::Medium;
use crate::domain::words::Word;
use crate::rules::pack::List;
use crate::rules::pack::reader::{Reader, is_kebab};
use crate::rules::pack::yaml::{Entry, Node, Value};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use std::collections::BTreeMap;
use uuid::Uuid;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const KEYS: [&str; 11] = [
    "id",
    "version",
    "title",
    "effective_from",
    "settle",
    "cases_a_day",
    "unit_hours",
    "taken_out_for",
    "contact_topics",
    "vacated_for",
    "lists",
];

/// Cases before charge a day and person, where the pack does not say.
const CASES_A_DAY: usize = 4;

/// What `pack.yaml` says.
pub(super) struct Settings {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title: String,
    pub(super) effective_from: Option<NaiveDate>,
    pub(super) settle: TimeDelta,
    pub(super) cases_a_day: usize,
    pub(super) unit_hours: WeeklyHours,
    pub(super) taken_out_for: Vec<String>,
    pub(super) contact_topics: BTreeMap<String, String>,
    pub(super) vacated_for: BTreeMap<Uuid, String>,
}

pub(super) fn read(sources: &Sources<'_>) -> Option<Settings> {
    let (reader, node) = sources.need("pack.yaml")?;
    let fields = reader.fields(node, "pack.yaml", &KEYS)?;
    let id = fields.need("id").and_then(|node| reader.name(node)).map(str::to_owned);
    let version = fields.need("version").and_then(|node| reader.code(node));
    let title = fields.need_text("title");
    let effective_from = fields.node("effective_from").map(|node| day(reader, node));
    let settle = fields.need("settle").and_then(|node| length(reader, node));
    let cases_a_day = fields.node("cases_a_day").map(|node| reader.count(node));
    let unit_hours = fields.need("unit_hours").and_then(|node| hours(reader, node));
    let words = fields.many("taken_out_for").iter();
    let contact_topics =
        fields.node("contact_topics").map_or_else(BTreeMap::new, |node| topics(reader, node));
    let taken_out_for: Vec<String> = words.filter_map(|node| reader.name(node)).map(str::to_owned).collect();
    let vacated_for = fields.node("vacated_for").map(|node| vacated_for(reader, node, &taken_out_for));
    Some(Settings {
        id: id?,
        version: version?,
        title: title?,
        effective_from: match effective_from {
            None => None,
            Some(day) => Some(day?),
        },
        settle: settle?,
        cases_a_day: match cases_a_day {
            None => CASES_A_DAY,
            Some(count) => usize::try_from(count?).ok()?,
        },
        unit_hours: unit_hours?,
        vacated_for: vacated_for.unwrap_or_default(),
        taken_out_for,
        contact_topics,
    })
}

/// The words of what may come up in a contact, found in a first look.
pub(super) fn topic_words<'s>(sources: &'s Sources<'_>) -> impl Iterator<Item = String> + 's {
    let own = sources.yaml("pack.yaml").and_then(|(_, node)| node.get("contact_topics")?.entries());
    own.unwrap_or_default().iter().map(|entry| entry.key.clone())
}

/// What may come up in a contact: each word with its name for people.
fn topics(reader: Reader<'_>, own: &Node) -> BTreeMap<String, String> {
    let entries = reader.entries(own, "a map from what may come up in a contact to its name");
    let topic = |entry: &Entry| {
        if !is_kebab(&entry.key) {
            reader.fault(&entry.key_at, format!("`{}` is no name in kebab-case", entry.key), None);
        }
        Some((entry.key.clone(), reader.text(&entry.value)?.to_owned()))
    };
    entries.iter().filter_map(topic).collect()
}

/// The court's reasons for vacating a trial, by its ids of them, under the words that the pack has for them.
fn vacated_for(reader: Reader<'_>, node: &Node, words: &[String]) -> BTreeMap<Uuid, String> {
    let mut found = BTreeMap::new();
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(fields) = reader.fields(node, "`vacated_for`", &known) else { return found };
    for word in words {
        for node in fields.many(word) {
            match node.text().and_then(|text| Uuid::try_parse(text).ok()) {
                Some(id) => drop(found.insert(id, word.clone())),
                None => reader.fault(&node.at, "expected the court's id of a reason, a UUID", None),
            }
        }
    }
    found
}

/// The lists that people get of work that went to others, or to nobody: which template each is written by.
pub(super) fn lists(sources: &Sources<'_>, terms: &Terms) -> BTreeMap<List, String> {
    let mut lists = BTreeMap::new();
    let Some((reader, node)) = sources.yaml("pack.yaml") else { return lists };
    let Value::Map(entries) = &node.value else { return lists };
    let Some(own) = entries.iter().find(|entry| entry.key == "lists").map(|entry| &entry.value) else {
        return lists;
    };
    let Some(fields) = reader.fields(own, "`lists`", List::WORDS) else { return lists };
    for word in List::WORDS {
        let template = fields.node(word).and_then(|node| terms.template(reader, node, Medium::Email));
        lists.extend(List::from_word(word).zip(template));
    }
    lists
}

/// `unit.yaml`: how the unit signs. A pack without it signs with nothing but its marking.
pub(super) fn letterhead(sources: &Sources<'_>) -> Letterhead {
    let Some((reader, node)) = sources.yaml("unit.yaml") else { return Letterhead::default() };
    let Some(fields) = reader.fields(node, "unit.yaml", &["name", "address", "phone", "email", "hours"])
    else {
        return Letterhead::default();
    };
    let text = |key: &str| fields.node(key).and_then(Node::text).map(str::to_owned);
    Letterhead {
        name: fields.need_text("name").unwrap_or_default(),
        address: fields
            .many("address")
            .iter()
            .filter_map(|node| reader.text(node))
            .map(str::to_owned)
            .collect(),
        phone: text("phone"),
        email: text("email"),
        hours: text("hours"),
    }
}

fn day(reader: Reader<'_>, node: &Node) -> Option<NaiveDate> {
    let day = node.text().and_then(|text| text.parse().ok());
    day.or_else(|| {
        reader.fault(&node.at, "expected a day such as 2027-01-04", None);
        None
    })
}

pub(super) fn length(reader: Reader<'_>, node: &Node) -> Option<TimeDelta> {
    let amount = reader.amount(node)?;
    match amount.unit() {
        Unit::Minutes => Some(TimeDelta::minutes(amount.count().into())),
        Unit::Hours => Some(TimeDelta::hours(amount.count().into())),
        _ => {
            reader.fault(&node.at, format!("expected minutes or hours, found {amount}"), None);
            None
        }
    }
}

fn hours(reader: Reader<'_>, node: &Node) -> Option<WeeklyHours> {
    let fields = reader.fields(node, "unit_hours", &DAYS)?;
    let mut hours = WeeklyHours::default();
    for (day, windows) in DAYS.iter().zip(&mut hours.days) {
        *windows = fields.many(day).iter().filter_map(|node| window(reader, node)).collect();
    }
    Some(hours)
}

fn window(reader: Reader<'_>, node: &Node) -> Option<Window> {
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let window =
        node.text().and_then(|text| text.split_once('-')).and_then(|(from, to)| time(from).zip(time(to)));
    match window {
        Some((from, to)) if from < to => Some((from, to)),
        _ => {
            reader.fault(&node.at, "expected opening hours such as \"08:00-18:30\"", None);
            None
        }
    }
}
