//! usher: the back office of a police Victim and Witness Care Unit.
//!
//! Court results, CPS communications, calls, forms and the clock go in; assigned tasks with deadlines, e-mails,
//! letters and a diary come out, each with the reason why.
//!
//! # The idea
//!
//! Everything that happens is an *event*. A *pack* of rules decides what follows. usher writes what is now known and
//! what is now to be done in one transaction, and touches the outside world only afterwards.
//!
//! ```text
//!  feeds        people            clock
//! (gRPC, files) (gRPC, board) (cron, timers)
//!     └──────────┐  │  ┌────────────┘
//!                ▼  ▼  ▼
//!               Event            one closed enum, one envelope             domain::event
//!                │  recorded    once: unique by source and reference       engine
//!                ▼
//!         Facts = case + event + now                                       rules::facts
//!                │  decide      pure, explained, from the active pack      rules::decide
//!                ▼
//!             Decision          effects, each with its rule and causes     rules::effect
//!                │  carry out   keys merge, duties gather, work is given   casework
//!                ▼
//!  duties · tasks · messages · diary · timers                              store, same transaction
//!                │  after commit
//!                ▼
//!  the outbox sends, timers wait to become events again
//! ```
//!
//! There is no second way to cause anything: a button, a call, a timer and a cron line all record an event and take
//! this path. There is no running workflow to version or to migrate: a workflow is rules over facts.
//!
//! # What must hold
//!
//! - An event has its effects once, whatever is repeated, retried or killed.
//! - A call is answered after the commit that holds the event and its effects.
//! - One case, one event at a time, in the order of recording; other cases never wait for it.
//! - What cannot be handled is parked whole, alone, and raises a task; nothing is dropped.
//! - Court facts are a pure fold over the latest share of each hearing day: the order of Common Platform's files cannot
//!   matter. What the police feed says counts until Common Platform speaks of the same day.
//! - A deadline never moves silently, and every effect explains itself.
//! - A message is written from its audience's view of the facts, and from nothing else.
//!
//! # Reading order
//!
//! 1. [`domain`]: what we talk about. Pure.
//! 2. [`rules`]: what we decide: packs, conditions, deadlines' use, outcomes, decisions. Pure.
//! 3. [`people`] and [`render`]: who gets work, and what a reader may be told. Pure.
//! 4. [`casework`]: an event worked on a case in memory, from what happens to what is carried out. Pure.
//! 5. [`store`]: what we keep, sealed, on SQLite and PostgreSQL; the only module that knows the database.
//! 6. [`engine`]: record and handle in one transaction.
//! 7. [`team`]: who covers, who gets what: proposals made from what is kept, carried out by events.
//! 8. The edges, which never import each other: [`intake`] (what comes in), [`mail`] (how mail leaves), [`grpc`].
//!    [`mailbox`] brings mail from outside to `intake` and the engine, as [`outbox`] takes it the other way.
//! 9. [`web`]: the board, a client of the API in the same process. It knows the contract and nothing else, so that a page
//!    can do no more than a call, and a call is refused alike wherever it comes from.
//!
//! Deliberately absent: a job queue, a workflow engine, a leader, a clock in the pure parts. The engine remembers cases
//! it handled lately, and believes the database's word on whether they are still so.

pub mod app;
pub mod bench;
pub mod casework;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod grpc;
pub mod intake;
pub mod mail;
pub mod mailbox;
pub mod outbox;
pub mod pack_files;
pub mod people;
pub mod render;
pub mod rounds;
pub mod rules;
pub mod schedule;
pub mod store;
pub mod team;
pub mod web;
