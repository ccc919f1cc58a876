//! A message from the CPS or the listing office that came by mail or telephone: who is required, a trial that is taken
//! out, a new date. Each is one form, and one event.

use super::about::{About, Of};
use super::frame::{self};
use crate::domain::london;
use crate::grpc::pb::{self, event::Payload};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::page;
use crate::web::pages::told::hearing_words;
use crate::web::question::british;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};

const PATH: &str = "/record/cps";

/// Why a trial is taken out: the words of the pack of England and Wales, with what they are called.
const REASONS: [(&str, &str); 8] = [
    ("late-guilty-plea", "A guilty plea"),
    ("prosecution-ended", "The prosecution ended the case"),
    ("prosecution-not-ready", "The prosecution is not ready"),
    ("defence-not-ready", "The defence is not ready"),
    ("witness-cannot-come", "A witness cannot come"),
    ("defendant-cannot-come", "The defendant cannot come"),
    ("no-court-time", "The court has no time"),
    ("vacated", "Another reason, or none given"),
];

pub(super) fn router() -> Router<Board> {
    Router::new().route(PATH, get(show).post(post))
}

async fn show(visitor: Visitor, Query(of): Query<Of>) -> Response {
    if of.case.is_empty() {
        return Redirect::to("/record?what=cps").into_response();
    }
    let shown = page_of(&visitor, &of, &Posted::default(), &Faults::none()).await;
    page::or_refused(&visitor, shown)
}

async fn page_of(visitor: &Visitor, of: &Of, posted: &Posted, faults: &Faults) -> Result<Response, Refusal> {
    let about = About::read(visitor, of).await?;
    let act = posted.get("act");
    // What was filled in, and what was wrong with it, is of one of the three forms.
    let (empty, none) = (Posted::default(), Faults::none());
    let of_form = |name: &str| if name == act { (posted, faults) } else { (&empty, &none) };
    let content = html! {
        (faults.summary())
        div.heading {
            (about.crumbs())
            h1 { "Message from the CPS or the court" }
            p.facts { a href="#required" { "Who is required" } " · " a href="#taken-out" { "A trial is taken out" } " · " a href="#listed" { "A new date" } }
        }
        (required(visitor, &about, of_form("required")))
        (taken_out(visitor, &about, of_form("taken-out")))
        (listed(visitor, &about, of_form("listed")))
    };
    Ok(frame::shown(visitor, "Message from the CPS", &content, faults))
}

/// The trials to come, as options.
fn trials(about: &About, visitor: &Visitor) -> Vec<(String, String)> {
    let is_trial = |hearing: &&&pb::Hearing| {
        matches!(
            hearing.kind(),
            pb::HearingKind::Trial | pb::HearingKind::PreRecordedEvidence | pb::HearingKind::Appeal
        )
    };
    let coming = about.coming();
    coming
        .iter()
        .filter(is_trial)
        .map(|hearing| (hearing.id.clone(), hearing_words(hearing, visitor.now)))
        .collect()
}

/// The form around one of the three, with what each of them carries.
fn form_of(
    visitor: &Visitor,
    about: &About,
    act: &str,
    button: &str,
    posted: &Posted,
    inputs: &Markup,
) -> Markup {
    html! {
        form method="post" action=(PATH) id=(format!("cps-{act}-{}", about.case.id)) data-form {
            (form::carried(visitor, posted))
            input type="hidden" name="case" value=(about.case.id);
            input type="hidden" name="act" value=(act);
            (inputs)
            div.buttons { button.primary type="submit" { (button) } }
        }
    }
}

/// Chooses the only one of several where there is only one.
fn preset(posted: &Posted, name: &str, options: &[(String, String)]) -> Posted {
    let mut shown = posted.clone();
    if let ([only], "") = (options, shown.get(name)) {
        shown.set(name, only.0.clone());
    }
    shown
}

