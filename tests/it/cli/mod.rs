//! The command line as people run it: the built binary, its answers and its exit codes.

mod cases;
mod demo;
mod mail;
mod serving;
mod staff;

use crate::app;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use usher::domain::court::{Line, ResultLine};
use usher::intake::common_platform::compose;

/// Runs usher with these arguments in a folder.
fn usher(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    command.args(arguments).current_dir(folder).env_remove("USHER_KEY").env_remove("USHER_DATABASE");
    command
}

/// Runs usher, which must end well, and gives its standard output.
#[track_caller]
fn well(folder: &Path, arguments: &[&str]) -> String {
    let output = usher(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Runs usher, which must end well, and gives its standard output as JSON.
#[track_caller]
fn well_json(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--output", "json"]].concat();
    serde_json::from_str(&well(folder, &arguments)).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs usher with lines on its standard input.
fn with_input(arguments: &[&str], input: &str) -> Vec<Value> {
    let mut child =
        command(Path::new("."), arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writing = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success());
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

// ── Packs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

fn embedded_pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/packs/england-and-wales")
}

/// A copy of the pack that comes with usher, in a folder of its own.
fn copied_pack() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for (path, text) in usher::pack_files::read_dir(&embedded_pack()).unwrap() {
        let file = place.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    place
}

#[test]
fn the_pack_that_comes_with_usher_has_no_faults() {
    let said = well_json(Path::new("."), &["pack", "check"]);
    assert_eq!(said["ok"], json!(true));
    assert_eq!(said["pack"]["id"], "england-and-wales");
}

#[test]
fn every_fault_of_a_pack_is_told_at_once_with_its_place() {
    let pack = copied_pack();
    std::fs::write(
        pack.path().join("rules/zz-broken.yaml"),
        "- rule: broken-condition\n  on: hearing.resulted\n  when: event.aded.exists(r, r.final)\n  do:\n    - propose: a-flag\n",
    )
    .unwrap();
    let body = pack.path().join("messages/outcome-to-officer/body.txt");
    let text_before = std::fs::read_to_string(&body).unwrap();
    std::fs::write(&body, format!("{text_before}{{{{ nosuchfield }}}}\n")).unwrap();
    let output = usher(pack.path(), &["pack", "check", ".", "--output", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let faults = said["faults"].as_array().unwrap();
    let of = |file: &str| {
        faults.iter().find(|fault| fault["file"] == file && fault["severity"] == "error").unwrap()
    };
    let rule = of("rules/zz-broken.yaml");
    assert_eq!((&rule["line"], &rule["column"]), (&json!(3), &json!(15)));
    assert!(rule["suggestion"].as_str().unwrap().contains("added"), "{rule}");
    assert_eq!(rule["excerpt"], "  when: event.aded.exists(r, r.final)");
    let template = of("messages/outcome-to-officer/body.txt");
    assert_eq!(template["line"], json!(text_before.lines().count() + 1));
}

#[test]
fn a_folder_that_is_no_pack_fails_and_names_what_is_missing() {
    let place = tempfile::tempdir().unwrap();
    let output = usher(place.path(), &["pack", "check", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("pack.yaml"), "{output:?}");
}

#[test]
fn a_deadline_is_counted_out_in_words() {
    let said = well(
        Path::new("."),
        &["pack", "when", "end of 5 working days after received", "--at", "2026-12-24T15:00"],
    );
    assert!(said.starts_with("due Tue 5 Jan 2027 23:59 (2027-01-05T23:59:59+00:00)\n"), "{said}");
    assert!(said.contains("Mon 28 Dec 2026 is Boxing Day (substitute day), not counted"), "{said}");
}

#[test]
fn deadlines_are_counted_line_by_line() {
    let line = |deadline: &str, at: &str| format!("{}\n", json!({ "deadline": deadline, "at": at }));
    let days = |n: u32| {
        format!("end of {n} working days after received").replace(" 1 working days", " 1 working day")
    };
    let mut input = String::new();
    let mut expected = Vec::new();
    for (at, later, ends) in [
        (
            "2026-11-20T16:10",
            "2026-11-21T16:10:00+00:00",
            [
                "2026-11-23T23:59:59+00:00",
                "2026-11-24T23:59:59+00:00",
                "2026-11-27T23:59:59+00:00",
                "2026-12-04T23:59:59+00:00",
            ],
        ),
        (
            "2026-12-24T15:00",
            "2026-12-25T15:00:00+00:00",
            [
                "2026-12-29T23:59:59+00:00",
                "2026-12-30T23:59:59+00:00",
                "2027-01-05T23:59:59+00:00",
                "2027-01-12T23:59:59+00:00",
            ],
        ),
        (
            "2027-03-27T14:00",
            "2027-03-28T15:00:00+01:00",
            [
                "2027-03-30T23:59:59+01:00",
                "2027-03-31T23:59:59+01:00",
                "2027-04-05T23:59:59+01:00",
                "2027-04-12T23:59:59+01:00",
            ],
        ),
        (
            "2028-04-13T17:30",
            "2028-04-14T17:30:00+01:00",
            [
                "2028-04-18T23:59:59+01:00",
                "2028-04-19T23:59:59+01:00",
                "2028-04-24T23:59:59+01:00",
                "2028-05-02T23:59:59+01:00",
            ],
        ),
    ] {
        input += &line("24 hours after hearing", at);
        expected.push(later);
        for (count, end) in [1, 2, 5, 10].into_iter().zip(ends) {
            input += &line(&days(count), at);
            expected.push(end);
        }
    }
    let said = with_input(&["pack", "when", "--json"], &input);
    let due: Vec<&str> = said.iter().map(|answer| answer["due_at"].as_str().unwrap_or_default()).collect();
    assert_eq!(due, expected);
    assert!(said.iter().all(|answer| !answer["steps"].as_array().unwrap().is_empty()));
}

#[test]
fn a_bad_line_is_answered_and_the_next_one_is_counted() {
    let good = json!({ "deadline": "24 hours after now", "at": "2026-12-24T15:00" });
    let bad = json!({ "deadline": "5 fortnights after now", "at": "2026-12-24T15:00" });
    let no_date = json!({ "deadline": "24 hours after now", "at": "2026-02-30T10:00" });
    let said = with_input(&["pack", "when", "--json"], &format!("not json\n{bad}\n{no_date}\n{good}\n"));
    assert_eq!(said.iter().filter(|answer| answer["error"].is_string()).count(), 3, "{said:?}");
    assert_eq!(said[3]["due_at"], "2026-12-25T15:00:00+00:00");
}

#[test]
fn a_wrong_command_line_ends_with_two() {
    for arguments in [&["pack", "when"][..], &["import"], &["no-such-command"]] {
        assert_eq!(usher(Path::new("."), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

// ── Import ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A judicial result by its CJS code.
fn result(cjs: &str) -> ResultLine {
    ResultLine {
        defendant: Some(app::defendant(1)),
        offence: Some(app::offence(1)),
        cjs_code: Some(cjs.into()),
        label: cjs.into(),
        ordered_on: Some("2026-11-19".parse().unwrap()),
        ..ResultLine::blank(Line::Judicial)
    }
}

/// A folder of bodies: `cases` first results, some of them put right later, and one that cannot be read.
fn bodies(cases: u128) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for n in 1..=cases {
        let first = app::share(n, vec![result("1015")]);
        std::fs::write(place.path().join(format!("{n:05}-a.json")), compose(&first)).unwrap();
        if n % 3 == 0 {
            let mut second = app::share(n, vec![result("1015"), result("1002")]);
            second.shared_at += chrono::TimeDelta::hours(1);
            second.cases[0].amended = true;
            std::fs::write(place.path().join(format!("{n:05}-b.json")), compose(&second.canonical()))
                .unwrap();
        }
    }
    std::fs::write(place.path().join("malformed.json"), "{\"hearing\": ").unwrap();
    place
}

const UNIT: [&str; 5] = ["--urn-force", "52", "--unit", "Northgate", "--open-cases"];

/// Imports into a database called `name` in `folder`.
#[track_caller]
fn import(folder: &Path, bodies: &Path, name: &str, more: &[&str]) -> Value {
    let database = format!("sqlite:{name}.sqlite");
    let start = ["import", bodies.to_str().unwrap(), "--database", &database];
    well_json(folder, &[&start[..], &UNIT, more].concat())
}

#[test]
fn a_file_is_taken_for_what_it_is_whatever_it_is_called() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let spi = "<ResultedCaseMessage><Session><CourtHearing><Hearing><CourtHearingLocation>B52NG01</CourtHearingLocation>\
               <DateOfHearing>2026-03-02</DateOfHearing></Hearing></CourtHearing><Case><PTIURN>52NG0000126</PTIURN>\
               <Defendant><CourtIndividualDefendant><PersonDefendant><BasePersonDetails><PersonName>\
               <PersonFamilyName>Inventedson</PersonFamilyName></PersonName></BasePersonDetails></PersonDefendant>\
               </CourtIndividualDefendant></Defendant></Case></Session></ResultedCaseMessage>";
    let acknowledged = r#"{"cpsMessage": "acknowledgement", "version": 1, "urn": "52NG0000126"}"#;
    let vacated = r#"{"hearingId": "0d000000-0000-4000-8000-000000000001", "vacatedTrialReasonId": null,
        "caseDetails": [{"caseId": "0d000000-0000-4000-8000-000000000002", "caseUrn": "52NG0000126"}]}"#;
    for (name, body) in [("a.txt", spi), ("b", acknowledged), ("c.json", vacated)] {
        std::fs::write(bodies.path().join(name), body).unwrap();
    }
    let said = import(place.path(), bodies.path(), "a", &[]);
    let formats: Vec<_> =
        said["files"].as_array().unwrap().iter().map(|file| file["format"].as_str().unwrap()).collect();
    assert_eq!(formats, ["spi-resulted-case", "cps-message", "common-platform-trial-vacated"]);
    let summary = &said["summary"];
    assert_eq!(
        (&summary["failed"], &summary["parked"], &said["cases_opened"]),
        (&0.into(), &1.into(), &1.into())
    );
}

#[test]
fn importing_a_folder_again_changes_nothing() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(6));
    let first = import(place.path(), bodies.path(), "a", &[]);
    let again = import(place.path(), bodies.path(), "a", &[]);
    assert_eq!(
        first["summary"]["nothing"].as_u64().unwrap() + first["summary"]["applied"].as_u64().unwrap(),
        8
    );
    assert_eq!(again["summary"]["duplicate"], 9, "{again}");
    assert_eq!(first["court_facts"], again["court_facts"]);
    assert_eq!(first["court_facts"]["cases"], 6);
}

#[test]
fn files_in_any_order_end_in_the_same_court_facts_whether_cases_are_held_or_not() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(6));
    let forward = import(place.path(), bodies.path(), "forward", &[]);
    let backward = import(place.path(), bodies.path(), "backward", &["--reverse"]);
    let unit = &UNIT[..4];
    let start =
        ["import", bodies.path().to_str().unwrap(), "--reverse", "--database", "sqlite:waiting.sqlite"];
    let waiting = well_json(place.path(), &[&start[..], unit].concat());
    assert_eq!(waiting["summary"]["unlinked"], 8, "{waiting}");
    assert_eq!(forward["court_facts"], backward["court_facts"]);
    assert_eq!(forward["court_facts"], waiting["court_facts"]);
    assert!(backward["summary"]["stale"].as_u64().unwrap() > 0, "{backward}");
}

/// Two folders: a share of case 1; a later one with references added, and an unrelated case.
fn monday_and_tuesday() -> [tempfile::TempDir; 2] {
    let days = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let monday = app::share(1, vec![result("1015")]);
    let mut tuesday = app::share(1, vec![result("1015"), result("1002")]);
    tuesday.shared_at += chrono::TimeDelta::days(1);
    tuesday.cases[0].authority_reference = Some("NG/123".into());
    std::fs::write(days[0].path().join("1.json"), compose(&monday)).unwrap();
    std::fs::write(days[1].path().join("1.json"), compose(&tuesday.canonical())).unwrap();
    std::fs::write(days[1].path().join("2.json"), compose(&app::share(2, vec![result("1015")]))).unwrap();
    days
}

#[test]
fn a_case_whose_references_grew_stops_no_import() {
    let (place, [monday, tuesday]) = (tempfile::tempdir().unwrap(), monday_and_tuesday());
    import(place.path(), monday.path(), "a", &[]);
    let said = import(place.path(), tuesday.path(), "a", &[]);
    assert_eq!(said["summary"]["failed"], 0, "{said}");
    assert_eq!((&said["cases_opened"], &said["court_facts"]["cases"]), (&json!(1), &json!(2)), "{said}");
    let both = [tuesday.path().to_str().unwrap(), "--reverse"];
    let turned = import(place.path(), monday.path(), "b", &both);
    assert_eq!(turned["court_facts"], said["court_facts"]);
}

#[test]
fn a_file_that_cannot_be_read_is_counted_as_failed_and_the_others_are_taken() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(2));
    std::os::unix::fs::symlink("gone", bodies.path().join("00000.json")).unwrap();
    let path = bodies.path().to_str().unwrap();
    let start = ["import", path, "--database", "sqlite:a.sqlite", "--output", "json"];
    let output = usher(place.path(), &[&start[..], &UNIT].concat());
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&said["summary"]["failed"], &said["court_facts"]["cases"]), (&json!(1), &json!(2)), "{said}");
    assert!(said["reasons"].to_string().contains("No such file"), "{said}");
}

