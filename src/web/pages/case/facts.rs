//! The facts of a case as a form: how far it has come, risk, owner and team; its flags; and the references it is found by.
//!
//! Flags stand in a form of their own: whoever saves them decides every flag that a rule proposed, and nobody should do
//! that while changing an owner.

use super::banners;
use super::seen::Seen;
use crate::grpc::pb::{self, Phase, Reason, ReferenceKind, Risk};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::pages::team::absence;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::try_join;
use maud::{Markup, html};

/// Phases by their word in forms and addresses.
pub(super) const PHASES: [(&str, Phase); 3] = [
    ("before-charge", Phase::PreCharge),
    ("after-charge", Phase::PostCharge),
    ("concluded", Phase::Concluded),
];
/// Risks by their word in forms.
pub(super) const RISKS: [(&str, Risk); 3] =
    [("high", Risk::High), ("medium", Risk::Medium), ("low", Risk::Low)];
/// Kinds of reference by their word in forms.
pub(super) const REFERENCES: [(&str, ReferenceKind); 4] = [
    ("urn", ReferenceKind::Urn),
    ("occurrence", ReferenceKind::Occurrence),
    ("court", ReferenceKind::CourtCase),
    ("authority", ReferenceKind::AuthorityReference),
];

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/cases/{id}/facts", get(show).post(change))
        .route("/cases/{id}/references", post(link))
}

