//! A result that was seen on the live screen, entered before the feed brings it; the feed is compared with it when it
//! comes, and nobody is told of the same twice.
//!
//! What is entered is the whole of a defendant's hearing day: what stands of that day already goes with it, since a share
//! of a day takes the place of the one before.

mod look;
mod meaning;
pub(super) mod save;

use super::about::{About, Of};
use super::frame::{self};
use crate::domain::london;
use crate::grpc::pb;
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::page;
use crate::web::pages::told::{hearing_words, line_words, trial_words};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;

/// Where results are entered.
const PATH: &str = "/record/result";
/// Results that one offence may be given at once: who has more saves twice.
const RESULTS: usize = 2;

pub(super) fn router() -> Router<Board> {
    Router::new().route(PATH, get(show).post(save::post))
}

/// Whether the form that asks for the hearing and the defendant was sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    go: String,
}

async fn show(visitor: Visitor, Query(of): Query<Of>, Query(asked): Query<Asked>) -> Response {
    if of.case.is_empty() {
        return Redirect::to("/record?what=result").into_response();
    }
    let shown = if asked.go.is_empty() {
        page_of(&visitor, &of, &Posted::default(), &Faults::none()).await
    } else {
        chosen(&visitor, &of).await
    };
    page::or_refused(&visitor, shown)
}

/// Hearings that may have sat by now, the latest first, and last those without a date.
fn sat(about: &About, today: NaiveDate) -> Vec<&pb::Hearing> {
    let may = |hearing: &&pb::Hearing| {
        let state = matches!(hearing.state(), pb::HearingState::Listed | pb::HearingState::Resulted);
        state && day_of(hearing).is_none_or(|day| day <= today)
    };
    let mut sat: Vec<&pb::Hearing> = about.held.hearings.iter().filter(may).collect();
    sat.sort_by_key(|hearing| std::cmp::Reverse(day_of(hearing)));
    sat
}

/// The day of a hearing, where it has one.
fn day_of(hearing: &pb::Hearing) -> Option<NaiveDate> {
    match hearing.when.as_ref()?.kind.as_ref()? {
        pb::when::Kind::At(at) => crate::web::clocks::instant(*at).map(london::date),
        pb::when::Kind::WeekOf(monday) => crate::web::clocks::day(monday),
        pb::when::Kind::Unfixed(_) => None,
    }
}

/// Which hearing and defendant are meant: those that the address names, else the only ones.
fn meant<'a>(
    about: &'a About,
    of: &Of,
    today: NaiveDate,
) -> (Option<&'a pb::Hearing>, Option<&'a pb::Defendant>) {
    let hearings = sat(about, today);
    let hearing = hearings.iter().find(|hearing| hearing.id == of.hearing).copied();
    let hearing = hearing.or_else(|| if let [only] = hearings[..] { Some(only) } else { None });
    let heard = |defendant: &&pb::Defendant| {
        hearing.is_none_or(|hearing| {
            hearing.defendant_ids.is_empty() || hearing.defendant_ids.contains(&defendant.id)
        })
    };
    let defendants: Vec<&pb::Defendant> = about.held.defendants.iter().filter(heard).collect();
    let defendant = defendants.iter().find(|defendant| defendant.id == of.defendant).copied();
    (hearing, defendant.or_else(|| if let [only] = defendants[..] { Some(only) } else { None }))
}

/// The page once a hearing and a defendant were to be chosen: with what is missing, where something is.
async fn chosen(visitor: &Visitor, of: &Of) -> Result<Response, Refusal> {
    let about = About::read(visitor, of).await?;
    let (hearing, defendant) = meant(&about, of, london::date(visitor.now));
    let mut faults = Faults::none();
    if hearing.is_none() {
        faults.field("hearing", "Choose the hearing");
    }
    if defendant.is_none() {
        let problem = match of.defendant.as_str() {
            "" => "Choose the defendant",
            _ => "Choose a defendant of that hearing",
        };
        faults.field("defendant", problem);
    }
    Ok(page_with(visitor, of, &about, &Posted::default(), &faults))
}

/// The page, with the form as it was filled in where it was refused.
///
/// # Errors
/// What the API refuses.
async fn page_of(visitor: &Visitor, of: &Of, posted: &Posted, faults: &Faults) -> Result<Response, Refusal> {
    Ok(page_with(visitor, of, &About::read(visitor, of).await?, posted, faults))
}

