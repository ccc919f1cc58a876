//! Documents.

use super::field::{self, id_if_given, number, shown, text, timestamp};
use crate::domain::document::{CONTENT_TYPES, Document, DocumentReader, NewDocument, check_name};
use crate::domain::ids::DocumentId;
use crate::grpc::access::Role;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;

/// As what a caller reads documents; the others make no call about them.
#[must_use]
pub fn reader(role: Role) -> Option<DocumentReader> {
    match role {
        Role::CareOfficer => Some(DocumentReader::CareOfficer),
        Role::TeamLeader => Some(DocumentReader::TeamLeader),
        Role::Manager => Some(DocumentReader::Manager),
        Role::Service => Some(DocumentReader::Service),
        Role::Feed | Role::Administrator => None,
    }
}

/// A document on the wire.
#[must_use]
pub fn document(held: &Document) -> pb::Document {
    let added = &held.added;
    pb::Document {
        id: added.id.to_string(),
        name: added.name.clone(),
        content_type: added.content_type.clone(),
        sha256: added.hash.clone(),
        size_bytes: i64::try_from(added.bytes).unwrap_or(i64::MAX),
        marking: number(added.marking),
        audience: added.audience.iter().map(|reader| number(*reader)).collect(),
        participant_id: shown(added.about),
        task_id: shown(added.task),
        added_by: held.by.clone(),
        added_by_staff_id: shown(held.by_staff),
        added_at: Some(timestamp(held.at)),
    }
}

/// A document to be added, of at most `max` bytes, with the id it gets.
///
/// # Errors
/// [`Refused`].
pub fn new_document(
    at: &str,
    given: &pb::NewDocument,
    id: DocumentId,
    added_as: DocumentReader,
    max: usize,
) -> Result<NewDocument, Refused> {
    let field = |name: &str| format!("{at}.{name}");
    let content = &given.content;
    if content.is_empty() {
        let expected = "must be the bytes of the document";
        return Err(
            Refused::new(Reason::BodyEmpty, "the document is empty").about(&field("content"), expected)
        );
    }
    if content.len() > max {
        let text = format!("a document may have at most {max} bytes; nothing of it is kept");
        return Err(Refused::new(Reason::BodyTooLarge, text).about(&field("content"), "must be smaller"));
    }
    let name = text(&field("name"), &given.name, field::NAME_MAX)?;
    check_name(&name).map_err(|expected| Refused::invalid(&field("name"), expected))?;
    let content_type = text(&field("content_type"), &given.content_type, field::NAME_MAX)?.to_lowercase();
    if !CONTENT_TYPES.contains(&content_type.as_str()) {
        let expected = format!("must be one of {}", CONTENT_TYPES.join(", "));
        return Err(Refused::invalid(&field("content_type"), expected));
    }
    let mut audience: Vec<DocumentReader> = field::words(&field("audience"), &given.audience)?;
    if audience.is_empty() {
        audience.extend(DocumentReader::STAFF);
    }
    audience.sort_unstable();
    audience.dedup();
    let digest = ring::digest::digest(&ring::digest::SHA256, content);
    Ok(NewDocument {
        id,
        name,
        content_type,
        hash: digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
        bytes: u64::try_from(content.len()).unwrap_or(u64::MAX),
        marking: field::word(&field("marking"), given.marking)?,
        audience,
        about: id_if_given(&field("participant_id"), &given.participant_id)?,
        task: id_if_given(&field("task_id"), &given.task_id)?,
        added_as,
    })
}
