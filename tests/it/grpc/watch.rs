//! Live boards: a watch over tasks begins, goes on after a break, and ends, and its board is always the list.

use super::tasks::told;
use super::{Caller, Served, fields, refused};
use crate::app::{App, officer, person, staff, unit};
use crate::database::{Migrated, on_both_databases, on_postgres};
use sea_orm::{ConnectionTrait, Statement};
use std::collections::BTreeMap;
use std::time::Duration;
use tonic::{Code, Request, Status, Streaming};
use usher::domain::event::{Payload, Subject, TaskAction};
use usher::domain::ids::{StaffId, TaskId};
use usher::domain::person::Role;
use usher::domain::staff::StaffRole;
use usher::domain::task::Priority;
use usher::engine::Engine;
use usher::grpc::pb;
use usher::grpc::pb::watch_tasks_response::Item;
use usher::grpc::settings::Settings;
use usher::store::queries::tasks::Filter;
use usher::store::queries::watch::{self, Change, Cursor, Limits, Lost};
use usher::store::{Store, stamps};
use uuid::Uuid;

/// Longer than anything takes: on PostgreSQL the other tests' transactions hold changes back for a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a client of the stream shows, and what it was told on the way.
struct Board {
    stream: Streaming<pb::WatchTasksResponse>,
    tasks: BTreeMap<String, pb::Task>,
    left: Vec<(String, i64)>,
    caught_up: usize,
    token: String,
}

impl Board {
    async fn open(served: &Served, caller: Caller, ask: pb::WatchTasksRequest) -> Result<Self, Status> {
        Ok(Self::of(served.tasks(caller).watch_tasks(ask).await?.into_inner()))
    }

    fn of(stream: Streaming<pb::WatchTasksResponse>) -> Self {
        Self { stream, tasks: BTreeMap::new(), left: Vec::new(), caught_up: 0, token: String::new() }
    }

    /// The next item; `None` at an end without a reason.
    async fn take(&mut self) -> Result<Option<Item>, Status> {
        let item = tokio::time::timeout(PATIENCE, self.stream.message()).await.expect("an item comes")?;
        let Some(item) = item else { return Ok(None) };
        assert!(!item.resume_token.is_empty(), "every item is a place to go on from");
        self.token = item.resume_token;
        match item.item.clone().unwrap() {
            Item::Changed(task) => {
                self.tasks.insert(task.id.clone(), task);
            }
            Item::Left(left) => {
                self.tasks.remove(&left.task_id);
                self.left.push((left.task_id, left.version));
            }
            Item::CaughtUp(_) => self.caught_up += 1,
        }
        Ok(item.item)
    }

    async fn until(&mut self, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            self.take().await.unwrap().expect("the stream goes on");
        }
    }

    /// Why the stream ends.
    async fn end(&mut self) -> Status {
        loop {
            match self.take().await {
                Ok(item) => assert!(item.is_some(), "the stream says why it ends"),
                Err(status) => return status,
            }
        }
    }

    fn shows(&self) -> BTreeMap<String, i64> {
        self.tasks.iter().map(|(id, task)| (id.clone(), task.version)).collect()
    }
}

fn of(n: u128) -> pb::WatchTasksRequest {
    pb::WatchTasksRequest { assignee_id: officer(n).to_string(), ..Default::default() }
}

fn on_from(token: &str, ask: pb::WatchTasksRequest) -> pb::WatchTasksRequest {
    pb::WatchTasksRequest { resume_token: token.into(), ..ask }
}

/// What ListTasks shows of somebody's tasks.
async fn listed(served: &Served, n: u128) -> BTreeMap<String, i64> {
    let mut ask =
        pb::ListTasksRequest { assignee_id: officer(n).to_string(), page_size: 500, ..Default::default() };
    let mut all = BTreeMap::new();
    loop {
        let page = served.tasks(Caller::LEADER).list_tasks(ask.clone()).await.unwrap().into_inner();
        all.extend(page.tasks.into_iter().map(|task| (task.id, task.version)));
        ask.page_token = page.next_page_token;
        if ask.page_token.is_empty() {
            return all;
        }
    }
}

/// Gives somebody the nth task of a test, with words of this length.
async fn give(app: &App, engine: &Engine, n: u128, to: StaffId, length: usize) -> TaskId {
    let id = TaskId(Uuid::from_u128(0xab00_0000 + n));
    let payload = Payload::TaskCreated {
        id,
        task: "safety-check".into(),
        about: None,
        priority: Priority::P3,
        due_at: None,
        assignee: Some(to),
        words: "x".repeat(length),
    };
    engine.record(app.event(&format!("give-{n}"), Subject::Desk, payload)).await.unwrap();
    id
}

