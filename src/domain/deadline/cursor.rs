//! A place in the words of a text: what stands here, whether it is what is wanted, and the error where it is not.

use std::ops::Range;

use chrono::NaiveTime;

use super::ParseError;
use super::error::nearest;
use super::lex::{self, Spanned, Token};

pub(super) struct Cursor<'t> {
    text: &'t str,
    tokens: Vec<Spanned>,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Result<Cursor<'t>, ParseError> {
        Ok(Cursor { text, tokens: lex::tokens(text)?, at: 0 })
    }

    /// Goes on to the next word.
    pub(super) fn bump(&mut self) {
        self.at += 1;
    }

    /// Where the word before this one stands.
    pub(super) fn span_before(&self) -> Option<Range<usize>> {
        let before = self.at.checked_sub(1)?;
        self.tokens.get(before).map(|(_, span)| span.clone())
    }

    /// `hours` and `hour` alike, whatever the number.
    pub(super) fn is_unit(&self, plural: &str) -> bool {
        self.is(plural) || plural.strip_suffix('s').is_some_and(|singular| self.is(singular))
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).map(|(token, _)| *token)
    }

    /// The bytes of the word here; at the end, the empty place behind the last word.
    pub(super) fn span(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        self.tokens.get(self.at).map_or(end..end, |(_, span)| span.clone())
    }

    pub(super) fn word(&self) -> &'t str {
        self.text.get(self.span()).unwrap_or("")
    }

    pub(super) fn time(&mut self) -> Option<NaiveTime> {
        let Some(Token::Time(time)) = self.peek() else { return None };
        self.at += 1;
        Some(time)
    }

    pub(super) fn is(&self, keyword: &str) -> bool {
        self.peek() == Some(Token::Word) && self.word().eq_ignore_ascii_case(keyword)
    }

    pub(super) fn next_is(&self, keyword: &str) -> bool {
        let next = self.tokens.get(self.at + 1).and_then(|(_, span)| self.text.get(span.clone()));
        next.is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    }

    /// Goes past `keyword` and says whether it was there.
    pub(super) fn eat(&mut self, keyword: &str) -> bool {
        let here = self.is(keyword);
        self.at += usize::from(here);
        here
    }

    /// Goes past a `the`, but not past a second one.
    pub(super) fn eat_article(&mut self) {
        let before = self.span_before().and_then(|span| self.text.get(span));
        if !before.is_some_and(|word| word.eq_ignore_ascii_case("the")) {
            self.eat("the");
        }
    }

    pub(super) fn eat_token(&mut self, token: Token) -> bool {
        let here = self.peek() == Some(token);
        self.at += usize::from(here);
        here
    }

    pub(super) fn expect(&mut self, keyword: &str) -> Result<(), ParseError> {
        if self.eat(keyword) { Ok(()) } else { Err(self.wrong(&format!("`{keyword}`"), &[keyword])) }
    }

    /// The error that the word here is not what the grammar wants, with the nearest candidate.
    pub(super) fn wrong(&self, expected: &str, candidates: &[&str]) -> ParseError {
        let found = match self.peek() {
            None => "the end of the text".to_owned(),
            Some(_) => format!("`{}`", self.word()),
        };
        let suggestion = match self.peek() {
            Some(Token::Word) => nearest(self.word(), candidates.iter().copied()),
            _ => None,
        };
        ParseError { span: self.span(), expected: expected.to_owned(), found, suggestion }
    }
}
