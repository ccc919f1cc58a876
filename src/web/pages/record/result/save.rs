//! What the form of a result does: it reads the lines that were entered and shows them to be looked over; once they are
//! to be recorded it puts them with what stands of the day, and tells usher as a share of the day by hand.

use super::super::about::{About, Of};
use super::super::told;
use super::look::{self, contradictions, too_early};
use super::meaning::Meanings;
use super::{RESULTS, court_name, day_of, meant, page_of, reference, standing};
use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{Faults, Posted};
use crate::web::page;
use crate::web::question::british;
use crate::web::refusal::Refusal;
use axum::response::Response;
use chrono::NaiveDate;

/// The word of the button that records what was looked over.
pub(super) const RECORD: &str = "record";

/// Takes the form.
pub(super) async fn post(visitor: Visitor, posted: Posted) -> Response {
    let of = Of::posted(&posted);
    if posted.get("act") == "change" {
        let shown = page_of(&visitor, &of, &posted, &Faults::none()).await;
        return page::or_refused(&visitor, shown);
    }
    let page = match saved(&visitor, &of, &posted).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(faults)) => page_of(&visitor, &of, &posted, &faults).await,
        Err(refusal) => Err(refusal),
    };
    page::or_refused(&visitor, page)
}

/// The lines that a form enters about one defendant.
fn lines(
    posted: &Posted,
    defendant: &pb::Defendant,
    hearing: &pb::Hearing,
    (day, today): (NaiveDate, NaiveDate),
    meanings: &Meanings,
) -> Result<Vec<pb::ResultLine>, Faults> {
    let (mut lines, mut faults) = (Vec::new(), Faults::none());
    let blank = |line: pb::Line, offence: &str| pb::ResultLine {
        line: line.into(),
        defendant_id: defendant.id.clone(),
        offence_id: offence.to_owned(),
        ordered_on: day.to_string(),
        ..pb::ResultLine::default()
    };
    for (nth, offence) in defendant.offences.iter().enumerate() {
        let get = |what: &str| posted.get(&format!("{what}.{nth}")).to_owned();
        for (what, line) in [("plea", pb::Line::Plea), ("verdict", pb::Line::Verdict)] {
            let value = get(what);
            if !value.is_empty() {
                lines.push(pb::ResultLine { short_code: value, ..blank(line, &offence.id) });
            }
        }
        for result in 0..RESULTS {
            let (code, typed) = (get(&format!("code{result}")), get(&format!("label{result}")));
            let label = match meanings.title(&code) {
                Some(title) if typed.is_empty() => title.to_owned(),
                _ => typed,
            };
            match (code.is_empty(), label.is_empty()) {
                (true, true) => {}
                (true, false) => {
                    faults.field(&format!("code{result}.{nth}"), "Enter the code that the screen shows")
                }
                (false, true) => {
                    let problem = if meanings.lacks(&code) {
                        "usher has no meaning for this code; a person will look at it. Enter what the screen says"
                    } else {
                        "Enter what the screen says"
                    };
                    faults.field(&format!("label{result}.{nth}"), problem);
                }
                (false, false) => {
                    let ends = posted.has(&format!("ends.{nth}"));
                    let is_number = code.chars().all(|c| c.is_ascii_digit());
                    let (cjs_code, short_code) =
                        if is_number { (code, String::new()) } else { (String::new(), code.to_uppercase()) };
                    let category = if ends { pb::Category::Final } else { pb::Category::Interim };
                    lines.push(pb::ResultLine {
                        cjs_code,
                        short_code,
                        label,
                        category: category.into(),
                        ..blank(pb::Line::Judicial, &offence.id)
                    });
                }
            }
        }
    }
    if let Some(trial) = pb::TrialOutcome::from_str_name(posted.get("trial")) {
        lines.push(pb::ResultLine { trial: trial.into(), ..blank(pb::Line::Trial, "") });
    }
    match next(posted, hearing, (day, today)) {
        Ok(Some(order)) => {
            let label = "Next hearing".to_owned();
            lines.push(pb::ResultLine {
                next_hearing: Some(order),
                label,
                ..blank(pb::Line::NextHearing, "")
            });
        }
        Ok(None) => {}
        Err(wrong) => wrong.fields.iter().for_each(|(name, fault)| faults.field(name, fault.clone())),
    }
    if lines.is_empty() && faults.is_none() {
        faults.whole.push("Enter at least a plea, a verdict, a result or the next hearing".to_owned());
    }
    if faults.is_none() { Ok(lines) } else { Err(faults) }
}

