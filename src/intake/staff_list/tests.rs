//! Tables as people save them, and what is told of those that cannot be taken.

use super::*;

fn rows(lines: &str) -> Vec<Result<Row, Fault>> {
    read(format!("name,email,team,role,skills,shifts,minutes_a_day\n{lines}").as_bytes()).unwrap()
}

fn faults(file: &[u8]) -> Vec<String> {
    read(file).unwrap().into_iter().filter_map(Result::err).map(|fault| fault.to_string()).collect()
}

/// Why this file cannot be read at all.
#[track_caller]
fn told(file: impl AsRef<[u8]>) -> String {
    read(file.as_ref()).unwrap_err().to_string()
}

#[test]
fn a_line_is_read_with_its_pattern_and_skills() {
    let rows =
        rows("Ada F,ada@unit.test,East,Care Officer,RASSO; child,mon-fri 08:00-16:00; sat 10:00-14:00,240\n");
    let row = rows[0].as_ref().unwrap();
    assert_eq!((row.line, row.role, row.team.as_str()), (2, StaffRole::CareOfficer, "East"));
    assert_eq!(row.skills, Cell::Says(vec!["rasso".to_owned(), "child".to_owned()]));
    assert_eq!(row.minutes_a_day, Cell::Says(Some(240)));
    let shifts = row.shifts.clone().or(Vec::new());
    assert_eq!(shifts.iter().map(|shift| shift.weekday).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_column_that_is_left_out_says_nothing_and_an_empty_cell_says_that_there_is_nothing() {
    let with = rows("Ada,,East,manager,,,\n");
    let with = with[0].as_ref().unwrap();
    assert_eq!((&with.email, &with.shifts), (&Cell::Says(None), &Cell::Says(Vec::new())));
    let without = read(b"role,team,name\nmanager,East,Ada\n").unwrap();
    let without = without[0].as_ref().unwrap();
    assert_eq!((&without.email, &without.shifts), (&Cell::Absent, &Cell::Absent));
    assert_eq!(
        (without.minutes_a_day.clone().or(Some(240)), with.minutes_a_day.clone().or(Some(240))),
        (Some(240), None)
    );
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line_and_column_and_without_the_cell() {
    let file = "name,email,team,role,skills,shifts,minutes_a_day\n\
                Ada,ada@unit.test,East,care-officer,,,\n\
                ,x@unit.test,East,care-officer,,,\n\
                Bo,not an address,East,care-officer,,,\n\
                Cy,,East,chief,,,\n\
                Di,,East,manager,,mon 16:00-08:00,\n\
                Fy,,East,manager,,,0\n\
                Gi,East\n";
    assert_eq!(
        faults(file.as_bytes()),
        [
            "line 3: name: is needed",
            "line 4: email: expected one bare address",
            "line 5: role: expected one of care-officer, team-leader, manager",
            "line 6: shifts: a shift must end later than it begins",
            "line 7: minutes_a_day: expected 1 to 1440 minutes, or nothing",
            "line 8: the whole line: 2 cells, and the heading has 7: put a cell with commas in quotes",
        ]
    );
}

#[test]
fn a_fault_has_the_line_that_an_editor_shows_whatever_ends_the_lines_and_with_empty_lines_between() {
    for end in ["\n", "\r\n", "\r"] {
        let file =
            ["name,team,role", "Ada,East,manager", "", "", "Bo,East,chief", "Cy,East,chief", ""].join(end);
        let lines: Vec<u64> = read(file.as_bytes())
            .unwrap()
            .into_iter()
            .filter_map(Result::err)
            .map(|fault| fault.line)
            .collect();
        assert_eq!(lines, [5, 6], "{end:?}");
    }
    let file = "name,team,role\r\n\"Ada\r\nFennick\",East,manager\r\nBo,East,chief\r\n";
    let lines: Vec<u64> =
        read(file.as_bytes()).unwrap().into_iter().map(|row| row.unwrap_err().line).collect();
    assert_eq!(lines, [2, 4]);
}

#[test]
fn a_letter_that_is_not_utf_8_is_told_with_its_line_and_how_to_save_the_table() {
    let faults = faults(b"name,team,role\r\nAda,East,manager\r\nJos\xe9,East,manager\r\n");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("line 3: name: has a letter that is not in UTF-8"), "{faults:?}");
    assert!(faults[0].ends_with("save it as \"CSV UTF-8\""), "{faults:?}");
    assert!(read("name,team,role\nJosé,East,manager\n".as_bytes()).unwrap()[0].is_ok());
}

#[test]
fn a_cell_is_one_line() {
    let broken = faults(
        b"name,team,role,skills\n\"Ada\nFennick\",East,manager,\nBo,East,manager,\"rasso\nCy,West,manager,\n",
    );
    assert_eq!(broken.len(), 2);
    assert!(broken[0].starts_with("line 2: name: has a line break"), "{broken:?}");
    assert!(broken[1].starts_with("line 4: skills: has a line break"), "{broken:?}");
    assert!(broken[1].contains("close every quotation mark"), "{broken:?}");
}

#[test]
fn a_file_of_another_form_is_told_with_what_to_do() {
    let utf_16: Vec<u8> = "\u{feff}name,team,role\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(told(utf_16).contains("UTF-16"));
    let semicolons = told("name;team;role\nAda;East;manager\n");
    assert!(
        semicolons.contains("separated by semicolons") && semicolons.contains("CSV UTF-8"),
        "{semicolons}"
    );
    assert!(told("name\tteam\trole\n").contains("separated by tabs"));
}

#[test]
fn a_heading_that_is_not_known_is_told_before_any_line() {
    assert_eq!(told("name,team"), "the heading: the column `role` is needed");
    assert!(
        told("name,team,role,rank").starts_with("the heading: there is no column \"rank\"; known are name,")
    );
    assert!(
        told(b"name,team,role,r\xe9le")
            .starts_with("the heading: column 4 has a letter that is not in UTF-8")
    );
    assert!(told("name,team,role,").starts_with("the heading: column 4 has no name"));
    assert_eq!(
        told("name,team,role,Name"),
        "the heading: columns 1 and 4 are both called `name`: keep one of them"
    );
    assert!(read("\u{feff}Name,Team,Role\nAda,East,manager\n".as_bytes()).unwrap()[0].is_ok());
}

#[test]
fn a_file_without_a_heading_is_told_without_repeating_its_first_line() {
    for file in ["Ada Fennick,East,manager\n", ""] {
        let told = told(file);
        assert!(told.contains("names no column that is known"), "{told}");
        assert!(!told.contains("ennick"), "{told}");
    }
}
