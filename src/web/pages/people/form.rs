//! The form of somebody in a case: who they are, how they may be reached, and the part they play.
//!
//! The API puts the whole of a part as it is to be, so the form holds the whole of it. Whoever is added may be somebody who
//! is held from another case: they are then looked for first, and their identity stays as it is held.

use super::enhanced;
use crate::domain::london;
use crate::grpc::pb::{self, DirectoryKind, EnhancedCategory, EnhancedState, Role};
use crate::web::admit::Visitor;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted};
use crate::web::page::{self, Page, Part};
use crate::web::pages::record::about::{About, Of};
use crate::web::pages::search;
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

/// The parts that somebody may play, in the order in which they are offered.
const ROLES: [Role; 9] = [
    Role::Victim,
    Role::CivilianWitness,
    Role::PoliceWitness,
    Role::ProfessionalWitness,
    Role::Parent,
    Role::Spokesperson,
    Role::Adviser,
    Role::OfficerInCase,
    Role::FamilyLiaisonOfficer,
];

/// The inputs of one line, with their labels: what a page compares where somebody else changed them meanwhile.
const FIELDS: [(&str, &str); 23] = [
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("born_on", "Date of birth"),
    ("phones", "Telephone numbers"),
    ("email", "E-mail address"),
    ("address", "Address"),
    ("postcode", "Postcode"),
    ("language", "Language"),
    ("safe_word", "Safe word"),
    ("contact_note", "When and how to call"),
    ("roles", "Parts they play"),
    ("child", "Under 18 at the time"),
    ("offences", "Offences that concern them"),
    ("defendants", "Defendants who concern them"),
    ("concerned", "Names that concern them"),
    ("supports", "Whom they support or speak for"),
    ("consent_from", "Leave to be told: from"),
    ("consent_to", "Leave to be told: until"),
    ("via", "Only through"),
    ("wants_updates", "Hears of every hearing"),
    ("collar", "Collar number"),
    ("resource_team", "Resource team"),
    ("number", "Number on the CPS’s list"),
];

/// What the page for a new person is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was typed to find somebody who is held already.
    q: String,
    /// Whom they are: `case:participant` of another case.
    from: String,
}

/// Somebody who is held from another case.
pub(super) struct Known {
    /// The person.
    pub person: pb::Person,
    /// What the case in which they are is known by.
    pub label: String,
}

/// The page of somebody in a case.
pub(super) async fn show(visitor: Visitor, Path((case, participant)): Path<(String, String)>) -> Response {
    let shown = page_of(&visitor, &case, &participant, None, &Faults::none()).await;
    page::or_refused(&visitor, shown)
}

/// The page on which somebody is added.
pub(super) async fn new(visitor: Visitor, Path(case): Path<String>, Query(asked): Query<Asked>) -> Response {
    let shown = new_page(&visitor, &case, &asked.from, &asked.q, None, &Faults::none()).await;
    page::or_refused(&visitor, shown)
}

/// The bodies that roster police witnesses.
async fn resource_teams(visitor: &Visitor) -> Result<Vec<(String, String)>, Refusal> {
    let entries = visitor.contacts(vec![DirectoryKind::ResourceTeam.into()]).await?;
    Ok(entries.into_iter().map(|entry| (entry.id, entry.name)).collect())
}

