//! Rows as they are stored, a table a file. Columns are what queries need; the sealed `body` is the whole truth.

#![allow(missing_docs, reason = "a row's fields are its domain type's, documented there")]

pub mod absence;
pub mod account;
pub mod arrangement;
pub mod attendance;
pub mod audit;
pub mod case;
pub mod case_reference;
pub mod contact;
pub mod cursor;
pub mod data_key;
pub mod diary_entry;
pub mod directory;
pub mod document;
pub mod document_content;
pub mod duty;
pub mod event;
pub mod feed;
pub mod handling;
pub mod hearing;
pub mod message;
pub mod notice;
pub mod own_line;
pub mod pack;
pub mod participant;
pub mod person;
pub mod person_token;
pub mod rule_month;
pub mod session;
pub mod snapshot;
pub mod staff;
pub mod task;
pub mod team;
pub mod timer;
pub mod unit;
pub mod unit_pack;
pub mod unlinked;
