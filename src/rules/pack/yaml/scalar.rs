//! From a place in a scalar's text to the place in the file.
//!
//! Quotes, escapes, folding and indentation change only white space and the spelling of single characters: the
//! visible characters of the text stand in the file in the same order. So one walk over both, which lets white space
//! pass on either side, finds every character, whatever the style.

use std::ops::Range;

/// The bytes of `file` on which the part `span` of the scalar `text` stands, which itself stands on `bytes`.
pub(super) fn part(file: &str, bytes: &Range<usize>, text: &str, span: Range<usize>) -> Range<usize> {
    let Some(written) = file.get(bytes.clone()) else { return bytes.clone() };
    let mut walk = Walk::new(written, is_block(file, bytes.start));
    let (mut start, mut end) = (None, None);
    for (index, letter) in text.char_indices() {
        let here = walk.find(letter);
        if index >= span.start && start.is_none() {
            start = Some(here.start);
        }
        if index >= span.end {
            break;
        }
        end = Some(here.end);
    }
    let end = end.unwrap_or(walk.at);
    let start = start.unwrap_or(end);
    bytes.start + start..bytes.start + end.max(start)
}

/// Whether a scalar is a block, `|` or `>`: its place begins with its text, after the line that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Yes,
    No,
}

/// Whether the scalar that stands at `start` of `file` is a block: it begins its line, and the line before ends with
/// `|` or `>` and their marks.
pub(super) fn is_block(file: &str, start: usize) -> Block {
    let before = file.get(..start).unwrap_or_default();
    let Some((above, indent)) = before.rsplit_once('\n') else { return Block::No };
    let Some(header) = above.lines().rev().find(|line| !line.trim().is_empty()) else { return Block::No };
    let header = header.split(" #").next().unwrap_or_default().trim_end();
    let header = header.trim_end_matches(|mark: char| mark.is_ascii_digit() || mark == '+' || mark == '-');
    match indent.trim().is_empty() && header.ends_with(['|', '>']) {
        true => Block::Yes,
        false => Block::No,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
}

struct Walk<'t> {
    written: &'t str,
    style: Style,
    at: usize,
}

impl<'t> Walk<'t> {
    fn new(written: &'t str, block: Block) -> Self {
        let (style, at) = match (block, written.as_bytes().first()) {
            (Block::No, Some(b'\'')) => (Style::Single, 1),
            (Block::No, Some(b'"')) => (Style::Double, 1),
            _ => (Style::Plain, 0),
        };
        Self { written, style, at }
    }

    /// Where the next character of the text, `letter`, is written.
    fn find(&mut self, letter: char) -> Range<usize> {
        if letter.is_whitespace() {
            let start = self.at;
            if let Some(next) =
                self.rest().chars().next().filter(|next| next.is_whitespace() || *next == '\\')
            {
                self.at += if next == '\\' { self.escape() } else { next.len_utf8() };
            }
            return start..self.at;
        }
        loop {
            let rest = self.rest();
            let Some(next) = rest.chars().next() else { return self.at..self.at };
            let continued = self.style == Style::Double && rest.starts_with("\\\n");
            if !next.is_whitespace() && !continued {
                break;
            }
            self.at += if continued { 2 } else { next.len_utf8() };
        }
        let start = self.at;
        self.at += match (self.style, self.rest()) {
            (Style::Single, rest) if rest.starts_with("''") => 2,
            (Style::Double, rest) if rest.starts_with('\\') => self.escape(),
            (_, rest) => rest.chars().next().map_or(0, char::len_utf8),
        };
        start..self.at
    }

    fn rest(&self) -> &'t str {
        self.written.get(self.at..).unwrap_or_default()
    }

    /// How long the escape that starts here is.
    fn escape(&self) -> usize {
        let long = match self.rest().as_bytes().get(1) {
            Some(b'x') => 4,
            Some(b'u') => 6,
            Some(b'U') => 10,
            _ => 2,
        };
        long.min(self.rest().len())
    }
}
