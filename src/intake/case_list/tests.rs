//! Cases as a table and as JSON lines, and what is told of those that cannot be taken.

use super::*;
use crate::domain::london;

fn entries(file: &str) -> Vec<Entry> {
    read(file.as_bytes(), london::parse("2026-11-20T08:00").unwrap()).unwrap()
}

/// All that is told of a file, by line and column.
fn faults(file: &str) -> Vec<String> {
    let faults = entries(file).into_iter().filter_map(|entry| entry.case.err()).flatten();
    faults.map(|fault| fault.to_string()).collect()
}

#[test]
fn lines_of_one_reference_are_one_case_and_need_say_what_is_its_own_only_once() {
    let file = "urn,phase,risk,roles,last_name,told\n\
                52AB0000126,post-charge,high,victim,Ashcroft,charge on 2026-09-01 by letter\n\
                52AB0000226,post-charge,low,victim,Brook,\n\
                52 AB 00001 26,,,Police Witness,Carr,\n";
    let entries = entries(file);
    assert_eq!(entries.len(), 2);
    let first = entries[0].case.as_ref().unwrap();
    assert_eq!((first.people.len(), first.people[1].line), (2, 4));
    assert_eq!(first.people[0].told[0].by, Means::Letter);
}

#[test]
fn two_lines_that_contradict_each_other_are_both_named() {
    let file = "urn,phase,risk,roles,last_name\n\
                52AB0000126,post-charge,high,victim,Ashcroft\n\
                52AB0000126,post-charge,low,victim,Brook\n";
    assert_eq!(
        faults(file),
        [
            "line 3: risk: says something else of the same case than line 2: write the same in both, or leave it empty \
             here"
        ]
    );
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line_and_column_and_without_the_cell() {
    let file = "urn,phase,roles,last_name,hearings,attendance,attendance_at,attendance_by,told,enhanced\n\
                52AB0000126,post-charge,victim,Ashcroft,the trial soon,,,,,\n\
                52AB0000226,post-charge,bystander,Brook,,,,,,\n\
                52AB0000326,post-charge,civilian-witness,Carr,,warned,2026-11-02,,,\n\
                52AB0000426,post-charge,victim,Dale,,,,,date by pigeon,\n\
                52AB0000526,,victim,Elm,,,,,,\n\
                52AB0000626,post-charge,civilian-witness,Fell,,,,,,confirmed\n\
                ,post-charge,victim,Gale,,,,,,\n";
    let faults = faults(file);
    let begins = [
        "line 2: hearings: expected a kind, a date and a court",
        "line 3: roles: expected one of victim, civilian-witness",
        "line 4: attendance_by: is needed",
        "line 5: told: expected what, when and how",
        "line 6: phase: is needed",
        "line 7: enhanced: only victims have Enhanced Rights",
        "line 8: urn: is needed",
    ];
    assert_eq!(faults.len(), begins.len(), "{faults:#?}");
    for (fault, begin) in faults.iter().zip(begins) {
        assert!(fault.starts_with(begin), "{fault}");
    }
}

#[test]
fn a_hearing_is_a_kind_a_date_and_a_court() {
    let file = "urn,phase,roles,last_name,hearings\n\
                52AB0000126,post-charge,,,trial on 2027-02-01 at Northgate Crown Court; sentence in week of 2027-03-01 at \
                Northgate; appeal unfixed at Northgate\n";
    let entries = entries(file);
    let hearings = &entries[0].case.as_ref().unwrap().hearings;
    let days: Vec<String> = hearings.iter().map(|hearing| hearing.when.to_string()).collect();
    assert_eq!(days, ["2027-02-01T10:00:00+00:00", "week of 2027-03-01", "date to be fixed"]);
    assert_eq!((hearings[0].whole_day, hearings[0].hearing_type.as_str()), (true, "Trial"));
}

#[test]
fn json_lines_say_the_same_with_lists_and_people_inside() {
    let file = r#"{"urn":"52AB0000126","phase":"post-charge","flags":["domestic violence"],"people":[{"roles":["victim"],"last_name":"Ashcroft","phones":["07700 900001","07700 900002"]}]}
{"urn":"52AB0000226","phase":"post-charge","people":[{"roles":["victim"],"last_name":"Brook","rank":"1"}]}
{"urn":"52AB0000326","phase":"post-charge","people":[{"roles":["victim"],"last_name":"Carr","born":1}]
"#;
    let entries = entries(file);
    let first = entries[0].case.as_ref().unwrap();
    assert_eq!((first.flags[0].as_str(), first.people[0].identity.phones.len()), ("domestic-violence", 2));
    let faults = faults(file);
    assert_eq!(faults[0], "line 2: people[0].rank: is no name that is known: see the help");
    assert!(faults[1].starts_with("line 3: the whole line: is no JSON object at character"), "{faults:?}");
}

#[test]
fn a_column_that_nobody_knows_is_told_before_any_line() {
    let told = read(b"urn,phase,roles,last_name,shoe_size\n", london::parse("2026-11-20T08:00").unwrap());
    assert!(told.unwrap_err().to_string().starts_with("the heading: there is no column \"shoe_size\""));
}
