//! One file a service. Each call reads its request, records or asks, and answers; what decides lies below the engine.

mod allocation;
mod appointments;
mod availability;
mod callers;
pub mod cases;
pub mod correspondence;
pub mod diary;
pub mod directory;
mod documents;
mod feeds;
mod handover;
pub mod intake;
mod notices;
pub mod operations;
pub mod packs;
mod print;
mod proof;
mod proposing;
pub mod tasks;
pub mod team;
mod title;
mod watch;
