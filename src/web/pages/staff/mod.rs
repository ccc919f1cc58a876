//! The unit's people, for its managers: who they are, how they sign in, and the teams.
//!
//! A new password is made by usher and shown once, on the page that answers the press: it goes through no cookie and no address.

mod one;

use crate::grpc::pb::{self, Reason};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;

/// People on one page.
const PAGE: usize = 100;

pub(super) fn router() -> Router<Board> {
    Router::new().route("/accounts", get(show).post(put)).route("/teams", post(put_team)).merge(one::router())
}

/// Refuses whoever does not manage the unit.
///
/// # Errors
/// [`Reason::RoleForbids`].
fn managers_only(visitor: &Visitor) -> Result<(), Refusal> {
    if visitor.manages() {
        return Ok(());
    }
    Err(Refusal::new(Reason::RoleForbids, "people, teams and accounts are for managers"))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// How many people are passed over.
    #[serde(default)]
    from: usize,
    /// Whether those who left are shown as well.
    #[serde(default)]
    left: String,
}

async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    page(&visitor, &asked, &Posted::default(), &Faults::none()).await
}

async fn page(visitor: &Visitor, asked: &Asked, posted: &Posted, faults: &Faults) -> Response {
    page::or_refused(visitor, made(visitor, asked, posted, faults).await)
}

/// All accounts of the unit, by whose they are.
///
/// # Errors
/// What the API refuses.
async fn accounts(visitor: &Visitor) -> Result<HashMap<String, pb::Account>, Refusal> {
    let mut held = HashMap::new();
    let mut page_token = String::new();
    loop {
        let asked = pb::ListAccountsRequest { page_size: 500, page_token };
        let listed = visitor.calls.accounts().list_accounts(asked).await?.into_inner();
        held.extend(listed.accounts.into_iter().map(|account| (account.staff_id.clone(), account)));
        page_token = listed.next_page_token;
        if page_token.is_empty() {
            return Ok(held);
        }
    }
}

async fn made(
    visitor: &Visitor,
    asked: &Asked,
    posted: &Posted,
    faults: &Faults,
) -> Result<Response, Refusal> {
    managers_only(visitor)?;
    let (accounts, people) = try_join!(accounts(visitor), visitor.people())?;
    let with_left = asked.left == "yes";
    let staff: Vec<&pb::Staff> =
        people.staff.iter().filter(|staff| with_left || staff.left_at.is_none()).collect();
    let shown: Vec<&pb::Staff> = staff.iter().skip(asked.from).take(PAGE).copied().collect();
    let next = asked.from + shown.len();
    let word = if with_left { "yes" } else { "" };
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/team" { "Team" } }
            h1 { "People, teams and accounts" }
            p { a.button href="/staff/new" { "New member of staff" } }
        }
        div.columns {
            div.main-column {
                (table(&shown, &accounts, &people, visitor))
                p.pages {
                    @if next < staff.len() { a rel="next" href=(format!("/accounts?from={next}&left={word}")) { "More people" } " " }
                    @if with_left { a href="/accounts" { "Only those in the unit" } }
                    @else { a href="/accounts?left=yes" { "Those who left as well" } }
                }
            }
            div.side-column { (teams(visitor, &people, posted, faults)) }
        }
    };
    Ok(Page::new(visitor, "People, teams and accounts", Part::Team, content)
        .status(faults.status())
        .into_response())
}

fn table(
    staff: &[&pb::Staff],
    accounts: &HashMap<String, pb::Account>,
    people: &People,
    visitor: &Visitor,
) -> Markup {
    html! {
        table.people {
            caption.visually-hidden { "The unit’s people, by name" }
            thead { tr {
                th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "Team" }
                th scope="col" { "Signs in as" } th scope="col" { "Last signed in" }
            } }
            tbody { @for member in staff {
                tr {
                    th scope="row" {
                        a href=(format!("/staff/{}", member.id)) { (member.name) }
                        @if member.left_at.is_some() { " " span.tag { "left" } }
                    }
                    td { (words::staff_role(member.role())) }
                    td { (people.team(&member.team_id)) }
                    @match accounts.get(&member.id) {
                        None => { td { "no account" } td { "–" } }
                        Some(account) => {
                            td { (account.name) " " (account_state(account, visitor)) }
                            td { (clocks::full_if(account.signed_in_at.as_ref())) }
                        }
                    }
                }
            } }
        }
    }
}

