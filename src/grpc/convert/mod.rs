//! Between the wire and the domain: one file a noun, both directions in it, and nothing decided.

pub mod case;
pub mod contact;
pub mod court;
pub mod cover;
pub mod document;
pub mod event;
pub mod explanation;
pub mod field;
pub mod hearing;
pub mod message;
pub mod names;
pub mod pack;
pub mod person;
pub mod receipt;
pub mod staff;
pub mod task;
