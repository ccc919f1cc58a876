//! The pages, one file each: what they ask the API for, and what they show of it.

mod absence;
mod accounts;
mod accounts_staff;
mod allocation;
mod allocation_reassign;
mod allocation_transfer;
mod calendar;
mod calendar_appointment;
mod calendar_grid;
mod calendar_line;
mod case;
mod case_add;
mod case_banners;
mod case_court;
mod case_documents;
mod case_facts;
mod case_hearings;
mod case_mail;
mod case_people;
mod case_seen;
mod case_timeline;
mod case_work;
mod cases;
mod cases_new;
mod compliance;
mod compliance_list;
mod compliance_plot;
mod cover;
mod cover_plan;
mod desk;
mod desk_kit;
mod desk_reconcile;
mod desk_unlinked;
mod directory;
mod explain;
mod handed;
mod keys;
mod letters;
mod letters_print;
mod me;
mod messages;
mod messages_one;
mod my_day;
mod notices;
mod parked;
mod people;
mod people_enhanced;
mod people_form;
mod people_save;
mod proof;
mod record;
mod record_about;
mod record_call;
mod record_call_save;
mod record_call_view;
mod record_check;
mod record_cps;
mod record_page;
mod record_raised;
mod record_result;
mod record_result_save;
mod record_words;
mod rules;
mod rules_pack;
mod search;
mod sheet;
mod sheet_acts;
mod sheet_dates;
mod sheet_table;
pub mod sign_in;
mod task;
mod task_acts;
mod task_history;
mod task_why;
mod team;
mod team_draw;
mod uncopied;

use super::board::Board;
use axum::Router;

/// Every page that wants somebody to be signed in.
pub fn router() -> Router<Board> {
    Router::new()
        .merge(super::live::router())
        .merge(accounts::router())
        .merge(allocation::router())
        .merge(calendar::router())
        .merge(case::router())
        .merge(cases::router())
        .merge(compliance::router())
        .merge(compliance_list::router())
        .merge(cover::router())
        .merge(desk::router())
        .merge(desk_unlinked::router())
        .merge(desk_reconcile::router())
        .merge(directory::router())
        .merge(explain::router())
        .merge(keys::router())
        .merge(letters::router())
        .merge(letters_print::router())
        .merge(me::router())
        .merge(messages::router())
        .merge(messages_one::router())
        .merge(my_day::router())
        .merge(notices::router())
        .merge(parked::router())
        .merge(people::router())
        .merge(proof::router())
        .merge(record::router())
        .merge(rules::router())
        .merge(rules_pack::router())
        .merge(search::router())
        .merge(sheet::router())
        .merge(sign_in::own_router())
        .merge(task::router())
        .merge(task_history::router())
        .merge(task_acts::router())
        .merge(team::router())
        .merge(uncopied::router())
}
