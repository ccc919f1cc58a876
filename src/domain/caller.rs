//! Making sure of whom one speaks to: what a caller says is compared with what is held, and nothing else comes out.
//!
//! Name, date of birth, first line of the address and postcode must all match, and the safe word where one is agreed.
//! Which of them did not is told to nobody: a caller who is guessing gets no hint, and neither does a screen that they
//! might see. After two failures nothing helps but ringing the number that is held.

use super::contact::DirectoryKind;
use super::ids::{EventId, StaffId};
use super::person::{Identity, Participant, Role, fold_name};
use super::words::Word;
use crate::words;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Failures within [`LOCK`] after which a caller is no longer asked.
const FAILURES_MAX: usize = 2;
/// For how long failures count, and a passed check holds.
const LOCK: TimeDelta = TimeDelta::hours(24);
/// Checks that are kept with a participant.
const KEPT: usize = 20;

words! {
    /// What came of a check of a caller.
    pub enum CheckOutcome as "outcome of a caller check" {
        /// Everything matched.
        Matched = "matched",
        /// Something did not match: nothing may be disclosed.
        NotMatched = "not-matched",
        /// Too many checks failed lately, or too little is held to check by: ring them back on the number that is held.
        CallBack = "call-back",
    }
}

words! {
    /// What may be said to a caller once they are made sure of.
    pub enum CallTopic as "topic of a call" {
        /// What the court decided that concerns the participant.
        Outcomes = "outcomes",
        /// Dates of hearings that concern the participant.
        Hearings = "hearings",
        /// Whether and when witnesses come to court.
        Attendance = "attendance",
        /// What was arranged for the participant: support, special measures, travel.
        Arrangements = "arrangements",
    }
}

/// What may be said to a participant, about themselves or those they speak for or support.
#[must_use]
pub fn topics_of(participant: &Participant, now: DateTime<Utc>) -> Vec<CallTopic> {
    use CallTopic::{Arrangements, Attendance, Hearings, Outcomes};
    let is = |roles: &[Role]| roles.iter().any(|role| participant.is(*role));
    if is(&[Role::Victim, Role::CivilianWitness, Role::ProfessionalWitness, Role::Parent, Role::Spokesperson])
    {
        return CallTopic::WORDS.iter().filter_map(|word| CallTopic::from_word(word)).collect();
    }
    if is(&[Role::OfficerInCase, Role::FamilyLiaisonOfficer]) {
        return vec![Outcomes, Hearings, Attendance];
    }
    if is(&[Role::PoliceWitness]) {
        return vec![Hearings, Attendance];
    }
    if participant.consent.is_some_and(|consent| consent.covers(now)) {
        return vec![Outcomes, Hearings, Arrangements];
    }
    Vec::new()
}

/// What may be said to somebody who rings for a body of the directory. An adviser's service is told nothing as a body:
/// the adviser is in the case, with consent, or is not.
#[must_use]
pub fn topics_for(body: DirectoryKind) -> Vec<CallTopic> {
    use CallTopic::{Arrangements, Attendance, Hearings};
    match body {
        DirectoryKind::Cps | DirectoryKind::Court => vec![Hearings, Attendance, Arrangements],
        DirectoryKind::WitnessService => vec![Hearings, Attendance, Arrangements],
        DirectoryKind::ResourceTeam | DirectoryKind::Force => vec![Hearings, Attendance],
        _ => Vec::new(),
    }
}

/// Whether somebody is made sure of by what they say of themselves; everybody else is rung back.
#[must_use]
pub fn is_asked(participant: &Participant) -> bool {
    let asked =
        [Role::Victim, Role::CivilianWitness, Role::ProfessionalWitness, Role::Parent, Role::Spokesperson];
    asked.iter().any(|role| participant.is(*role))
}

/// What a caller said of themselves. Personal: never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// First and last name.
    pub name: String,
    /// Date of birth.
    pub born_on: NaiveDate,
    /// The first line of the address.
    pub address_line: String,
    /// Postcode.
    pub postcode: String,
    /// The word agreed with them.
    pub safe_word: Option<String>,
}

impl std::fmt::Debug for Stated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stated(…)")
    }
}

/// A check of a caller, kept with whom they said they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The event by which it was made.
    pub event: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Option<StaffId>,
    /// What came of it.
    pub outcome: CheckOutcome,
}