/// What a word of a form stands for.
#[must_use]
pub(super) fn meant<T: Copy>(of: &[(&str, T)], word: &str) -> Option<T> {
    of.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// Phases to choose from.
#[must_use]
pub(super) fn phases() -> Vec<(String, String)> {
    PHASES.iter().map(|(word, phase)| ((*word).to_owned(), words::phase(*phase).to_owned())).collect()
}

/// Risks to choose from.
#[must_use]
pub(super) fn risks() -> Vec<(String, String)> {
    RISKS.iter().map(|(word, risk)| ((*word).to_owned(), words::risk(*risk).to_owned())).collect()
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    shown(&visitor, &id, None, &Faults::none()).await
}

/// The page, with the form that was refused as it was filled in.
async fn shown(visitor: &Visitor, id: &str, filled: Option<&Posted>, faults: &Faults) -> Response {
    let read = async { try_join!(Seen::read(visitor, id), visitor.people()) };
    let (seen, people) = match read.await {
        Ok(read) => read,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let none = Faults::none();
    let of = |what: &str| match filled {
        Some(filled) if filled.get("what") == what => (filled.clone(), faults),
        _ => (as_held(&seen.case), &none),
    };
    let content = html! {
        (faults.summary())
        (seen.heading("Facts of this case"))
        (facts_form(visitor, &seen.case, &people, of("facts")))
        (flags_form(visitor, &seen.case, of("flags")))
        (references_form(visitor, &seen.case, of("reference")))
    };
    let title = format!("Facts, {}", seen.case.label);
    Page::new(visitor, &title, Part::Cases, content).status(faults.status()).into_response()
}

/// The forms as the case has it.
fn as_held(case: &pb::Case) -> Posted {
    let mut posted = Posted::default();
    let phase = PHASES.iter().find(|(_, phase)| *phase == case.phase());
    let risk = RISKS.iter().find(|(_, risk)| *risk == case.risk());
    posted.set("phase", phase.map_or("", |(word, _)| *word));
    posted.set("risk", risk.map_or("", |(word, _)| *word));
    posted.set("owner", &case.owner_id);
    posted.set("team", &case.team_id);
    // A proposed flag counts until somebody refuses it: left as it is, it is confirmed.
    for flag in case.flags.iter().chain(&case.proposed_flags) {
        posted.add("flags", flag);
    }
    posted
}

fn facts_form(
    visitor: &Visitor,
    case: &pb::Case,
    people: &People,
    (posted, faults): (Posted, &Faults),
) -> Markup {
    html! {
        section aria-labelledby="facts-title" {
            h2 id="facts-title" { @if visitor.leads() { "Phase, risk and owner" } @else { "Phase and risk" } }
            form id="form-facts" method="post" action=(format!("/cases/{}/facts", case.id)) data-form {
                (form::carried(visitor, &posted))
                input type="hidden" name="version" value=(case.version);
                input type="hidden" name="what" value="facts";
                (Input::new("phase", "How far it has come").required().hint("Conclude it once everybody was told")
                    .choices(false, &phases(), &posted, faults))
                (Input::new("risk", "Risk to the victim").required().choices(false, &risks(), &posted, faults))
                @if visitor.leads() { (whose(visitor, case, people, &posted, faults)) }
                @else { (whose_told(case, people)) }
                button.primary type="submit" { @if visitor.leads() { "Save phase, risk and owner" } @else { "Save phase and risk" } }
            }
        }
    }
}

/// Owner and team to be chosen, for those who give work away.
fn whose(visitor: &Visitor, case: &pb::Case, people: &People, posted: &Posted, faults: &Faults) -> Markup {
    let staff = absence::staff_options(people, visitor.now);
    let transfer = match case.owner_id.as_str() {
        "" => "/team/transfer".to_owned(),
        owner => form::address("/team/transfer", &[("from", owner)]),
    };
    html! {
        (Input::new("owner", "Owner").hint("Clocks do not move with it. Open tasks stay with whoever has them")
            .select(if case.owner_id.is_empty() { "Nobody" } else { "" }, &staff, posted, faults))
        p { a href=(transfer) { "Give cases to another owner with the open tasks in them" } }
        (Input::new("team", "Team").select(if case.team_id.is_empty() { "None" } else { "" }, &people.team_options(), posted, faults))
    }
}

/// Owner and team as they are, for those who do not choose them.
fn whose_told(case: &pb::Case, people: &People) -> Markup {
    html! {
        dl {
            dt { "Owner" }
            dd { @if case.owner_id.is_empty() { "Nobody" } @else { (people.name(&case.owner_id)) } }
            @if !case.team_id.is_empty() { dt { "Team" } dd { (people.team(&case.team_id)) } }
        }
        p.hint { "Ask a team leader to give the case to somebody else." }
    }
}

fn flags_form(visitor: &Visitor, case: &pb::Case, (posted, faults): (Posted, &Faults)) -> Markup {
    html! {
        section id="flags" aria-labelledby="flags-title" {
            h2 id="flags-title" { "Flags" }
            @if !case.proposed_flags.is_empty() {
                p { "Rules proposed flags here. Leave one ticked to confirm it; untick it to refuse it." }
            }
            form id="form-flags" method="post" action=(format!("/cases/{}/facts", case.id)) data-form {
                (form::carried(visitor, &posted))
                input type="hidden" name="version" value=(case.version);
                input type="hidden" name="what" value="flags";
                (Input::new("flags", "What the case is about").choices(true, &flags(case, &posted), &posted, faults))
                (Input::new("more", "Other flags").hint("With commas between them").line("text", &posted, faults))
                button.primary type="submit" { "Save the flags" }
            }
        }
    }
}

/// Flags to choose from: the usual ones, those of the case, and those that were typed before.
fn flags(case: &pb::Case, posted: &Posted) -> Vec<(String, String)> {
    let mut flags = banners::known_flags();
    for word in case
        .flags
        .iter()
        .map(String::as_str)
        .chain(case.proposed_flags.iter().map(String::as_str))
        .chain(posted.all("flags"))
    {
        if !flags.iter().any(|(of, _)| of == word) {
            flags.push((word.to_owned(), banners::flag(word)));
        }
    }
    for (word, label) in &mut flags {
        if case.proposed_flags.contains(word) {
            label.push_str(" (proposed)");
        }
    }
    flags
}

fn references_form(visitor: &Visitor, case: &pb::Case, (posted, faults): (Posted, &Faults)) -> Markup {
    let kinds: Vec<(String, String)> = REFERENCES
        .iter()
        .map(|(word, kind)| ((*word).to_owned(), words::reference_kind(*kind).to_owned()))
        .collect();
    html! {
        section id="references" aria-labelledby="references-title" {
            h2 id="references-title" { "References" }
            ul { @for reference in &case.references { li { (words::reference_kind(reference.kind())) ": " (reference.value) } } }
            form method="post" action=(format!("/cases/{}/references", case.id)) data-form {
                (form::carried(visitor, &posted))
                input type="hidden" name="what" value="reference";
                (Input::new("kind", "A further reference is its").required().choices(false, &kinds, &posted, faults))
                (Input::new("value", "Reference").required().hint("Court results that waited under it are handled at once")
                    .line("text", &posted, faults))
                button.primary type="submit" { "Add the reference" }
            }
        }
    }
}

/// Flags as they were chosen and typed.
#[must_use]
pub(super) fn chosen_flags(posted: &Posted) -> Vec<String> {
    let typed =
        posted.get("more").split([',', '\n']).map(|flag| flag.trim().to_lowercase().replace(' ', "-"));
    let mut flags: Vec<String> =
        posted.all("flags").map(str::to_owned).chain(typed.filter(|flag| !flag.is_empty())).collect();
    flags.sort();
    flags.dedup();
    flags
}

async fn change(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let change = match posted.get("what") {
        "flags" => pb::CaseChange {
            flags: Some(pb::Flags { flags: chosen_flags(&posted) }),
            ..pb::CaseChange::default()
        },
        _ => match Seen::read(&visitor, &id).await {
            Ok(seen) => changed(&seen.case, &posted),
            Err(refusal) => return page::refused(&visitor, &refusal),
        },
    };
    let to = format!("/cases/{id}");
    if change == pb::CaseChange::default() {
        return page::done(&visitor, &to, "Nothing was changed.");
    }
    let asked = pb::UpdateCaseRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: id.clone(),
        version: posted.version(),
        change: Some(change),
    };
    match visitor.calls.cases().update_case(asked).await {
        Ok(_) => page::done(&visitor, &to, "The case is changed."),
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            shown(&visitor, &id, Some(&posted), &faults_of(&refusal, "change.")).await
        }
    }
}

