//! What the schema takes over from the structs, and what it notices is missing.

use super::*;
use crate::rules::condition::{Declared, Fact, RecordError};

#[test]
fn a_field_has_the_type_of_its_rust_value() {
    let schema = schema();
    let kind = |object: &str, field: &str| {
        schema.object_named(object).unwrap().field(field).unwrap().1.kind.to_string()
    };
    for (object, field, expected) in [
        ("participant", "id", "text"),
        ("participant", "role", "participant-role word"),
        ("participant", "enhanced", "bool"),
        ("participant", "attendance", "optional attendance"),
        ("participant", "offences", "list of text"),
        ("attendance", "day", "int"),
        ("attendance", "warned_at", "optional instant"),
        ("result", "outcome", "outcome word"),
        ("result", "sentenced_on", "optional date"),
        ("case", "victims", "list of participant"),
    ] {
        assert_eq!(kind(object, field), expected, "{object}.{field}");
    }
}

#[test]
fn a_field_keeps_its_meaning_for_the_reference() {
    let schema = schema();
    let participant = schema.object_named("participant").unwrap();
    assert_eq!(participant.about, "A person in the case, in one role.");
    assert_eq!(participant.field("role").unwrap().1.about, "Who they are to the case.");
}

#[test]
fn a_vocabulary_of_the_program_comes_with_the_struct() {
    assert_eq!(schema().words("participant-role"), ["victim", "witness", "police-witness"]);
}

#[test]
fn a_field_past_the_last_is_absent() {
    let person = participant("p-1", Role::Victim);
    assert_eq!(person.at(Participant::OBJECT.fields.len()), Value::Absent);
}

#[test]
fn a_complete_schema_misses_nothing() {
    assert!(schema().missing().is_empty());
}

#[test]
fn a_schema_says_what_it_mentions_without_knowing_it() {
    let mut schema = Schema::new();
    schema.object::<Participant>().object::<CourtResult>();
    assert_eq!(Vec::from_iter(schema.missing()), ["object type `attendance`", "vocabulary `outcome`"]);
}

#[test]
fn a_record_takes_only_what_its_type_declares() {
    let attempts = |value| Record::new(limit_type(), "limits", [("attempts", value)]).map(drop).unwrap_err();
    assert!(
        matches!(attempts(Value::Bool(true)), RecordError::WrongType { field, .. } if field == "outcome_target")
    );
    let unknown = Record::new(limit_type(), "limits", [("tries", Value::Int(1))]).map(drop).unwrap_err();
    assert_eq!(unknown.to_string(), "limit has no field `tries`");
}