/// Who gives evidence, as a list of ticks with the day and part of the trial for each.
fn required(visitor: &Visitor, about: &About, (posted, faults): (&Posted, &Faults)) -> Markup {
    let trials = trials(about, visitor);
    let shown = preset(posted, "required_at", &trials);
    let mut people: Vec<&pb::Participant> =
        about.held.participants.iter().filter(|one| one.left_at.is_none()).collect();
    people.sort_by_key(|one| (one.witness_number.is_none(), one.witness_number));
    let attends = |one: &pb::Participant, hearing: &str| {
        let held = about.held.hearings.iter().find(|held| held.id == hearing);
        about.held.attendances.iter().find(|attendance| {
            attendance.participant_id == one.id
                && attendance.hearing_id == hearing
                && held.is_some_and(|held| held.listing == attendance.listing)
        })
    };
    let inputs = html! {
        (Input::new("required_at", "Which trial").required().choices(false, &trials, &shown, faults))
        fieldset.field.wrong[faults.is_about("required")] {
            legend { "Who is required" }
            (faults.beside("required"))
            table.required {
                caption.visually-hidden { "Everybody in the case, with a tick for who is required" }
                thead { tr { th scope="col" { "Required" } th scope="col" { "CPS no." } th scope="col" { "Day and part of the trial" } } }
                tbody { @for (nth, one) in people.iter().enumerate() {
                    @let id = if nth == 0 { form::id_of("required") } else { format!("{}-{nth}", form::id_of("required")) };
                    @let phase = format!("phase.{}", one.id);
                    tr {
                        td { div.choice {
                            input id=(id) type="checkbox" name="required" value=(one.id) checked[shown.holds("required", &one.id)];
                            label for=(id) {
                                (about.name_of(one)) ", " (words::roles(one).to_lowercase())
                                @if let Some(held) = attends(one, shown.get("required_at")) { " " span.tag { (words::attendance_state(held.state())) } }
                            }
                        } }
                        td { (one.witness_number.map_or_else(|| "–".to_owned(), |number| number.to_string())) }
                        td { input type="text" name=(phase) value=(shown.get(&phase)) autocomplete="off" aria-label=(format!("Day and part of the trial for {}", about.name_of(one))); }
                    }
                } }
            }
        }
    };
    html! {
        section id="required" {
            h2 { "Who is required to give evidence" }
            @if trials.is_empty() { p.empty { "No trial is listed in this case. Record its date below first." } }
            @else { (form_of(visitor, about, "required", "Save who is required", posted, &inputs)) }
        }
    }
}

fn taken_out(visitor: &Visitor, about: &About, (posted, faults): (&Posted, &Faults)) -> Markup {
    let trials = trials(about, visitor);
    let shown = preset(posted, "out_of", &trials);
    let reasons = form::options(&REASONS);
    let inputs = html! {
        (Input::new("out_of", "Which trial").required().choices(false, &trials, &shown, faults))
        (Input::new("reason", "Why").required().select("Choose", &reasons, &shown, faults))
        p.hint { "Whoever was warned is told not to come: their tasks are raised at once." }
    };
    html! {
        section id="taken-out" {
            h2 { "A trial is taken out" }
            @if trials.is_empty() { p.empty { "No trial is listed in this case." } }
            @else { (form_of(visitor, about, "taken-out", "Take the trial out", posted, &inputs)) }
        }
    }
}

fn listed(visitor: &Visitor, about: &About, (posted, faults): (&Posted, &Faults)) -> Markup {
    let coming: Vec<(String, String)> = about
        .held
        .hearings
        .iter()
        .filter(|hearing| matches!(hearing.state(), pb::HearingState::Listed | pb::HearingState::Vacated))
        .map(|hearing| (hearing.id.clone(), hearing_words(hearing, visitor.now)))
        .collect();
    let inputs = html! {
        (Input::new("hearing", "Which hearing").required().select("A new one", &coming, posted, faults))
        (Input::new("hearing_type", "What for").hint("Such as Trial or Sentence. For a hearing that is held: only if it changes").line("text", posted, faults))
        (Input::new("court", "Court").hint("By the name in the directory. For a hearing that is held: only if it changes").line("text", posted, faults))
        div.row {
            (Input::new("on", "Day").required().line("date", posted, faults))
            (Input::new("time", "Time").hint("Left empty where the day alone is known").line("time", posted, faults))
        }
    };
    html! {
        section id="listed" {
            h2 { "A hearing has a date, or another one" }
            (form_of(visitor, about, "listed", "Save the date", posted, &inputs))
        }
    }
}

