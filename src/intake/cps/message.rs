//! Messages of the CPS for which there is no public form, as one JSON object of usher's own.
//!
//! ```json
//! { "cpsMessage": "witnesses-required", "version": 1, "urn": "52AB0000126", "trialDate": "2027-02-01",
//!   "witnesses": [ { "number": 3, "day": "2027-02-02", "order": 1, "phase": "week 1" } ] }
//! ```
//!
//! The contract of `IntakeService.RecordCpsMessage` says which fields go with which message. What is not known is
//! refused where it would change the meaning (a message, a decision, a reason) and skipped where it would not.

use super::super::common_platform::leaf::{List, Text, wire};
use super::super::common_platform::path;
use super::super::{Fault, Format, Unusable};
use super::{TEXT_MAX, incomplete, urn, within};
use crate::domain::cps::{CpsKind, CpsMessage, CpsWitness, Measure, News, Wanted, Who, WhyNot};
use crate::domain::words::{self, Word};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

/// The version of the form that is read.
const VERSION: &str = "1";
/// The messages that come in this form; the others have forms of the CPS's own.
const KINDS: [CpsKind; 6] = [
    CpsKind::WitnessesRequired,
    CpsKind::WitnessesNotRequired,
    CpsKind::SpecialMeasures,
    CpsKind::Summons,
    CpsKind::Question,
    CpsKind::Acknowledgement,
];

wire! {
    /// A message.
    struct Message = "a message of the CPS (object)" {
        cps_message: Text<'a>,
        version: Text<'a>,
        urn: Text<'a>,
        hearing_id: Text<'a>,
        trial_date: Text<'a>,
        witnesses: List<Witness<'a>>,
        reason: Text<'a>,
        decision: Text<'a>,
        measures: List<Text<'a>>,
        action: Text<'a>,
        reply_by: Text<'a>,
    }

    /// A witness.
    struct Witness = "a witness (object)" {
        participant_id: Text<'a>,
        number: Text<'a>,
        forename: Text<'a>,
        surname: Text<'a>,
        date_of_birth: Text<'a>,
        day: Text<'a>,
        order: Text<'a>,
        phase: Text<'a>,
    }
}

/// Reads a message.
pub(super) fn read(message: &Message<'_>) -> Result<CpsMessage, Unusable> {
    let known = KINDS.map(Word::word).join(", ");
    let kind = message.cps_message.get().and_then(CpsKind::from_word).filter(|kind| KINDS.contains(kind));
    let kind = kind.ok_or_else(|| incomplete("cpsMessage", format!("expected one of {known}")))?;
    if message.version.get() != Some(VERSION) {
        return Err(incomplete("version", format!("expected {VERSION}")));
    }
    let (wanted, whose, of_case) = said(message, kind)?;
    within("witnesses", message.witnesses.len())?;
    let mut witnesses = Vec::with_capacity(message.witnesses.len());
    for (nth, one) in message.witnesses.iter().enumerate() {
        witnesses.push(witness(one, &format!("witnesses[{nth}]"), wanted, whose)?);
    }
    let is_of_somebody = !matches!(kind, CpsKind::Question | CpsKind::Acknowledgement);
    if witnesses.is_empty() && is_of_somebody {
        return Err(incomplete("witnesses", "empty: expected at least one witness"));
    }
    let mut measures = Vec::new();
    for (nth, text) in message.measures.iter().enumerate() {
        measures.push(word::<Measure>(text, &format!("measures[{nth}]"))?);
    }
    Ok(CpsMessage {
        kind,
        urn: urn(message.urn.get(), "urn")?,
        hearing: id(&message.hearing_id, "hearingId")?.map(Into::into),
        trial_on: date(&message.trial_date, "trialDate")?,
        witnesses,
        news: of_case,
        measures,
        why_not: match kind {
            CpsKind::WitnessesNotRequired => Some(word::<WhyNot>(&message.reason, "reason")?),
            _ => None,
        },
        reply_by: date(&message.reply_by, "replyBy")?,
    })
}

