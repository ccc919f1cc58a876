//! Lines of a template that hold tags alone leave no line in the text; every other line ends where its author ended
//! it.
//!
//! The engine's own trimming removes the line end after *any* tag, so that a sentence ending in `{% endif %}` runs
//! into the next one: a trap for people who write letters. So lines of tags alone are marked before compiling, and
//! the marks are removed with their line ends afterwards. Line numbers stay those of the file.

/// A character that no text has: the first of Unicode's private use area.
const MARK: char = '\u{e000}';

/// The source with its lines of tags alone marked.
pub(super) fn marked(source: &str) -> String {
    let mut marked = String::with_capacity(source.len() + 16);
    for line in source.split_inclusive('\n') {
        let ended = line.ends_with('\n');
        let text = line.trim_end_matches(['\r', '\n']);
        if is_tags_alone(text) {
            marked.push_str(text.trim());
            marked.push(MARK);
        } else {
            marked.push_str(text);
        }
        if ended {
            marked.push('\n');
        }
    }
    marked
}

/// The filled text without the marked lines, and without three line ends in a row.
pub(super) fn tidied(filled: &str) -> String {
    let unmarked = filled.replace("\u{e000}\n", "").replace(MARK, "");
    let mut text = String::with_capacity(unmarked.len());
    let mut empty = 0;
    for line in unmarked.trim().lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn is_tags_alone(line: &str) -> bool {
    let mut rest = line.trim();
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let closes = match rest.get(..2) {
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => return false,
        };
        match rest.find(closes) {
            Some(at) => rest = rest[at + 2..].trim_start(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_tags_alone_leaves_no_line_and_a_sentence_keeps_its_end() {
        let source = "{% if a %}\none {% if b %}two{% endif %}\n{% endif %} {# done #}\nthree";
        assert_eq!(
            marked(source),
            "{% if a %}\u{e000}\none {% if b %}two{% endif %}\n{% endif %} {# done #}\u{e000}\nthree"
        );
        assert_eq!(tidied("\u{e000}\none\n\u{e000}\nthree"), "one\nthree\n");
    }

    #[test]
    fn several_empty_lines_become_one() {
        assert_eq!(tidied("\n\none\n\n\n \ntwo  \n\n"), "one\n\ntwo\n");
    }
}
