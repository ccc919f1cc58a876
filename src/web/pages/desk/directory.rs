//! The contact directory: courts, CPS, resource teams, agencies. An entry has a day on which it should be looked over, and
//! what is due for that stands first: a wrong address is found here and not by a mail that comes back.

use super::kit::{filled, filter, more};
use crate::domain::london;
use crate::grpc::pb::{self, DirectoryEntry, DirectoryKind, Reason};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{Days, Months, NaiveDate};
use futures::try_join;
use maud::{Markup, html};
use serde::Deserialize;

/// Entries on one page, and of those due for review.
const PAGE: i32 = 50;
const DUE: usize = 30;
/// How many days before its day an entry counts as due.
const SOON_DAYS: u64 = 14;
/// Pages of the directory that are gone through for one entry, at most.
const PAGES_MAX: usize = 20;
/// The kinds, in the order of the contract.
const KINDS: [DirectoryKind; 18] = [
    DirectoryKind::ResourceTeam,
    DirectoryKind::Court,
    DirectoryKind::Cps,
    DirectoryKind::WitnessService,
    DirectoryKind::Agency,
    DirectoryKind::Probation,
    DirectoryKind::Force,
    DirectoryKind::IdvaService,
    DirectoryKind::IsvaService,
    DirectoryKind::YoungVictimsService,
    DirectoryKind::SocialServices,
    DirectoryKind::ControlRoom,
    DirectoryKind::Carpenters,
    DirectoryKind::Prison,
    DirectoryKind::Interpreters,
    DirectoryKind::VictimLiaisonUnit,
    DirectoryKind::DataProtection,
    DirectoryKind::Travel,
];

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/directory", get(list).post(put_new))
        .route("/directory/new", get(new))
        .route("/directory/{id}", get(edit).post(put))
        .route("/directory/{id}/reviewed", post(reviewed))
}

/// Which entries, as the address has them.
#[derive(Debug, Default, Deserialize)]
struct Filters {
    /// Only this kind, such as `court`.
    #[serde(default)]
    kind: String,
    /// Only what belongs to this court, by its code.
    #[serde(default)]
    court: String,
    /// Where to go on.
    #[serde(default)]
    page: String,
}

impl Filters {
    fn request(&self) -> pb::ListContactsRequest {
        let kind = DirectoryKind::from_str_name(&words::enum_name(&self.kind, "DIRECTORY_KIND_"));
        pb::ListContactsRequest {
            kinds: kind.map(|kind| kind as i32).into_iter().collect(),
            court_code: self.court.trim().to_owned(),
            page_size: PAGE,
            page_token: self.page.clone(),
            ..pb::ListContactsRequest::default()
        }
    }
}

async fn contacts(
    visitor: &Visitor,
    asked: pb::ListContactsRequest,
) -> Result<pb::ListContactsResponse, Refusal> {
    Ok(visitor.calls.directory().list_contacts(asked).await?.into_inner())
}

async fn list(visitor: Visitor, Query(filters): Query<Filters>) -> Response {
    page::or_refused(&visitor, listed(&visitor, &filters).await)
}

async fn listed(visitor: &Visitor, filters: &Filters) -> Result<Response, Refusal> {
    let today = london::date(visitor.now);
    let first = filters.page.is_empty();
    let review_before = (today + Days::new(SOON_DAYS)).to_string();
    let due = pb::ListContactsRequest {
        review_before,
        page_size: 500,
        page_token: String::new(),
        ..filters.request()
    };
    let (page, due, courts) = try_join!(
        contacts(visitor, filters.request()),
        async { if first { Ok(contacts(visitor, due).await?.entries) } else { Ok(Vec::new()) } },
        visitor.contacts(vec![DirectoryKind::Court.into()]),
    )?;
    let mut due = due;
    due.sort_by(|a, b| a.review_on.cmp(&b.review_on).then_with(|| a.name.cmp(&b.name)));
    let next = [("kind", filters.kind.as_str()), ("court", &filters.court), ("page", &page.next_page_token)];
    let narrow = !(filters.kind.is_empty() && filters.court.is_empty());
    let content = html! {
        div.heading {
            p.crumbs { a href="/desk" { "Desk" } }
            h1 { "Directory" }
            p { a.button href="/directory/new" { "New entry" } }
        }
        p {
            "Where usher’s mail goes when it is not for somebody in a case. What has not left yet goes to an address that is put right here."
        }
        (filters_shown(filters, &courts, narrow))
        @if first && !due.is_empty() { (due_shown(visitor, &due, today)) }
        h2 { @if narrow { "Entries that fit" } @else { "All entries, by name" } }
        @if page.entries.is_empty() {
            p.empty {
                @if narrow {
                    "No entry fits this filter. " a href="/directory" { "Show all entries" }
                } @else {
                    "The directory is empty. Entries are made here, or when the unit is set up."
                }
            }
        } @else { (table(&page.entries, &courts, today)) }
        (more(&page.next_page_token, &form::address("/directory", &next), "More entries"))
    };
    Ok(Page::new(visitor, "Directory", Part::Desk, content).into_response())
}

