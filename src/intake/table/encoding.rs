//! A table's bytes as text, and which line of the file a place in it is on.
//!
//! Spreadsheets save tables in three encodings under one name. Only UTF-8 is taken: the others would be read with
//! letters lost, and a name without its letters is another name.

use super::Unreadable;

/// What stands in place of bytes that are not UTF-8: by it [`damage`] finds the cell.
const LOST: char = char::REPLACEMENT_CHARACTER;

/// The bytes as text, without the mark with which a spreadsheet begins its files.
///
/// # Errors
/// [`Unreadable`] for UTF-16. Single characters that are not UTF-8 are left to [`damage`], which knows their cell.
pub(in crate::intake) fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    // A nought is in no table as text; in UTF-16 every other byte is one.
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        return Err(Unreadable::Utf16);
    }
    let text = String::from_utf8_lossy(bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// What makes a cell unfit to be read, whatever its column; none where nothing does.
pub(super) fn damage(cell: &str) -> Option<&'static str> {
    if cell.contains(LOST) {
        return Some(
            "has a letter that is not in UTF-8: open the table where it was made, see that the letter is right, and \
             save it as \"CSV UTF-8\"",
        );
    }
    cell.contains(char::is_control).then_some(
        "has a line break or another control character: keep each cell in one line, and close every quotation mark",
    )
}

/// Where the lines of a text begin.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    /// The lines as an editor counts them, whether they end as on Windows, elsewhere, or on very old machines.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let begins = (0..bytes.len()).filter(ends).map(|at| at + 1);
        Self(std::iter::once(0).chain(begins).collect())
    }

    /// The number of the line that this byte is on, from 1.
    pub(super) fn at(&self, byte: usize) -> u64 {
        u64::try_from(self.0.partition_point(|begin| *begin <= byte)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for text in ["a\nb\n\nc", "a\r\nb\r\n\r\nc", "a\rb\r\rc"] {
            let lines = Lines::of(text);
            let of = |letter: char| lines.at(text.find(letter).unwrap());
            assert_eq!((of('a'), of('b'), of('c')), (1, 2, 4), "{text:?}");
        }
    }

    #[test]
    fn utf_16_is_known_with_its_mark_and_without() {
        let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for bytes in [utf_16("\u{feff}name"), utf_16("name"), b"\xfe\xff\0n".to_vec()] {
            assert_eq!(decode(&bytes), Err(Unreadable::Utf16));
        }
        assert_eq!(decode(b"\xef\xbb\xbfname").unwrap(), "name");
    }
}
