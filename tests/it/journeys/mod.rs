//! Journeys: whole cases from beginning to end under the pack that comes with usher, each as a script that people can read
//! and, beside it, the page that came of it.
//!
//! A script (`*.journey`) says what people and courts do. It is played through the engine, its clock and its outbox, and
//! told as a page (`*.page`): read it as somebody who does this work would. `UPDATE_EXPECT=1` writes the page anew; both
//! databases must give the same one.

mod cast;
mod play;
mod script;
mod tell;
mod week;

use crate::app::{App, the_pack};
use crate::database::on_both_databases;
use expect_test::expect_file;
use script::Script;
use usher::store::Store;

async fn told(store: Store, script: &str) -> String {
    let app = App::new(store).await;
    let page = play::play(&app, &Script::read(script), the_pack()).await;
    let wrong: Vec<&str> = page.lines().filter(|line| line.starts_with(tell::WRONG)).collect();
    assert!(wrong.is_empty(), "{page}\n{}", wrong.join("\n"));
    page
}

fn read(name: &str) -> String {
    let path = format!("{}/tests/it/journeys/{name}.journey", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

on_both_databases! {
    async fn domestic_abuse_from_referral_to_sentence(store: Store) {
        expect_file!["domestic-abuse.page"].assert_eq(&told(store, &read("domestic-abuse")).await);
    }
}

on_both_databases! {
    async fn a_crown_court_trial_that_a_late_plea_takes_out(store: Store) {
        expect_file!["late-plea.page"].assert_eq(&told(store, &read("late-plea")).await);
    }
}

on_both_databases! {
    async fn a_shop_theft_whose_defendant_stays_away(store: Store) {
        expect_file!["shop-theft.page"].assert_eq(&told(store, &read("shop-theft")).await);
    }
}
