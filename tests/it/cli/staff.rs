//! The unit's people from a table, as somebody saves it from a spreadsheet.

use super::{bodies, import, text, usher, well, well_json};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;

/// A folder with a database that has a unit.
fn unit() -> tempfile::TempDir {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(1));
    import(place.path(), bodies.path(), "a", &[]);
    place
}

const START: [&str; 5] = ["import", "staff", "people.csv", "--database", "sqlite:a.sqlite"];

fn save(folder: &Path, table: impl AsRef<[u8]>) {
    std::fs::write(folder.join("people.csv"), table).unwrap();
}

/// Takes in a table that is well, and gives the report.
#[track_caller]
fn taken(folder: &Path, table: &str, more: &[&str]) -> Value {
    save(folder, table);
    well_json(folder, &[&START[..], more].concat())
}

/// Takes in a table with faults: nothing of it may be taken.
#[track_caller]
fn faulty(folder: &Path, table: impl AsRef<[u8]>) -> Output {
    save(folder, table);
    let output = usher(folder, &START);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!text(&output.stdout).contains("\ntaken in"), "{output:?}");
    output
}

fn outcomes(report: &Value) -> Vec<&str> {
    report["lines"].as_array().unwrap().iter().map(|line| line["outcome"].as_str().unwrap()).collect()
}

const TWO: &str = "name,email,team,role,shifts\n\
                   Ada F,ada@unit.test,East,manager,mon-fri 08:00-16:00\n\
                   Bo G,bo@unit.test,West,care-officer,\"mon,wed 08:00-16:00\"\n";

#[test]
fn a_table_is_taken_in_once_and_then_there_is_nothing_new_in_it() {
    let place = unit();
    let first = taken(place.path(), TWO, &[]);
    assert_eq!((outcomes(&first), &first["taken_in"]), (vec!["new", "new"], &json!(true)));
    assert_eq!(first["teams_made"], json!(["East", "West"]));
    let again = taken(place.path(), TWO, &[]);
    assert_eq!((outcomes(&again), &again["taken_in"]), (vec!["unchanged", "unchanged"], &json!(false)));
    assert_eq!(again["lines"][0]["staff_id"], first["lines"][0]["staff_id"]);
    assert!(
        well(place.path(), &START).ends_with("nothing was taken in: there is nothing new in the table\n")
    );
    save(place.path(), "name,team,role\n");
    assert!(
        well(place.path(), &START).ends_with("nothing was taken in: there is nothing new in the table\n")
    );
}

#[test]
fn a_dry_run_takes_nothing_in_and_gives_new_people_no_ids() {
    let place = unit();
    let dry = taken(place.path(), TWO, &["--dry-run"]);
    assert_eq!((outcomes(&dry), &dry["taken_in"]), (vec!["new", "new"], &json!(false)));
    assert!(dry["lines"][0].get("staff_id").is_none(), "{dry}");
    let then = taken(place.path(), TWO, &[]);
    assert_eq!(outcomes(&then), ["new", "new"]);
    assert!(then["lines"][0]["staff_id"].is_string(), "{then}");
}

#[test]
fn two_lines_about_one_person_are_a_fault_and_nothing_is_taken_in() {
    let place = unit();
    let output = faulty(place.path(), format!("{TWO}Cy H,ada@unit.test,East,manager,\n"));
    assert!(text(&output.stdout).contains("line 2"), "{output:?}");
    assert_eq!(outcomes(&taken(place.path(), TWO, &["--dry-run"])), ["new", "new"]);
}

#[test]
fn a_column_that_is_left_out_takes_nobodys_shifts_away() {
    let place = unit();
    taken(place.path(), TWO, &[]);
    let names = taken(place.path(), "name,email,team,role\nAda Fennick,ada@unit.test,East,manager\n", &[]);
    assert_eq!(names["lines"][0]["what"], "name");
    let cleared = "name,email,team,role,shifts\nAda Fennick,ada@unit.test,East,manager,\n";
    assert_eq!(taken(place.path(), cleared, &[])["lines"][0]["what"], "shifts");
}

#[test]
fn a_file_that_a_spreadsheet_saved_otherwise_is_told_how_to_save_it() {
    let place = unit();
    let windows = faulty(place.path(), b"name,team,role\r\nAda,East,manager\r\nJos\xe9,East,manager\r\n");
    let said = text(&windows.stdout);
    // The cells of the answer are broken into lines as wide as the terminal.
    assert!(said.contains("UTF-8") && said.contains(" 3 "), "{said}");
    let utf_16: Vec<u8> = TWO.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (table, told) in [
        ([&b"\xff\xfe"[..], &utf_16].concat(), "UTF-16"),
        (b"name;team;role\nAda;East;manager\n".to_vec(), "separated by semicolons"),
        (b"name,team,role,team\nAda,East,manager,West\n".to_vec(), "columns 2 and 4 are both called `team`"),
    ] {
        let output = faulty(place.path(), table);
        let said = text(&output.stderr);
        assert!(said.contains("people.csv") && said.contains(told), "{said}");
    }
}

#[test]
fn the_help_says_what_becomes_of_a_column_that_is_left_out() {
    let help = well(Path::new("."), &["import", "staff", "--help"]);
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("A column that is left out leaves what is held as it is"), "{help}");
}