fn kind_options() -> Vec<(String, String)> {
    KINDS.map(|kind| (kind_word(kind), words::directory_kind(kind).to_owned())).to_vec()
}

fn kind_word(kind: DirectoryKind) -> String {
    words::word(kind.as_str_name(), "DIRECTORY_KIND_")
}

fn court_options(courts: &[DirectoryEntry]) -> Vec<(String, String)> {
    courts
        .iter()
        .filter(|court| !court.court_code.is_empty())
        .map(|court| (court.court_code.clone(), court.name.clone()))
        .collect()
}

fn filters_shown(filters: &Filters, courts: &[DirectoryEntry], narrow: bool) -> Markup {
    let (posted, none) = (filled(&[("kind", &filters.kind), ("court", &filters.court)]), Faults::none());
    html! {
        details.filters open[narrow] {
            summary { "Filter" }
            form method="get" action="/directory" {
                (filter("kind", "Kind").select("All", &kind_options(), &posted, &none))
                (filter("court", "Of or at the court").select("Any", &court_options(courts), &posted, &none))
                button type="submit" { "Show" }
                @if narrow { " " a href="/directory" { "Show all entries" } }
            }
        }
    }
}

/// A day of review in words, and whether it has come.
fn review(entry: &DirectoryEntry, today: NaiveDate) -> (String, bool) {
    match clocks::day(&entry.review_on) {
        Some(day) => (london::human_date(day), day <= today),
        None => ("Never".to_owned(), false),
    }
}

fn due_shown(visitor: &Visitor, due: &[DirectoryEntry], today: NaiveDate) -> Markup {
    html! {
        section aria-labelledby="due" {
            h2 id="due" { "Due to be looked over " span.count { (due.len()) } }
            @if due.len() > DUE { p { "The " (DUE) " that are due first." } }
            p {
                "Ring or write once, and say that it holds: it then comes up again in a year. Open it where something has changed."
            }
            ul.review { @for entry in due.iter().take(DUE) {
                @let (day, has_come) = review(entry, today);
                li {
                    div {
                        a href=(format!("/directory/{}", entry.id)) { (entry.name) }
                        p.about {
                            (words::directory_kind(entry.kind()))
                            @if !entry.email.is_empty() { ", " (entry.email) }
                            @if !entry.phone.is_empty() { ", " (entry.phone) }
                        }
                    }
                    span.tag.bad[has_come] { @if has_come { "! due since " } @else { "due " } (day) }
                    form method="post" action=(format!("/directory/{}/reviewed", entry.id)) data-keep="no" {
                        (form::carried(visitor, &Posted::default()))
                        input type="hidden" name="version" value=(entry.version);
                        button type="submit" { "It holds" span.visually-hidden { ": " (entry.name) } }
                    }
                }
            } }
        }
    }
}

fn table(entries: &[DirectoryEntry], courts: &[DirectoryEntry], today: NaiveDate) -> Markup {
    // A court itself stands with its code, what belongs to one with the court's name.
    let court = |entry: &DirectoryEntry| {
        let of = courts.iter().find(|court| court.court_code == entry.court_code && court.id != entry.id);
        of.map_or_else(|| entry.court_code.clone(), |court| court.name.clone())
    };
    html! {
        (page::scrolls("Entries of the directory", html! {
            table {
                caption.visually-hidden { "Entries of the directory, by name" }
                thead {
                    tr {
                        th scope="col" { "Name" }
                        th scope="col" { "Kind" }
                        th scope="col" { "E-mail" }
                        th scope="col" { "Telephone" }
                        th scope="col" { "Court" }
                        th scope="col" { "Look over" }
                    }
                }
                tbody { @for entry in entries {
                    @let (day, has_come) = review(entry, today);
                    tr id=(format!("e-{}", entry.id)) {
                        th scope="row" { a href=(format!("/directory/{}", entry.id)) { (entry.name) } }
                        td { (words::directory_kind(entry.kind())) }
                        td.wrap { @if entry.email.is_empty() { "–" } @else { (entry.email) } }
                        td { @if entry.phone.is_empty() { "–" } @else { (entry.phone) } }
                        td { (court(entry)) }
                        td.day { @if has_come { strong { "! " } } (day) }
                    }
                } }
            }
        }))
    }
}