/// What a message says of each witness: whether they are to come, what is news of them; and what of the case.
fn said(message: &Message<'_>, kind: CpsKind) -> Result<(Wanted, Option<News>, Vec<News>), Unusable> {
    let one_of = |text: &Text<'_>, place: &str, words: &[(&str, News)]| {
        let found = words.iter().find(|(word, _)| text.get() == Some(word)).map(|(_, news)| *news);
        let known = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| incomplete(place, format!("expected one of {known}")))
    };
    Ok(match kind {
        CpsKind::WitnessesNotRequired => (Wanted::No, Some(News::NotRequired), Vec::new()),
        CpsKind::SpecialMeasures => {
            let decisions = [
                ("granted", News::SpecialMeasuresGranted),
                ("refused", News::SpecialMeasuresRefused),
                ("varied", News::SpecialMeasuresVaried),
            ];
            (Wanted::Unsaid, Some(one_of(&message.decision, "decision", &decisions)?), Vec::new())
        }
        CpsKind::Summons => {
            let actions = [("issued", News::SummonsIssued), ("withdrawn", News::SummonsWithdrawn)];
            (Wanted::Unsaid, Some(one_of(&message.action, "action", &actions)?), Vec::new())
        }
        CpsKind::Question => (Wanted::Unsaid, None, vec![News::QuestionAsked]),
        CpsKind::Acknowledgement => (Wanted::Unsaid, None, vec![News::Acknowledged]),
        CpsKind::WitnessesRequired | CpsKind::Pet | CpsKind::Ptph | CpsKind::Cotr => {
            (Wanted::Yes, None, Vec::new())
        }
    })
}

fn witness(
    one: &Witness<'_>,
    place: &str,
    wanted: Wanted,
    news: Option<News>,
) -> Result<CpsWitness, Unusable> {
    let number = match one.number.get() {
        None => None,
        Some(text) => {
            let number = text.parse::<i32>().ok().filter(|number| *number > 0);
            Some(
                number
                    .ok_or_else(|| incomplete(&format!("{place}.number"), "expected a number from 1 on"))?,
            )
        }
    };
    let who = match (id(&one.participant_id, &format!("{place}.participantId"))?, number) {
        (Some(id), _) => Who::Id(id.into()),
        (None, Some(number)) => Who::Number(number),
        (None, None) => {
            let (Some(forename), Some(surname)) = (one.forename.get(), one.surname.get()) else {
                let expected = "expected participantId, number, or forename and surname";
                return Err(incomplete(place, expected));
            };
            let born_on = date(&one.date_of_birth, &format!("{place}.dateOfBirth"))?;
            if forename.len() > TEXT_MAX || surname.len() > TEXT_MAX {
                return Err(incomplete(place, "a name is too long to be one"));
            }
            Who::Name { forename: forename.to_owned(), surname: surname.to_owned(), born_on }
        }
    };
    let day = date(&one.day, &format!("{place}.day"))?;
    let parts = [
        day.map(crate::domain::london::written_date),
        one.order.get().map(|order| format!("number {order} to be heard")),
        one.phase.owned(),
    ];
    let phase = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if phase.len() > TEXT_MAX {
        return Err(incomplete(place, format!("order and phase: expected at most {TEXT_MAX} characters")));
    }
    Ok(CpsWitness {
        who,
        wanted,
        phase: (!phase.is_empty()).then_some(phase),
        news: news.into_iter().collect(),
    })
}

fn id(text: &Text<'_>, place: &str) -> Result<Option<Uuid>, Unusable> {
    let Some(text) = text.get() else { return Ok(None) };
    Uuid::try_parse(text).map(Some).map_err(|_| incomplete(place, "not a UUID: expected usher's own id"))
}

fn date(text: &Text<'_>, place: &str) -> Result<Option<NaiveDate>, Unusable> {
    let Some(text) = text.get() else { return Ok(None) };
    let wrong = "no such date: expected a day that exists, as YYYY-MM-DD";
    path::date(text).map(Some).ok_or_else(|| incomplete(place, wrong))
}

/// A word of a closed list. What stands there instead is not repeated: it may be anything.
fn word<W: Word>(text: &Text<'_>, place: &str) -> Result<W, Unusable> {
    words::parse::<W>(text.get().unwrap_or_default()).map_err(|unknown| {
        let expected = unknown.expected.join(", ");
        Unusable::new(Format::Unknown, Fault::Incomplete, format!("expected one of {expected}")).at(place)
    })
}
