//! The reader of the grammar: words in, [`Deadline`] out, or the one place that is wrong.
//!
//! Every form is a prefix with at most one trailing deadline, so one word of look-ahead is enough, nothing is
//! ambiguous, and the canonical words of any deadline parse to the same deadline again. Depth, length and numbers are
//! limited: a text comes from whoever edits the pack.

use std::ops::Range;

use super::cursor::Cursor;
use super::error::nearest;
use super::lex::Token;
use super::{Amount, Deadline, Limits, Moment, NOW, NoLimits, ParseError, Quantity, Unit, Which};

/// The longest text read, in bytes.
pub const TEXT_MAX: usize = 2_000;

/// How deep deadlines may be nested in one another.
pub const DEPTH_MAX: usize = 12;

/// How many parts `earlier of (…)` and `later of (…)` may have.
pub const PARTS_MAX: usize = 16;

/// Words that begin a form, for "did you mean".
const STARTERS: [&str; 7] = ["end", "next", "the", "other", "earlier", "later", "opening"];

/// Words that may follow a number, for "did you mean".
const UNITS: [&str; 8] = ["minutes", "hours", "days", "weeks", "months", "working", "unit", "shift"];

/// Words with a meaning of their own, which no anchor may be called.
const RESERVED: [&str; 30] = [
    "after",
    "at",
    "before",
    "day",
    "days",
    "earlier",
    "end",
    "half",
    "hour",
    "hours",
    "later",
    "limit",
    "minute",
    "minutes",
    "month",
    "months",
    "next",
    "of",
    "on",
    "opening",
    "other",
    "shift",
    "the",
    "today",
    "tomorrow",
    "unit",
    "week",
    "weeks",
    "working",
    "yesterday",
];

/// An anchor's place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The anchor.
    pub name: String,
    /// The bytes it stands on.
    pub span: Range<usize>,
}

pub(super) fn deadline(text: &str, limits: &dyn Limits) -> Result<(Deadline, Vec<Mention>), ParseError> {
    let mut parser = Parser::new(text, limits)?;
    let deadline = parser.deadline()?;
    match parser.words.peek() {
        None => Ok((deadline, parser.mentions)),
        Some(_) => Err(parser.stray("the end of the deadline", &["after", "before", "on"])),
    }
}

pub(super) fn amount(text: &str) -> Result<Amount, ParseError> {
    let mut parser = Parser::new(text, &NoLimits)?;
    match parser.words.peek() {
        Some(Token::Number(count)) => {
            parser.words.bump();
            let amount = parser.amount(count)?;
            if parser.words.peek().is_some() {
                Err(parser.words.wrong("the end of the amount", &[]))
            } else {
                Ok(amount)
            }
        }
        _ => Err(parser.words.wrong("an amount such as `24 hours` or `5 working days`", &[])),
    }
}

