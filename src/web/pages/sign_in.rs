//! Signing in and out, and one's own password.
//!
//! Whoever comes here on the way to a page goes on to it; whoever comes with a form that arrived too late sees it again,
//! and only if they are who filled it in.

use crate::grpc::pb;
use crate::web::admit::{SESSION, Visitor, cookie};
use crate::web::board::Board;
use crate::web::form::{BY, Faults, Input, Posted, encode};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::html;
use serde::Deserialize;

/// Where one's own password is changed.
pub const PASSWORD: &str = "/me/password";

/// The pages that nobody need be signed in for.
pub fn router() -> Router<Board> {
    Router::new().route("/sign-in", get(show).post(sign_in)).route("/sign-out", post(sign_out))
}

/// Those of one's own account.
pub(super) fn own_router() -> Router<Board> {
    Router::new().route(PASSWORD, get(password).post(change_password))
}

/// The sign-in's address on the way to a page.
#[must_use]
pub fn address(to: &str) -> String {
    if to == "/" { "/sign-in".to_owned() } else { format!("/sign-in?to={}", encode(to)) }
}

/// What the sign-in asks and where it leads.
pub struct Asked {
    /// The page to go on to.
    pub to: String,
    /// A form that arrived without a session, sealed.
    pub held: Option<String>,
    /// Why nobody was signed in.
    pub fault: Option<Refusal>,
    /// The name that was typed.
    pub name: String,
}

/// The sign-in.
#[must_use]
pub fn page(asked: Asked) -> Response {
    let mut posted = Posted::default();
    posted.set("name", &asked.name);
    let faults = asked.fault.as_ref().map_or_else(Faults::none, |refusal| Faults {
        whole: vec![crate::web::form::sentence(&refusal.message)],
        ..Faults::none()
    });
    let status = asked.fault.as_ref().map_or(StatusCode::OK, Refusal::status);
    let body = html! {
        header { span.brand { "usher" } }
        main.narrow id="main" {
            (faults.summary())
            h1 { "Sign in" }
            @if asked.held.is_some() {
                p.notice role="status" { "Your session had ended. What you filled in is kept: sign in, and you can send it." }
            }
            form method="post" action="/sign-in" data-keep="no" {
                input type="hidden" name="to" value=(asked.to);
                @if let Some(held) = &asked.held { input type="hidden" name="held" value=(held); }
                div.field {
                    label for="f-name" { "Name" }
                    input id="f-name" name="name" type="text" value=(asked.name) autocomplete="username" autocapitalize="none"
                        spellcheck="false" autofocus[asked.fault.is_none()];
                }
                (Input::new("password", "Password").required().line("password", &Posted::default(), &Faults::none()))
                button.primary type="submit" { "Sign in" }
            }
        }
    };
    page::whole(
        if asked.held.is_some() && asked.fault.is_none() { StatusCode::UNAUTHORIZED } else { status },
        "Sign in",
        None,
        &body,
    )
}

#[derive(Deserialize)]
struct To {
    #[serde(default)]
    to: String,
}

async fn show(Query(query): Query<To>) -> Response {
    page(Asked { to: page::own(&query.to), held: None, fault: None, name: String::new() })
}

async fn sign_in(State(board): State<Board>, posted: Posted) -> Response {
    let (name, to) = (posted.get("name").to_owned(), page::own(posted.get("to")));
    let held = Some(posted.get("held").to_owned()).filter(|held| !held.is_empty());
    // A password may begin or end with a blank.
    let password = posted.fields().iter().find(|(of, _)| of == "password").map(|(_, value)| value.clone());
    let asked = pb::SignInRequest { name: name.clone(), password: password.unwrap_or_default() };
    let answer = match board.calls(None).accounts().sign_in(asked).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => return page(Asked { to, held, fault: Some(status.into()), name }),
    };
    let session = answer.session.unwrap_or_default();
    let mut response = match held.and_then(|held| board.open(&held)) {
        Some(held) => send_again(&session, &held),
        None => Redirect::to(&to).into_response(),
    };
    page::set_cookie(&mut response, &board, SESSION, &answer.token, None);
    response
}

/// The form that arrived too late, to be sent by one press of a button.
fn send_again(session: &pb::Session, held: &str) -> Response {
    let (action, body) = held.split_once('\n').unwrap_or(("/", ""));
    let posted = Posted::parse(body);
    let me = session.staff.as_ref().map_or("", |staff| staff.id.as_str());
    if posted.has(BY) && posted.get(BY) != me {
        return Redirect::to("/").into_response();
    }
    let body = html! {
        header { span.brand { "usher" } }
        main.narrow id="main" {
            h1 { "Nothing was lost" }
            p { "You are signed in again. What you filled in before is kept here and has not been sent yet." }
            form method="post" action=(page::own(action)) {
                @for (name, value) in posted.fields() { input type="hidden" name=(name) value=(value); }
                button.primary type="submit" autofocus { "Send it now" }
            }
            p { a href="/" { "Leave it, and go to my day" } }
        }
    };
    page::whole(StatusCode::OK, "Nothing was lost", Some(me), &body)
}

async fn sign_out(State(board): State<Board>, headers: HeaderMap) -> Response {
    if let Some(token) = cookie(&headers, SESSION) {
        // A session that cannot be ended now ends by itself; the browser forgets it in any case.
        drop(board.calls(Some(&token)).accounts().sign_out(pb::SignOutRequest {}).await);
    }
    let mut response = Redirect::to("/sign-in").into_response();
    page::set_cookie(&mut response, &board, SESSION, "", Some(0));
    // What the script kept of half-filled forms goes as well.
    response.headers_mut().insert("clear-site-data", axum::http::HeaderValue::from_static("\"storage\""));
    response
}

async fn password(visitor: Visitor) -> Response {
    password_page(&visitor, &Faults::none())
}

fn password_page(visitor: &Visitor, faults: &Faults) -> Response {
    let empty = Posted::default();
    let content = html! {
        (faults.summary())
        h1 { "Your password" }
        @if visitor.session.must_change_password {
            p { "The password you were given is for the first sign-in alone: choose one of your own." }
        }
        form method="post" action=(PASSWORD) data-keep="no" {
            (Input::new("old", "The password you have").required().line("password", &empty, faults))
            (Input::new("new", "A new password").hint("At least 12 characters; three words that do not belong together are good")
                .required().line("password", &empty, faults))
            (Input::new("again", "The new password again").required().line("password", &empty, faults))
            button.primary type="submit" { "Change the password" }
        }
    };
    Page::new(visitor, "Your password", Part::None, content).status(faults.status()).into_response()
}

async fn change_password(visitor: Visitor, posted: Posted) -> Response {
    let raw = |name: &str| {
        posted.fields().iter().find(|(of, _)| of == name).map_or(String::new(), |(_, value)| value.clone())
    };
    let (old, new) = (raw("old"), raw("new"));
    if new != raw("again") {
        return password_page(
            &visitor,
            &Faults::one("again", "The two new passwords differ: type the same twice"),
        );
    }
    let asked = pb::ChangePasswordRequest { old_password: old, new_password: new };
    match visitor.calls.accounts().change_password(asked).await {
        Ok(_) => page::done(&visitor, "/", "Your password is changed. Other sessions of yours have ended."),
        Err(status) => {
            let refusal = Refusal::from(status);
            let faults = Faults::of(&refusal, |path| match path {
                "old_password" => Some("old".to_owned()),
                "new_password" => Some("new".to_owned()),
                _ => None,
            });
            password_page(&visitor, &faults)
        }
    }
}