/// Gives somebody as many tasks, which are committed together as far as they may.
async fn give_all(app: &App, numbers: std::ops::Range<u128>, to: StaffId, length: usize) {
    futures::future::join_all(numbers.map(|n| give(app, &app.engine, n, to, length))).await;
}

/// Waits until all that is committed is there to be seen: on PostgreSQL other tests' transactions may hold it back.
async fn settled(store: &Store) {
    let begun = std::time::Instant::now();
    loop {
        let horizon = stamps::horizon(store.reader(), unit().id).await.unwrap();
        let sql = Statement::from_string(store.backend(), "SELECT MAX(changed) AS latest FROM tasks");
        let row = store.reader().query_one_raw(sql).await.unwrap().unwrap();
        if row.try_get::<Option<i64>>("", "latest").unwrap() < Some(horizon.0) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "something holds changes back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn act(app: &App, task: TaskId, action: TaskAction) {
    let payload = Payload::TaskActed { task, version: None, action };
    app.record(Subject::Task(task), payload).await.unwrap();
}

fn to(n: u128) -> TaskAction {
    TaskAction::Assign { staff: Some(officer(n)), team: None, reason: "has the time".into() }
}

on_both_databases! {
    async fn a_board_shows_what_is_there_then_what_changes_then_what_leaves(store: Store) {
        let served = Served::new(store).await;
        let (_, task) = told(&served).await;
        let mut board = Board::open(&served, Caller::OFFICER, of(1)).await.unwrap();
        let Some(Item::Changed(first)) = board.take().await.unwrap() else { panic!("the list comes first") };
        assert_eq!(first, task, "as ListTasks shows it");
        assert!(matches!(board.take().await.unwrap(), Some(Item::CaughtUp(_))));
        let start = pb::StartTaskRequest { request_id: "r1".into(), task_id: task.id.clone(), version: task.version };
        let started = served.tasks(Caller::OFFICER).start_task(start).await.unwrap().into_inner().task.unwrap();
        board.until(|board| board.tasks[&task.id].version > task.version).await;
        assert_eq!(board.tasks[&task.id], started);
        let assign = pb::AssignTaskRequest {
            request_id: "r2".into(),
            task_id: task.id.clone(),
            version: started.version,
            staff_id: officer(2).to_string(),
            words: "has the time".into(),
            ..Default::default()
        };
        let mut theirs = Board::open(&served, Caller::COLLEAGUE, of(2)).await.unwrap();
        theirs.until(|board| board.caught_up == 1).await;
        let assigned = served.tasks(Caller::LEADER).assign_task(assign).await.unwrap().into_inner().task.unwrap();
        board.until(|board| board.left.contains(&(task.id.clone(), assigned.version))).await;
        assert!(board.tasks.is_empty());
        theirs.until(|board| board.tasks.get(&task.id) == Some(&assigned)).await;
    }
}

on_both_databases! {
    async fn a_watch_that_broke_goes_on_and_misses_nothing(store: Store) {
        let served = Served::new(store).await;
        let app = &served.app;
        give_all(app, 0..5, officer(1), 10).await;
        let mut board = Board::open(&served, Caller::OFFICER, of(1)).await.unwrap();
        board.take().await.unwrap();
        // In the middle of the list, and again behind it.
        for round in 0..2_u128 {
            let Board { token, tasks, .. } = board;
            act(app, TaskId(Uuid::from_u128(0xab00_0000 + round)), TaskAction::Start).await;
            act(app, TaskId(Uuid::from_u128(0xab00_0002 + round)), to(2)).await;
            give(app, &app.engine, 10 + round, officer(1), 10).await;
            let again = Board::open(&served, Caller::OFFICER, on_from(&token, of(1))).await.unwrap();
            board = Board { tasks, ..again };
            board.until(|board| board.caught_up == 1).await;
            let list = listed(&served, 1).await;
            board.until(|board| board.shows() == list).await;
        }
        let cancelled = TaskId(Uuid::from_u128(0xab00_0000));
        act(app, cancelled, TaskAction::Cancel { reason: "not needed".into() }).await;
        board.until(|board| board.left.iter().any(|(id, _)| *id == cancelled.to_string())).await;
        assert_eq!(board.shows(), listed(&served, 1).await, "what has ended is on no board of open work");
    }
}

on_both_databases! {
    async fn a_token_is_good_for_its_own_filter_alone(store: Store) {
        let served = Served::new(store).await;
        give_all(&served.app, 0..2, officer(1), 10).await;
        let mut board = Board::open(&served, Caller::OFFICER, of(1)).await.unwrap();
        board.take().await.unwrap();
        let page = pb::ListTasksRequest { assignee_id: officer(1).to_string(), page_size: 1, ..Default::default() };
        let page = served.tasks(Caller::OFFICER).list_tasks(page).await.unwrap().into_inner();
        for foreign in [on_from(&board.token, of(2)), on_from(&page.next_page_token, of(1)), on_from("00", of(1))] {
            let answer = Board::open(&served, Caller::OFFICER, foreign).await.map(|board| board.token);
            let status = refused(answer, Code::InvalidArgument, "PAGE_TOKEN_INVALID");
            assert_eq!(fields(&status), ["resume_token"]);
        }
        let unknown = pb::WatchTasksRequest { kinds: vec!["juggle".into()], ..of(1) };
        let answer = Board::open(&served, Caller::OFFICER, unknown).await.map(|board| board.token);
        assert_eq!(fields(&refused(answer, Code::InvalidArgument, "WORD_UNKNOWN")), ["kinds[0]"]);
    }
}

on_both_databases! {
    async fn a_laggard_is_told_to_begin_again(store: Store) {
        let served = Served::with(store, Settings { watch_behind_max: 3, ..Settings::default() }).await;
        give_all(&served.app, 0..5, officer(1), 10).await;
        let mut board = Board::open(&served, Caller::OFFICER, of(1)).await.unwrap();
        board.until(|board| board.caught_up == 1).await;
        let token = board.token.clone();
        drop(board);
        give_all(&served.app, 5..9, officer(2), 10).await;
        settled(served.app.engine.store()).await;
        let mut late = Board::open(&served, Caller::OFFICER, on_from(&token, of(1))).await.unwrap();
        let status = late.end().await;
        refused(Err::<(), _>(status), Code::OutOfRange, "WATCH_EXPIRED");
        let mut anew = Board::open(&served, Caller::OFFICER, of(1)).await.unwrap();
        anew.until(|board| board.caught_up == 1).await;
        assert_eq!(anew.shows(), listed(&served, 1).await);
    }
}

on_both_databases! {
    async fn a_reader_who_stops_for_too_long_is_told_to_begin_again(store: Store) {
        let served = Served::with(store, Settings { watch_behind_max: 3, ..Settings::default() }).await;
        give_all(&served.app, 0..200, officer(1), 6_000).await;
        settled(served.app.engine.store()).await;
        let mut narrow = served.tasks_by_a_narrow_line(Caller::OFFICER);
        let mut board = Board::of(narrow.watch_tasks(of(1)).await.unwrap().into_inner());
        board.take().await.unwrap();
        give_all(&served.app, 200..204, officer(2), 10).await;
        settled(served.app.engine.store()).await;
        refused(Err::<(), _>(board.end().await), Code::OutOfRange, "WATCH_EXPIRED");
    }
}

on_both_databases! {
    async fn a_cursor_ahead_of_the_database_is_lost(store: Store) {
        App::new(store.clone()).await;
        let ahead = Cursor::Changes { stamp: i64::MAX, id: Uuid::nil() };
        assert_eq!(watch::resume(&store, unit().id, &ahead).await.unwrap(), Err(Lost::Ahead));
        let begun = watch::begin(&store, unit().id).await.unwrap();
        assert_eq!(watch::resume(&store, unit().id, &begun).await.unwrap(), Ok(()));
    }
}

on_both_databases! {
    async fn a_reader_who_stops_is_read_nothing_for_and_gets_everything_later(store: Store) {
        let served = Served::new(store).await;
        let app = &served.app;
        give_all(app, 0..400, officer(1), 6_000).await;
        let mut narrow = served.tasks_by_a_narrow_line(Caller::OFFICER);
        let mut board = Board::of(narrow.watch_tasks(of(1)).await.unwrap().into_inner());
        board.take().await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let pages = looked_at(&served).await;
        assert!(pages.iter().sum::<i64>() <= 200, "pages are read only when they are asked for: {pages:?}");
        for n in 0..20 {
            act(app, TaskId(Uuid::from_u128(0xab00_0000 + n)), TaskAction::Start).await;
        }
        act(app, TaskId(Uuid::from_u128(0xab00_00f0)), to(2)).await;
        give_all(app, 400..410, officer(1), 10).await;
        let list = listed(&served, 1).await;
        assert_eq!(list.len(), 409);
        board.until(|board| board.caught_up == 1 && board.shows() == list).await;
        let pages = looked_at(&served).await;
        assert!(pages.iter().all(|count| (1..=100).contains(count)), "{pages:?}");
        assert!(pages.iter().sum::<i64>() >= 410, "each page is a line of the audit: {pages:?}");
    }
}

/// How many tasks the care officer was shown at a time, by the audit.
async fn looked_at(served: &Served) -> Vec<i64> {
    let ask = pb::ListAuditRequest { page_size: 500, ..Default::default() };
    let audit = served.operations(Caller::MANAGER).list_audit(ask).await.unwrap().into_inner().entries;
    let seen =
        audit.iter().filter(|entry| entry.actor == "care-officer:officer" && entry.subject_kind == "tasks");
    seen.map(|entry| entry.count).collect()
}

on_both_databases! {
    async fn what_another_process_commits_is_told_as_well(database: Migrated) {
        let served = Served::new(database.0.open().await).await;
        let other = served.app.beside(database.0.open().await);
        let mut board = Board::open(&served, Caller::OFFICER, of(1)).await.unwrap();
        board.until(|board| board.caught_up == 1).await;
        let id = give(&served.app, &other, 1, officer(1), 10).await.to_string();
        board.until(|board| board.tasks.contains_key(&id)).await;
    }
}

on_both_databases! {
    async fn a_board_about_one_person_shows_their_tasks_alone(store: Store) {
        let served = Served::new(store).await;
        // Watched before the case is held.
        let about = person(1, 1, Role::Victim).id.to_string();
        let ask = pb::WatchTasksRequest { participant_id: about.clone(), ..Default::default() };
        let mut early = Board::open(&served, Caller::LEADER, ask.clone()).await.unwrap();
        early.until(|board| board.caught_up == 1).await;
        let (_, task) = told(&served).await;
        assert_eq!(task.participant_id, about);
        early.until(|board| board.tasks.contains_key(&task.id)).await;
        let mut board = Board::open(&served, Caller::LEADER, ask).await.unwrap();
        board.until(|board| board.caught_up == 1).await;
        let shown = board.shows();
        early.until(|early| early.shows() == shown).await;
        let other = give(&served.app, &served.app.engine, 1, officer(1), 10).await.to_string();
        board.until(|board| board.left.iter().any(|(id, _)| *id == other)).await;
        assert!(!board.tasks.contains_key(&other));
    }
}

on_both_databases! {
    async fn a_watch_over_a_case_ends_for_whoever_has_a_conflict_in_it(store: Store) {
        let served = Served::new(store).await;
        let (case, task) = told(&served).await;
        let ask = pb::WatchTasksRequest { case_id: case.to_string(), ..Default::default() };
        let mut board = Board::open(&served, Caller::COLLEAGUE, ask.clone()).await.unwrap();
        board.until(|board| board.caught_up == 1).await;
        let mut colleague = staff(2, StaffRole::CareOfficer);
        colleague.version = 1;
        colleague.case_conflicts = vec![case];
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(colleague) }).await.unwrap();
        let answer = Board::open(&served, Caller::COLLEAGUE, ask).await.map(|board| board.token);
        refused(answer, Code::PermissionDenied, "CONFLICT_OF_INTEREST");
        act(&served.app, task.id.parse().unwrap(), TaskAction::Start).await;
        let status = board.end().await;
        refused(Err::<(), _>(status), Code::PermissionDenied, "CONFLICT_OF_INTEREST");
    }
}

