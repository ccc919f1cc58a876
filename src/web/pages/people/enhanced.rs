//! Enhanced Rights: confirmed or refused by a person, with why and what it rests on.

use super::form::page_of;
use crate::grpc::pb::{self, EnhancedCategory, EnhancedState};
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page;
use crate::web::pages::record::about::About;
use crate::web::pages::record::mended;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

/// Why a victim may have Enhanced Rights.
pub(super) const CATEGORIES: [EnhancedCategory; 3] = [
    EnhancedCategory::MostSerious,
    EnhancedCategory::PersistentlyTargeted,
    EnhancedCategory::VulnerableOrIntimidated,
];

/// How the question stands, and the form that settles it.
pub(super) fn shown(
    visitor: &Visitor,
    about: &About,
    one: &pb::Participant,
    posted: &Posted,
    faults: &Faults,
) -> Markup {
    let held = one.enhanced.clone().unwrap_or_default();
    let states =
        [(EnhancedState::Confirmed, "They have Enhanced Rights"), (EnhancedState::Refused, "They do not")]
            .map(|(state, label)| (state.as_str_name().to_owned(), label.to_owned()));
    let categories: Vec<(String, String)> = CATEGORIES
        .iter()
        .map(|category| (category.as_str_name().to_owned(), words::enhanced_category(*category).to_owned()))
        .collect();
    let mut filled = posted.clone();
    if !posted.has("state") {
        for category in held.categories() {
            filled.add("categories", category.as_str_name());
        }
    }
    let is_settled = matches!(held.state(), EnhancedState::Confirmed | EnhancedState::Refused);
    let action = format!("/cases/{}/people/{}/enhanced", about.case.id, one.id);
    html! {
        section.enhanced id="enhanced" {
            h2 { "Enhanced Rights" }
            p {
                strong { (words::enhanced_state(held.state())) }
                @if let Some(at) = clocks::instant_if(held.assessed_at.as_ref()) { ", " (clocks::near(at, visitor.now)) }
                @if !held.source.is_empty() { ": " (held.source) }
            }
            details open[!is_settled || !faults.is_none()] {
                summary { (if is_settled { "Decide again" } else { "Confirm or refuse" }) }
                form method="post" action=(action) id=(format!("enhanced-{}", one.id)) data-form {
                    (form::carried(visitor, posted))
                    input type="hidden" name="version" value=(one.version);
                    (Input::new("state", "Decision").required().choices(false, &states, &filled, faults))
                    (Input::new("categories", "Why").hint("At least one, unless they have none").choices(true, &categories, &filled, faults))
                    (Input::new("source", "What it rests on").hint("A form, a marker of the court, a conversation").required().line("text", &filled, faults))
                    p.hint { "Clocks that become shorter count from now on; nothing that was told is owed again." }
                    div.buttons { button.primary type="submit" { "Save the decision" } }
                }
            }
        }
    }
}

/// Settles the question.
pub(super) async fn settle(
    visitor: Visitor,
    Path((case, id)): Path<(String, String)>,
    posted: Posted,
) -> Response {
    let page = match settled(&visitor, &case, &id, &posted).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(faults)) => {
            let mut posted = posted;
            if !posted.has("state") {
                // The faults are of this form, though nothing was chosen in it.
                posted.set("state", "");
            }
            page_of(&visitor, &case, &id, Some(&posted), &faults).await
        }
        Err(refusal) => Err(refusal),
    };
    page::or_refused(&visitor, page)
}

async fn settled(
    visitor: &Visitor,
    case: &str,
    id: &str,
    posted: &Posted,
) -> Result<Result<Response, Faults>, Refusal> {
    let mut faults = Faults::none();
    let state = EnhancedState::from_str_name(posted.get("state")).unwrap_or_default();
    let categories: Vec<i32> =
        posted.all("categories").filter_map(EnhancedCategory::from_str_name).map(Into::into).collect();
    if state == EnhancedState::Unspecified {
        faults.field("state", "Choose whether they have Enhanced Rights");
    }
    if state == EnhancedState::Confirmed && categories.is_empty() {
        faults.field("categories", "Tick at least one reason");
    }
    if posted.get("source").is_empty() {
        faults.field("source", "Enter what it rests on");
    }
    if !faults.is_none() {
        return Ok(Err(faults));
    }
    let asked = pb::SetEnhancedRightsRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: case.to_owned(),
        participant_id: id.to_owned(),
        version: posted.version(),
        state: state.into(),
        categories: if state == EnhancedState::Refused { Vec::new() } else { categories },
        source: posted.get("source").to_owned(),
    };
    match visitor.calls.cases().set_enhanced_rights(asked).await {
        Ok(_) => Ok(Ok(page::done(visitor, &format!("/cases/{case}/people/{id}"), "The decision is saved."))),
        Err(status) => {
            mended(status.into(), &[("state", "state"), ("categories", "categories"), ("source", "source")])
                .map(Err)
        }
    }
}