/// The page of somebody, with the form as it was filled in where it was refused.
///
/// # Errors
/// What the API refuses.
pub(super) async fn page_of(
    visitor: &Visitor,
    case: &str,
    participant: &str,
    filled: Option<&Posted>,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let of = Of { case: case.to_owned(), participant: participant.to_owned(), ..Of::default() };
    let (about, teams) = try_join!(About::read(visitor, &of), resource_teams(visitor))?;
    let one = about.participant.clone().unwrap_or_default();
    let identity = about.person(&one).and_then(|person| person.identity.clone()).unwrap_or_default();
    let held = filled_in(&one, &identity);
    let is_of_rights = filled.is_some_and(|posted| posted.has("state"));
    let (posted, own) = match filled.filter(|_| !is_of_rights) {
        Some(posted) => (posted.clone(), faults.clone()),
        None => (held.clone(), Faults::none()),
    };
    let empty = Posted::default();
    let rights =
        if is_of_rights { (filled.unwrap_or(&empty), faults.clone()) } else { (&empty, Faults::none()) };
    let name = words::name(Some(&identity));
    let differs = filled.filter(|posted| !is_of_rights && posted.version() != one.version);
    let is_unsafe: Vec<&str> = about
        .person(&one)
        .map(|person| person.unsafe_channels().map(words::channel).collect())
        .unwrap_or_default();
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href=(format!("/cases/{case}")) { (about.case.label) } }
            h1 { (name) }
            p.facts { a href=(of.address("/record/call")) { "Record a call with them" } }
            @if !is_unsafe.is_empty() { p.warning { strong { "Not safe: " (is_unsafe.join(", ")) } " The task “how they are reached” changes that." } }
        }
        @if let Some(posted) = differs { (changed(posted, &held)) }
        @if one.roles().any(|role| role == Role::Victim) { (enhanced::shown(visitor, &about, &one, rights.0, &rights.1)) }
        form method="post" action=(format!("/cases/{case}/people/{participant}")) id=(format!("person-{participant}")) data-form {
            (form::carried(visitor, &posted))
            input type="hidden" name="version" value=(one.version);
            input type="hidden" name="person" value=(one.person_id);
            (identity_inputs(&posted, &own))
            (part_inputs(&about, &teams, &posted, &own))
            div.buttons { button.primary type="submit" { "Save" } a.button href=(format!("/cases/{case}")) { "Leave it as it is" } }
        }
    };
    // The title is seen in the window's bar and the history: it names nobody.
    let title = format!("Somebody in {}", about.case.label);
    Ok(Page::new(visitor, &title, Part::Cases, content).status(faults.status()).into_response())
}

/// What somebody else changed while the form was open.
fn changed(posted: &Posted, held: &Posted) -> Markup {
    let value = |of: &Posted, name: &str| {
        let mut all: Vec<String> = of.all(name).map(str::to_owned).collect();
        all.sort_unstable();
        all.join(", ")
    };
    let differing: Vec<_> =
        FIELDS.iter().filter(|(name, _)| value(posted, name) != value(held, name)).collect();
    html! {
        section.changed {
            h2 { "As it stands now" }
            p { "What you typed is below. Where it differs from what is held now:" }
            dl { @for (name, label) in differing {
                dt { (label) }
                dd { @if value(held, name).is_empty() { "nothing" } @else if is_words(name) { (value(held, name)) } @else { "something else" } }
            } }
        }
    }
}

/// Whether an input holds words and no ids.
fn is_words(name: &str) -> bool {
    !matches!(name, "roles" | "offences" | "defendants" | "supports" | "via" | "resource_team")
}

/// Somebody's part and identity, as the form holds them.
pub(super) fn filled_in(one: &pb::Participant, identity: &pb::Identity) -> Posted {
    let mut posted = Posted::default();
    let day = |at: Option<prost_types::Timestamp>| {
        clocks::instant_if(at.as_ref()).map_or_else(String::new, |at| london::date(at).to_string())
    };
    let consent = one.consent.unwrap_or_default();
    for (name, value) in [
        ("first_name", identity.first_name.clone()),
        ("last_name", identity.last_name.clone()),
        ("born_on", identity.born_on.clone()),
        ("phones", identity.phones.join("\n")),
        ("email", identity.email.clone()),
        ("address", identity.address.join("\n")),
        ("postcode", identity.postcode.clone()),
        ("language", identity.language.clone()),
        ("safe_word", identity.safe_word.clone()),
        ("contact_note", identity.contact_note.clone()),
        ("concerned", one.concerned_names.join("\n")),
        ("consent_from", day(consent.starts_at)),
        ("consent_to", day(consent.ends_at)),
        ("via", one.contact_via_id.clone()),
        ("collar", one.collar.clone()),
        ("resource_team", one.resource_team_id.clone()),
        ("number", one.witness_number.map(|number| number.to_string()).unwrap_or_default()),
        ("child", if one.child { "yes".to_owned() } else { String::new() }),
        ("wants_updates", if one.wants_updates { "yes".to_owned() } else { String::new() }),
    ] {
        posted.set(name, value);
    }
    for role in one.roles() {
        posted.add("roles", role.as_str_name());
    }
    for (name, ids) in
        [("offences", &one.offence_ids), ("defendants", &one.defendant_ids), ("supports", &one.supports_ids)]
    {
        for id in ids {
            posted.add(name, id.clone());
        }
    }
    posted
}

