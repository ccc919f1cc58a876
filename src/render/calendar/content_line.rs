//! The lines of a calendar object: folded, escaped, ended by CRLF (RFC 5545, 3.1 and 3.3.11).

use std::fmt::Write as _;

/// Longest line in bytes, its end not counted.
const LINE_BYTES_MAX: usize = 75;

/// Writes a line, folded where it is too long; a letter of several bytes is never torn.
pub(super) fn write_line(out: &mut String, line: &str) {
    let mut bytes = 0;
    for letter in line.chars() {
        if bytes + letter.len_utf8() > LINE_BYTES_MAX {
            out.push_str("\r\n ");
            bytes = 1;
        }
        out.push(letter);
        bytes += letter.len_utf8();
    }
    out.push_str("\r\n");
}

/// A text as a property's value. Control characters other than line ends cannot be said in one, and are left out.
pub(super) fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A text as a parameter's value, in quotation marks, which cannot be said in one.
pub(super) fn parameter(value: &str) -> String {
    let plain: String = value
        .chars()
        .filter(|letter| !letter.is_control())
        .map(|letter| if letter == '"' { '\'' } else { letter })
        .collect();
    format!("\"{plain}\"")
}

/// An address in a `mailto:` (RFC 6068): what means something else there is written as its number.
pub(super) fn uri(address: &str) -> String {
    let mut written = String::with_capacity(address.len());
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$'*+@".contains(&byte) {
            written.push(char::from(byte));
        } else {
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}
