//! The name a mail keeps through every try: its Message-ID.
//!
//! It is fixed when the mail is decided, so that a mail repeated after an unknown outcome carries the same one and
//! mailboxes can drop the second copy. Kept *without* angle brackets; those belong to the header.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::email::domain_problem;

/// Longest Message-ID we make or accept, in bytes: it has to fit a header line and a file name.
const BYTES_MAX: usize = 180;

/// A Message-ID without brackets: `left@domain`, of letters, digits and `. _ - + =` alone, so that it is safe in a
/// header and in a file name as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

/// A text that is not a Message-ID we could have made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a Message-ID: {0}; expected left@domain without angle brackets")]
pub struct Invalid(&'static str);

impl MessageId {
    /// The Message-ID of our message `id`, sent from `domain`.
    ///
    /// # Errors
    /// When `domain` is no domain name, or too long.
    pub fn new(id: Uuid, domain: &str) -> Result<Self, Invalid> {
        Self::parse(&format!("{id}@{domain}"))
    }

    /// Reads a Message-ID, with or without its brackets.
    ///
    /// # Errors
    /// When it has another shape than those we make.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bare = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
        let (left, domain) = bare.split_once('@').ok_or(Invalid("it has no @"))?;
        let safe = |b: u8| b.is_ascii_alphanumeric() || b"._-+=".contains(&b);
        if left.is_empty() || !left.bytes().all(safe) || left.split('.').any(str::is_empty) {
            return Err(Invalid(
                "what stands before the @ is empty or has characters other than a-z 0-9 . _ - + =",
            ));
        }
        if let Some(problem) = domain_problem(domain) {
            return Err(Invalid(problem));
        }
        if bare.len() > BYTES_MAX {
            return Err(Invalid("it is longer than 180 bytes"));
        }
        Ok(Self(bare.to_owned()))
    }

    /// Without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the header wants it, in angle brackets.
    pub fn bracketed(&self) -> String {
        format!("<{}>", self.0)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for MessageId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_read_and_not_kept() {
        let id = MessageId::new(Uuid::from_u128(7), "wcu.example.org").unwrap();
        assert_eq!(id.as_str(), "00000000-0000-0000-0000-000000000007@wcu.example.org");
        assert_eq!(MessageId::parse(&id.bracketed()).unwrap(), id);
    }

    #[test]
    fn what_could_break_a_header_or_a_file_name_is_refused() {
        for text in [
            "",
            "x",
            "a@b",
            "a b@example.org",
            "../x@example.org",
            "a@x.org\r\nBcc: y",
            "a..b@x.org",
            "<a@x.org",
        ] {
            assert!(MessageId::parse(text).is_err(), "{text:?}");
        }
        assert!(MessageId::parse(&format!("{}@example.org", "a".repeat(200))).is_err());
    }
}