/// The next hearing that was ordered, where one is entered.
fn next(
    posted: &Posted,
    hearing: &pb::Hearing,
    (day, today): (NaiveDate, NaiveDate),
) -> Result<Option<pb::NextHearing>, Faults> {
    let (kind, at, court) = (posted.get("next_type"), posted.get("next_at"), posted.get("next_court"));
    if kind.is_empty() && at.is_empty() {
        return Ok(None);
    }
    let mut faults = Faults::none();
    if kind.is_empty() {
        faults.field("next_type", "Enter what the next hearing is for");
    }
    let starts = london::parse(at);
    match starts.as_ref().map(|starts| too_early(london::date(*starts), day, today)) {
        Err(_) => faults.field("next_at", "Enter the day and time of the next hearing"),
        Ok(Some(problem)) => faults.field("next_at", problem),
        Ok(None) => {}
    }
    if court.is_empty() {
        faults.field("next_court", "Enter the court of the next hearing");
    }
    let (Ok(starts), true) = (starts, faults.is_none()) else { return Err(faults) };
    let held = hearing.court.as_ref().filter(|held| held.name == court);
    let court = held.map_or_else(
        || pb::Court { name: court.to_owned(), ..pb::Court::default() },
        |held| pb::Court { room: String::new(), ..held.clone() },
    );
    let lower = court.name.to_lowercase();
    let jurisdiction = if lower.contains("crown") {
        pb::Jurisdiction::Crown
    } else if lower.contains("magistrates") {
        pb::Jurisdiction::Magistrates
    } else {
        pb::Jurisdiction::Unspecified
    };
    Ok(Some(pb::NextHearing {
        hearing_type: kind.to_owned(),
        jurisdiction: jurisdiction.into(),
        court: Some(court),
        when: Some(pb::When { kind: Some(pb::when::Kind::At(clocks::timestamp(starts))) }),
        existing_court_hearing_id: String::new(),
    }))
}