/// The same of a case that is read already.
fn page_with(visitor: &Visitor, of: &Of, about: &About, posted: &Posted, faults: &Faults) -> Response {
    let today = london::date(visitor.now);
    let content = html! {
        (faults.summary())
        div.heading { (about.crumbs()) h1 { "Result seen on the live screen" } }
        @if about.held.defendants.is_empty() {
            p.empty {
                "No court has shared yet who is charged in this case, so a result cannot be entered against anybody. It comes with the first result of the feed; until then "
                a href=(Of { case: of.case.clone(), ..Of::default() }.address("/record/note")) { "write a note" } "."
            }
        } @else {
            @match meant(about, of, today) {
                (Some(hearing), Some(defendant)) => (entry(visitor, about, hearing, defendant, posted, faults)),
                _ => (choice(about, of, visitor, faults)),
            }
        }
    };
    frame::shown(visitor, "Result seen on the live screen", &content, faults)
}

/// Which hearing, and which defendant.
fn choice(about: &About, of: &Of, visitor: &Visitor, faults: &Faults) -> Markup {
    let hearings = sat(about, london::date(visitor.now));
    let shown: Vec<(String, String)> =
        hearings.iter().map(|hearing| (hearing.id.clone(), hearing_words(hearing, visitor.now))).collect();
    let defendants: Vec<(String, String)> =
        about.held.defendants.iter().map(|one| (one.id.clone(), words::defendant(one))).collect();
    let mut posted = Posted::default();
    for (name, options, chosen) in
        [("hearing", &shown, &of.hearing), ("defendant", &defendants, &of.defendant)]
    {
        let only = if let [only] = &options[..] { only.0.clone() } else { String::new() };
        posted.set(name, if chosen.is_empty() { &only } else { chosen });
    }
    html! {
        @if hearings.is_empty() {
            p.empty { "No hearing of this case can have sat by now. One that was listed for today and is not held: record it first as a message from the CPS." }
        } @else {
            form method="get" action=(PATH) id=(format!("result-which-{}", about.case.id)) {
                input type="hidden" name="case" value=(about.case.id);
                input type="hidden" name="go" value="on";
                (Input::new("hearing", "Which hearing").required().choices(false, &shown, &posted, faults))
                (Input::new("defendant", "Which defendant").required().choices(false, &defendants, &posted, faults))
                div.buttons { button.primary type="submit" { "Go on" } }
            }
        }
    }
}

/// Pleas and verdicts as courts write them, with what they are called.
const PLEAS: [(&str, &str); 6] = [
    ("GUILTY", "Guilty"),
    ("NOT_GUILTY", "Not guilty"),
    ("CHANGE_TO_GUILTY", "Changed to guilty"),
    ("INDICATED_GUILTY", "Indicated guilty"),
    ("INDICATED_NOT_GUILTY", "Indicated not guilty"),
    ("NO_PLEA", "No plea taken"),
];
const VERDICTS: [(&str, &str); 3] =
    [("GUILTY", "Guilty"), ("NOT_GUILTY", "Not guilty"), ("NO_VERDICT", "No verdict")];

/// What stands of a hearing day for a case.
fn standing<'a>(about: &'a About, hearing: &pb::Hearing, day: NaiveDate) -> Vec<&'a pb::ResultLine> {
    let of_day = |standing: &&pb::Standing| {
        standing.day == day.to_string() && hearing.court_hearing_ids.contains(&standing.court_hearing_id)
    };
    about.held.lines.iter().filter(of_day).filter_map(|standing| standing.line.as_ref()).collect()
}

/// The day that is proposed: the hearing's own, else today.
fn proposed(hearing: &pb::Hearing, today: NaiveDate) -> NaiveDate {
    let exact =
        matches!(hearing.when.as_ref().and_then(|when| when.kind.as_ref()), Some(pb::when::Kind::At(_)));
    day_of(hearing).filter(|day| exact && *day <= today).unwrap_or(today)
}