/// One entry. The directory has no call for a single one, and it is short.
async fn entry(visitor: &Visitor, id: &str) -> Result<DirectoryEntry, Refusal> {
    let mut page_token = String::new();
    for _ in 0..PAGES_MAX {
        let asked =
            pb::ListContactsRequest { page_size: 500, page_token, ..pb::ListContactsRequest::default() };
        let page = contacts(visitor, asked).await?;
        if let Some(found) = page.entries.into_iter().find(|entry| entry.id == id) {
            return Ok(found);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Err(Refusal::not_here("the directory has no entry under this address"))
}

/// What a form shows of an entry.
fn fill(entry: &DirectoryEntry) -> Posted {
    filled(&[
        ("kind", &kind_word(entry.kind())),
        ("name", &entry.name),
        ("email", &entry.email),
        ("phone", &entry.phone),
        ("court_code", &entry.court_code),
        ("review_on", &entry.review_on),
        ("version", &entry.version.to_string()),
    ])
}

/// What was filled in, as an entry; `id` is empty for a new one.
fn entry_of(id: &str, posted: &Posted) -> Result<DirectoryEntry, Faults> {
    let mut faults = Faults::none();
    let kind = DirectoryKind::from_str_name(&words::enum_name(posted.get("kind"), "DIRECTORY_KIND_"));
    let kind = kind.filter(|kind| *kind != DirectoryKind::Unspecified);
    if kind.is_none() {
        faults.field("kind", "Choose what sort of body it is");
    }
    if posted.get("name").is_empty() {
        faults.field("name", "Type its name");
    }
    if !faults.is_none() {
        return Err(faults);
    }
    Ok(DirectoryEntry {
        id: id.to_owned(),
        kind: kind.unwrap_or_default() as i32,
        name: posted.get("name").to_owned(),
        email: posted.get("email").to_owned(),
        phone: posted.get("phone").to_owned(),
        court_code: posted.get("court_code").to_owned(),
        review_on: posted.get("review_on").to_owned(),
        version: posted.version(),
    })
}

async fn new(visitor: Visitor) -> Response {
    let posted = filled(&[("review_on", &in_a_year(london::date(visitor.now)).to_string())]);
    form_page(&visitor, "", &posted, &Faults::none(), None)
}

fn in_a_year(day: NaiveDate) -> NaiveDate {
    day.checked_add_months(Months::new(12)).unwrap_or(day)
}

async fn edit(visitor: Visitor, Path(id): Path<String>) -> Response {
    match entry(&visitor, &id).await {
        Ok(held) => form_page(&visitor, &id, &fill(&held), &Faults::none(), None),
        Err(refusal) => page::refused(&visitor, &refusal),
    }
}

/// The form of an entry; `changed` is how it stands now, where somebody was quicker.
fn form_page(
    visitor: &Visitor,
    id: &str,
    posted: &Posted,
    faults: &Faults,
    changed: Option<&DirectoryEntry>,
) -> Response {
    let (title, to) = if id.is_empty() {
        ("New entry", "/directory".to_owned())
    } else {
        ("Entry of the directory", format!("/directory/{id}"))
    };
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/desk" { "Desk" } " › " a href="/directory" { "Directory" } }
            h1 { (title) }
        }
        @if let Some(now) = changed { (as_it_is(now)) }
        form method="post" action=(to) novalidate {
            (form::carried(visitor, posted))
            input type="hidden" name="version" value=(posted.version());
            (Input::new("kind", "Kind").required().select("Choose", &kind_options(), posted, faults))
            (Input::new("name", "Name").required().line("text", posted, faults))
            (Input::new("email", "E-mail").hint("A mailbox that several people read, where there is one").line("email", posted, faults))
            (Input::new("phone", "Telephone").line("tel", posted, faults))
            (Input::new("court_code", "Code of the court").hint("For a court, and for a body that belongs to one: its OU code, such as B01CN").line("text", posted, faults))
            (Input::new("review_on", "Look it over on").hint("Leave empty for never").line("date", posted, faults))
            button.primary type="submit" { "Save" }
            " " a href="/directory" { "Back to the directory" }
        }
    };
    Page::new(visitor, title, Part::Desk, content).status(faults.status()).into_response()
}

