//! What we decide: the pack of rules, pure.

pub mod condition;
pub mod decide;
pub mod effect;
pub mod facts;
pub mod form;
pub mod outcomes;
pub mod pack;