fn entry(
    visitor: &Visitor,
    about: &About,
    hearing: &pb::Hearing,
    defendant: &pb::Defendant,
    posted: &Posted,
    faults: &Faults,
) -> Markup {
    let today = london::date(visitor.now);
    let day = proposed(hearing, today);
    let held = standing(about, hearing, day);
    let mut shown = posted.clone();
    let next_court =
        if shown.has("filled") { shown.get("next_court").to_owned() } else { court_name(hearing) };
    shown.set("next_court", next_court);
    if !shown.has("day") {
        shown.set("day", day.to_string());
    }
    let trials: Vec<(String, String)> = [
        pb::TrialOutcome::Effective,
        pb::TrialOutcome::Cracked,
        pb::TrialOutcome::Ineffective,
        pb::TrialOutcome::Vacated,
    ]
    .iter()
    .map(|outcome| (outcome.as_str_name().to_owned(), form::sentence(trial_words(*outcome))))
    .collect();
    // What no court has named to us by an id is known by one of ours until it does: the feed is compared with it by day
    // and defendant, and the case is found by its other references.
    let named = |name: &str, known: Option<String>| match (posted.get(name), known) {
        ("", Some(known)) => known,
        ("", None) => visitor.new_id(),
        (carried, _) => carried.to_owned(),
    };
    let court_hearing = named("court_hearing", hearing.court_hearing_ids.last().cloned());
    let court_case = named("court_case", reference(about, pb::ReferenceKind::CourtCase));
    html! {
        p.facts { strong { (words::defendant(defendant)) } " · " (hearing_words(hearing, visitor.now)) }
        @if !held.is_empty() {
            section.held {
                h2 { "Held already of this day" }
                ul { @for line in &held { li { (line_words(&about.held, line, visitor.now)) } } }
                p.hint { "What you enter is added to it." }
            }
        }
        form method="post" action=(PATH) id=(format!("result-{}-{}", hearing.id, defendant.id)) data-form {
            (form::carried(visitor, posted))
            input type="hidden" name="case" value=(about.case.id);
            input type="hidden" name="hearing" value=(hearing.id);
            input type="hidden" name="defendant" value=(defendant.id);
            input type="hidden" name="court_hearing" value=(court_hearing);
            input type="hidden" name="court_case" value=(court_case);
            input type="hidden" name="seen_at" value=(match posted.get("seen_at") { "" => visitor.now.to_rfc3339(), seen => seen.to_owned() });
            input type="hidden" name="filled" value="yes";
            (Input::new("day", "Day on which it sat").required().line("date", &shown, faults))
            @for (nth, offence) in defendant.offences.iter().enumerate() {
                (offence_entry(nth, offence, &shown, faults))
            }
            @if hearing.kind() == pb::HearingKind::Trial { (Input::new("trial", "What became of the trial").select("Not said", &trials, &shown, faults)) }
            fieldset.field {
                legend { "Next hearing" span.optional { " (optional)" } }
                div.row {
                    (Input::new("next_type", "What for").hint("Such as Sentence or Trial").line("text", &shown, faults))
                    (Input::new("next_at", "Day and time").line("datetime-local", &shown, faults))
                    (Input::new("next_court", "Court").line("text", &shown, faults))
                }
            }
            p.hint { "The feed is compared with this when it comes. People are told of it once." }
            div.buttons { button.primary type="submit" name="act" value="look" { "Look it over" } }
        }
    }
}

fn offence_entry(nth: usize, offence: &pb::Offence, shown: &Posted, faults: &Faults) -> Markup {
    let name = |what: &str| format!("{what}.{nth}");
    let (plea, verdict) = (name("plea"), name("verdict"));
    html! {
        fieldset.field.offence {
            legend { (offence.title) " " span.hint { (offence.code) } }
            input type="hidden" name=(name("offence")) value=(offence.id);
            div.row {
                (Input::new(&plea, "Plea").select("None entered", &form::options(&PLEAS), shown, faults))
                (Input::new(&verdict, "Verdict").select("None given", &form::options(&VERDICTS), shown, faults))
            }
            @for result in 0..RESULTS {
                @let (code, label) = (name(&format!("code{result}")), name(&format!("label{result}")));
                @let which = if result == 0 { "Result" } else { "A further result" };
                div.row {
                    (Input::new(&code, &format!("{which}: code")).hint(if result == 0 { "Short code such as WOFD, or CJS code such as 4575" } else { "" }).line("text", shown, faults))
                    (Input::new(&label, &format!("{which}: as the screen words it")).hint(if result == 0 { "Left empty where usher has a meaning for the code" } else { "" }).line("text", shown, faults))
                }
            }
            @let ends = name("ends");
            div.choices { div.choice {
                input id=(form::id_of(&ends)) type="checkbox" name=(ends) value="yes" checked[shown.has(&ends)];
                label for=(form::id_of(&ends)) { "It ends the case for this offence" }
            } }
        }
    }
}

/// What a case is found by, of one kind.
fn reference(about: &About, kind: pb::ReferenceKind) -> Option<String> {
    let mut references = about.case.references.iter();
    references.find(|reference| reference.kind() == kind).map(|reference| reference.value.clone())
}

/// The name of the court of a hearing.
fn court_name(hearing: &pb::Hearing) -> String {
    hearing.court.as_ref().map(|court| court.name.clone()).unwrap_or_default()
}
