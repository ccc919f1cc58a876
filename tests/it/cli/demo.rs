//! The day that `usher demo` plays: every step of it left what it should, in the engine and in the folders.

use super::{demo, well};
use serde_json::Value;

/// What happened in a case, what followed from it, who was told: everything of one sort, a line each.
fn lines(said: &Value, urn: &str, sort: &str) -> Vec<String> {
    let cases = said["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["case"] == urn).unwrap_or_else(|| panic!("no {urn}"));
    let entries = case["entries"].as_array().unwrap().iter();
    let texts = |entry: &Value| match &entry[sort] {
        Value::Array(lines) => lines.iter().map(|line| line.as_str().unwrap().to_owned()).collect(),
        one => vec![one.as_str().unwrap().to_owned()],
    };
    entries.flat_map(texts).collect()
}

/// What each step of the day must have left: the case, where it is said, and a part of what is said.
const BEATS: &[(&str, &str, &str)] = &[
    // A colleague is ill; voicemails.
    ("52NG1004926", "followed", "goes to"),
    ("52NG1004926", "told", "(victim), by call"),
    ("52NG1004326", "told", "the call back for which they asked"),
    ("52NG1004726", "told", "the call back for which they asked"),
    // Four cases before charge.
    ("52NG1005026", "followed", "the case is with Ada Fennick"),
    ("52NG1005026", "followed", "task P2 Look into the background of the case (due end of today)"),
    ("52NG1005026", "followed", "done: Ring for the needs assessment"),
    ("52NG1005026", "followed", "done: Write the Safeguarding Action Plan"),
    ("52NG1005026", "followed", "done: Write the Support Action Plan"),
    ("52NG1005026", "told", "Northgate IDVA service: e-mail"),
    ("52NG1005026", "told", "Northgate police carpenters: e-mail"),
    ("52NG1005026", "told", "Northgate control room: e-mail"),
    ("52NG1005026", "told", "Northgate social services: e-mail"),
    ("52NG1005126", "what", "rings a parent"),
    ("52NG1005126", "told", "Northgate Young Victims' Service: e-mail"),
    ("52NG1005226", "told", "support stays open"),
    ("52NG1005326", "followed", "again Tue 24 Nov 12:00"),
    // The Crown Court cannot find people.
    ("52NG1004026", "followed", "task P1 Ring the paralegal officer back"),
    ("52NG1004026", "what", "reaches the voicemail"),
    ("52NG1004026", "followed", "done: Ring the paralegal officer back"),
    ("52NG1004026", "followed", "attended: "),
    // Friday's outcomes.
    ("52NG1004126", "told", "by call: what the court decided"),
    ("52NG1004126", "told", "(officer in the case): e-mail, outcome to officer"),
    ("52NG1004126", "told", "(adviser): e-mail, outcome to adviser"),
    ("52NG1004126", "told", "letter in the post, sentence to victim"),
    ("52NG1004226", "told", "(family liaison officer): e-mail"),
    // A trial falls.
    ("52NG1004326", "told", "that they need not come to court"),
    ("52NG1004326", "told", "East resource team: form, trial taken out to resource team"),
    ("52NG1004326", "followed", "grey ╱ cracked"),
    // A trial is fixed.
    ("52NG1004426", "told", "that they are required to give evidence, and when"),
    ("52NG1004426", "told", "letter in the post, court warning letter"),
    ("52NG1004426", "told", "East resource team: form, court warning to resource team"),
    ("52NG1004426", "followed", "amber ◐ 3 of 3 warned"),
    // A victim rings.
    ("52NG1004526", "followed", "everything matches"),
    ("52NG1004526", "told", "CPS Northgate: e-mail, special measures"),
    ("52NG1004526", "told", "Witness Service at Northgate Crown Court: e-mail, witness service referral"),
    ("52NG1004526", "followed", "Take the Victim Personal Statement"),
    ("52NG1004526", "followed", "victim personal statement, Thu 26 Nov 2026 11:00"),
    // Half past three.
    ("52NG1004626", "followed", "blue ? result awaited"),
    ("52NG1004626", "followed", "diary: Sentence, Mon 14 Dec 2026 10:00"),
    ("52NG1004626", "told", "(victim): e-mail, plea to victim"),
    ("52NG1004626", "told", "(officer in the case): e-mail, outcome to officer"),
    ("52NG1004726", "followed", "black ■ warrant, no date"),
    ("52NG1004726", "told", "(witness): e-mail, warrant to witness"),
];

#[test]
fn every_step_of_the_day_left_what_it_should() {
    let place = tempfile::tempdir().unwrap();
    let said = demo(place.path());
    let missing = |(urn, sort, part): &&(&str, &str, &str)| {
        !lines(&said, urn, sort).iter().any(|line| line.contains(part))
    };
    let missing: Vec<_> = BEATS.iter().filter(missing).collect();
    assert!(missing.is_empty(), "{missing:#?}");

    let day = said["day"].as_array().unwrap();
    let digest = |entry: &&Value| entry["told"].to_string().contains("Ada Fennick: e-mail, shift digest");
    assert!(day.iter().any(|entry| digest(&entry)), "the digest of the shift");
    let sheets = day.iter().filter(|entry| entry["shown"].to_string().contains("(police witness)"));
    assert!(sheets.count() >= 2, "tables of witnesses");
    let messages = said["messages"].as_array().unwrap();
    let printed = messages.iter().filter(|one| one["state"] == "printed").count();
    assert_eq!(std::fs::read_dir(place.path().join("demo/letters")).unwrap().count(), printed);
    let kept_back = |one: &&Value| ["held", "refused", "unknown"].iter().any(|state| one["state"] == *state);
    assert_eq!(messages.iter().find(kept_back), None, "everybody could be written to");
}

#[test]
fn the_timelines_fit_a_terminal_of_120_columns() {
    let place = tempfile::tempdir().unwrap();
    let said = well(place.path(), &["demo", "--no-serve", "--folder", "demo"]);
    let (_, timelines) = said.split_once("The timeline of each case").unwrap();
    let rows: Vec<&str> = timelines.lines().filter(|line| line.starts_with('│')).collect();
    assert!(rows.len() > 100);
    assert_eq!(rows.iter().find(|row| row.chars().count() > 120), None);
}
