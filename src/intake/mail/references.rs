//! What in a text may be the reference of a case.
//!
//! People write a URN in many ways: `52AB0000126`, `52 AB 00001 26`, `52/AB/00001/26`. Whatever could be one is looked
//! up, and only what a case has counts.

use crate::domain::case::{Reference, ReferenceKind};
use std::collections::BTreeSet;

/// How many are looked up at most.
const MAX: usize = 200;
/// Letters and figures of a URN: force, station, number, year.
const URN_CHARS: usize = 11;
/// In how many pieces a URN may be written.
const PIECES_MAX: usize = 4;

/// Everything in `text` that may be a reference.
pub(super) fn in_text(text: &str) -> Vec<Reference> {
    let separates = |c: char| !(c.is_alphanumeric() || matches!(c, '/' | '-' | '_'));
    let pieces: Vec<&str> = text.split(separates).filter(|piece| !piece.is_empty()).collect();
    let mut found = BTreeSet::new();
    for (at, piece) in pieces.iter().enumerate() {
        if found.len() >= MAX {
            break;
        }
        let figures = piece.chars().filter(char::is_ascii_digit).count();
        if (5..=30).contains(&piece.len()) && figures >= 2 {
            for kind in [ReferenceKind::Urn, ReferenceKind::Authority, ReferenceKind::Occurrence] {
                found.insert(Reference::new(kind, piece));
            }
        }
        let mut joined = String::new();
        for piece in pieces[at..].iter().take(PIECES_MAX) {
            joined.extend(piece.chars().filter(char::is_ascii_alphanumeric));
            if joined.len() > URN_CHARS {
                break;
            }
            if is_urn(&joined) {
                found.insert(Reference::new(ReferenceKind::Urn, &joined));
            }
        }
    }
    found.into_iter().take(MAX).collect()
}

/// Whether a text has the shape of a URN: two figures, two letters or figures, and seven figures.
fn is_urn(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == URN_CHARS
        && bytes[..2].iter().all(u8::is_ascii_digit)
        && bytes[2..4].iter().all(u8::is_ascii_alphanumeric)
        && bytes[4..].iter().all(u8::is_ascii_digit)
}
