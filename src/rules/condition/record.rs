//! Facts whose fields the pack declares: limits, the answers of a form.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::facts::Fact;
use super::schema::ObjectType;
use super::types::Type;
use super::value::Value;

/// A fact of an [`ObjectType`] that is no Rust struct. Each value was checked against the field's type.
pub struct Record {
    object: Arc<ObjectType>,
    key: String,
    values: Vec<Value<'static>>,
}

/// A value that a [`Record`] cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The object type has no such field.
    #[error("{object} has no field `{field}`")]
    NoSuchField {
        /// The object type.
        object: String,
        /// The field that was named.
        field: String,
    },
    /// The value is not of the field's type, or is missing though the field is not optional.
    #[error("the field `{field}` of {object} should be {wanted}")]
    WrongType {
        /// The object type.
        object: String,
        /// The field.
        field: String,
        /// The type it should have.
        wanted: Type,
    },
}

impl Record {
    /// A record of `object` from its fields' values.
    ///
    /// # Errors
    ///
    /// [`RecordError`] for the first field that is unknown, of another type, or missing though not optional.
    pub fn new<'n>(
        object: Arc<ObjectType>,
        key: impl Into<String>,
        fields: impl IntoIterator<Item = (&'n str, Value<'static>)>,
    ) -> Result<Self, RecordError> {
        let mut values = vec![Value::Absent; object.fields.len()];
        for (name, value) in fields {
            let (index, _) = object.field(name).ok_or_else(|| RecordError::NoSuchField {
                object: object.name.to_string(),
                field: name.to_owned(),
            })?;
            values[index] = value;
        }
        let wrong = object.fields.iter().zip(&values).find(|(field, value)| !value.is_of(&field.kind));
        if let Some((field, _)) = wrong {
            return Err(RecordError::WrongType {
                object: object.name.to_string(),
                field: field.name.to_string(),
                wanted: field.kind.clone(),
            });
        }
        Ok(Self { object, key: key.into(), values })
    }
}

/// Its type and key only: answers of a form may be personal.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.object.name, self.key)
    }
}

impl Fact for Record {
    fn object(&self) -> &str {
        &self.object.name
    }

    fn key(&self) -> &str {
        &self.key
    }

    fn at(&self, index: usize) -> Value<'_> {
        self.values.get(index).cloned().unwrap_or(Value::Absent)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