/// What differs from what is held: what stays is not said anew.
fn changed(case: &pb::Case, posted: &Posted) -> pb::CaseChange {
    let phase = meant(&PHASES, posted.get("phase")).filter(|phase| *phase != case.phase());
    let risk = meant(&RISKS, posted.get("risk")).filter(|risk| *risk != case.risk());
    let other = |name: &str, held: &str| {
        let chosen = posted.get(name);
        if chosen == held { String::new() } else { chosen.to_owned() }
    };
    pb::CaseChange {
        phase: phase.unwrap_or_default() as i32,
        risk: risk.unwrap_or_default() as i32,
        flags: None,
        owner_id: other("owner", &case.owner_id),
        team_id: other("team", &case.team_id),
    }
}

/// What was refused of a case, beside the inputs; `at` is what stands before a field's name in the request.
#[must_use]
pub(super) fn faults_of(refusal: &Refusal, at: &str) -> Faults {
    let mut faults = Faults::of(refusal, |path| {
        let field = path.strip_prefix(at).unwrap_or(path);
        match field {
            "phase" | "risk" => Some(field.to_owned()),
            "owner_id" => Some("owner".to_owned()),
            "team_id" => Some("team".to_owned()),
            _ => field.starts_with("flags").then(|| "more".to_owned()),
        }
    });
    match refusal.reason {
        Reason::VersionStale => {
            faults.whole = vec!["Somebody else changed the case meanwhile. What you chose is kept below: look at it again and save it.".to_owned()];
        }
        // It is about the owner, whatever the field is called.
        Reason::AssigneeUnsuitable if !faults.is_about("owner") => {
            faults = Faults::none();
            faults.field("owner", form::sentence(&refusal.message));
        }
        _ => {}
    }
    faults
}

async fn link(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let kind = meant(&REFERENCES, posted.get("kind"));
    let mut faults = Faults::none();
    if kind.is_none() {
        faults.field("kind", "Choose what kind of reference it is");
    }
    if posted.get("value").is_empty() {
        faults.field("value", "Enter the reference");
    }
    let (Some(kind), true) = (kind, faults.is_none()) else {
        return shown(&visitor, &id, Some(&posted), &faults).await;
    };
    let reference = pb::Reference { kind: kind as i32, value: posted.get("value").to_owned() };
    let asked = pb::LinkCaseRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: id.clone(),
        references: vec![reference],
    };
    match visitor.calls.cases().link_case(asked).await {
        Ok(_) => page::done(&visitor, &format!("/cases/{id}"), "The reference is added."),
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let mut faults = Faults::of(&refusal, |path| match path {
                path if path.ends_with(".kind") => Some("kind".to_owned()),
                path if path.starts_with("references") => Some("value".to_owned()),
                _ => None,
            });
            if refusal.reason == Reason::ReferenceTaken {
                faults = Faults::none();
                faults.field(
                    "value",
                    "Another case of the unit has this reference: search for it and work that one",
                );
            }
            shown(&visitor, &id, Some(&posted), &faults).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_said_anew() {
        let case = pb::Case {
            phase: Phase::PostCharge as i32,
            risk: Risk::Low as i32,
            owner_id: "a".to_owned(),
            ..pb::Case::default()
        };
        // Without the fields of owner and team, as a care officer sends it, the case stays whose it is.
        for same in ["phase=after-charge&risk=low&owner=a&team=", "phase=after-charge&risk=low"] {
            assert_eq!(changed(&case, &Posted::parse(same)), pb::CaseChange::default());
        }
        let other = changed(&case, &Posted::parse("phase=after-charge&risk=high&owner=b&team="));
        assert_eq!((other.phase, other.risk(), other.owner_id.as_str()), (0, Risk::High, "b"));
    }

    #[test]
    fn flags_are_those_that_were_ticked_and_those_that_were_typed() {
        let posted = Posted::parse("flags=rasso&flags=child&more=Hate+crime,+child");
        assert_eq!(chosen_flags(&posted), ["child", "hate-crime", "rasso"]);
    }
}