/// An entry as somebody else has left it.
fn as_it_is(entry: &DirectoryEntry) -> Markup {
    let shown = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    html! {
        section.warning {
            h2 { "As it stands now" }
            dl {
                dt { "Kind" } dd { (words::directory_kind(entry.kind())) }
                dt { "Name" } dd { (entry.name) }
                dt { "E-mail" } dd { (shown(&entry.email)) }
                dt { "Telephone" } dd { (shown(&entry.phone)) }
                dt { "Code of the court" } dd { (shown(&entry.court_code)) }
                dt { "Look it over on" }
                dd { (clocks::day(&entry.review_on).map_or_else(|| "–".to_owned(), london::human_date)) }
            }
            p { "Below is what you typed. Saving it now puts it in the place of this." }
        }
    }
}

async fn put_new(visitor: Visitor, posted: Posted) -> Response {
    save(&visitor, "", posted).await
}

async fn put(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    save(&visitor, &id, posted).await
}

async fn save(visitor: &Visitor, id: &str, mut posted: Posted) -> Response {
    let asked = match entry_of(id, &posted) {
        Ok(entry) => pb::PutContactRequest { request_id: posted.get(REQUEST).to_owned(), entry: Some(entry) },
        Err(faults) => return form_page(visitor, id, &posted, &faults, None),
    };
    let refusal = match visitor.calls.directory().put_contact(asked).await {
        Ok(_) => {
            return page::done(
                visitor,
                "/directory",
                "Saved. What has not left yet goes to the new address.",
            );
        }
        Err(status) => Refusal::from(status),
    };
    if refusal.reason == Reason::VersionStale {
        let held = match entry(visitor, id).await {
            Ok(held) => held,
            Err(refusal) => return page::refused(visitor, &refusal),
        };
        let mut faults = Faults::none();
        faults.whole.push("Somebody changed this entry while you were at it: nothing of yours is saved yet. Compare, and save again".to_owned());
        // Another decision is another call.
        posted.set("version", held.version.to_string());
        posted.set(REQUEST, visitor.new_id());
        return form_page(visitor, id, &posted, &faults, Some(&held));
    }
    if !refusal.is_mendable() {
        return page::refused(visitor, &refusal);
    }
    let faults = Faults::of(&refusal, |path| path.strip_prefix("entry.").map(str::to_owned));
    form_page(visitor, id, &posted, &faults, None)
}

/// An entry was looked over and holds: it comes up again in a year.
async fn reviewed(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Response {
    let held = match entry(&visitor, &id).await {
        Ok(held) => held,
        Err(refusal) => return page::refused(&visitor, &refusal),
    };
    let on = in_a_year(london::date(visitor.now));
    // The version is the one that was looked at: what somebody changed since was not looked over.
    let entry = DirectoryEntry { review_on: on.to_string(), version: posted.version(), ..held };
    let asked = pb::PutContactRequest { request_id: posted.get(REQUEST).to_owned(), entry: Some(entry) };
    match visitor.calls.directory().put_contact(asked).await {
        Ok(_) => page::done(
            &visitor,
            "/directory",
            &format!("Looked over. It comes up again on {}.", london::human_date(on)),
        ),
        Err(status) => page::refused(&visitor, &status.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_what_its_form_says_and_keeps_the_version_it_was_opened_at() {
        let held = DirectoryEntry {
            id: "e".into(),
            kind: DirectoryKind::WitnessService as i32,
            name: "Witness Service, Exampleton".into(),
            version: 4,
            review_on: "2027-01-31".into(),
            ..DirectoryEntry::default()
        };
        assert_eq!(entry_of("e", &fill(&held)).unwrap(), held);
    }

    #[test]
    fn an_entry_without_kind_or_name_is_not_sent() {
        let faults = entry_of("", &filled(&[("kind", "unspecified"), ("name", " ")])).unwrap_err();
        assert!(faults.is_about("kind") && faults.is_about("name"));
    }

    #[test]
    fn a_year_after_a_leap_day_is_a_day_too() {
        let day = NaiveDate::from_ymd_opt(2028, 2, 29).unwrap();
        assert_eq!(in_a_year(day).to_string(), "2029-02-28");
    }
}
