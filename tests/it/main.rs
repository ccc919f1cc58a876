//! Every test that needs more than one module: one binary, so that it is linked once and finds PostgreSQL once.
//!
//! - [`cli`]: the built binary as people run it.
//! - [`database`]: how a test gets a database of its own, once for SQLite and once for PostgreSQL.
//! - [`grpc`]: the gRPC edge, from outside.
//! - [`imap_server`]: a small IMAP server that loses its line where it is told to.
//! - [`journeys`]: whole cases, told as pages that people can read.
//! - [`schema`]: what the schema and the connections promise.
//! - [`smtp_server`]: a small SMTP server with faults. The unit tests of `mail` include it by path as well.
//! - [`tidy`]: the project's habits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod app;
mod briefing;
mod calendar;
mod cli;
mod database;
mod effects;
mod engine;
mod escalation;
mod feeds;
mod go_live;
mod grpc;
mod imap_server;
mod journeys;
mod mailbox;
mod outbox;
mod recount;
mod schedule;
mod schema;
mod simulation;
mod small_pack;
mod smtp_server;
mod tidy;
