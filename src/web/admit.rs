//! Who visits: the session in the visitor's cookie, asked of the API for every page.
//!
//! A page that is asked for without a session leads to the sign-in and back. A form that arrives without one is not lost:
//! it goes sealed into the sign-in page, and whoever filled it in may send it again once they are signed in.

use super::board::{Board, Pack, People};
use super::calls::Calls;
use super::page;
use super::pages::sign_in;
use super::refusal::Refusal;
use crate::grpc::pb::{self, Reason};
use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use std::convert::Infallible;
use std::sync::Arc;

/// The cookie that holds a session's token.
pub const SESSION: &str = "usher_session";
/// The cookie that holds what the next page says was done.
pub const SAID: &str = "usher_said";
/// A form that is kept through a sign-in, at most, in bytes.
const HELD_BYTES_MAX: usize = 256 * 1024;

/// Whoever a page is made for.
#[derive(Clone)]
pub struct Visitor {
    /// What all pages share.
    pub board: Board,
    /// The API as they call it.
    pub calls: Calls,
    /// Who they are.
    pub me: pb::Staff,
    /// Their session.
    pub session: pb::Session,
    /// What time usher has.
    pub now: DateTime<Utc>,
    /// What the page before did, to be said on this one.
    pub said: Option<String>,
    /// Where they are: path and query.
    pub here: String,
}

impl Visitor {
    /// Whether they lead a team or manage the unit.
    #[must_use]
    pub fn leads(&self) -> bool {
        matches!(self.me.role(), pb::StaffRole::TeamLeader | pb::StaffRole::Manager)
    }

    /// Whether they manage the unit.
    #[must_use]
    pub fn manages(&self) -> bool {
        self.me.role() == pb::StaffRole::Manager
    }

    /// An id by which a form's call is known.
    #[must_use]
    pub fn new_id(&self) -> String {
        self.board.new_id()
    }

    /// The unit's people.
    ///
    /// # Errors
    /// What the API refuses.
    pub async fn people(&self) -> Result<Arc<People>, Refusal> {
        Ok(self.board.people(&self.calls).await?)
    }

    /// The kinds of task, and what may come up in a contact, of the active pack.
    ///
    /// # Errors
    /// What the API refuses.
    pub async fn pack(&self) -> Result<Arc<Pack>, Refusal> {
        Ok(self.board.pack(&self.calls).await?)
    }

    /// The directory's entries of these kinds; none where no kind is named.
    ///
    /// # Errors
    /// What the API refuses.
    pub async fn contacts(&self, mut kinds: Vec<i32>) -> Result<Vec<pb::DirectoryEntry>, Refusal> {
        kinds.retain(|kind| *kind != pb::DirectoryKind::Unspecified as i32);
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let asked = pb::ListContactsRequest { kinds, page_size: 500, ..pb::ListContactsRequest::default() };
        Ok(self.calls.directory().list_contacts(asked).await?.into_inner().entries)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Only pages behind `admit` ask for a visitor, and it put them there.
        Ok(parts.extensions.get::<Self>().cloned().expect("pages with visitors are behind `admit`"))
    }
}

/// The header by which a list that is open asks for itself anew.
const PART: &str = "x-usher-part";

/// Why a request is refused before any page reads it.
fn unread(status: StatusCode) -> Option<Refusal> {
    match status {
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Some(Refusal::new(Reason::FieldInvalid, "this address or form cannot be read"))
        }
        StatusCode::METHOD_NOT_ALLOWED => Some(Refusal::not_here("there is no such page")),
        StatusCode::PAYLOAD_TOO_LARGE => {
            Some(Refusal::new(Reason::BodyTooLarge, "this is larger than usher takes"))
        }
        _ => None,
    }
}

/// Finds out who visits, or leads to the sign-in.
pub async fn admit(State(board): State<Board>, mut request: Request, next: Next) -> Response {
    let token = cookie(request.headers(), SESSION);
    let calls = board.calls(token.as_deref());
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str()).to_owned();
    let answer = match token {
        Some(_) => calls.accounts().get_session(pb::GetSessionRequest {}).await.map_err(Refusal::from),
        None => Err(Refusal::new(Reason::CredentialsMissing, "nobody is signed in")),
    };
    let answer = match answer {
        Ok(answer) => answer.into_inner(),
        Err(refusal) => match refusal.reason {
            Reason::CredentialsMissing | Reason::CredentialsInvalid => {
                return sign_in_first(&board, request, &here).await;
            }
            _ => return page::refused_to_nobody(&refusal),
        },
    };
    let session = answer.session.unwrap_or_default();
    let Some(me) = session.staff.clone() else {
        return page::refused_to_nobody(&Refusal::new(
            Reason::RoleForbids,
            "the board is for the unit's own people: this token names none of them",
        ));
    };
    if session.must_change_password && !here.starts_with(sign_in::PASSWORD) {
        return Redirect::to(sign_in::PASSWORD).into_response();
    }
    let now = answer.now.and_then(super::clocks::instant).unwrap_or_default();
    // What was done is said on the page that one is led to, never taken by a list that renews itself meanwhile.
    let is_part = request.headers().contains_key(PART);
    let said = cookie(request.headers(), SAID).filter(|_| !is_part).map(|said| super::form::decode(&said));
    let has_said = said.is_some() && request.method() == Method::GET;
    let visitor = Visitor { board: board.clone(), calls, me, session, now, said, here };
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // What the framework itself refuses, it refuses in a line of its own.
    if !is_page && let Some(refusal) = unread(response.status()) {
        return page::refused(&visitor, &refusal);
    }
    if has_said && is_page {
        page::set_cookie(&mut response, &board, SAID, "", Some(0));
    }
    response
}

/// The sign-in, with what was on its way.
async fn sign_in_first(board: &Board, request: Request, here: &str) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        // A part of a page that is fetched by the script is no place to go to afterwards.
        let to = if request.headers().contains_key(PART) { "/" } else { here };
        return Redirect::to(&sign_in::address(to)).into_response();
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_form = kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let body = to_bytes(request.into_body(), HELD_BYTES_MAX).await.ok();
    let body = body.filter(|_| is_form).and_then(|body| String::from_utf8(body.to_vec()).ok());
    let held = body.and_then(|body| board.seal(&format!("{here}\n{body}")));
    sign_in::page(sign_in::Asked { to: here.to_owned(), held, fault: None, name: String::new() })
        .into_response()
}

/// A cookie's value.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(of, _)| *of == name).map(|(_, value)| value.to_owned()).filter(|value| !value.is_empty())
}