fn identity_inputs(posted: &Posted, faults: &Faults) -> Markup {
    html! {
        fieldset.field {
            legend { h2 { "Who they are" } }
            div.row {
                (Input::new("first_name", "First name").line("text", posted, faults))
                (Input::new("last_name", "Last name").required().line("text", posted, faults))
                (Input::new("born_on", "Date of birth").line("date", posted, faults))
            }
            div.row {
                (Input::new("phones", "Telephone numbers").hint("One on each line, the best first").lines(2, posted, faults))
                (Input::new("email", "E-mail address").line("email", posted, faults))
            }
            div.row {
                (Input::new("address", "Address").hint("A line each, without the postcode").lines(3, posted, faults))
                (Input::new("postcode", "Postcode").line("text", posted, faults))
            }
            div.row {
                (Input::new("language", "Language").hint("Left empty for English; else its tag, such as pl").line("text", posted, faults))
                (Input::new("safe_word", "Safe word").hint("By which they know us, or we know them").line("text", posted, faults))
            }
            (Input::new("contact_note", "When and how to call").lines(2, posted, faults))
        }
    }
}

fn part_inputs(about: &About, teams: &[(String, String)], posted: &Posted, faults: &Faults) -> Markup {
    let roles: Vec<(String, String)> =
        ROLES.iter().map(|role| (role.as_str_name().to_owned(), words::role(*role).to_owned())).collect();
    let defendants: Vec<(String, String)> =
        about.held.defendants.iter().map(|one| (one.id.clone(), words::defendant(one))).collect();
    let offences: Vec<(String, String)> = about
        .held
        .defendants
        .iter()
        .flat_map(|one| {
            one.offences.iter().map(move |offence| {
                (offence.id.clone(), format!("{} ({})", offence.title, words::defendant(one)))
            })
        })
        .collect();
    let own = about.participant.as_ref().map(|one| one.id.clone()).unwrap_or_default();
    let others: Vec<(String, String)> = about.choices().into_iter().filter(|(id, _)| *id != own).collect();
    let tick = |name: &str, label: &str| {
        html! {
            div.choice {
                input id=(form::id_of(name)) type="checkbox" name=(name) value="yes" checked[posted.get(name) == "yes"];
                label for=(form::id_of(name)) { (label) }
            }
        }
    };
    html! {
        fieldset.field {
            legend { h2 { "Their part in this case" } }
            (Input::new("roles", "Parts they play").required().choices(true, &roles, posted, faults))
            div.choices {
                (tick("child", "Under 18 at the time of the offence"))
                (tick("wants_updates", "Asked to hear of every hearing, though not warned for it"))
            }
            @if defendants.is_empty() {
                (Input::new("concerned", "Defendants and offences that concern them, by name")
                    .hint("One on each line, or “all”. Each becomes a link as soon as a court names it").lines(2, posted, faults))
            } @else {
                (Input::new("offences", "Offences that concern them").hint("With neither an offence nor a defendant nobody is told what the court decides").choices(true, &offences, posted, faults))
                (Input::new("defendants", "Defendants who concern them whatever the offence").choices(true, &defendants, posted, faults))
            }
            @if !others.is_empty() {
                (Input::new("via", "They may be reached only through").select("Nobody: directly", &others, posted, faults))
                (Input::new("supports", "They support or speak for").choices(true, &others, posted, faults))
            }
            div.row {
                (Input::new("consent_from", "Leave to be told: from").hint("Advisers hear nothing without it").line("date", posted, faults))
                (Input::new("consent_to", "Leave to be told: until").hint("Left empty: without an end").line("date", posted, faults))
            }
            div.row {
                (Input::new("collar", "Collar number").hint("Police").line("text", posted, faults))
                (Input::new("resource_team", "Resource team").hint("Rosters a police witness").select("None", teams, posted, faults))
                (Input::new("number", "Number on the CPS’s list").line("number", posted, faults))
            }
        }
    }
}