#[test]
fn a_later_import_that_opens_cases_says_how_many_results_had_waited() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(3));
    let start = ["import", bodies.path().to_str().unwrap(), "--database", "sqlite:a.sqlite"];
    well_json(place.path(), &[&start[..], &UNIT[..4]].concat());
    let said = import(place.path(), bodies.path(), "a", &[]);
    assert_eq!((&said["cases_opened"], &said["waiting_results_taken_up"]), (&json!(3), &json!(4)), "{said}");
    let again = import(place.path(), bodies.path(), "a", &[]);
    assert_eq!((&again["cases_opened"], &again["waiting_results_taken_up"]), (&json!(0), &json!(0)));
}

#[test]
fn a_new_units_urns_begin_with_two_figures() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(1));
    let output = usher(place.path(), &["import", bodies.path().to_str().unwrap(), "--urn-force", "abc"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("two figures"), "{output:?}");
    assert!(!place.path().join("usher.sqlite").exists());
}

#[test]
fn a_malformed_file_is_parked_with_its_place_and_stops_nobody() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(1));
    let said = import(place.path(), bodies.path(), "a", &[]);
    let files = said["files"].as_array().unwrap();
    let parked = files.iter().find(|file| file["outcome"] == "parked").unwrap();
    assert!(parked["path"].as_str().unwrap().ends_with("malformed.json"));
    assert!(parked["reason"].as_str().unwrap().contains("line 1"), "{parked}");
    assert_eq!(files.len(), 2);
}

