//! The calendar file: GOV.UK's `bank-holidays.json`, as it is published, plus a division of our own.
//!
//! The shape is GOV.UK's so that renewing the file is a download. Only `england-and-wales` and `unit` are read; a
//! feed that also carries Scotland and Northern Ireland is welcome.

use chrono::NaiveDate;
use serde::Deserialize;

use super::CalendarError;

/// What is read of the file.
#[derive(Debug, Deserialize)]
pub(super) struct Feed {
    #[serde(rename = "england-and-wales")]
    pub(super) england_and_wales: Option<Division>,
    #[serde(default)]
    pub(super) unit: Option<Division>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Division {
    pub(super) events: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) title: String,
    pub(super) date: NaiveDate,
    #[serde(default)]
    notes: String,
}

impl Entry {
    /// The title, with GOV.UK's note where it has one: `Boxing Day (substitute day)`.
    pub(super) fn name(&self) -> String {
        match self.notes.trim() {
            "" => self.title.trim().to_owned(),
            notes => format!("{} ({})", self.title.trim(), notes.to_lowercase()),
        }
    }
}

pub(super) fn read(text: &str) -> Result<Feed, CalendarError> {
    serde_json::from_str(text).map_err(CalendarError::Shape)
}
