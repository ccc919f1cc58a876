//! A view as the template engine's values, and how a value is printed.

use super::super::view::View;
use minijinja::{Error, ErrorKind, Output, Value};
use serde_json::Value as Json;

/// What is wrong where an absent value would be printed.
pub(super) const ABSENT: &str = "the value may be absent: put an if around it";
/// What is wrong where a list or a part would be printed.
pub(super) const NOT_PRINTABLE: &str =
    "only text and numbers can be printed: name a field of it, use a filter, or go through it with for";

/// The view, for a template.
pub(super) fn of(view: &View) -> Value {
    from_json(serde_json::to_value(view).expect("views are plain data with text for keys"))
}

/// A JSON value as the engine's.
pub(super) fn from_json(json: Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(yes) => Value::from(yes),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(whole),
            None => Value::from(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::from(text),
        Json::Array(items) => items.into_iter().map(from_json).collect(),
        Json::Object(fields) => {
            Value::from_pairs(fields.into_iter().map(|(name, field)| (name, from_json(field))))
        }
    }
}

/// Prints text and numbers; anything else is a mistake of the template.
pub(super) fn print(out: &mut Output, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Err(Error::new(ErrorKind::InvalidOperation, ABSENT));
    }
    match value.as_str() {
        Some(text) => out.write_str(text).map_err(Error::from),
        None if value.is_number() => write!(out, "{value}").map_err(Error::from),
        None => Err(Error::new(ErrorKind::InvalidOperation, NOT_PRINTABLE)),
    }
}
