//! Invented shares of an invented court: a test states only what matters to it.

use crate::domain::court::{
    CaseShare, Court, Defendant, Feed, Jurisdiction, Line, NextHearing, Offence, Party, ResultLine, Share,
};
use crate::domain::hearing::When;
use crate::domain::ids::{CourtCaseId, CourtHearingId, DefendantId, OffenceId, derived};
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde_json::Value;
use uuid::Uuid;

pub(super) fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
}

pub(super) fn at(on: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, on, hour, 0, 0).unwrap()
}

pub(super) fn invent<I: From<Uuid>>(name: &str) -> I {
    I::from(derived(&[b"invented", name.as_bytes()]))
}

/// A hearing of 2 March at Northgate, without cases.
pub(super) fn share(hearing_type: &str) -> Share {
    Share {
        feed: Feed::CommonPlatform,
        hearing: invent::<CourtHearingId>("hearing"),
        day: day(2),
        shared_at: at(2, 15),
        jurisdiction: Jurisdiction::Magistrates,
        hearing_type: hearing_type.to_owned(),
        court: northgate(),
        sitting_at: Some(at(2, 10)),
        cases: Vec::new(),
    }
}

pub(super) fn northgate() -> Court {
    Court {
        id: Some(invent("northgate")),
        code: Some("B99NG00".into()),
        name: "Northgate Magistrates' Court".into(),
        room: Some("Courtroom 2".into()),
    }
}

/// A case with one defendant and one offence, all three found by `name` again.
pub(super) fn case(name: &str) -> CaseShare {
    CaseShare {
        court_case: invent::<CourtCaseId>(name),
        urn: Some(format!("52NG{name}")),
        authority_reference: None,
        authority: Some("NGPF".into()),
        markers: Vec::new(),
        defendants: vec![Defendant {
            id: invent::<DefendantId>(name),
            master: Some(invent("master")),
            party: Party::Person {
                first_name: Some("Percival".into()),
                last_name: "Inventedson".into(),
                born_on: NaiveDate::from_ymd_opt(1990, 2, 28),
            },
            youth: false,
            remand: Some("U".into()),
            bail_conditions: None,
            concluded: false,
            offences: vec![Offence {
                id: invent::<OffenceId>(name),
                code: "CJ88116".into(),
                title: "Invented offence".into(),
                concluded: false,
            }],
        }],
        lines: Vec::new(),
        amended: false,
    }
}

/// A judicial result for the offence of the case called `name`.
pub(super) fn result(name: &str, code: &str, cjs: Option<&str>, label: &str) -> ResultLine {
    ResultLine {
        defendant: Some(invent(name)),
        offence: Some(invent(name)),
        type_id: Some(invent(code)),
        cjs_code: cjs.map(str::to_owned),
        short_code: Some(code.to_owned()),
        label: label.to_owned(),
        ordered_on: Some(day(2)),
        ..ResultLine::blank(Line::Judicial)
    }
}

/// A plea to the offence of the case called `name`.
pub(super) fn plea(name: &str, value: &str, label: &str) -> ResultLine {
    ResultLine {
        defendant: Some(invent(name)),
        offence: Some(invent(name)),
        short_code: Some(value.to_owned()),
        label: label.to_owned(),
        ordered_on: Some(day(2)),
        ..ResultLine::blank(Line::Plea)
    }
}

/// A hearing ordered for the defendant of the case called `name`.
pub(super) fn next(name: &str, hearing_type: &str, when: When) -> ResultLine {
    ResultLine {
        defendant: Some(invent(name)),
        label: "Next hearing".into(),
        ordered_on: Some(day(2)),
        next_hearing: Some(NextHearing {
            hearing_type: hearing_type.to_owned(),
            jurisdiction: Some(Jurisdiction::Magistrates),
            court: northgate(),
            when,
            existing: None,
        }),
        ..ResultLine::blank(Line::NextHearing)
    }
}

/// The same document with every list turned round.
pub(super) fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().rev().map(reversed).collect()),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), reversed(value))).collect(),
        other => other.clone(),
    }
}
