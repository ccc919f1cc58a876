//! What members of staff put on top of their own day: part of TaskService.

use crate::domain::ids::{StaffId, TaskId};
use crate::domain::london;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, shown, text, timestamp_of};
use crate::grpc::page::Pages;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::own_lines::{self, OwnLine};
use crate::store::{queries::work, read};
use chrono::TimeDelta;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Lines that stand at a time.
const LINES_MAX: usize = 100;
/// Characters of a reminder.
const WORDS_MAX: usize = 500;
/// How long lines that were ticked off are shown.
const SHOWN: TimeDelta = TimeDelta::days(7);
/// The room between two places, so that one line can be moved between them many times.
const ROOM: i64 = 1 << 20;

fn me(caller: &Identity) -> Result<StaffId, Refused> {
    caller.staff.ok_or_else(|| {
        Refused::new(
            Reason::RoleForbids,
            "only one of the unit's people has a day to put something on top of",
        )
    })
}

fn line(line: &OwnLine) -> pb::OwnLine {
    pb::OwnLine {
        id: line.id.to_string(),
        task_id: shown(line.task),
        words: line.words.clone(),
        day: shown(line.day),
        done_at: timestamp_of(line.done_at),
    }
}

impl Api {
    /// ListOwnLines.
    pub(super) async fn own_lines(
        &self,
        caller: &Identity,
        asked: &pb::ListOwnLinesRequest,
    ) -> Result<pb::ListOwnLinesResponse, Refused> {
        let size = Pages::size(asked.page_size)?;
        // Who is none of the unit's people has put nothing anywhere.
        let Some(me) = caller.staff else { return Ok(pb::ListOwnLinesResponse::default()) };
        let scope = format!("ListOwnLines/{}/{me}/{}", caller.unit, asked.include_done);
        let mark: Option<(i64, Uuid)> = self.pages().read(&scope, &asked.page_token)?;
        let since = asked.include_done.then(|| self.now() - SHOWN);
        let mut lines = own_lines::of(self.store(), caller.unit, me, since).await?;
        // The pin of a task that has ended goes with it.
        let pinned: Vec<TaskId> = lines.iter().filter_map(|line| line.task).collect();
        let open = work::open_among(self.store(), caller.unit, &pinned).await?;
        let open: BTreeSet<TaskId> = open.into_iter().map(|task| task.id).collect();
        lines.retain(|line| line.task.is_none_or(|id| open.contains(&id)));
        lines.retain(|line| mark.is_none_or(|mark| (line.place, line.id) > mark));
        let more = lines.len() > size;
        lines.truncate(size);
        let next = lines.last().filter(|_| more).map(|line| (line.place, line.id));
        Ok(pb::ListOwnLinesResponse {
            lines: lines.iter().map(line).collect(),
            next_page_token: self.pages().write(&scope, next),
        })
    }

    /// PutOwnLine.
    pub(super) async fn put_own_line(
        &self,
        caller: &Identity,
        asked: &pb::PutOwnLineRequest,
    ) -> Result<pb::PutOwnLineResponse, Refused> {
        let given = field::given("line", asked.line.as_ref())?;
        let me = me(caller)?;
        let id: Option<Uuid> = field::id_if_given("line.id", &given.id)?;
        let task: Option<TaskId> = field::id_if_given("line.task_id", &given.task_id)?;
        let mut standing = own_lines::of(self.store(), caller.unit, me, None).await?;
        let held = standing.iter().position(|line| match (id, task) {
            (Some(id), _) => line.id == id,
            (None, Some(task)) => line.task == Some(task),
            (None, None) => false,
        });
        let mut changed = match (held, id) {
            (Some(nth), _) => standing.remove(nth),
            (None, Some(id)) => return Err(Refused::not_held("own line", &id.to_string())),
            (None, None) => self.new_line(caller, task, standing.len()).await?,
        };
        if changed.task.is_none() {
            // A move or a tick need not say the words again.
            if !given.words.trim().is_empty() || changed.words.is_empty() {
                changed.words = text("line.words", &given.words, WORDS_MAX)?;
                let day = field::day_if_given("line.day", &given.day)?;
                let is_past = day.is_some_and(|day| day < london::date(self.now()));
                if is_past && day != changed.day {
                    return Err(Refused::invalid("line.day", "must be today or later"));
                }
                changed.day = day;
            }
        }
        changed.done_at = asked.done.then(|| self.now());
        let before: Option<Uuid> = field::id_if_given("before_id", &asked.before_id)?;
        let mut rows = Vec::new();
        if let Some(before) = before {
            let nth = standing.iter().position(|line| line.id == before);
            let nth = nth.ok_or_else(|| Refused::not_held("own line", &before.to_string()))?;
            rows = placed(&mut standing, nth, &mut changed);
        } else if changed.place == 0 {
            changed.place = standing.last().map_or(0, |last| last.place) + ROOM;
        }
        let answer = line(&changed);
        rows.push(changed);
        own_lines::put(self.store(), caller.unit, me, &rows).await?;
        Ok(pb::PutOwnLineResponse { line: Some(answer) })
    }

    async fn new_line(
        &self,
        caller: &Identity,
        task: Option<TaskId>,
        standing: usize,
    ) -> Result<OwnLine, Refused> {
        if standing >= LINES_MAX {
            let message = format!("at most {LINES_MAX} lines stand at a time: tick some off first");
            return Err(Refused::invalid("line", message));
        }
        if let Some(task) = task {
            let found = read::cases_of_tasks(self.store().reader(), caller.unit, &[task]).await?;
            let case = Self::found(found.get(&task).copied(), "task", task)?;
            self.may_work_on(caller, &[case]).await?;
        }
        let id = self.engine().ids().next(self.now());
        Ok(OwnLine { id, task, words: String::new(), day: None, place: 0, done_at: None })
    }
}

/// Puts a line before the nth; gives the lines whose place changed with that, where there was no room.
fn placed(standing: &mut [OwnLine], nth: usize, changed: &mut OwnLine) -> Vec<OwnLine> {
    let after = standing[nth].place;
    let before = nth.checked_sub(1).map_or(0, |nth| standing[nth].place);
    if after - before > 1 {
        changed.place = before + (after - before) / 2;
        return Vec::new();
    }
    for (place, line) in (1..).zip(standing[nth..].iter_mut()) {
        line.place = before + ROOM * (place + 1);
    }
    changed.place = before + ROOM;
    standing[nth..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(place: i64) -> OwnLine {
        OwnLine { id: Uuid::nil(), task: None, words: "x".to_owned(), day: None, place, done_at: None }
    }

    #[test]
    fn a_line_is_moved_before_another_and_the_rest_moves_on_where_there_is_no_room() {
        let (mut lines, mut moved) = (vec![of(ROOM), of(2 * ROOM)], of(3 * ROOM));
        assert!(placed(&mut lines, 1, &mut moved).is_empty());
        assert!(moved.place > ROOM && moved.place < 2 * ROOM);
        let mut lines = vec![of(5), of(6), of(7)];
        let rest = placed(&mut lines, 1, &mut moved);
        let places: Vec<i64> = rest.iter().map(|line| line.place).collect();
        assert!(moved.place > 5 && places[0] > moved.place && places[1] > places[0]);
    }
}