async fn saved(visitor: &Visitor, of: &Of, posted: &Posted) -> Result<Result<Response, Faults>, Refusal> {
    let about = About::read(visitor, of).await?;
    let today = london::date(visitor.now);
    let (Some(hearing), Some(defendant)) = meant(&about, of, today) else {
        return Err(Refusal::not_here("the hearing or the defendant is not in this case any more"));
    };
    let day = match british(posted.get("day")) {
        Some(day) if day <= today => day,
        _ => {
            return Ok(Err(Faults::one("day", "Enter the day on which it sat: today or earlier")));
        }
    };
    let has_code = |(name, value): &(String, String)| name.starts_with("code") && !value.trim().is_empty();
    let meanings = if posted.fields().iter().any(has_code) {
        Meanings::read(visitor).await?
    } else {
        Meanings::default()
    };
    let held = standing(&about, hearing, day);
    let mut wrong = contradictions(posted, defendant, &held);
    let mut lines = match lines(posted, defendant, hearing, (day, today), &meanings) {
        Ok(lines) => lines,
        Err(faults) => {
            // What contradicts itself is said first, as it may be why something else is missing.
            faults.fields.iter().for_each(|(name, fault)| wrong.field(name, fault.clone()));
            if wrong.is_none() {
                wrong.whole = faults.whole;
            }
            return Ok(Err(wrong));
        }
    };
    if !wrong.is_none() {
        return Ok(Err(wrong));
    }
    if posted.get("act") != RECORD {
        let of_day = (hearing, defendant, day);
        return Ok(Ok(look::shown(visitor, &about, of_day, &lines, &meanings, posted)));
    }
    lines.extend(held.into_iter().cloned());
    // Everybody of whom something stands that day is in it, or what was said of them would be gone.
    let named =
        |one: &&pb::Defendant| one.id == defendant.id || lines.iter().any(|line| line.defendant_id == one.id);
    let defendants = about.held.defendants.iter().filter(named).cloned().collect();
    let case = pb::CaseShare {
        court_case_id: posted.get("court_case").to_owned(),
        urn: reference(&about, pb::ReferenceKind::Urn).unwrap_or_default(),
        authority_reference: reference(&about, pb::ReferenceKind::AuthorityReference).unwrap_or_default(),
        authority: String::new(),
        markers: about.held.markers.clone(),
        defendants,
        lines,
    };
    let seen_at = london::parse(posted.get("seen_at")).unwrap_or(visitor.now);
    let share = pb::Share {
        feed: pb::Feed::Manual.into(),
        court_hearing_id: posted.get("court_hearing").to_owned(),
        day: day.to_string(),
        shared_at: Some(clocks::timestamp(seen_at)),
        jurisdiction: jurisdiction_of(hearing).into(),
        hearing_type: hearing.hearing_type.clone(),
        court: hearing.court.clone(),
        sitting_at: match hearing.when.as_ref().and_then(|when| when.kind.as_ref()) {
            Some(pb::when::Kind::At(at)) if day_of(hearing) == Some(day) => Some(*at),
            _ => None,
        },
        cases: vec![case],
    };
    let payload = pb::event::Payload::HearingResulted(Box::new(pb::HearingResulted { share: Some(share) }));
    let event = pb::Event { payload: Some(payload), ..pb::Event::default() };
    let inputs = [("day", "day"), ("when", "next_at"), ("name", "next_court")];
    told(visitor, of, posted, event, "The result is recorded.", &inputs).await
}

/// Which kind of court sat: as the hearing says, else as its name does.
fn jurisdiction_of(hearing: &pb::Hearing) -> pb::Jurisdiction {
    match hearing.jurisdiction() {
        pb::Jurisdiction::Unspecified if court_name(hearing).to_lowercase().contains("crown") => {
            pb::Jurisdiction::Crown
        }
        pb::Jurisdiction::Unspecified => pb::Jurisdiction::Magistrates,
        known => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defendant() -> pb::Defendant {
        let offence = pb::Offence { id: "o".to_owned(), ..pb::Offence::default() };
        pb::Defendant { id: "d".to_owned(), offences: vec![offence], ..pb::Defendant::default() }
    }

    fn entered(text: &str) -> Result<Vec<pb::ResultLine>, Faults> {
        let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let days = (day, day);
        lines(&Posted::parse(text), &defendant(), &pb::Hearing::default(), days, &Meanings::default())
    }

    #[test]
    fn a_code_of_figures_is_a_cjs_code_and_any_other_a_short_code() {
        let read =
            entered("plea.0=GUILTY&code0.0=4575&label0.0=Warrant&code1.0=wofd&label1.0=Again&ends.0=yes")
                .unwrap();
        assert_eq!(read.len(), 3);
        assert_eq!((read[0].line(), read[0].short_code.as_str()), (pb::Line::Plea, "GUILTY"));
        assert_eq!((read[1].cjs_code.as_str(), read[1].short_code.as_str()), ("4575", ""));
        assert_eq!((read[2].cjs_code.as_str(), read[2].short_code.as_str()), ("", "WOFD"));
        assert!(read.iter().all(|line| line.defendant_id == "d"
            && line.offence_id == "o"
            && line.ordered_on == "2026-11-23"));
    }

    #[test]
    fn half_a_result_and_half_a_hearing_are_told_beside_what_is_missing() {
        assert!(entered("code0.0=4575").unwrap_err().is_about("label0.0"));
        assert!(entered("next_type=Trial&next_court=X").unwrap_err().is_about("next_at"));
        assert!(!entered("").unwrap_err().whole.is_empty());
    }
}
