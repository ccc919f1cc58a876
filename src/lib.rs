//! usher: the back office of a police Victim and Witness Care Unit.

pub mod casework;
pub mod clock;
pub mod domain;
pub mod engine;
pub mod grpc;
pub mod intake;
pub mod mail;
pub mod pack_files;
pub mod people;
pub mod render;
pub mod rules;
pub mod store;
