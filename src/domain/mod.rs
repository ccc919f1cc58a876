//! What we talk about: pure types of the unit's work, with no I/O and nothing of ours beneath them.
//!
//! Reading order: [`ids`], [`court`] (what a court shares) and [`record`] (what it adds up to), [`person`],
//! [`case`], [`hearing`], [`duty`] and [`task`], [`message`], [`diary`], [`staff`], then [`event`] (everything
//! that can happen) and [`state`] (all that is known of one case, with what has changed in it).

pub mod action;
pub mod availability;
pub mod briefing;
pub mod brought;
pub mod by_hand;
pub mod calendar;
pub mod caller;
pub mod case;
pub mod contact;
pub mod court;
pub mod court_news;
pub mod cps;
pub mod deadline;
pub mod diary;
pub mod diary_look;
pub mod document;
pub mod duty;
pub mod email;
pub mod event;
mod event_kind;
pub mod explanation;
pub mod fate;
pub mod feed;
pub mod handover;
pub mod hearing;
pub mod ids;
pub mod letterhead;
pub mod listing;
pub mod london;
pub mod mail_in;
pub mod message;
pub mod notice;
pub mod opening;
pub mod ours;
pub mod parked;
pub mod person;
pub mod receipt;
pub mod record;
pub mod refusal;
pub mod staff;
pub mod state;
pub mod task;
pub mod words;
