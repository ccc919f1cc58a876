//! The live cases of a unit that begins to use usher.

use super::{bodies, import, text, usher, well, well_json};
use serde_json::{Value, json};
use std::path::Path;

/// A folder with a database that has a unit with one member of staff, and the example of live cases.
fn unit() -> tempfile::TempDir {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(1));
    import(place.path(), bodies.path(), "a", &[]);
    let people =
        "name,email,team,role,shifts\nSam S,staff1@unit.test,East,care-officer,mon-fri 08:00-16:00\n";
    std::fs::write(place.path().join("people.csv"), people).unwrap();
    well(place.path(), &["import", "staff", "people.csv", "--database", "sqlite:a.sqlite"]);
    std::fs::write(place.path().join("cases.csv"), example()).unwrap();
    place
}

/// The example, for cases that the unit's own court results are not about.
fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/go-live/live-cases.csv");
    std::fs::read_to_string(path).unwrap().replace("52AB", "52GL")
}

const START: [&str; 5] = ["import", "cases", "cases.csv", "--database", "sqlite:a.sqlite"];

fn outcomes(report: &Value) -> Vec<&str> {
    report["cases"].as_array().unwrap().iter().map(|case| case["outcome"].as_str().unwrap()).collect()
}

#[test]
fn cases_are_taken_in_once_and_the_second_time_all_are_held() {
    let place = unit();
    let first = well_json(place.path(), &START);
    assert_eq!((outcomes(&first), &first["taken_in"]), (vec!["opened", "opened"], &json!(true)));
    assert_eq!(
        (&first["cases"][0]["people"], &first["cases"][0]["case"]),
        (&json!(4), &json!("52GL0000126"))
    );
    let again = well(place.path(), &START);
    assert!(again.ends_with("nothing was taken in: every case of the file is held already\n"), "{again}");
    // A file that has grown brings what is new in it.
    let more = format!("{}52GL0000326{}\n", example(), ",,pre-charge".to_owned() + &",".repeat(28));
    std::fs::write(place.path().join("cases.csv"), more).unwrap();
    assert_eq!(outcomes(&well_json(place.path(), &START)), ["already-held", "already-held", "opened"]);
}

#[test]
fn a_dry_run_says_what_would_be_taken_in_and_takes_nothing() {
    let place = unit();
    let dry = well_json(place.path(), &[&START[..], &["--dry-run"]].concat());
    assert_eq!((outcomes(&dry), &dry["taken_in"]), (vec!["opened", "opened"], &json!(false)));
    assert_eq!(outcomes(&well_json(place.path(), &START)), ["opened", "opened"]);
}

#[test]
fn one_wrong_line_keeps_the_whole_file_out_and_is_told_with_what_to_do() {
    let place = unit();
    let wrong = example()
        .replace("staff1@unit.test", "nobody@unit.test")
        .replace("date about 2027-01-11 due", "dates about 2027-01-11 due")
        .replace(",Ada Ashcroft,", ",Ada Ash,");
    std::fs::write(place.path().join("cases.csv"), wrong).unwrap();
    let output = usher(place.path(), &[&START[..], &["--output", "json"]].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let faults =
        report["cases"].as_array().unwrap().iter().flat_map(|case| case["faults"].as_array().unwrap());
    let places: Vec<(u64, &str)> = faults
        .clone()
        .map(|fault| (fault["line"].as_u64().unwrap(), fault["column"].as_str().unwrap()))
        .collect();
    assert_eq!(places, [(2, "owner"), (5, "supports"), (6, "owed")]);
    assert!(faults.clone().any(|fault| fault["problem"].as_str().unwrap().contains("usher import staff")));
    assert!(!text(&output.stdout).contains("nobody@"), "{output:?}");
    std::fs::write(place.path().join("cases.csv"), example()).unwrap();
    assert_eq!(outcomes(&well_json(place.path(), &START)), ["opened", "opened"]);
}

#[test]
fn json_lines_say_the_same() {
    let place = unit();
    let lines = r#"{"urn":"52GL0000426","phase":"post-charge","hearings":["trial on 2027-02-01 at Northgate"],"people":[{"roles":["victim"],"last_name":"Gray"}]}
"#;
    std::fs::write(place.path().join("cases.csv"), lines).unwrap();
    let report = well_json(place.path(), &START);
    assert_eq!(outcomes(&report), ["opened"]);
    assert!(report["cases"][0]["note"].as_str().unwrap().starts_with("of 1 victim nothing says"), "{report}");
}

#[test]
fn the_help_names_every_column() {
    let help = well(Path::new("."), &["import", "cases", "--help"]);
    let columns =
        usher::intake::case_list::CASE_COLUMNS.iter().chain(&usher::intake::case_list::PERSON_COLUMNS);
    let missing: Vec<_> = columns.filter(|column| !help.contains(**column)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