on_both_databases! {
    async fn a_watch_ends_with_the_server_and_does_not_hold_it_up(store: Store) {
        let served = Served::new(store).await;
        let mut board = Board::open(&served, Caller::OFFICER, of(1)).await.unwrap();
        board.until(|board| board.caught_up == 1).await;
        let begun = std::time::Instant::now();
        served.stopped().await;
        let patience = Settings::default().stop_max();
        assert!(begun.elapsed() < patience / 2, "{:?}", begun.elapsed());
        let status = board.end().await;
        refused(Err::<(), _>(status), Code::Unavailable, "SHUTTING_DOWN");
    }
}

on_both_databases! {
    async fn a_watch_over_which_nothing_happens_says_so_from_time_to_time(store: Store) {
        let served = Served::with(store, Settings { watch_heartbeat_seconds: 1, ..Settings::default() }).await;
        let mut board = Board::open(&served, Caller::OFFICER, of(1)).await.unwrap();
        let begun = std::time::Instant::now();
        board.until(|board| board.caught_up == 3).await;
        assert!(begun.elapsed() >= Duration::from_millis(1_900), "{:?}", begun.elapsed());
        assert!(board.tasks.is_empty() && board.left.is_empty());
    }
}

on_both_databases! {
    async fn a_watch_ends_when_the_callers_deadline_passes(store: Store) {
        let served = Served::new(store).await;
        let mut ask = Request::new(of(1));
        ask.set_timeout(Duration::from_secs(3));
        let stream = served.tasks(Caller::OFFICER).watch_tasks(ask).await.unwrap().into_inner();
        let mut board = Board::of(stream);
        let status = board.end().await;
        refused(Err::<(), _>(status), Code::DeadlineExceeded, "DEADLINE_PASSED");
    }
}