/// Reads who somebody of another case is.
///
/// # Errors
/// What the API refuses, and somebody who is not there.
pub(super) async fn known(visitor: &Visitor, from: &str) -> Result<Option<Known>, Refusal> {
    let Some((case, participant)) = from.split_once(':') else { return Ok(None) };
    let of = Of { case: case.to_owned(), participant: participant.to_owned(), ..Of::default() };
    let about = About::read(visitor, &of).await?;
    let person = about.participant.as_ref().and_then(|one| about.person(one)).cloned();
    Ok(person.map(|person| Known { person, label: about.case.label.clone() }))
}

/// The page on which somebody is added, with the form as it was filled in where it was refused.
///
/// # Errors
/// What the API refuses.
pub(super) async fn new_page(
    visitor: &Visitor,
    case: &str,
    from: &str,
    q: &str,
    filled: Option<&Posted>,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let of = Of { case: case.to_owned(), ..Of::default() };
    let (about, teams, known, looked) = try_join!(
        About::read(visitor, &of),
        resource_teams(visitor),
        known(visitor, from),
        search::found(visitor, q),
    )?;
    let (found, unclear) = looked;
    let empty = Posted::default();
    let posted = filled.unwrap_or(&empty);
    let mut asked = Posted::default();
    asked.set("q", q);
    let people = found.map(|mut found| {
        found.hits.retain(|hit| !hit.participant_id.is_empty());
        found
    });
    let categories: Vec<(String, String)> = enhanced::CATEGORIES
        .iter()
        .map(|category: &EnhancedCategory| {
            (category.as_str_name().to_owned(), words::enhanced_category(*category).to_owned())
        })
        .collect();
    let states = [EnhancedState::Proposed, EnhancedState::Confirmed, EnhancedState::Refused]
        .map(|state| (state.as_str_name().to_owned(), words::enhanced_state(state).to_owned()));
    let action = format!("/cases/{case}/people/new");
    let content = html! {
        (faults.summary())
        (unclear.summary())
        div.heading { p.crumbs { a href=(format!("/cases/{case}")) { (about.case.label) } } h1 { "Add somebody to the case" } }
        @if let Some(known) = &known {
            div.notice {
                p { strong { (words::name(known.person.identity.as_ref())) } ", as held from " (known.label) "." }
                a href=(action) { "It is somebody else" }
            }
        } @else {
            section {
                h2 { "Are they held already?" }
                form.find method="get" action=(action) id="find-person" data-keep="no" {
                    (Input::new("q", "Look for them in other cases").line("search", &asked, &unclear))
                    button type="submit" { "Find" }
                }
                @if let Some(people) = &people {
                    p { (search::count_words(people)) }
                    (search::list(visitor, people, &|hit| html! {
                        a.button href=(format!("{action}?from={}:{}", hit.case_id, hit.participant_id)) { "It is " (hit.initials) " of " (hit.case_label) }
                    }).await?)
                }
            }
        }
        form method="post" action=(action) id=(format!("person-new-{case}")) data-form {
            (form::carried(visitor, posted))
            input type="hidden" name="from" value=(from);
            @if known.is_none() { (identity_inputs(posted, faults)) }
            (part_inputs(&about, &teams, posted, faults))
            fieldset.field {
                legend { h2 { "Enhanced Rights, if a victim" } }
                (Input::new("enhanced_state", "As first assessed").select("Not assessed", &states, posted, faults))
                (Input::new("enhanced_categories", "Why").choices(true, &categories, posted, faults))
            }
            div.buttons { button.primary type="submit" { "Add them" } }
        }
    };
    let status = if faults.is_none() { unclear.status() } else { faults.status() };
    Ok(Page::new(visitor, "Add somebody", Part::Cases, content).status(status).into_response())
}
