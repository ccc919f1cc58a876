//! Where each node of a file stands.

use super::*;

fn tree(text: &str) -> Node {
    parse(text).unwrap()
}

#[test]
fn a_plain_scalar_is_what_yaml_says_and_no_more() {
    for (written, value) in [
        ("4575", Value::Int(4575)),
        ("-3", Value::Int(-3)),
        ("true", Value::Bool(true)),
        ("'4575'", Value::Text("4575".into())),
        ("0012", Value::Text("0012".into())),
        ("1.10", Value::Text("1.10".into())),
        ("no", Value::Text("no".into())),
        ("on", Value::Text("on".into())),
        ("08:00", Value::Text("08:00".into())),
        ("2026-01-01", Value::Text("2026-01-01".into())),
        ("1e3", Value::Text("1e3".into())),
        ("0x1F", Value::Text("0x1F".into())),
        ("~", Value::Null),
        ("", Value::Null),
    ] {
        assert_eq!(tree(&format!("a: {written}\n")).get("a").unwrap().value, value, "{written}");
    }
}

#[test]
fn a_key_called_on_is_a_key() {
    assert_eq!(tree("on: x\n").get("on").unwrap().text(), Some("x"));
}

#[test]
fn an_empty_file_is_nothing() {
    assert_eq!(tree("").value, Value::Null);
    assert_eq!(tree("# nothing yet\n").value, Value::Null);
}

#[test]
fn keys_and_values_know_their_places() {
    let tree = tree("a:\n  - b: 'é' # note\n    c:  {d: e}\n");
    let first = &tree.get("a").unwrap().elements().unwrap()[0];
    let places: Vec<String> = first
        .entries()
        .unwrap()
        .iter()
        .flat_map(|entry| [entry.key_at.to_string(), entry.value.at.to_string()])
        .collect();
    assert_eq!(places, ["2:5", "2:8", "3:5", "3:9"]);
}

/// Where `wanted` stands in the file, asked for by its place in the value.
fn found<'f>(file: &'f str, wanted: &str) -> &'f str {
    let tree = tree(file);
    let node = tree.get("a").unwrap();
    let start = node.text().unwrap().find(wanted).unwrap();
    &file[node.part(file, start..start + wanted.len())]
}

#[test]
fn a_part_of_a_scalar_is_found_whatever_its_style() {
    for (file, wanted, written) in [
        ("a: one two three # four\n", "two", "two"),
        ("a: one\n  two\n  three\n", "two", "two"),
        ("a: one\n\n  two\n", "\ntwo", "\n\n  two"),
        ("a: 'it''s two'\n", "two", "two"),
        ("a: 'it''s two'\n", "it's", "it''s"),
        ("a: \"x \\\"q\\\" two\"\n", "two", "two"),
        ("a: \"x \\\"q\\\" two\"\n", "\"q\"", "\\\"q\\\""),
        ("a: \"\\u00e9\\x41 two\"\n", "two", "two"),
        ("a: \"one \\\n  two\"\n", "two", "two"),
        ("a: |\n  one\n    two\n  three\n", "three", "three"),
        ("a: |-\n  'quoted' two\n", "two", "two"),
        ("a: |2 # note\n   one\n  two\n", "two", "two"),
        ("a: >\n  one\n  two\n\n  three\n", "three", "three"),
        ("a: >-\n\n  \"x\" == y\n  && two\n", "&& two", "&& two"),
        ("a:\n  one two\n", "two", "two"),
        ("a: {b: c}\n", "", ""),
    ] {
        if wanted.is_empty() {
            continue;
        }
        assert_eq!(found(file, wanted), written, "{file:?}");
    }
}

#[test]
fn a_file_from_windows_keeps_its_places() {
    let file = "\u{feff}b: 1\r\na: |\r\n  one\r\n  two\r\n";
    assert_eq!(found(file, "two"), "two");
    assert_eq!(tree(file).get("a").unwrap().at.to_string(), "3:3");
    assert_eq!(tree(file).get("b").unwrap().value, Value::Int(1));
}

#[test]
fn the_end_of_a_scalar_is_its_last_place() {
    let file = "a: 'one'\n";
    let tree = tree(file);
    assert_eq!(tree.get("a").unwrap().part(file, 3..3), 7..7);
}

#[test]
fn a_text_that_is_no_yaml_says_where() {
    for (text, place, message) in [
        ("a: b: c\n", "1:5", "this is not YAML: mapping values are not allowed in this context"),
        ("a: 1\na: 2\n", "2:1", "`a` stands twice in one map"),
        ("a: 1\n---\nb: 2\n", "3:1", "a pack's file holds one YAML document, without `---`"),
        ("a: *nope\n", "1:4", "this is not YAML: alias references unknown anchor"),
    ] {
        let broken = parse(text).unwrap_err();
        assert_eq!((broken.at.to_string().as_str(), broken.message.as_str()), (place, message), "{text:?}");
    }
}

#[test]
fn a_tree_too_deep_is_refused_and_does_not_overflow() {
    let text = format!("a: {}{}\n", "[".repeat(20_000), "]".repeat(20_000));
    assert!(parse(&text).is_err());
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = level - 1;
        let row = vec![format!("*a{before}"); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{row}]\n"));
    }
    assert!(parse(&text).is_err());
}