/// Two writers at once: the one with the lower stamp commits later, after somebody has looked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_transactions_at_once_the_earlier_is_seen_though_it_commits_later() {
    on_postgres(async |store: Store| {
        let app = App::new(store.clone()).await;
        give_all(&app, 0..2, officer(1), 10).await;
        let unit = unit().id;
        let (filter, limits) = (Filter::default(), Limits { page: 100, behind_max: 1_000 });
        let look = async |cursor: &Cursor| {
            watch::look(&store, unit, &filter, cursor, limits).await.unwrap().unwrap()
        };
        let mut cursor = watch::begin(&store, unit).await.unwrap().past_the_list();
        let (early, late) = (store.begin().await.unwrap(), store.begin().await.unwrap());
        let first = stamps::next(&early, unit).await.unwrap();
        let second = stamps::next(&late, unit).await.unwrap();
        assert!(first < second);
        let ids = [0_u128, 1].map(|n| Uuid::from_u128(0xab00_0000 + n));
        let write = |stamp: stamps::Stamp, id: Uuid| {
            format!("UPDATE tasks SET changed = {}, version = 77 WHERE id = '{id}'", stamp.0)
        };
        late.execute_unprepared(&write(second, ids[1])).await.unwrap();
        early.execute_unprepared(&write(first, ids[0])).await.unwrap();
        late.commit().await.unwrap();
        // What is committed waits for what might still come before it.
        let seen = look(&cursor).await;
        assert!(
            seen.changes
                .iter()
                .all(|(_, behind)| matches!(behind, Cursor::Changes { stamp, .. } if *stamp < first.0))
        );
        cursor = seen.next;
        early.commit().await.unwrap();
        let mut order = Vec::new();
        let begun = std::time::Instant::now();
        while order.len() < 2 && begun.elapsed() < PATIENCE {
            let seen = look(&cursor).await;
            order.extend(seen.changes.iter().filter_map(|(change, behind)| match (change, behind) {
                (Change::Matches(task), Cursor::Changes { stamp, .. }) if *stamp >= first.0 => {
                    Some(task.id.0)
                }
                _ => None,
            }));
            cursor = seen.next;
        }
        assert_eq!(order, ids);
    })
    .await;
}

on_both_databases! {
    async fn a_transaction_of_many_tasks_is_read_in_pages_that_leave_none_out(store: Store) {
        let app = App::new(store.clone()).await;
        let unit = unit().id;
        let mut cursor = watch::begin(&store, unit).await.unwrap().past_the_list();
        give_all(&app, 0..25, officer(1), 10).await;
        let (filter, limits) = (Filter::default(), Limits { page: 3, behind_max: 1_000 });
        let mut seen = std::collections::BTreeSet::new();
        let begun = std::time::Instant::now();
        while seen.len() < 25 && begun.elapsed() < PATIENCE {
            let page = watch::look(&store, unit, &filter, &cursor, limits).await.unwrap().unwrap();
            assert!(page.changes.len() <= 3);
            for (change, behind) in page.changes {
                let Change::Matches(task) = change else { panic!("all of it is open work") };
                seen.insert(task.id);
                // Whoever stops here goes on here.
                cursor = behind;
            }
        }
        assert_eq!(seen.len(), 25);
    }
}
