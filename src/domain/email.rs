//! An e-mail address, checked once where it comes in and trusted afterwards.
//!
//! The accepted form is narrower than RFC 5321 on purpose: an ASCII dot-atom before the `@`, a host name with at
//! least one dot behind it. Quoted local parts, comments and address literals are legal and never occur in a
//! unit's directory; where one appears it is a typing mistake or an attempt at something else.
//!
//! An address is personal data. So there is no `Display`, `Debug` shows the domain alone, and no error repeats
//! what stood before the `@`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest local part in bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;
/// Longest address in bytes: a path of 256 less its angle brackets (RFC 5321, 4.5.3.1.3).
const ADDRESS_BYTES_MAX: usize = 254;
/// Longest label of a domain in bytes (RFC 1035, 2.3.4).
const LABEL_BYTES_MAX: usize = 63;

/// A well-formed e-mail address: `local@domain`, ASCII, the domain in lower case.
///
/// Two addresses are equal when their local parts are equal byte for byte and their domains are: whether case
/// counts before the `@` is the receiving host's business (RFC 5321, 2.4).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    text: String,
    at: usize,
}

/// Why a text is not an e-mail address. Never holds the local part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing there.
    #[error("the e-mail address is empty: expected name@domain")]
    Empty,
    /// No `@`.
    #[error("the e-mail address has no @: expected name@domain")]
    NoAt,
    /// More than one `@`.
    #[error("the e-mail address has {0} @ signs: give one address, without others beside it")]
    SeveralAt(usize),
    /// White space, a line break, another control character, or the brackets of a display name.
    #[error(
        "the e-mail address has {what} at character {at}: give the bare address, without a name or brackets"
    )]
    Stray {
        /// What stands there, in words.
        what: &'static str,
        /// Where, counted in characters from 1.
        at: usize,
    },
    /// A letter outside ASCII.
    #[error(
        "the e-mail address has a letter outside ASCII at character {at}: write an international domain in its xn-- form"
    )]
    NotAscii {
        /// Where, counted in characters from 1.
        at: usize,
    },
    /// The part before the `@` is malformed.
    #[error("the part before the @ {0}")]
    Local(&'static str),
    /// The part behind the `@` is malformed.
    #[error("the domain {domain:?} {problem}")]
    Domain {
        /// The domain as given.
        domain: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Longer than mail can carry.
    #[error("the e-mail address is {bytes} bytes long: at most {ADDRESS_BYTES_MAX} are possible")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

impl EmailAddress {
    /// Reads an address; white space around it is forgiven.
    ///
    /// # Errors
    /// Tells what is wrong and where, without repeating the local part.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::Empty);
        }
        check_characters(text)?;
        let (local, domain) = match text.matches('@').count() {
            0 => return Err(Error::NoAt),
            1 => text.split_once('@').ok_or(Error::NoAt)?,
            several => return Err(Error::SeveralAt(several)),
        };
        if text.len() > ADDRESS_BYTES_MAX {
            return Err(Error::TooLong { bytes: text.len() });
        }
        check_local(local)?;
        let domain = domain.to_ascii_lowercase();
        if let Some(problem) = domain_problem(&domain) {
            return Err(Error::Domain { domain, problem });
        }
        Ok(Self { text: format!("{local}@{domain}"), at: local.len() })
    }

    /// The whole address. Personal data: for the envelope, the store and authorised readers, never for a log.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`. Personal data.
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// What stands behind the `@`, in lower case.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress(…@{})", self.domain())
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.text
    }
}

/// Whether `domain` can stand behind an `@`: the reason if not.
pub fn domain_problem(domain: &str) -> Option<&'static str> {
    let labels: Vec<&str> = domain.split('.').collect();
    let well_formed = |label: &&str| {
        !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if domain.is_empty() {
        Some("is empty: expected something like example.org behind the @")
    } else if labels.iter().any(|label| label.is_empty()) {
        Some("begins or ends with a dot, or has two in a row")
    } else if labels.iter().any(|label| label.len() > LABEL_BYTES_MAX) {
        Some("has a part of more than 63 characters")
    } else if !labels.iter().all(well_formed) {
        Some("may hold letters, digits, dots and inner hyphens only")
    } else if labels.len() < 2 {
        Some("has no dot: expected something like example.org")
    } else if labels.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
        Some("ends in a number: an IP address is not accepted")
    } else {
        None
    }
}

fn check_characters(text: &str) -> Result<(), Error> {
    for (index, c) in text.chars().enumerate() {
        let at = index + 1;
        let what = match c {
            '\r' | '\n' => "a line break",
            c if c.is_whitespace() => "white space",
            c if c.is_control() => "a control character",
            '<' | '>' | '(' | ')' | '[' | ']' => "a bracket",
            ',' | ';' | ':' | '"' | '\\' => "punctuation that separates addresses",
            c if c.is_ascii() => continue,
            _ => return Err(Error::NotAscii { at }),
        };
        return Err(Error::Stray { what, at });
    }
    Ok(())
}

fn check_local(local: &str) -> Result<(), Error> {
    if local.is_empty() {
        Err(Error::Local("is empty: expected name@domain"))
    } else if local.len() > LOCAL_BYTES_MAX {
        Err(Error::Local("is longer than 64 characters"))
    } else if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        Err(Error::Local("begins or ends with a dot, or has two in a row"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_address_is_taken_as_it_stands() {
        for text in ["jo@example.org", "o'brien+court@sub.example.police.uk", "a_b-c.d=e@x-y.example"] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn the_domain_is_lower_cased_and_the_local_part_is_not() {
        let address = EmailAddress::parse("  Jo.Bloggs@Example.ORG ").unwrap();
        assert_eq!((address.local(), address.domain()), ("Jo.Bloggs", "example.org"));
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        let table = [
            ("", "is empty"),
            ("jo", "has no @"),
            ("jo@a.org,al@b.org", "separates addresses"),
            ("jo@a.org@b.org", "has 2 @ signs"),
            ("Jo <jo@a.org>", "white space at character 3"),
            ("<jo@a.org>", "a bracket at character 1"),
            ("jo@a.org\r\nBcc: x@y.org", "a line break at character 9"),
            ("jo\0@a.org", "a control character"),
            ("jö@a.org", "outside ASCII at character 2"),
            ("@a.org", "before the @ is empty"),
            (".jo@a.org", "begins or ends with a dot"),
            ("j..o@a.org", "two in a row"),
            ("jo@", "is empty"),
            ("jo@localhost", "has no dot"),
            ("jo@a..org", "two in a row"),
            ("jo@-a.org", "inner hyphens"),
            ("jo@a_b.org", "letters, digits"),
            ("jo@10.0.0.1", "ends in a number"),
        ];
        for (text, expected) in table {
            let error = EmailAddress::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?} gave {error:?}, expected {expected:?}");
        }
        let long = format!("{}@example.org", "x".repeat(65));
        assert!(EmailAddress::parse(&long).unwrap_err().to_string().contains("64"));
        let long = format!("jo@{}org", "example.".repeat(40));
        assert!(matches!(EmailAddress::parse(&long), Err(Error::TooLong { .. })));
    }

    #[test]
    fn neither_debug_nor_an_error_shows_the_local_part() {
        let shown = format!("{:?}", EmailAddress::parse("secretname@example.org").unwrap());
        assert_eq!(shown, "EmailAddress(…@example.org)");
        for text in ["secretname@bad_domain.org", "secretname@@x", "secretname.@a.org", "secretname"] {
            let error = EmailAddress::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("secretname"), "{error}");
        }
    }
}
