//! How a unit signs what it writes.

use serde::{Deserialize, Serialize};

/// How a unit signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Letterhead {
    /// The unit's name.
    pub name: String,
    /// Where it is, a line each: the head of a letter.
    #[serde(default)]
    pub address: Vec<String>,
    /// The number to ring.
    pub phone: Option<String>,
    /// The address to write to.
    pub email: Option<String>,
    /// When somebody answers, in words such as "Monday to Saturday, 8am to 6pm".
    pub hours: Option<String>,
}

impl Letterhead {
    /// The line by which a reader reaches the unit: what is not known is left out.
    #[must_use]
    pub fn contact_line(&self) -> String {
        let known = [Some(&self.name), self.phone.as_ref(), self.email.as_ref(), self.hours.as_ref()];
        let known: Vec<&str> =
            known.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect();
        known.join(" · ")
    }
}