/// How an account stands, where that is worth saying.
#[must_use]
fn account_state(account: &pb::Account, visitor: &Visitor) -> Markup {
    let waits = clocks::instant_if(account.waits_until.as_ref()).filter(|until| *until > visitor.now);
    html! {
        @if account.closed { span.tag { "closed" } }
        @if let Some(until) = waits { span.tag.bad { "waits until " (clocks::near(until, visitor.now)) } }
    }
}

fn teams(visitor: &Visitor, people: &People, posted: &Posted, faults: &Faults) -> Markup {
    html! {
        section aria-labelledby="teams" {
            h2 id="teams" { "Teams" }
            @for team in &people.teams {
                @let field = format!("name-{}", team.id);
                @let name = if posted.has(&field) { posted.get(&field) } else { &team.name };
                @let shown = Posted::of(vec![(field.clone(), name.to_owned())]);
                form.across method="post" action="/teams" data-keep="no" {
                    (form::carried(visitor, &Posted::default()))
                    input type="hidden" name="team" value=(team.id);
                    (Input::new(&field, &format!("Name of {}", team.name)).required().line("text", &shown, faults))
                    button type="submit" { "Rename" span.visually-hidden { " " (team.name) } }
                }
            }
            form.across method="post" action="/teams" data-keep="no" {
                (form::carried(visitor, &Posted::default()))
                (Input::new("name-", "A new team").required().line("text", posted, faults))
                button type="submit" { "Make the team" }
            }
        }
    }
}

async fn put_team(visitor: Visitor, posted: Posted) -> Response {
    let id = posted.get("team").to_owned();
    let field = format!("name-{id}");
    if posted.get(&field).is_empty() {
        return page(&visitor, &Asked::default(), &posted, &Faults::one(&field, "Enter the team’s name"))
            .await;
    }
    let team = pb::Team { id, name: posted.get(&field).to_owned() };
    let asked = pb::PutTeamRequest { request_id: posted.get(REQUEST).to_owned(), team: Some(team) };
    match visitor.calls.team().put_team(asked).await {
        Ok(_) => {
            visitor.board.people_changed();
            page::done(&visitor, "/accounts", "The team is kept.")
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let mut faults = Faults::of(&refusal, |_| Some(field.clone()));
            // The API tells whose name it is by an id, which says nothing to a person.
            if refusal.message.contains("the name of team") {
                faults.fields.insert(field, "Another team is called so: choose another name".to_owned());
            }
            page(&visitor, &Asked::default(), &posted, &faults).await
        }
    }
}

/// Makes an account, gives it a new password, opens or closes it.
async fn put(visitor: Visitor, posted: Posted) -> Response {
    if let Err(refusal) = managers_only(&visitor) {
        return page::refused(&visitor, &refusal);
    }
    let staff_id = posted.get("staff").to_owned();
    if posted.get("account").is_empty() {
        return one::again(
            &visitor,
            &staff_id,
            &posted,
            &Faults::one("account", "Enter the name to sign in with"),
        )
        .await;
    }
    let asked = pb::PutAccountRequest {
        staff_id: staff_id.clone(),
        name: posted.get("account").to_owned(),
        closed: posted.get("act") == "close",
    };
    match visitor.calls.accounts().put_account(asked).await {
        Ok(put) => {
            let put = put.into_inner();
            if put.password.is_empty() {
                return page::done(
                    &visitor,
                    &format!("/staff/{staff_id}"),
                    "The account is closed: nobody signs in by it.",
                );
            }
            shown_once(&visitor, &put.account.unwrap_or_default(), &put.password).await
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let faults = Faults::of(&refusal, |path| (path == "name").then(|| "account".to_owned()));
            one::again(&visitor, &staff_id, &posted, &faults).await
        }
    }
}

/// The password of an account, which nobody can ask for again.
async fn shown_once(visitor: &Visitor, account: &pb::Account, password: &str) -> Response {
    let people = visitor.people().await.unwrap_or_default();
    let content = html! {
        div.heading {
            p.crumbs { a href="/accounts" { "People, teams and accounts" } }
            h1 { "A new password for " (people.name(&account.staff_id)) }
        }
        dl {
            dt { "Signs in as" } dd { code { (account.name) } }
            dt { "Password" } dd { code.secret { (password) } }
        }
        p {
            strong { "It is shown this once. " }
            "Give it to them yourself; they choose one of their own when they first sign in. Sessions that were open "
            "have ended."
        }
        p { a.button href=(format!("/staff/{}", account.staff_id)) { "Done" } }
    };
    Page::new(visitor, "A new password", Part::Team, content).into_response()
}
