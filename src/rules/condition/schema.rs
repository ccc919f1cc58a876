//! What a condition may mention: the object types with their fields, the variables, the vocabularies, the functions.
//!
//! A schema is built once for a pack: most of it from the Rust structs themselves, the rest (outcome words, kinds,
//! answers of a form, limits) from what the pack declares. Conditions are checked against it and never see more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::facts::{Declared, Vocabularies};
use super::function::Function;
use super::types::{Name, Type};

/// Everything that conditions may mention.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    objects: BTreeMap<Name, Arc<ObjectType>>,
    variables: BTreeMap<Name, Variable>,
    vocabularies: Vocabularies,
    functions: Vec<Function>,
}

/// A kind of thing with fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectType {
    /// The name, such as `participant`.
    pub name: Name,
    /// What it is, in a sentence.
    pub about: Name,
    /// Its fields, in the order of [`Fact::at`](super::Fact::at).
    pub fields: Vec<Field>,
}

/// A field of an [`ObjectType`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name rules use.
    pub name: Name,
    /// What it means, in a sentence.
    pub about: Name,
    /// Its type.
    pub kind: Type,
}

/// A name that every condition may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// What it means, in a sentence.
    pub about: Name,
    /// Its type.
    pub kind: Type,
}

impl Schema {
    /// A schema that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the object type of a Rust struct, with the vocabularies its fields use.
    pub fn object<T: Declared>(&mut self) -> &mut Self {
        let declaration = T::OBJECT;
        let fields = declaration
            .fields
            .iter()
            .map(|field| Field {
                name: field.name.into(),
                about: field.about.trim().into(),
                kind: (field.kind)(&mut self.vocabularies),
            })
            .collect();
        self.object_type(ObjectType {
            name: declaration.name.into(),
            about: declaration.about.trim().into(),
            fields,
        })
    }

    /// Adds an object type that the pack declares; its values are [`Record`](super::Record)s.
    pub fn object_type(&mut self, object: impl Into<Arc<ObjectType>>) -> &mut Self {
        let object = object.into();
        self.objects.insert(object.name.clone(), object);
        self
    }

    /// Adds a variable that every condition may use.
    pub fn variable(&mut self, name: impl Into<Name>, kind: Type, about: impl Into<Name>) -> &mut Self {
        self.variables.insert(name.into(), Variable { about: about.into(), kind });
        self
    }

    /// Adds a vocabulary whose words come with the pack.
    pub fn vocabulary<W: Into<Name>>(
        &mut self,
        name: impl Into<Name>,
        words: impl IntoIterator<Item = W>,
    ) -> &mut Self {
        self.vocabularies.insert(name.into(), words.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a function or method.
    pub fn function(&mut self, function: Function) -> &mut Self {
        self.functions.push(function);
        self
    }

    /// The object type of that name.
    pub fn object_named(&self, name: &str) -> Option<&Arc<ObjectType>> {
        self.objects.get(name)
    }

    /// The words of the vocabulary of that name; none when there is no such vocabulary.
    pub fn words(&self, vocabulary: &str) -> &[Name] {
        self.vocabularies.get(vocabulary).map_or(&[], Vec::as_slice)
    }

    /// The object types, by name.
    pub fn objects(&self) -> impl Iterator<Item = &ObjectType> {
        self.objects.values().map(Arc::as_ref)
    }

    /// The variables, by name.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.variables.iter().map(|(name, variable)| (name.as_ref(), variable))
    }

    /// The vocabularies with their words, by name.
    pub fn vocabularies(&self) -> impl Iterator<Item = (&str, &[Name])> {
        self.vocabularies.iter().map(|(name, words)| (name.as_ref(), words.as_slice()))
    }

    /// The functions and methods, in the order they were added.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter()
    }

    /// The object types and vocabularies that are mentioned but not declared: a complete schema has none.
    pub fn missing(&self) -> BTreeSet<String> {
        let fields = self.objects.values().flat_map(|object| object.fields.iter().map(|field| &field.kind));
        let variables = self.variables.values().map(|variable| &variable.kind);
        let functions = self.functions.iter().flat_map(Function::types);
        fields.chain(variables).chain(functions).filter_map(|kind| self.undeclared(kind)).collect()
    }

    fn undeclared(&self, kind: &Type) -> Option<String> {
        match kind {
            Type::Object(name) if !self.objects.contains_key(name) => Some(format!("object type `{name}`")),
            Type::Word(name) if !self.vocabularies.contains_key(name) => Some(format!("vocabulary `{name}`")),
            Type::List(inner) | Type::Optional(inner) => self.undeclared(inner),
            _ => None,
        }
    }

    pub(super) fn variable_named(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }
}

impl ObjectType {
    /// The field of that name, with its index in [`Fact::at`](super::Fact::at).
    pub fn field(&self, name: &str) -> Option<(usize, &Field)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name == name)
    }
}