/// Compares what a caller said with what is held, given the checks before.
#[must_use]
pub fn check(held: &Identity, stated: &Stated, before: &[Checked], now: DateTime<Utc>) -> CheckOutcome {
    if is_locked(before, now) || held.born_on.is_none() || held.address.is_empty() || held.postcode.is_none()
    {
        return CheckOutcome::CallBack;
    }
    let safe_word = held.safe_word.as_deref().map(fold_name);
    // All are compared, so that how long it takes says nothing either.
    let matches = [
        fold_name(&held.full_name()) == fold_name(&stated.name),
        held.born_on == Some(stated.born_on),
        is_address(&held.address, &stated.address_line),
        held.postcode.as_deref().map(postcode) == Some(postcode(&stated.postcode)),
        safe_word.is_none() || safe_word == stated.safe_word.as_deref().map(fold_name),
    ];
    if matches.iter().all(|matched| *matched) { CheckOutcome::Matched } else { CheckOutcome::NotMatched }
}

/// Whether so many checks failed lately, with none passed since, that no further one is made.
#[must_use]
pub fn is_locked(before: &[Checked], now: DateTime<Utc>) -> bool {
    let lately = before.iter().rev().take_while(|check| check.at > now - LOCK);
    let failed = lately.take_while(|check| check.outcome != CheckOutcome::Matched);
    failed.filter(|check| check.outcome == CheckOutcome::NotMatched).count() >= FAILURES_MAX
}

/// Keeps a check with the others, the oldest forgotten.
pub fn keep(checks: &mut Vec<Checked>, check: Checked) {
    checks.push(check);
    let over = checks.len().saturating_sub(KEPT);
    checks.drain(..over);
}

/// Whether what was said is the beginning of an address: its first line, or that and what follows, such as the town.
fn is_address(held: &[String], stated: &str) -> bool {
    let stated = street(stated);
    (1..=held.len()).any(|lines| street(&held[..lines].join(" ")) == stated)
}

/// A line of an address in the one spelling it is compared in: `12, High St.` is `12 high street`.
fn street(line: &str) -> String {
    let plain = deunicode::deunicode(line);
    let spaced: String =
        plain.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let words = spaced.split_whitespace().map(|word| match word {
        "st" => "street",
        "rd" => "road",
        "ave" | "av" => "avenue",
        "ln" => "lane",
        "cl" => "close",
        "dr" => "drive",
        "ct" => "court",
        "sq" => "square",
        "gdns" => "gardens",
        "ter" | "terr" => "terrace",
        "cres" => "crescent",
        other => other,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn postcode(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Identity {
        Identity {
            first_name: "Ada".into(),
            last_name: "O'Lovell".into(),
            born_on: NaiveDate::from_ymd_opt(1990, 2, 3),
            address: vec!["12 High Street".into(), "Exampleton".into()],
            postcode: Some("ZZ1 1ZZ".into()),
            ..Identity::default()
        }
    }

    fn stated() -> Stated {
        Stated {
            name: "ada olovell".into(),
            born_on: NaiveDate::from_ymd_opt(1990, 2, 3).unwrap(),
            address_line: "12, high st.".into(),
            postcode: "zz11zz".into(),
            safe_word: None,
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_428_000, 0).unwrap()
    }

    fn failed(hours_ago: i64) -> Checked {
        let at = now() - TimeDelta::hours(hours_ago);
        let event = EventId(uuid::Uuid::nil());
        Checked { event, at, by: None, outcome: CheckOutcome::NotMatched }
    }

    #[test]
    fn spelling_does_not_matter_and_what_is_said_does() {
        assert_eq!(check(&held(), &stated(), &[], now()), CheckOutcome::Matched);
        for wrong in [
            Stated { name: "Ada Lovell-Smith".into(), ..stated() },
            Stated { born_on: NaiveDate::from_ymd_opt(1990, 3, 2).unwrap(), ..stated() },
            Stated { address_line: "21 High Street".into(), ..stated() },
            Stated { postcode: "ZZ1 1ZY".into(), ..stated() },
        ] {
            assert_eq!(check(&held(), &wrong, &[], now()), CheckOutcome::NotMatched);
        }
    }

    #[test]
    fn an_agreed_safe_word_is_asked_for() {
        let held = Identity { safe_word: Some("Kingfisher".into()), ..held() };
        assert_eq!(check(&held, &stated(), &[], now()), CheckOutcome::NotMatched);
        let said = Stated { safe_word: Some("kingfisher".into()), ..stated() };
        assert_eq!(check(&held, &said, &[], now()), CheckOutcome::Matched);
    }

    #[test]
    fn after_two_failures_within_a_day_even_right_answers_do_not_help() {
        assert_eq!(check(&held(), &stated(), &[failed(2)], now()), CheckOutcome::Matched);
        assert_eq!(check(&held(), &stated(), &[failed(2), failed(1)], now()), CheckOutcome::CallBack);
        assert_eq!(check(&held(), &stated(), &[failed(30), failed(25)], now()), CheckOutcome::Matched);
    }

    #[test]
    fn who_cannot_be_checked_is_rung_back() {
        let held = Identity { postcode: None, ..held() };
        assert_eq!(check(&held, &stated(), &[], now()), CheckOutcome::CallBack);
    }
}
