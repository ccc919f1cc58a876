//! The words of a deadline's text, each with the bytes it stands on.

use std::ops::Range;

use chrono::NaiveTime;

use super::{COUNT_MAX, ParseError};

/// One word of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// From 1 to [`COUNT_MAX`].
    Number(u32),
    /// `17:00`
    Time(NaiveTime),
    /// A keyword or a dotted name; its letters are in the text.
    Word,
    Open,
    Close,
    Comma,
}

pub(super) type Spanned = (Token, Range<usize>);

/// All words of `text`, or the first that is none.
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, ParseError> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        let belongs: fn(char) -> bool = match first {
            c if c.is_whitespace() => continue,
            '0'..='9' => |c| c.is_ascii_digit() || c == ':',
            c if is_letter(c) => |c| is_letter(c) || c.is_ascii_digit() || c == '.',
            _ => |_| false,
        };
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = rest.next_if(|(_, c)| belongs(*c)) {
            end = at + c.len_utf8();
        }
        // A fact that is asked with a word: `event.task.day("review-on")` is one name.
        if is_letter(first)
            && let Some(asked) = argument(&text[end..])
        {
            end += asked;
            while rest.next_if(|(at, _)| *at < end).is_some() {}
        }
        let word = &text[start..end];
        let wrong = |expected: String| ParseError {
            span: start..end,
            expected,
            found: format!("`{word}`"),
            suggestion: None,
        };
        let token = match first {
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '0'..='9' if word.contains(':') => {
                Token::Time(time(word).ok_or_else(|| wrong("a time of day from 00:00 to 23:59".to_owned()))?)
            }
            '0'..='9' => Token::Number(
                word.parse()
                    .ok()
                    .filter(|count| (1..=COUNT_MAX).contains(count))
                    .ok_or_else(|| wrong(format!("a number from 1 to {COUNT_MAX}")))?,
            ),
            c if is_letter(c) => {
                let name = word.split('(').next().unwrap_or(word);
                if name.split('.').any(|part| !part.starts_with(is_letter)) {
                    return Err(wrong("a dotted name such as `event.received_at`".to_owned()));
                }
                Token::Word
            }
            _ => return Err(wrong("words, numbers, times such as `17:00`, `(`, `)` and `,`".to_owned())),
        };
        found.push((token, start..end));
    }
    Ok(found)
}

/// How long `("word")` is, where that comes next.
fn argument(rest: &str) -> Option<usize> {
    let quote = rest.strip_prefix('(')?.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = &rest[2..];
    let end = inner.find(quote)?;
    let word = inner[..end].chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    (word && inner[end + 1..].starts_with(')')).then_some(end + 4)
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// `9:30` and `09:30`, to the minute.
fn time(word: &str) -> Option<NaiveTime> {
    let (hour, minute) = word.split_once(':')?;
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)
}
