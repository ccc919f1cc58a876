//! Documents of a case: what they are, who may see them, and who put them there. Their bytes are kept apart, sealed under
//! the key of the case, so that a list never reads them.

use super::ids::{DocumentId, ParticipantId, StaffId, TaskId};
use super::staff::NAME_MAX;
use crate::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How a document is marked. Government Security Classifications: usher is no place for anything above.
    pub enum Marking as "marking" {
        /// OFFICIAL.
        Official = "official",
        /// OFFICIAL-SENSITIVE.
        OfficialSensitive = "official-sensitive",
    }
}

words! {
    /// Who may see a document.
    pub enum DocumentReader as "document reader" {
        /// Care officers.
        CareOfficer = "care-officer",
        /// Team leaders.
        TeamLeader = "team-leader",
        /// Managers.
        Manager = "manager",
        /// Other programs of the force's.
        Service = "service",
    }
}

impl DocumentReader {
    /// The unit's own people: who may see a document of which nothing is said.
    pub const STAFF: [Self; 3] = [Self::CareOfficer, Self::TeamLeader, Self::Manager];
}

/// The types of content that are taken: what people of the unit can open, and what runs nothing when it is opened.
pub const CONTENT_TYPES: [&str; 13] = [
    "application/pdf",
    "application/rtf",
    "application/vnd.ms-outlook",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "image/heic",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "message/rfc822",
    "text/csv",
    "text/plain",
];

/// Why a name is no name of a document. A name that a program writes to a disk must not lead it elsewhere.
///
/// # Errors
/// What is expected; never the name.
pub fn check_name(name: &str) -> Result<(), String> {
    const PATH: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
    if name.trim().is_empty() || name.chars().count() > NAME_MAX {
        return Err(format!("must be a name of 1 to {NAME_MAX} characters"));
    }
    if name.chars().any(|c| c.is_control() || PATH.contains(&c)) {
        return Err(
            "must be a plain file name, without / \\ : * ? \" < > | and control characters".to_owned()
        );
    }
    if name.starts_with('.') || name.ends_with(['.', ' ']) {
        return Err("must neither begin with a dot nor end with a dot or a space".to_owned());
    }
    Ok(())
}

/// A document to be added; its bytes come beside it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDocument {
    /// Its id.
    pub id: DocumentId,
    /// Its file name.
    pub name: String,
    /// What it is, one of [`CONTENT_TYPES`].
    pub content_type: String,
    /// SHA-256 of its bytes, hex.
    pub hash: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// How it is marked.
    pub marking: Marking,
    /// Who may see it; never empty.
    pub audience: Vec<DocumentReader>,
    /// The participant it is about.
    pub about: Option<ParticipantId>,
    /// The task it belongs to.
    pub task: Option<TaskId>,
    /// As what it was added: a document that the caller may not see must not answer for one that they add.
    pub added_as: DocumentReader,
}

/// A document of a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What was added.
    #[serde(flatten)]
    pub added: NewDocument,
    /// By whom, as the access table knows them.
    pub by: String,
    /// The member of staff, where it was one.
    pub by_staff: Option<StaffId>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Document {
    /// Whether somebody in this part may see it.
    #[must_use]
    pub fn is_for(&self, reader: DocumentReader) -> bool {
        self.added.audience.contains(&reader)
    }
}

impl std::fmt::Debug for NewDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewDocument({}, {}, {} bytes)", self.id, self.content_type, self.bytes)
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({}, by {})", self.added.id, self.by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_on_a_disk() {
        for name in ["statement.pdf", "Letter of 2 March (signed).docx", "Brief für Ada.txt"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "../a.pdf", "a/b.pdf", "c:\\a.pdf", ".hidden", "a.pdf.", "a\nb.pdf", "a\u{0}.pdf"] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        assert!(check_name(&"a".repeat(NAME_MAX + 1)).is_err());
    }
}
