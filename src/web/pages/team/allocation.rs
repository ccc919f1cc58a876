//! Sharing out cases before charge: what nobody owns, what would go to whom and why, and its carrying out as it was seen or
//! changed.

use super::{absence, leaders_only};
use crate::grpc::pb::{self, Reason};
use crate::web::admit::Visitor;
use crate::web::board::{Board, People};
use crate::web::form::{self, Faults, Posted, REQUEST, id_of};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::try_join;
use maud::{Markup, html};

/// Cases on one page: the rest is shared out once these are.
const CASES_MAX: usize = 60;
/// Names to choose from on one page, at most; beyond that each case offers whom usher proposes.
const CHOICES_MAX: usize = 400;
/// The field with a case.
const CASE: &str = "case";

pub(super) fn router() -> Router<Board> {
    Router::new().route("/team/allocation", get(show).post(apply))
}

async fn show(visitor: Visitor) -> Response {
    if let Err(refusal) = leaders_only(&visitor) {
        return page::refused(&visitor, &refusal);
    }
    page(&visitor, &Posted::default(), &Faults::none()).await
}

async fn page(visitor: &Visitor, posted: &Posted, faults: &Faults) -> Response {
    page::or_refused(visitor, made(visitor, posted, faults).await)
}

async fn made(visitor: &Visitor, posted: &Posted, faults: &Faults) -> Result<Response, Refusal> {
    let mut team = visitor.calls.team();
    let asked =
        pb::AllocatePreChargeRequest { validate_only: true, ..pb::AllocatePreChargeRequest::default() };
    let (share, people) = try_join!(
        async { Ok::<_, Refusal>(team.allocate_pre_charge(asked).await?.into_inner()) },
        visitor.people(),
    )?;
    let cases: Vec<&pb::PreChargeCase> = share.given.iter().chain(&share.left).collect();
    let shown = &cases[..cases.len().min(CASES_MAX)];
    let content = html! {
        (faults.summary())
        div.heading {
            p.crumbs { a href="/team" { "Team" } }
            h1 { "Cases before charge that nobody owns" }
        }
        @if cases.is_empty() {
            p.empty { "Every case before charge has an owner. New ones come here as they are opened and usher shares them out each morning." }
        } @else {
            p { (summary(&share)) }
            form method="post" action="/team/allocation" data-keep="no" {
                (form::carried(visitor, posted))
                div.buttons {
                    button.primary type="submit" { "Share them out as below" }
                    @if cases.len() > shown.len() { span.hint { "The other " (cases.len() - shown.len()) " are shared out after these." } }
                }
                (table(visitor, shown, &people, posted))
            }
        }
    };
    Ok(Page::new(visitor, "Cases before charge", Part::Team, content).status(faults.status()).into_response())
}

fn summary(share: &pb::AllocatePreChargeResponse) -> String {
    let (given, left) = (share.given.len(), share.left.len());
    let cases = |count: usize| words::count(count, "case", "cases");
    match (given, left) {
        (given, 0) => format!(
            "{} would be taken on, high risk first. Nothing changes before you share them out.",
            cases(given)
        ),
        (0, left) => format!(
            "Nobody at work takes on more today. Waiting: {}. You may give them to somebody all the same.",
            cases(left)
        ),
        (given, 1) => format!("{} would be taken on, high risk first; 1 case waits on.", cases(given)),
        (given, left) => {
            format!("{} would be taken on, high risk first; {left} cases wait on.", cases(given))
        }
    }
}

fn to_name(case: &str) -> String {
    format!("to.{case}")
}