/// What a form says has happened.
fn told(posted: &Posted) -> Result<Payload, Faults> {
    let mut faults = Faults::none();
    let payload = match posted.get("act") {
        "required" => {
            let required = |id: &str| pb::RequiredWitness {
                participant_id: id.to_owned(),
                phase: posted.get(&format!("phase.{id}")).to_owned(),
            };
            let witnesses: Vec<pb::RequiredWitness> = posted.all("required").map(required).collect();
            if witnesses.is_empty() {
                faults.field("required", "Tick at least one who is required");
            }
            if posted.get("required_at").is_empty() {
                faults.field("required_at", "Choose the trial");
            }
            Payload::WitnessesRequired(pb::WitnessesRequired {
                hearing_id: posted.get("required_at").to_owned(),
                witnesses,
            })
        }
        "taken-out" => {
            for (name, problem) in [("out_of", "Choose the trial"), ("reason", "Choose why it is taken out")]
            {
                if posted.get(name).is_empty() {
                    faults.field(name, problem);
                }
            }
            let (hearing_id, reason) = (posted.get("out_of").to_owned(), posted.get("reason").to_owned());
            Payload::TrialTakenOut(pb::TrialTakenOut { hearing_id, reason })
        }
        _ => Payload::HearingListed(listing(posted, &mut faults)),
    };
    if faults.is_none() { Ok(payload) } else { Err(faults) }
}

fn listing(posted: &Posted, faults: &mut Faults) -> pb::HearingListed {
    let get = |name: &str| posted.get(name).to_owned();
    let (hearing_id, hearing_type, court) = (get("hearing"), get("hearing_type"), get("court"));
    if hearing_id.is_empty() {
        for (name, value, problem) in [
            ("hearing_type", &hearing_type, "Enter what a new hearing is for"),
            ("court", &court, "Enter the court of a new hearing"),
        ] {
            if value.is_empty() {
                faults.field(name, problem);
            }
        }
    }
    let time = posted.get("time");
    // The hour at which courts begin to sit stands for a day of which no more is known.
    let at = british(posted.get("on")).and_then(|day| {
        let time = if time.is_empty() { "10:00" } else { time };
        london::parse(&format!("{day}T{time}")).ok()
    });
    if at.is_none() {
        faults.field("on", "Enter the day, and the time such as 10:00 where it is known");
    }
    pb::HearingListed {
        hearing_id,
        hearing_type,
        court: (!court.is_empty()).then(|| pb::Court { name: court, ..pb::Court::default() }),
        when: at.map(|at| pb::When { kind: Some(pb::when::Kind::At(crate::web::clocks::timestamp(at))) }),
        whole_day: time.is_empty(),
        ..pb::HearingListed::default()
    }
}

async fn post(visitor: Visitor, posted: Posted) -> Response {
    let of = Of::posted(&posted);
    let page = match saved(&visitor, &of, &posted).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(faults)) => page_of(&visitor, &of, &posted, &faults).await,
        Err(refusal) => Err(refusal),
    };
    page::or_refused(&visitor, page)
}

async fn saved(visitor: &Visitor, of: &Of, posted: &Posted) -> Result<Result<Response, Faults>, Refusal> {
    let payload = match told(posted) {
        Ok(payload) => payload,
        Err(faults) => return Ok(Err(faults)),
    };
    let event = pb::Event { case_id: of.case.clone(), payload: Some(payload), ..pb::Event::default() };
    let hearing = match posted.get("act") {
        "required" => "required_at",
        "taken-out" => "out_of",
        _ => "hearing",
    };
    let inputs = [
        ("hearing_id", hearing),
        ("hearing", hearing),
        ("witnesses", "required"),
        ("participant_id", "required"),
        ("reason", "reason"),
        ("hearing_type", "hearing_type"),
        ("name", "court"),
        ("court", "court"),
        ("when", "on"),
    ];
    super::told(visitor, of, posted, event, "It is recorded.", &inputs).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_ticked_is_required_with_their_part_of_the_trial() {
        let posted =
            Posted::parse("act=required&required_at=h&required=a&required=b&phase.a=Day+1&phase.c=Day+2");
        let Ok(Payload::WitnessesRequired(told)) = told(&posted) else { panic!("it says who is required") };
        let read: Vec<(&str, &str)> =
            told.witnesses.iter().map(|one| (one.participant_id.as_str(), one.phase.as_str())).collect();
        assert_eq!(read, [("a", "Day 1"), ("b", "")]);
    }

    #[test]
    fn a_date_without_an_hour_is_of_a_whole_day() {
        let posted = Posted::parse("act=listed&hearing=h&on=2027-01-18&time=");
        let Ok(Payload::HearingListed(told)) = told(&posted) else { panic!("it says a date") };
        assert!(told.whole_day && told.court.is_none());
        let missing = super::told(&Posted::parse("act=listed&on=")).unwrap_err();
        assert!(missing.is_about("on") && missing.is_about("court") && missing.is_about("hearing_type"));
    }
}
