//! What a court shares, from the few words in which a scenario says it.

use super::read::{Part, Wrong};
use super::world::{self, World};
use crate::domain::court::{
    COURTS_SIT, CaseShare, Category, Defendant, Feed, Jurisdiction, Line, NextHearing, Offence, Party,
    ResultLine, Share, TrialOutcome,
};
use crate::domain::hearing::{Hearing, When};
use crate::domain::ids::{CourtHearingId, DefendantId};
use crate::domain::listing::Listing;
use crate::domain::london;
use crate::domain::words::Word;
use crate::rules::outcomes::Codes;
use chrono::NaiveDate;

const SHARE: [&str; 11] = [
    "type",
    "day",
    "court",
    "hearing",
    "results",
    "shared",
    "by_hand",
    "trial",
    "markers",
    "amended",
    "defendants",
];
const RESULT: [&str; 10] = [
    "defendant",
    "offence",
    "outcome",
    "code",
    "plea",
    "verdict",
    "next",
    "qualifiers",
    "category",
    "urgent",
];
const HEARING: [&str; 5] = ["type", "court", "at", "week", "defendants"];
const LISTING: [&str; 6] = ["hearing", "type", "court", "at", "week", "whole_day"];

/// The share that stands behind what a scenario takes as given.
pub(super) fn listing(
    world: &World<'_>,
    given: Part<'_>,
    hearings: &[(&str, Part<'_>)],
) -> Result<Share, Wrong> {
    let day = london::date(world.now);
    let all: Vec<String> = world.defendants.iter().map(|(name, _)| name.clone()).collect();
    let mut lines = Vec::new();
    for (_, part) in hearings {
        let order = next_hearing(*part)?;
        let whose = match part.get("defendants") {
            Some(names) => named(world, names)?,
            None => all.clone(),
        };
        lines.extend(whose.iter().map(|name| ordered(world::defendant(name), order.clone(), day)));
    }
    for result in given.many("results")? {
        lines.push(line(world, result, day)?);
    }
    let hearing = world::court_hearing("before");
    Ok(share_of(world, hearing, "First hearing", false, day, &all, lines))
}

/// What a step says that a court shared.
pub(super) fn share(world: &World<'_>, part: Part<'_>) -> Result<Share, Wrong> {
    part.only(&SHARE)?;
    let sits: Option<&Hearing> = match part.get("hearing") {
        Some(name) => {
            let id = world.hearing(name)?;
            world.state.hearings.iter().find(|hearing| hearing.id == id).map(|hearing| &**hearing)
        }
        None => None,
    };
    let day = match (part.get("day"), sits.and_then(|hearing| hearing.when.day())) {
        (Some(day), _) => day.day()?,
        (None, Some(day)) if day <= london::date(world.now) => day,
        _ => london::date(world.now),
    };
    let mut lines = Vec::new();
    for result in part.many("results")? {
        lines.push(line(world, result, day)?);
    }
    let whose = match part.get("defendants") {
        Some(names) => named(world, names)?,
        None => heard(world, &lines),
    };
    if let Some(trial) = part.get("trial") {
        let trial: TrialOutcome = trial.word()?;
        lines.push(ResultLine {
            trial: Some(trial),
            short_code: Some(trial.to_string()),
            label: trial.to_string(),
            ..ResultLine::blank(Line::Trial)
        });
    }
    let kind = match (part.get("type"), sits) {
        (Some(kind), _) => kind.text()?.to_owned(),
        (None, Some(hearing)) => hearing.hearing_type.clone(),
        (None, None) => "First hearing".to_owned(),
    };
    let crown = match (part.get("court"), sits) {
        (Some(court), _) => crown(court)?,
        (None, Some(hearing)) => hearing.jurisdiction == Some(Jurisdiction::Crown),
        (None, None) => false,
    };
    let by_hand = part.flag("by_hand")?;
    let known = sits.and_then(|hearing| hearing.court_ids.first().copied());
    let called = format!("{kind} {day}{}", if by_hand { " by hand" } else { "" });
    let hearing = known.unwrap_or_else(|| world::court_hearing(&called));
    let mut share = share_of(world, hearing, &kind, crown, day, &whose, lines);
    share.shared_at = part.get("shared").map_or(Ok(world.now), Part::instant)?;
    if by_hand {
        share.feed = Feed::Manual;
    }
    if let Some(When::At(at)) = sits.map(|hearing| hearing.when) {
        share.sitting_at = Some(at);
    }
    let markers = part.many("markers")?.into_iter().map(|marker| marker.text().map(str::to_owned));
    share.cases[0].markers = markers.collect::<Result<_, _>>()?;
    share.cases[0].amended = part.flag("amended")?;
    Ok(share.canonical())
}

/// A hearing as a court orders it.
pub(super) fn next_hearing(part: Part<'_>) -> Result<NextHearing, Wrong> {
    part.only(&HEARING)?;
    order(part)
}

fn order(part: Part<'_>) -> Result<NextHearing, Wrong> {
    let crown = part.get("court").map_or(Ok(false), crown)?;
    Ok(NextHearing {
        hearing_type: part.need("type")?.text()?.to_owned(),
        jurisdiction: Some(if crown { Jurisdiction::Crown } else { Jurisdiction::Magistrates }),
        court: world::court(crown),
        when: when(part)?,
        existing: None,
    })
}

/// A hearing as somebody lists it by hand: one that the case has by its name, else a new one by its type.
pub(super) fn listed(world: &World<'_>, part: Part<'_>) -> Result<Listing, Wrong> {
    part.only(&LISTING)?;
    let hearing = part.get("hearing").map(|hearing| world.hearing(hearing)).transpose()?;
    let is = match part.get("type") {
        Some(_) => order(part)?,
        None => NextHearing {
            hearing_type: String::new(),
            jurisdiction: None,
            court: part
                .get("court")
                .map(|court| crown(court).map(world::court))
                .transpose()?
                .unwrap_or_default(),
            when: when(part)?,
            existing: None,
        },
    };
    let whole_day = part.flag("whole_day")?;
    Ok(Listing { said_at: None, hearing, is, defendants: Vec::new(), whole_day, anew: false })
}

fn when(part: Part<'_>) -> Result<When, Wrong> {
    Ok(match (part.get("at"), part.get("week")) {
        (Some(at), _) => When::At(at.instant()?),
        (None, Some(week)) => When::Week(week.day()?),
        (None, None) => When::Unfixed,
    })
}

fn crown(part: Part<'_>) -> Result<bool, Wrong> {
    match part.text()? {
        "crown" => Ok(true),
        "magistrates" => Ok(false),
        other => part.wrong(format!("`{other}` is no court: there are magistrates and crown")),
    }
}

fn named(world: &World<'_>, names: Part<'_>) -> Result<Vec<String>, Wrong> {
    let mut found = Vec::new();
    for part in names.list()? {
        found.push(whose(world, part)?);
    }
    Ok(found)
}

fn whose(world: &World<'_>, part: Part<'_>) -> Result<String, Wrong> {
    let name = part.text()?;
    match world.defendants.iter().any(|(known, _)| known == name) {
        true => Ok(name.to_owned()),
        false => part.wrong(format!("there is no defendant `{name}`")),
    }
}

/// The defendants that lines are about; all of them where there are none.
fn heard(world: &World<'_>, lines: &[ResultLine]) -> Vec<String> {
    let names = || world.defendants.iter().map(|(name, _)| name);
    let about = |name: &&String| lines.iter().any(|line| line.defendant == Some(world::defendant(name)));
    let heard: Vec<String> = names().filter(about).cloned().collect();
    if heard.is_empty() { names().cloned().collect() } else { heard }
}

fn share_of(
    world: &World<'_>,
    hearing: CourtHearingId,
    kind: &str,
    crown: bool,
    day: NaiveDate,
    whose: &[String],
    lines: Vec<ResultLine>,
) -> Share {
    let charged = world.defendants.iter().filter(|(name, _)| whose.contains(name));
    let defendants = charged.map(|(name, offences)| Defendant {
        id: world::defendant(name),
        master: None,
        party: Party::Person {
            first_name: Some("Invented".to_owned()),
            last_name: format!("Defendant-{name}"),
            born_on: None,
        },
        youth: false,
        remand: None,
        bail_conditions: None,
        concluded: false,
        offences: offences
            .iter()
            .map(|name| Offence {
                id: world::offence(name),
                code: "OF61102".to_owned(),
                title: "An invented offence".to_owned(),
                concluded: false,
            })
            .collect(),
    });
    Share {
        feed: Feed::CommonPlatform,
        hearing,
        day,
        shared_at: world.now,
        jurisdiction: if crown { Jurisdiction::Crown } else { Jurisdiction::Magistrates },
        hearing_type: kind.to_owned(),
        court: world::court(crown),
        sitting_at: Some(london::from_local(day.and_time(COURTS_SIT))),
        cases: vec![CaseShare {
            court_case: world::court_case(),
            urn: Some(world::URN.to_owned()),
            authority_reference: None,
            authority: None,
            markers: Vec::new(),
            defendants: defendants.collect(),
            lines,
            amended: false,
        }],
    }
    .canonical()
}

fn ordered(defendant: DefendantId, next: NextHearing, day: NaiveDate) -> ResultLine {
    ResultLine {
        defendant: Some(defendant),
        label: "Next hearing".to_owned(),
        ordered_on: Some(day),
        next_hearing: Some(next),
        ..ResultLine::blank(Line::NextHearing)
    }
}

/// One line of the court.
fn line(world: &World<'_>, part: Part<'_>, day: NaiveDate) -> Result<ResultLine, Wrong> {
    part.only(&RESULT)?;
    let offence = part.get("offence").map(Part::text).transpose()?;
    let owner = |offence: &str| {
        world.defendants.iter().find(|(_, offences)| offences.iter().any(|known| known == offence))
    };
    let name = match (part.get("defendant"), offence) {
        (Some(name), _) => whose(world, name)?,
        (None, Some(offence)) => match owner(offence) {
            Some((name, _)) => name.clone(),
            None => return part.wrong(format!("there is no offence `{offence}`")),
        },
        (None, None) => match &world.defendants[..] {
            [(only, _)] => only.clone(),
            _ => return part.wrong("`defendant` is missing: there are several"),
        },
    };
    let defendant = world::defendant(&name);
    if let Some(next) = part.get("next") {
        return Ok(ordered(defendant, next_hearing(next)?, day));
    }
    let codes = |part: Part<'_>| part.list()?.into_iter().map(Part::code).collect::<Result<Vec<_>, _>>();
    let blank = ResultLine {
        defendant: Some(defendant),
        offence: offence.map(world::offence),
        qualifiers: part.get("qualifiers").map_or(Ok(Vec::new()), codes)?,
        category: part.get("category").map(Part::word::<Category>).transpose()?,
        urgent: part.flag("urgent")?,
        ordered_on: Some(day),
        ..ResultLine::blank(Line::Judicial)
    };
    if let Some(value) = part.get("plea").or_else(|| part.get("verdict")) {
        let line = if part.get("plea").is_some() { Line::Plea } else { Line::Verdict };
        return Ok(ResultLine { line, short_code: Some(value.code()?), ..blank });
    }
    if let Some(code) = part.get("code") {
        let code = code.code()?;
        let figures = code.bytes().all(|b| b.is_ascii_digit());
        let (cjs_code, short_code) = if figures { (Some(code), None) } else { (None, Some(code)) };
        return Ok(ResultLine { cjs_code, short_code, ..blank });
    }
    let word = part.need("outcome")?;
    match meaning(world, word.text()?, &blank) {
        Some(line) => Ok(line),
        None => word.wrong(format!("no court code means `{}`", word.shown())),
    }
}

/// A line that means `word`: by whichever of its codes really comes out as that.
fn meaning(world: &World<'_>, word: &str, blank: &ResultLine) -> Option<ResultLine> {
    let outcomes = &world.pack.outcomes;
    if word == "unmapped" {
        let line = ResultLine { cjs_code: Some("0000".to_owned()), ..blank.clone() };
        return Some(ResultLine { category: line.category.or(Some(Category::Final)), ..line });
    }
    let mut lines = outcomes.codes_of(word).flat_map(|codes| written(codes, blank));
    lines.find(|line| outcomes.of(line).word == word)
}

fn written(codes: &Codes, blank: &ResultLine) -> Vec<ResultLine> {
    let qualifiers = match codes.qualifiers.first() {
        Some(first) if blank.qualifiers.is_empty() => vec![first.clone()],
        _ => blank.qualifiers.clone(),
    };
    let base = ResultLine { qualifiers, ..blank.clone() };
    let with = |line: Line, value: &String| ResultLine {
        line,
        short_code: Some(value.clone()),
        label: value.clone(),
        ..base.clone()
    };
    let mut lines: Vec<ResultLine> = codes
        .cjs
        .iter()
        .map(|code| ResultLine { cjs_code: Some(code.clone()), label: code.clone(), ..base.clone() })
        .collect();
    lines.extend(codes.pleas.iter().map(|plea| with(Line::Plea, plea)));
    lines.extend(codes.verdicts.iter().map(|verdict| with(Line::Verdict, verdict)));
    lines.extend(codes.short.iter().map(|code| with(Line::Judicial, code)));
    lines.extend(codes.types.iter().map(|id| ResultLine { type_id: Some(*id), ..base.clone() }));
    lines.extend(codes.trials.iter().map(|trial| ResultLine {
        trial: Some(*trial),
        offence: None,
        ..with(Line::Trial, &trial.word().to_owned())
    }));
    lines
}
