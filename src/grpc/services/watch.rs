//! WatchTasks: a list that goes on telling what changes.
//!
//! The stream is pulled: a page is read from the database when the transport asks for an item and none is left of the
//! page before. There is no queue and nobody who fills one, so a reader who stops costs an open call and at most one
//! page, and goes on from where they are. Whoever lies too far behind is told to begin again.
//!
//! Each page that shows tasks is a line of the audit, written before any of it leaves.

use super::tasks::Tasks;
use crate::domain::ids::CaseId;
use crate::domain::task::Task;
use crate::engine::lookout::Lookout;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::pb::watch_tasks_response::Item;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::queries::tasks::Filter;
use crate::store::queries::watch::{self, Change, Cursor, Limits, Lost};
use futures::stream::{Stream, unfold};
use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use tokio::time::{Instant, sleep_until};
use tonic::Status;

/// Tasks read at a time.
const PAGE: usize = 100;

/// What the call answers with.
pub(super) type Told = Pin<Box<dyn Stream<Item = Result<pb::WatchTasksResponse, Status>> + Send>>;

/// Which tasks are watched, for whom.
pub(super) struct Asked {
    /// The caller.
    pub caller: Identity,
    /// The filter, with the case of its participant where that is held.
    pub filter: Filter,
    /// The filter as it was sent: what a token is good for.
    pub scope: String,
    /// Where to go on; anew where empty.
    pub resume_token: String,
    /// When the caller hangs up.
    pub deadline: Option<Instant>,
}

/// A watch between two items.
struct Watch {
    api: Api,
    asked: Asked,
    lookout: Lookout,
    cursor: Cursor,
    /// What is left of the page that was read.
    page: VecDeque<pb::WatchTasksResponse>,
    /// Whether the last look found all that there was, so that the next one can wait.
    is_all: bool,
    /// Whether the caller was told that everything is sent.
    is_caught_up: bool,
    /// When something was last sent.
    sent_at: Instant,
}

/// Begins or goes on with a watch.
///
/// # Errors
/// [`Refused`]: `PAGE_TOKEN_INVALID`, `WATCH_EXPIRED`.
pub(super) async fn begin(api: &Api, asked: Asked) -> Result<Told, Refused> {
    // Before the horizon is asked for, so that no commit falls between the two.
    let lookout = api.engine().lookout();
    let (store, unit) = (api.store(), asked.caller.unit);
    let cursor = match api.pages().resume(&asked.scope, &asked.resume_token)? {
        Some(cursor) => {
            watch::resume(store, unit, &cursor).await?.map_err(expired)?;
            cursor
        }
        None => watch::begin(store, unit).await?,
    };
    // Somebody who is in no case yet has no tasks: there is nothing to list, and every task of the unit to be opened.
    let cursor = match (asked.filter.participant, asked.filter.case) {
        (Some(_), None) => cursor.past_the_list(),
        _ => cursor,
    };
    let watch = Watch {
        api: api.clone(),
        asked,
        lookout,
        cursor,
        page: VecDeque::new(),
        is_all: false,
        is_caught_up: false,
        sent_at: Instant::now(),
    };
    Ok(Box::pin(unfold(Some(watch), async |watch| {
        let mut watch = watch?;
        match watch.next().await {
            Ok(item) => Some((Ok(item), Some(watch))),
            Err(refused) => Some((Err(refused.into()), None)),
        }
    })))
}

fn expired(lost: Lost) -> Refused {
    let why = match lost {
        Lost::Behind => "more tasks have changed since than a watch catches up with",
        Lost::Ahead => "the database was restored to a time before it",
    };
    let message = format!("the watch cannot go on from here: {why}; begin again without a resume_token");
    Refused::new(Reason::WatchExpired, message).about("resume_token", "must be left out")
}

impl Watch {
    /// The next item, once there is one.
    async fn next(&mut self) -> Result<pb::WatchTasksResponse, Refused> {
        if self.page.is_empty() {
            let closing = self.api.closing().clone();
            let deadline = self.asked.deadline;
            tokio::select! {
                biased;
                () = closing.cancelled() => {
                    let message = "the server is stopping: go on with the last resume_token";
                    return Err(Refused::new(Reason::ShuttingDown, message));
                }
                () = passed(deadline) => {
                    let message = "the call's deadline has passed: go on with the last resume_token";
                    return Err(Refused::new(Reason::DeadlinePassed, message));
                }
                read = self.read() => read?,
            }
        }
        self.sent_at = Instant::now();
        let item = self.page.pop_front();
        item.ok_or_else(|| Refused::new(Reason::Internal, "a watch read a page of nothing"))
    }

    /// Reads until there is something to tell.
    async fn read(&mut self) -> Result<(), Refused> {
        while self.page.is_empty() {
            let heartbeat_at = self.sent_at + self.api.settings().watch_heartbeat();
            if self.is_all {
                tokio::select! {
                    () = self.lookout.wait() => {}
                    () = sleep_until(heartbeat_at) => {}
                }
            }
            self.look().await?;
            let is_due = !self.is_caught_up || (self.page.is_empty() && Instant::now() >= heartbeat_at);
            if self.is_all && is_due {
                let item = self.item(Item::CaughtUp(pb::CaughtUp {}), &self.cursor);
                self.page.push_back(item);
                self.is_caught_up = true;
            }
        }
        Ok(())
    }

    /// Reads one page.
    async fn look(&mut self) -> Result<(), Refused> {
        let (api, caller) = (&self.api, &self.asked.caller);
        let mut filter = self.asked.filter.clone();
        filter.not_cases = api.kept_from(caller).await?;
        let limits = Limits { page: PAGE, behind_max: api.settings().watch_behind_max };
        let seen = watch::look(api.store(), caller.unit, &filter, &self.cursor, limits).await?;
        let seen = seen.map_err(expired)?;
        let shown = seen.changes.iter().filter_map(|(change, _)| match change {
            Change::Matches(task) => Some(&**task),
            Change::Left { .. } => None,
        });
        let shown: Vec<&Task> = shown.collect();
        self.may_still(&shown).await?;
        let mut shown = Tasks(api.clone()).listed(caller, &shown).await?.into_iter();
        for (change, cursor) in &seen.changes {
            let item = match change {
                Change::Matches(_) => shown.next().map(Item::Changed),
                Change::Left { id, version } => {
                    Some(Item::Left(pb::TaskLeft { task_id: id.to_string(), version: *version }))
                }
            };
            let item = item.map(|item| self.item(item, cursor));
            self.page.extend(item);
        }
        self.cursor = seen.next;
        self.is_all = seen.is_all;
        Ok(())
    }

    /// Refuses to go on where a conflict of interest was recorded since the call began, as the call itself would be.
    async fn may_still(&self, shown: &[&Task]) -> Result<(), Refused> {
        let filter = &self.asked.filter;
        if filter.case.is_none() && filter.participant.is_none() {
            return Ok(());
        }
        let shown = shown.iter().filter_map(|task| task.case);
        let cases: BTreeSet<CaseId> = shown.chain(filter.case).collect();
        let cases: Vec<CaseId> = cases.into_iter().collect();
        self.api.may_work_on(&self.asked.caller, &cases).await
    }

    fn item(&self, item: Item, behind: &Cursor) -> pb::WatchTasksResponse {
        let resume_token = self.api.pages().write(&self.asked.scope, Some(behind));
        pb::WatchTasksResponse { item: Some(item), resume_token }
    }
}

/// Ends at the deadline; never where there is none.
async fn passed(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