struct Parser<'t> {
    words: Cursor<'t>,
    depth: usize,
    limits: &'t dyn Limits,
    mentions: Vec<Mention>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, limits: &'t dyn Limits) -> Result<Parser<'t>, ParseError> {
        if text.len() > TEXT_MAX {
            return Err(ParseError {
                span: text.len()..text.len(),
                expected: format!("a text of at most {TEXT_MAX} bytes"),
                found: format!("{} bytes", text.len()),
                suggestion: None,
            });
        }
        Ok(Parser { words: Cursor::new(text)?, depth: 0, limits, mentions: Vec::new() })
    }

    fn deadline(&mut self) -> Result<Deadline, ParseError> {
        if self.depth == DEPTH_MAX {
            return Err(self.words.wrong(&format!("at most {DEPTH_MAX} deadlines inside one another"), &[]));
        }
        self.depth += 1;
        let form = self.form();
        self.depth -= 1;
        form
    }

    fn form(&mut self) -> Result<Deadline, ParseError> {
        self.words.eat_article();
        match self.words.peek() {
            Some(Token::Number(count)) => {
                self.words.bump();
                let amount = Quantity::Plain(self.amount(count)?);
                self.counted(amount)
            }
            Some(Token::Time(time)) => {
                self.words.bump();
                self.on(Moment::At(time))
            }
            Some(Token::Word) => self.worded(),
            Some(Token::Open | Token::Close | Token::Comma) | None => Err(self.no_deadline()),
        }
    }

    fn worded(&mut self) -> Result<Deadline, ParseError> {
        let word = self.words.word();
        if let Some((head, name)) = word.split_once('.')
            && head.eq_ignore_ascii_case("limit")
        {
            let amount = self.limit(name)?;
            self.words.bump();
            return self.counted(amount);
        }
        match word.to_ascii_lowercase().as_str() {
            "end" => self.end_of(),
            "opening" => {
                self.words.bump();
                self.on(Moment::Opening)
            }
            "next" => {
                self.next_working_day()?;
                let at = self.words.eat("at");
                let moment = match self.words.time() {
                    Some(time) => Moment::At(time),
                    None if at => return Err(self.words.wrong("a time such as `14:00`", &[])),
                    None => Moment::Opening,
                };
                Ok(Deadline::On { moment, day: Which::NextWorkingDay, of: self.after_or_now()? })
            }
            "other" => {
                self.words.bump();
                self.words.expect("half")?;
                self.words.expect("of")?;
                self.words.eat_article();
                self.next_working_day()?;
                Ok(Deadline::OtherHalf { from: self.after_or_now()? })
            }
            "earlier" => self.parts().map(Deadline::EarlierOf),
            "later" => self.parts().map(Deadline::LaterOf),
            "day" | "working" => Err(self
                .words
                .wrong("a moment of that day: `17:00 on the day before …`, `end of the day before …`", &[])),
            reserved if RESERVED.contains(&reserved) => Err(self.no_deadline()),
            _ => {
                self.mentions.push(Mention { name: word.to_owned(), span: self.words.span() });
                self.words.bump();
                Ok(Deadline::Anchor(word.to_owned()))
            }
        }
    }

    /// What follows an amount: `after …` or `before …`.
    fn counted(&mut self, amount: Quantity) -> Result<Deadline, ParseError> {
        if self.words.eat("after") {
            Ok(Deadline::After { amount, from: Box::new(self.deadline()?) })
        } else if self.words.eat("before") {
            Ok(Deadline::Before { amount, from: Box::new(self.deadline()?) })
        } else {
            Err(self.words.wrong("`after` or `before`", &["after", "before"]))
        }
    }

    fn end_of(&mut self) -> Result<Deadline, ParseError> {
        self.words.bump();
        self.words.expect("of")?;
        self.words.eat_article();
        if self.words.eat("shift") {
            return Ok(Deadline::EndOfShift { from: self.after_or_now()? });
        }
        if self.words.is("day") && !self.words.next_is("before") && !self.words.next_is("after") {
            self.words.bump();
            return Ok(Deadline::On { moment: Moment::End, day: Which::Same, of: now() });
        }
        if self.words.is("other") {
            return Err(self
                .words
                .wrong("a day: the other half is a start, `end of the next working day` its end", &[]));
        }
        let (day, of) = self.day()?;
        Ok(Deadline::On { moment: Moment::End, day, of })
    }

    /// What follows a moment: `today`, or `on` a day.
    fn on(&mut self, moment: Moment) -> Result<Deadline, ParseError> {
        if self.words.is("today") {
            self.words.bump();
            return Ok(Deadline::On { moment, day: Which::Same, of: now() });
        }
        if !self.words.eat("on") {
            return Err(self.words.wrong("`on` or `today`", &["on", "today"]));
        }
        let (day, of) = self.day()?;
        Ok(Deadline::On { moment, day, of })
    }

    fn day(&mut self) -> Result<(Which, Box<Deadline>), ParseError> {
        self.words.eat_article();
        if self.words.eat("today") {
            return Ok((Which::Same, now()));
        }
        if self.words.is("next") {
            self.next_working_day()?;
            return Ok((Which::NextWorkingDay, self.after_or_now()?));
        }
        let (before, after) = if self.words.eat("day") {
            (Which::DayBefore, Which::DayAfter)
        } else if self.words.eat("working") {
            self.words.expect("day")?;
            (Which::WorkingDayBefore, Which::NextWorkingDay)
        } else {
            return Ok((Which::Same, Box::new(self.deadline()?)));
        };
        if self.words.eat("before") {
            Ok((before, Box::new(self.deadline()?)))
        } else if self.words.eat("after") {
            Ok((after, Box::new(self.deadline()?)))
        } else {
            Err(self.words.wrong("`before` or `after`", &["before", "after"]))
        }
    }

    fn next_working_day(&mut self) -> Result<(), ParseError> {
        self.words.expect("next")?;
        self.words.expect("working")?;
        self.words.expect("day")
    }

    fn after_or_now(&mut self) -> Result<Box<Deadline>, ParseError> {
        if self.words.eat("after") { Ok(Box::new(self.deadline()?)) } else { Ok(now()) }
    }

    /// `of (A, B, …)` behind `earlier` or `later`.
    fn parts(&mut self) -> Result<Vec<Deadline>, ParseError> {
        self.words.bump();
        self.words.expect("of")?;
        if !self.words.eat_token(Token::Open) {
            return Err(self.words.wrong("`(`", &[]));
        }
        let mut parts = vec![self.deadline()?];
        while self.words.eat_token(Token::Comma) {
            if parts.len() == PARTS_MAX {
                return Err(self.words.wrong(&format!("at most {PARTS_MAX} parts"), &[]));
            }
            parts.push(self.deadline()?);
        }
        if parts.len() > 1 && self.words.eat_token(Token::Close) {
            return Ok(parts);
        }
        Err(self.stray(
            if parts.len() == 1 { "`,` and a second deadline" } else { "`,` or `)`" },
            &["after", "before"],
        ))
    }

    fn limit(&self, name: &str) -> Result<Quantity, ParseError> {
        match self.limits.amount(name) {
            Some(amount) => Ok(Quantity::Limit { name: name.to_owned(), amount }),
            None => {
                let known = self.limits.names();
                let mut error = self.words.wrong("a limit of the pack", &[]);
                error.suggestion =
                    nearest(name, known.iter().map(String::as_str)).map(|known| format!("limit.{known}"));
                Err(error)
            }
        }
    }

    /// The unit behind a number.
    fn amount(&mut self, count: u32) -> Result<Amount, ParseError> {
        let unit = if self.words.eat("working") {
            self.one_of(&[("days", Unit::WorkingDays)])?
        } else if self.words.eat("unit") {
            self.one_of(&[("minutes", Unit::UnitMinutes), ("hours", Unit::UnitHours)])?
        } else if self.words.eat("shift") {
            self.one_of(&[("minutes", Unit::ShiftMinutes), ("hours", Unit::ShiftHours)])?
        } else if self.words.is_unit("minutes") || self.words.is_unit("hours") {
            let on_shift = [("minutes", Unit::ShiftMinutes), ("hours", Unit::ShiftHours)];
            let elapsed = [("minutes", Unit::Minutes), ("hours", Unit::Hours)];
            let shifted = self.words.next_is("on");
            let unit = self.one_of(if shifted { &on_shift } else { &elapsed })?;
            if shifted {
                self.words.expect("on")?;
                self.words.expect("shift")?;
            }
            unit
        } else {
            self.one_of(&[("days", Unit::Days), ("weeks", Unit::Weeks), ("months", Unit::Months)]).map_err(
                |_| {
                    self.words.wrong(
                        "a unit such as `hours`, `days`, `working days`, `weeks` or `unit hours`",
                        &UNITS,
                    )
                },
            )?
        };
        // The lexer lets no other number through; a wrong one would be an error at the same place all the same.
        Amount::new(count, unit).ok_or_else(|| self.words.wrong("a smaller number", &[]))
    }

    fn one_of(&mut self, words: &[(&str, Unit)]) -> Result<Unit, ParseError> {
        match words.iter().find(|(word, _)| self.words.is_unit(word)) {
            Some((_, unit)) => {
                self.words.bump();
                Ok(*unit)
            }
            None => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(self.words.wrong(&format!("`{}`", words.join("` or `")), &words))
            }
        }
    }

    fn no_deadline(&self) -> ParseError {
        self.words.wrong(
            "a deadline (an amount, a time, `end of`, `next working day`, `earlier of`, …) or an anchor such as \
             `received`",
            &STARTERS,
        )
    }

    /// The error that a word is left over. Where the word before it was taken for an anchor but looks like a keyword,
    /// that one is to blame: `ende of day`.
    fn stray(&self, expected: &str, candidates: &[&str]) -> ParseError {
        let before = self.words.span_before();
        if let Some(anchor) = self.mentions.last().filter(|anchor| Some(&anchor.span) == before.as_ref())
            && let Some(keyword) = nearest(&anchor.name, STARTERS)
        {
            return ParseError {
                span: anchor.span.clone(),
                suggestion: Some(keyword),
                found: format!("`{}`", anchor.name),
                ..self.no_deadline()
            };
        }
        self.words.wrong(expected, candidates)
    }
}

fn now() -> Box<Deadline> {
    Box::new(Deadline::Anchor(NOW.to_owned()))
}
