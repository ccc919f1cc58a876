//! `GET /feeds/<token>.ics`: a part of the diary for calendar programs, on the port of the API.
//!
//! Calendar programs send nothing but the address, so the token in it is all there is: it is looked up by its digest, and
//! an unknown, revoked or orphaned one is answered like a page that never was. What is answered names nobody: references,
//! courts and states. Every answer is audited before it leaves, by the feed's id, as a disclosure of so many lines.

use super::access::tokens::TokenHash;
use super::api::Api;
use super::look;
use super::refused::Refused;
use crate::domain::diary_look::Look;
use crate::domain::feed::{Feed, FeedOf};
use crate::domain::hearing::When;
use crate::domain::ids::UnitId;
use crate::domain::london;
use crate::render::calendar::{Entry, Method, Span, Standing, write};
use crate::store::queries::{diary, feeds};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::Days;
use ring::digest;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Days that have passed and are still shown.
const PAST: Days = Days::new(30);
/// Days to come that are shown.
const COMING: Days = Days::new(365);
/// Entries of one feed, at most: some two megabytes.
const ENTRIES_MAX: usize = 5_000;
/// Entries read at a time.
const PAGE: usize = 500;
/// What a feed's name ends with.
const ENDING: &str = ".ics";

/// Where a calendar program asks for the feed with this token.
#[must_use]
pub fn path(token: &str) -> String {
    format!("/feeds/{token}{ENDING}")
}

/// Feeds that are read at the same time: however often programs ask, calls come first.
const AT_ONCE: usize = 2;
/// How long one waits for its turn.
const TURN: Duration = Duration::from_secs(20);

/// What answers.
#[derive(Clone)]
struct Feeds {
    api: Api,
    turns: Arc<Semaphore>,
}

/// The pages of feeds.
pub(super) fn router(api: Api) -> Router {
    let feeds = Feeds { api, turns: Arc::new(Semaphore::new(AT_ONCE)) };
    Router::new().route("/feeds/{*name}", get(answer)).with_state(feeds)
}

/// Why a feed is not answered.
enum Unanswered {
    /// There is none by this token.
    None,
    /// It holds more than a feed may.
    TooLarge,
    /// Too many ask at the same time.
    Busy,
    /// Something is away.
    Refused(Refused),
}

impl<E: Into<Refused>> From<E> for Unanswered {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

impl IntoResponse for Unanswered {
    fn into_response(self) -> Response {
        match self {
            Self::None => (StatusCode::NOT_FOUND, "there is no such feed\n").into_response(),
            Self::TooLarge => {
                let text = format!(
                    "the feed would hold more than {ENTRIES_MAX} entries: create one for a member of staff or a court\n"
                );
                (StatusCode::PAYLOAD_TOO_LARGE, text).into_response()
            }
            Self::Busy => {
                let wait = [(header::RETRY_AFTER, "60")];
                (StatusCode::SERVICE_UNAVAILABLE, wait, "too many feeds are asked for just now\n")
                    .into_response()
            }
            Self::Refused(refused) => {
                tracing::warn!(reason = refused.reason().word(), "a feed is not answered");
                let wait = [(header::RETRY_AFTER, "60")];
                (StatusCode::SERVICE_UNAVAILABLE, wait, "the feed cannot be read just now\n").into_response()
            }
        }
    }
}

async fn answer(
    State(Feeds { api, turns }): State<Feeds>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    let token = name.strip_suffix(ENDING).ok_or(Unanswered::None)?;
    let found = feeds::of_digest(api.store(), &TokenHash::of(token).hex()).await?;
    let (unit, feed) = found.ok_or(Unanswered::None)?;
    let roster = api.roster(unit).await?;
    if !feed.answers(&roster, api.now()) {
        return Err(Unanswered::None);
    }
    let turn = timeout(TURN, turns.acquire()).await;
    let _turn = turn.ok().and_then(Result::ok).ok_or(Unanswered::Busy)?;
    let entries = entries(&api, unit, &feed).await?;
    let calendar = write(Method::Publish, Some("Court diary"), &entries);
    let tag = etag(&calendar);
    api.disclosed(unit, format!("feed:{}", feed.id), "diary entries", feed.id.0, entries.len()).await?;
    let common = [
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, tag.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if known.flat_map(|value| value.split(',')).any(|value| value.trim().trim_start_matches("W/") == tag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((common, kind, calendar).into_response())
}

/// What a feed shows now.
async fn entries(api: &Api, unit: UnitId, feed: &Feed) -> Result<Vec<Entry>, Unanswered> {
    let (now, rules) = (api.now(), api.rules(unit).await.ok());
    let today = london::date(now);
    let filter = diary::Filter {
        days: Some((
            today.checked_sub_days(PAST).unwrap_or(today),
            today.checked_add_days(COMING).unwrap_or(today),
        )),
        staff: if let FeedOf::Staff(staff) = feed.of { Some(staff) } else { None },
        team: if let FeedOf::Team(team) = feed.of { Some(team) } else { None },
        court: if let FeedOf::Court(code) = &feed.of { Some(code.clone()) } else { None },
    };
    let calendar = rules.as_ref().map(|rules| &rules.pack.calendar);
    let mut entries = Vec::new();
    let mut mark = None;
    loop {
        let page = diary::list(api.store(), unit, &filter, mark, PAGE).await?;
        let shown = page.items.iter().filter_map(|line| entry(line, &look::of(line, now, calendar)));
        entries.extend(shown);
        if entries.len() > ENTRIES_MAX {
            return Err(Unanswered::TooLarge);
        }
        mark = page.next;
        if mark.is_none() {
            return Ok(entries);
        }
    }
}

fn entry(line: &diary::Line, look: &Look) -> Option<Entry> {
    let (case, held) = (line.case.label(), &line.entry);
    let court = line.hearing.as_ref().map(|hearing| match &hearing.court.room {
        Some(room) => format!("{}, {room}", hearing.court.name),
        None => hearing.court.name.clone(),
    });
    let court = court.unwrap_or_default();
    let said = if court.is_empty() { String::new() } else { format!("\nCourt: {court}") };
    Some(Entry {
        uid: held.id.0,
        stamp: held.because.last().map_or(line.case.opened_at, |why| why.decided_at),
        sequence: i64::try_from(held.because.len()).unwrap_or(i64::MAX),
        span: Span::of(held.when)?,
        standing: match held.when {
            _ if look.struck_out => Standing::Cancelled,
            When::Week(_) => Standing::Tentative,
            When::At(_) | When::Unfixed => Standing::Confirmed,
        },
        summary: format!("{case}: {}", look.words),
        description: format!("Case: {case}{said}\nState: {}", look.words),
        location: court,
    })
}

/// A name of the answer's bytes.
fn etag(calendar: &str) -> String {
    let hash = digest::digest(&digest::SHA256, calendar.as_bytes());
    let hex: String = hash.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}
