//! What the invented courts share: each hearing day as a share, from the case's number and a few words.

use super::cast::{court_case, court_hearing, defendant, name, offence, urn};
use super::unit::COURTS;
use crate::domain::court::{
    CaseShare, Category, Court, Defendant, Feed, Jurisdiction, Line, NextHearing, Offence, Party, ResultLine,
    Share, TrialOutcome,
};
use crate::domain::hearing::When;
use crate::domain::london::{self, Instant};
use chrono::NaiveDate;

/// Which of the two courts sat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bench {
    /// The magistrates.
    Magistrates,
    /// The Crown Court.
    Crown,
}

/// A hearing day of the nth case.
#[derive(Debug, Clone)]
pub struct Sitting<'a> {
    /// Which case.
    pub nth: usize,
    /// What tells its hearings apart.
    pub hearing: &'a str,
    /// The hearing type in the court's words.
    pub kind: &'a str,
    /// Which court.
    pub bench: Bench,
    /// When it sat.
    pub at: Instant,
    /// When the court shared it.
    pub shared_at: Instant,
    /// The offence's code and title.
    pub charge: (&'a str, &'a str),
    /// What the court marks the case with.
    pub markers: &'a [&'a str],
}

/// What most of the invented defendants are charged with.
pub const COMMON_ASSAULT: (&str, &str) = ("CJ88116", "Common assault");

impl Bench {
    fn court(self) -> Court {
        let (code, name) = COURTS[usize::from(self == Self::Crown)];
        Court {
            id: None,
            code: Some(code.to_owned()),
            name: name.to_owned(),
            room: Some("Courtroom 1".to_owned()),
        }
    }

    fn jurisdiction(self) -> Jurisdiction {
        match self {
            Self::Magistrates => Jurisdiction::Magistrates,
            Self::Crown => Jurisdiction::Crown,
        }
    }
}

impl Sitting<'_> {
    /// What the court shares of it.
    #[must_use]
    pub fn share(&self, lines: Vec<ResultLine>) -> Share {
        let (first, last) = name(self.nth * 9);
        let defendant = Defendant {
            id: defendant(self.nth),
            master: None,
            party: Party::Person {
                first_name: Some(first.to_owned()),
                last_name: last.to_owned(),
                born_on: NaiveDate::from_ymd_opt(1990, 2, 28),
            },
            youth: false,
            remand: Some("B".to_owned()),
            bail_conditions: None,
            concluded: false,
            offences: vec![Offence {
                id: offence(self.nth),
                code: self.charge.0.to_owned(),
                title: self.charge.1.to_owned(),
                concluded: false,
            }],
        };
        let case = CaseShare {
            court_case: court_case(self.nth),
            urn: Some(urn(self.nth)),
            authority_reference: None,
            authority: Some("NGPF".to_owned()),
            markers: self.markers.iter().map(|marker| (*marker).to_owned()).collect(),
            defendants: vec![defendant],
            lines: lines.into_iter().map(|line| self.about(line)).collect(),
            amended: false,
        };
        Share {
            feed: Feed::CommonPlatform,
            hearing: court_hearing(self.nth, self.hearing),
            day: london::date(self.at),
            shared_at: self.shared_at,
            jurisdiction: self.bench.jurisdiction(),
            hearing_type: self.kind.to_owned(),
            court: self.bench.court(),
            sitting_at: Some(self.at),
            cases: vec![case],
        }
        .canonical()
    }

    /// A line with what it is about.
    fn about(&self, line: ResultLine) -> ResultLine {
        let whole_hearing = line.line == Line::Trial;
        let of_offence = matches!(line.line, Line::Judicial | Line::Plea | Line::Verdict);
        ResultLine {
            defendant: (!whole_hearing).then(|| defendant(self.nth)),
            offence: of_offence.then(|| offence(self.nth)),
            ordered_on: (!whole_hearing).then(|| london::date(self.at)),
            ..line
        }
    }
}

/// A judicial result by its CJS and short code.
#[must_use]
pub fn result(cjs: &str, short: &str, label: &str, category: Category) -> ResultLine {
    ResultLine {
        cjs_code: Some(cjs.to_owned()),
        short_code: Some(short.to_owned()),
        label: label.to_owned(),
        category: Some(category),
        ..ResultLine::blank(Line::Judicial)
    }
}

/// A plea.
#[must_use]
pub fn plea(value: &str) -> ResultLine {
    ResultLine {
        short_code: Some(value.to_owned()),
        label: "Plea".to_owned(),
        ..ResultLine::blank(Line::Plea)
    }
}

/// A verdict.
#[must_use]
pub fn verdict(value: &str) -> ResultLine {
    ResultLine {
        short_code: Some(value.to_owned()),
        label: "Verdict".to_owned(),
        ..ResultLine::blank(Line::Verdict)
    }
}

/// What became of a trial.
#[must_use]
pub fn trial(outcome: TrialOutcome) -> ResultLine {
    ResultLine {
        label: outcome.to_string(),
        short_code: Some(outcome.to_string()),
        trial: Some(outcome),
        ..ResultLine::blank(Line::Trial)
    }
}

/// A hearing that is ordered.
#[must_use]
pub fn next(kind: &str, bench: Bench, at: Instant) -> ResultLine {
    ResultLine {
        label: "Next hearing".to_owned(),
        next_hearing: Some(NextHearing {
            hearing_type: kind.to_owned(),
            jurisdiction: Some(bench.jurisdiction()),
            court: bench.court(),
            when: When::At(at),
            existing: None,
        }),
        ..ResultLine::blank(Line::NextHearing)
    }
}

/// Adjourned to a hearing that is ordered with it.
#[must_use]
pub fn adjourned(kind: &str, bench: Bench, at: Instant) -> Vec<ResultLine> {
    vec![result("4506", "A", "Adjourned", Category::Interim), next(kind, bench, at)]
}
