//! The form by which a case is opened: its references, how far it has come, its risk and flags. People are added on its
//! own page afterwards.

use super::banners;
use super::facts::{self, REFERENCES, chosen_flags, faults_of, meant};
use crate::grpc::pb::{self, Reason};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::pages::team::absence;
use crate::web::refusal::Refusal;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

/// What each reference is called on the form, and its hint; in the order of [`REFERENCES`].
const LABELS: [(&str, &str); 4] = [
    ("URN", "Such as 52AA1234526"),
    ("Occurrence number", "From Niche"),
    ("The court’s id of the case", "A UUID; only where there is no URN"),
    ("Another authority’s reference", "For cases that are not the police’s"),
];

pub(super) fn router() -> Router<Board> {
    Router::new().route("/cases/new", get(show).post(open))
}

async fn show(visitor: Visitor) -> Response {
    shown(&visitor, &Posted::default(), &Faults::none(), &html! {}).await
}

/// The form; `taken` leads to a case that has one of the references.
async fn shown(visitor: &Visitor, posted: &Posted, faults: &Faults, taken: &Markup) -> Response {
    let people = match visitor.people().await {
        Ok(people) => people,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let content = html! {
        (faults.summary())
        div.heading { p.crumbs { a href="/cases" { "Cases" } } h1 { "Open a case" } }
        (taken)
        form method="post" action="/cases/new" data-form {
            (form::carried(visitor, posted))
            h2 { "What it is found by" }
            p { "At least one. Court results that waited under a reference are handled as soon as the case is open." }
            div.columns-of-fields {
                @for ((name, _), (label, hint)) in REFERENCES.iter().zip(LABELS) { (Input::new(name, label).hint(hint).line("text", posted, faults)) }
            }
            h2 { "What it is" }
            (Input::new("phase", "How far it has come").required().choices(false, &facts::phases()[..2], posted, faults))
            (Input::new("risk", "Risk to the victim").required().choices(false, &facts::risks(), posted, faults))
            (Input::new("flags", "What the case is about").choices(true, &banners::known_flags(), posted, faults))
            (Input::new("more", "Other flags").hint("With commas between them").line("text", posted, faults))
            h2 { "Whose it is" }
            (Input::new("owner", "Owner").select("As the unit’s rules say", &absence::staff_options(&people, visitor.now), posted, faults))
            (Input::new("team", "Team").select("The owner’s", &people.team_options(), posted, faults))
            p { "People are added on the next page." }
            button.primary type="submit" { "Open the case" }
        }
    };
    Page::new(visitor, "Open a case", Part::Cases, content).status(faults.status()).into_response()
}

/// The references that were filled in, each with the name of its input.
fn references(posted: &Posted) -> Vec<(&'static str, pb::Reference)> {
    let filled = REFERENCES.iter().filter(|(name, _)| !posted.get(name).is_empty());
    filled
        .map(|(name, kind)| (*name, pb::Reference { kind: *kind as i32, value: posted.get(name).to_owned() }))
        .collect()
}

/// What is wrong before anything is asked.
fn faults_in(posted: &Posted) -> Faults {
    let mut faults = Faults::none();
    if references(posted).is_empty() {
        faults.field(REFERENCES[0].0, "Enter the URN or another reference");
    }
    if meant(&facts::PHASES, posted.get("phase")).is_none() {
        faults.field("phase", "Choose how far the case has come");
    }
    if meant(&facts::RISKS, posted.get("risk")).is_none() {
        faults.field("risk", "Choose the risk to the victim");
    }
    faults
}

async fn open(visitor: Visitor, posted: Posted) -> Response {
    let faults = faults_in(&posted);
    if !faults.is_none() {
        return shown(&visitor, &posted, &faults, &html! {}).await;
    }
    let references = references(&posted);
    let case = pb::NewCase {
        references: references.iter().map(|(_, reference)| reference.clone()).collect(),
        phase: meant(&facts::PHASES, posted.get("phase")).unwrap_or_default() as i32,
        risk: meant(&facts::RISKS, posted.get("risk")).unwrap_or_default() as i32,
        flags: chosen_flags(&posted),
        owner_id: posted.get("owner").to_owned(),
        team_id: posted.get("team").to_owned(),
        participants: Vec::new(),
    };
    let asked = pb::OpenCaseRequest { request_id: posted.get(REQUEST).to_owned(), case: Some(case) };
    match visitor.calls.cases().open_case(asked).await {
        Ok(answer) => {
            let case = answer.into_inner().case.unwrap_or_default();
            page::done(
                &visitor,
                &format!("/cases/{}#people", case.id),
                "The case is open. Add the people in it next.",
            )
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            if refusal.reason == Reason::ReferenceTaken {
                return is_taken(&visitor, &posted, &references).await;
            }
            let mut faults = faults_of(&refusal, "case.");
            for (path, expected) in &refusal.fields {
                if let Some(name) = input_of(path, &references) {
                    faults.whole.retain(|said| !said.contains(expected.as_str()));
                    faults.field(name, form::sentence(expected));
                }
            }
            shown(&visitor, &posted, &faults, &html! {}).await
        }
    }
}

/// The input of the reference that a path of the request names.
fn input_of(path: &str, references: &[(&'static str, pb::Reference)]) -> Option<&'static str> {
    let nth = path.strip_prefix("case.references[")?.split_once(']')?.0;
    let nth: usize = nth.parse().ok()?;
    references.get(nth).map(|(name, _)| *name)
}

/// The form again, beside the reference that another case has, with the way to that case.
async fn is_taken(
    visitor: &Visitor,
    posted: &Posted,
    references: &[(&'static str, pb::Reference)],
) -> Response {
    let mut faults = Faults::none();
    let mut held = Vec::new();
    for (name, reference) in references {
        let by = pb::get_case_request::Name::Reference(reference.clone());
        let found = visitor.calls.cases().get_case(pb::GetCaseRequest { name: Some(by) }).await;
        if let Some(case) = found.ok().and_then(|found| found.into_inner().case) {
            faults.field(name, "Another case of the unit has this reference");
            held.push(case);
        }
    }
    if held.is_empty() {
        faults.whole.push("Another case of the unit has one of these references".to_owned());
    }
    let taken = html! {
        @for case in &held { p { "The unit has it already: " a href=(format!("/cases/{}", case.id)) { "open case " (case.label) } } }
    };
    shown(visitor, posted, &faults, &taken).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_that_is_refused_is_told_beside_its_own_input() {
        let posted = Posted::parse("urn=&occurrence=5226000123&court=not-a-uuid");
        let references = references(&posted);
        assert_eq!(input_of("case.references[1].value", &references), Some("court"));
        assert_eq!(input_of("case.references[7].value", &references), None);
        assert_eq!(input_of("case.phase", &references), None);
    }

    #[test]
    fn a_case_wants_a_reference_a_phase_and_a_risk() {
        let faults = faults_in(&Posted::parse("urn=&flags=child"));
        assert!(faults.is_about("urn") && faults.is_about("phase") && faults.is_about("risk"));
        assert!(faults_in(&Posted::parse("urn=52AA1234526&phase=after-charge&risk=low")).is_none());
    }
}