fn table(visitor: &Visitor, cases: &[&pb::PreChargeCase], people: &People, posted: &Posted) -> Markup {
    let staff: Vec<&pb::Staff> =
        people.present().filter(|staff| staff.role() == pb::StaffRole::CareOfficer).collect();
    let all = staff.len() * cases.len() <= CHOICES_MAX;
    let proposed = |id: &str| cases.iter().any(|case| case.to_staff_id == id);
    html! {
        (page::scrolls("Who takes on which case", html! {
            table.plan {
                caption.visually-hidden { "Who takes on which case, high risk first" }
                thead { tr { th scope="col" { "Case" } th scope="col" { "Risk" } th scope="col" { "Goes to" } th scope="col" { "Why" } } }
                tbody { @for case in cases {
                    @let to = to_name(&case.case_id);
                    @let chosen = if posted.has(&to) { posted.get(&to) } else { case.to_staff_id.as_str() };
                    tr {
                        th scope="row" { a href=(format!("/cases/{}", case.case_id)) { (case.urn) } }
                        td { (words::risk(case.risk())) }
                        td {
                            input type="hidden" name=(CASE) value=(case.case_id);
                            label.visually-hidden for=(id_of(&to)) { (case.urn) " goes to" }
                            select id=(id_of(&to)) name=(to) {
                                option value="" { "Nobody yet" }
                                @for member in staff.iter().filter(|member| all || proposed(&member.id)) {
                                    option value=(member.id) selected[member.id == chosen] {
                                        (absence::named(people, &member.id, visitor.now)) @if member.id == case.to_staff_id { " (planned)" }
                                    }
                                }
                            }
                            (absence::note(people, chosen, visitor.now))
                        }
                        td { (case.because) }
                    }
                } }
            }
        }))
    }
}

/// Who takes on which case, as it was chosen.
fn chosen(posted: &Posted) -> Vec<pb::PreChargeCase> {
    let line = |case: &str| {
        let to = posted.get(&to_name(case));
        (!to.is_empty()).then(|| pb::PreChargeCase {
            case_id: case.to_owned(),
            to_staff_id: to.to_owned(),
            ..pb::PreChargeCase::default()
        })
    };
    posted.all(CASE).filter_map(line).collect()
}

async fn apply(visitor: Visitor, mut posted: Posted) -> Response {
    let lines = chosen(&posted);
    if lines.is_empty() {
        let mut faults = Faults::none();
        faults.whole.push("Choose somebody for at least one case".to_owned());
        return page(&visitor, &posted, &faults).await;
    }
    let asked = pb::AllocatePreChargeRequest {
        request_id: posted.get(REQUEST).to_owned(),
        lines,
        validate_only: false,
    };
    match visitor.calls.team().allocate_pre_charge(asked).await {
        Ok(done) => {
            let given = done.into_inner().given.len();
            page::done(&visitor, "/team/allocation", &format!("Shared out: {given} cases have an owner now."))
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let people = match visitor.people().await {
                Ok(people) => people,
                Err(refusal) => return page::refused(&visitor, &refusal),
            };
            let mut faults = Faults::none();
            faults.whole.push(why_not(&refusal, &people));
            posted.set(REQUEST, visitor.new_id());
            page(&visitor, &posted, &faults).await
        }
    }
}

/// Why work was not given, with the names of staff in place of their ids.
#[must_use]
pub(super) fn why_not(refusal: &Refusal, people: &People) -> String {
    let named = people.staff.iter().fold(refusal.message.clone(), |message, staff| {
        message.replace(&format!("member of staff {}", staff.id), &staff.name).replace(&staff.id, &staff.name)
    });
    let said = form::sentence(&named);
    if refusal.reason == Reason::VersionStale {
        return "Something of it was changed meanwhile, so nothing was given. Below is how it stands now"
            .to_owned();
    }
    format!("{said}. Nothing was given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_goes_to_nobody_yet_is_not_sent() {
        let lines = chosen(&Posted::parse("case=a&to.a=anna&case=b&to.b="));
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].case_id.as_str(), lines[0].to_staff_id.as_str()), ("a", "anna"));
    }

    #[test]
    fn what_waits_on_is_said() {
        let cases = |count| vec![pb::PreChargeCase::default(); count];
        let share = pb::AllocatePreChargeResponse { given: cases(3), left: cases(1), receipt: None };
        assert_eq!(summary(&share), "3 cases would be taken on, high risk first; 1 case waits on.");
    }
}
