//! The pages, a folder a subject and a file a page: what they ask the API for, and what they show of it.

mod calendar;
mod case;
mod desk;
mod keys;
mod letters;
mod me;
mod messages;
mod my_day;
mod people;
mod record;
mod rules;
mod search;
mod sheet;
pub mod sign_in;
mod staff;
mod task;
mod team;
mod told;

use super::board::Board;
use axum::Router;

/// Every page that wants somebody to be signed in.
pub fn router() -> Router<Board> {
    Router::new()
        .merge(super::live::router())
        .merge(calendar::router())
        .merge(case::router())
        .merge(desk::router())
        .merge(keys::router())
        .merge(letters::router())
        .merge(me::router())
        .merge(messages::router())
        .merge(my_day::router())
        .merge(people::router())
        .merge(record::router())
        .merge(rules::router())
        .merge(search::router())
        .merge(sheet::router())
        .merge(sign_in::own_router())
        .merge(staff::router())
        .merge(task::router())
        .merge(team::router())
}
