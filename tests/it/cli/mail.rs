//! Mail from files, once.

use super::{bodies, import, text, usher, well_json};
use serde_json::json;

#[test]
fn mails_are_taken_in_once_and_stay_where_they_are() {
    let (place, bodies) = (tempfile::tempdir().unwrap(), bodies(1));
    import(place.path(), bodies.path(), "a", &[]);
    let mails = place.path().join("mails");
    std::fs::create_dir(&mails).unwrap();
    std::fs::write(mails.join("a.eml"), "From: a@x.test\r\nMessage-ID: <1@x.test>\r\n\r\nHello\r\n").unwrap();
    std::fs::write(mails.join("notes.txt"), "no mail").unwrap();
    let start = ["import", "mail", "mails", "--database", "sqlite:a.sqlite"];
    let counts = |recorded: u32, repeated: u32| json!({ "recorded": recorded, "unmatched": recorded, "repeated": repeated, "failed": 0, "failures": [] });
    assert_eq!(well_json(place.path(), &start), counts(1, 0));
    assert_eq!(well_json(place.path(), &start), counts(0, 1));
    assert!(mails.join("a.eml").exists());
    std::fs::write(mails.join("b.eml"), "no mail").unwrap();
    let output = usher(place.path(), &start);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("b.eml: it is no mail"), "{output:?}");
}