#[test]
fn another_forces_cases_are_not_ours() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(2));
    let start = ["import", bodies.path().to_str().unwrap(), "--database", "sqlite:a.sqlite"];
    let said = well_json(place.path(), &[&start[..], &["--urn-force", "28"]].concat());
    assert_eq!(said["summary"]["not-ours"], 2);
}

#[test]
fn a_database_without_a_unit_asks_which_cases_are_its_own() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(1));
    let output = usher(place.path(), &["import", bodies.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--urn-force"), "{output:?}");
}

#[test]
fn two_imports_at_once_do_not_write_to_one_sqlite_database() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(1));
    let lock = std::fs::File::create(place.path().join("a.write-lock")).unwrap();
    lock.lock().unwrap();
    let start = ["import", bodies.path().to_str().unwrap(), "--database", "sqlite:a.sqlite"];
    let output = usher(place.path(), &[&start[..], &UNIT].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("another usher writes"), "{output:?}");
}

#[test]
fn an_import_that_was_killed_is_finished_by_starting_it_again() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(400));
    let whole = import(place.path(), bodies.path(), "whole", &[]);
    let start = ["import", bodies.path().to_str().unwrap(), "--database", "sqlite:killed.sqlite"];
    let child = command(place.path(), &[&start[..], &UNIT].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    kill_while_it_writes(child, &place.path().join("killed.sqlite-wal"));
    let again = import(place.path(), bodies.path(), "killed", &[]);
    assert_eq!(again["court_facts"], whole["court_facts"]);
    let ends = |said: &Value| -> u64 {
        said["summary"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
    };
    assert_eq!(ends(&again), ends(&whole), "every file has an outcome");
    assert_eq!(again["summary"]["failed"], 0);
    let third = import(place.path(), bodies.path(), "killed", &[]);
    assert_eq!(third["summary"]["duplicate"].as_u64().unwrap(), ends(&whole), "nothing is left to do");
}

/// Ends a process without warning once its database has grown beyond the empty schema, or leaves it if it is faster.
fn kill_while_it_writes(mut child: Child, log: &Path) {
    let begun = Instant::now();
    let empty = 1_500_000;
    while begun.elapsed() < Duration::from_secs(30) {
        let size = std::fs::metadata(log).map_or(0, |about| about.len());
        if size > empty || child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

// ── The demo, and why ──────────────────────────────────────────────────────────────────────────────────────────────

/// Plays the demo in `folder`/demo.
fn demo(folder: &Path) -> Value {
    well_json(folder, &["demo", "--no-serve", "--folder", "demo"])
}

#[test]
fn the_demo_gives_everybody_a_list_and_writes_mails() {
    let place = tempfile::tempdir().unwrap();
    let said = demo(place.path());
    let lists = said["lists"].as_array().unwrap();
    assert!(lists.iter().filter(|list| list["role"] != "queue").count() == 9);
    assert!(lists.iter().map(|list| list["tasks"].as_array().unwrap().len()).sum::<usize>() > 8, "{said}");
    let mails = std::fs::read_dir(place.path().join("demo/mail")).unwrap().count();
    assert_eq!(json!(mails), said["mails_written"]);
    assert!(mails > 0);
}

#[test]
fn the_demo_says_what_became_of_every_message() {
    let place = tempfile::tempdir().unwrap();
    let said = well(place.path(), &["demo", "--no-serve", "--folder", "demo"]);
    let line = said.lines().find(|line| line.contains("written to")).unwrap();
    let number = |before: &str| -> usize {
        let words: Vec<&str> = line.split_whitespace().collect();
        let of = |pair: &&[&str]| pair[1].trim_end_matches('s') == before && pair[0].parse::<usize>().is_ok();
        words.windows(2).filter(of).map(|pair| pair[0].parse::<usize>().unwrap()).sum()
    };
    let all = line.split_whitespace().next().unwrap().parse::<usize>().unwrap();
    assert_eq!(all, number("mail") + number("letter") + number("email") + number("form"), "{line}");
}

#[test]
fn the_demo_is_the_same_every_time() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(demo(one.path()), demo(other.path()));
}

#[test]
fn the_demo_touches_no_folder_that_holds_something() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("mine"), "").unwrap();
    let output = usher(place.path(), &["demo", "--no-serve", "--folder", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("not empty"), "{output:?}");
}

#[test]
fn a_task_says_why_it_is_there_and_how_its_clocks_were_counted() {
    let place = tempfile::tempdir().unwrap();
    let said = demo(place.path());
    let tasks = said["lists"].as_array().unwrap().iter().flat_map(|list| list["tasks"].as_array().unwrap());
    let owed = tasks.clone().find(|task| task["duties"].as_u64() > Some(0)).unwrap();
    let database = ["--database", "sqlite:demo/usher.sqlite"];
    let why = well_json(place.path(), &[&["explain", owed["id"].as_str().unwrap()], &database[..]].concat());
    assert!(!why["task"]["assigned_because"].as_str().unwrap().is_empty());
    let duty = &why["duties"][0]["because"][0];
    assert!(!duty["due_steps"].as_array().unwrap().is_empty() && duty["rule"].is_string(), "{why}");
    let event = why["duties"][0]["because"][0]["event"].as_str().unwrap();
    let what = well_json(place.path(), &[&["explain", event], &database[..]].concat());
    assert_eq!(what["event"]["kind"], "hearing.resulted");
    let heard = what["cases"][0]["heard"].as_array().unwrap();
    assert!(heard.iter().any(|rule| rule["rule"] == duty["rule"] && rule["spoke"].as_u64() > Some(0)));
}

#[test]
fn of_an_event_the_silent_rules_say_which_conditions_did_not_hold() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(1));
    let said = import(place.path(), bodies.path(), "a", &[]);
    let files = said["files"].as_array().unwrap();
    let event = files[0]["event"].as_str().unwrap();
    let what = well_json(place.path(), &["explain", event, "--database", "sqlite:a.sqlite"]);
    let silent = what["cases"][0]["silent"].as_array().unwrap();
    assert!(!silent.is_empty());
    for rule in silent {
        assert!(rule["why"]["asked"].is_array() || rule["why"]["nobody_in"].is_string(), "{rule}");
    }
}

#[test]
fn an_unknown_id_is_said_to_be_unknown() {
    let place = tempfile::tempdir().unwrap();
    well(place.path(), &["migrate", "--database", "sqlite:a.sqlite"]);
    let id = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b";
    let output = usher(place.path(), &["explain", id, "--database", "sqlite:a.sqlite"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no task's and no event's id"), "{output:?}");
}

// ── The bench ──────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_bench_measures_on_a_database_that_it_drops_again() {
    let place = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", place.path().display());
    let arguments = ["bench", "--events", "100", "--only", "typed", "--database", &database];
    let said = well_json(place.path(), &arguments);
    assert!(said["typed"]["of_floor"].as_f64().unwrap() > 0.0, "{said}");
    assert_eq!(said["typed"]["events"], 100);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing is left behind");
}
