//! What a result says, looked over before it is recorded: each line in words, with whatever a person will have to look at.
//! Nothing is recorded by it; the form goes with it as it was filled in, so that it is recorded or changed from here.

use super::super::about::About;
use super::super::frame;
use super::PATH;
use super::meaning::Meanings;
use super::save::RECORD;
use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::form::{BY, Faults, Posted, REQUEST, carried};
use crate::web::pages::told::{hearing_words, line_words};
use crate::web::words;
use axum::response::Response;
use chrono::NaiveDate;
use maud::html;

/// Names that the look-over page says itself.
const OWN: [&str; 3] = [REQUEST, BY, "act"];

/// The page on which it is looked over.
pub(super) fn shown(
    visitor: &Visitor,
    about: &About,
    (hearing, defendant, day): (&pb::Hearing, &pb::Defendant, NaiveDate),
    lines: &[pb::ResultLine],
    meanings: &Meanings,
    posted: &Posted,
) -> Response {
    let code = |line: &pb::ResultLine| {
        if line.cjs_code.is_empty() { line.short_code.clone() } else { line.cjs_code.clone() }
    };
    let fields = posted.fields().iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let content = html! {
        div.heading { (about.crumbs()) h1 { "This will be recorded" } }
        p.facts { strong { (words::defendant(defendant)) } " · " (hearing_words(hearing, visitor.now)) " · sat on " (london::human_date(day)) }
        ul.lines {
            @for line in lines {
                li {
                    (line_words(&about.held, line, visitor.now))
                    @if line.line() == pb::Line::Judicial {
                        " · code " (code(line))
                        @if line.category() == pb::Category::Final { " · it ends the case for this offence" }
                        @if meanings.lacks(&code(line)) {
                            p.warning { strong { "usher has no meaning for this code; a person will look at it." } }
                        }
                    }
                }
            }
        }
        p.hint { "People are told of it once: the feed is compared with this when it comes." }
        form method="post" action=(PATH) id=(format!("look-{}-{}", hearing.id, defendant.id)) data-keep="no" {
            (carried(visitor, posted))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            div.buttons {
                button.primary type="submit" name="act" value=(RECORD) { "Record" }
                button type="submit" name="act" value="change" { "Change" }
            }
        }
    };
    frame::shown(visitor, "This will be recorded", &content, &Faults::none())
}

/// What contradicts itself in what is entered about one offence, beside its field.
pub(super) fn contradictions(posted: &Posted, defendant: &pb::Defendant, held: &[&pb::ResultLine]) -> Faults {
    let mut faults = Faults::none();
    let did_not_sit = matches!(
        pb::TrialOutcome::from_str_name(posted.get("trial")),
        Some(pb::TrialOutcome::Ineffective | pb::TrialOutcome::Vacated)
    );
    for (nth, offence) in defendant.offences.iter().enumerate() {
        let name = |what: &str| format!("{what}.{nth}");
        let of_day = |of: pb::Line| {
            let of_offence = |line: &&&pb::ResultLine| {
                line.line() == of && line.defendant_id == defendant.id && line.offence_id == offence.id
            };
            held.iter().rfind(of_offence).map(|line| line.short_code.as_str()).unwrap_or_default()
        };
        let or_held = |what: &str, of: pb::Line| match posted.get(&name(what)) {
            "" => of_day(of).to_owned(),
            entered => entered.to_owned(),
        };
        let (plea, verdict) = (or_held("plea", pb::Line::Plea), or_held("verdict", pb::Line::Verdict));
        let entered = |what: &str| !posted.get(&name(what)).is_empty();
        let guilty_plea = matches!(plea.as_str(), "GUILTY" | "CHANGE_TO_GUILTY" | "INDICATED_GUILTY");
        if guilty_plea && verdict == "NOT_GUILTY" && (entered("plea") || entered("verdict")) {
            let which = if entered("verdict") { "verdict" } else { "plea" };
            let problem = format!(
                "A guilty plea and a verdict of not guilty do not go together: look at the screen again ({})",
                offence.title
            );
            faults.field(&name(which), problem);
        }
        let decided = matches!(posted.get(&name("verdict")), "GUILTY" | "NOT_GUILTY");
        if decided && did_not_sit {
            faults.field(
                "trial",
                "A trial that did not go ahead has no verdict: choose what became of it again",
            );
        }
        let has_code = !posted.get(&name("code0")).is_empty() || !posted.get(&name("code1")).is_empty();
        if posted.has(&name("ends")) && !has_code && verdict != "NOT_GUILTY" {
            faults.field(
                &name("code0"),
                "Enter the result that ends the case for this offence, or untick that it does",
            );
        }
    }
    faults
}

/// What is wrong with the day of the next hearing: it lies before this one, or before today.
pub(super) fn too_early(next: NaiveDate, sat: NaiveDate, today: NaiveDate) -> Option<String> {
    (next < sat.max(today)).then(|| {
        let why = if next < sat { "it lies before this hearing" } else { "it has passed" };
        format!("Enter a day of the next hearing from today on: {why}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defendant() -> pb::Defendant {
        let offence = pb::Offence { id: "o".to_owned(), ..pb::Offence::default() };
        pb::Defendant { id: "d".to_owned(), offences: vec![offence], ..pb::Defendant::default() }
    }

    #[test]
    fn a_guilty_plea_and_a_verdict_of_not_guilty_do_not_go_together() {
        let faults = |text: &str| contradictions(&Posted::parse(text), &defendant(), &[]);
        assert!(faults("plea.0=GUILTY&verdict.0=NOT_GUILTY").is_about("verdict.0"));
        assert!(faults("plea.0=NOT_GUILTY&verdict.0=NOT_GUILTY").is_none());
        assert!(faults("verdict.0=GUILTY").is_none());
        assert!(faults("verdict.0=GUILTY&trial=TRIAL_OUTCOME_VACATED").is_about("trial"));
        assert!(faults("ends.0=yes").is_about("code0.0"));
    }

    #[test]
    fn what_is_held_of_the_day_counts_as_well() {
        let held = pb::ResultLine {
            line: pb::Line::Plea.into(),
            defendant_id: "d".to_owned(),
            offence_id: "o".to_owned(),
            short_code: "GUILTY".to_owned(),
            ..pb::ResultLine::default()
        };
        let faults = |text: &str| contradictions(&Posted::parse(text), &defendant(), &[&held]);
        assert!(faults("verdict.0=NOT_GUILTY").is_about("verdict.0"));
        assert!(faults("trial=").is_none());
    }

    #[test]
    fn the_next_hearing_lies_neither_before_this_one_nor_before_today() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        assert!(too_early(day(22), day(23), day(24)).is_some());
        assert!(too_early(day(23), day(23), day(24)).is_some());
        assert!(too_early(day(24), day(23), day(24)).is_none());
    }
}
