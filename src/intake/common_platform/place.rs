//! Where in a JSON text a byte stands, as a path: `hearing.prosecutionCases[0].id`.
//!
//! Asked only once a parser has refused the text, so that a good body pays nothing for it.

use std::fmt::Write;

/// The longest name of a field that is passed on.
const NAME_MAX: usize = 40;

/// One object or list that the byte is in.
enum Open<'a> {
    Object { key: &'a str, at_value: bool },
    List { index: usize },
}

/// The path of the value that stands at a line and a column, both from 1; none outside every value. What does not look
/// like a field's name is left out, since a text may be in its place.
pub(super) fn of(body: &[u8], line: usize, column: usize) -> Option<String> {
    let start: usize =
        body.split_inclusive(|byte| *byte == b'\n').take(line.checked_sub(1)?).map(<[u8]>::len).sum();
    let end = (start + column).min(body.len());
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut at = 0;
    while at < end {
        match body[at] {
            b'{' => open.push(Open::Object { key: "", at_value: false }),
            b'[' => open.push(Open::List { index: 0 }),
            // An empty or finished value is the one that is meant where the text ends with it.
            b'}' | b']' if at + 1 < end => drop(open.pop()),
            b':' => {
                if let Some(Open::Object { at_value, .. }) = open.last_mut() {
                    *at_value = true;
                }
            }
            b',' => match open.last_mut() {
                Some(Open::Object { at_value, .. }) => *at_value = false,
                Some(Open::List { index }) => *index += 1,
                None => {}
            },
            b'"' => {
                let close = end_of_text(body, at + 1);
                if let Some(Open::Object { key, at_value: false }) = open.last_mut() {
                    *key = std::str::from_utf8(&body[at + 1..close]).unwrap_or_default();
                }
                at = close;
            }
            _ => {}
        }
        at += 1;
    }
    let mut path = String::new();
    for step in &open {
        match step {
            Open::Object { at_value: false, .. } => {}
            Open::Object { key, .. } => {
                let name = if is_name(key) { key } else { "…" };
                let dot = if path.is_empty() { "" } else { "." };
                write!(path, "{dot}{name}").ok()?;
            }
            Open::List { index } => write!(path, "[{index}]").ok()?,
        }
    }
    (!path.is_empty()).then_some(path)
}

/// Where a text that begins at `from` is closed; the end of the body where it is not.
fn end_of_text(body: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < body.len() && body[at] != b'"' {
        at += if body[at] == b'\\' { 2 } else { 1 };
    }
    at.min(body.len())
}

fn is_name(key: &str) -> bool {
    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain && key.len() <= NAME_MAX && key.starts_with(|first: char| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_place_is_a_path_from_the_outermost_object_down() {
        let body = br#"{"a":1,"hearing":{"type":{"b":"}"},"list":[[],{"c":"\"x"}, 7]}}"#;
        let path = |what: &str| {
            let text = std::str::from_utf8(body).unwrap();
            of(body, 1, text.find(what).unwrap() + what.len())
        };
        assert_eq!(path(r#""a":1"#).as_deref(), Some("a"));
        assert_eq!(path(r#""b":"}""#).as_deref(), Some("hearing.type.b"));
        assert_eq!(path("[[").as_deref(), Some("hearing.list[0][0]"));
        assert_eq!(path(r#"x""#).as_deref(), Some("hearing.list[1].c"));
        assert_eq!(path(" 7").as_deref(), Some("hearing.list[2]"));
        assert_eq!(of(body, 1, 1), None);
        assert_eq!(of(b"{\n \"Mallory Invented\": [\n1", 3, 1).as_deref(), Some("…[0]"));
        assert_eq!(of(b"\"never closed \\", 9, 9), None);
    }
}
