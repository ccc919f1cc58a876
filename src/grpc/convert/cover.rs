//! Plans and handovers of work.

use super::field::{number, shown, timestamp_of};
use crate::domain::handover::{Handover, Listed, TaskLine};
use crate::domain::ids::{StaffId, TaskId};
use crate::grpc::pb;
use crate::people::cover::{Line, Seat, Unplaced};

/// A task in a list, on the wire.
#[must_use]
pub fn listed(id: TaskId, version: i64, listed: &Listed) -> pb::ListedTask {
    pb::ListedTask {
        id: id.to_string(),
        version,
        urn: listed.case.clone().unwrap_or_default(),
        kind: listed.kind.clone(),
        priority: number(listed.priority),
        target_at: timestamp_of(listed.target_at),
        due_at: timestamp_of(listed.due_at),
    }
}

/// A planned line, on the wire.
#[must_use]
pub fn planned(line: &Line, of: Option<&Listed>) -> pb::PlanLine {
    pb::PlanLine {
        task: of.map(|of| listed(line.task, line.version, of)),
        from_staff_id: shown(line.from),
        to_staff_id: line.to.to_string(),
        because: line.because.clone(),
        over: line.over,
        next_staff_id: shown(line.next.map(|(staff, _)| staff)),
        next_costs_more: line.next.map(|(_, more)| more).unwrap_or_default(),
    }
}

/// A task that nobody may and can do, on the wire.
#[must_use]
pub fn unplaced(left: &Unplaced, of: Option<&Listed>) -> pb::UnplacedTask {
    pb::UnplacedTask {
        task: of.map(|of| listed(left.task, left.version, of)),
        from_staff_id: shown(left.from),
        because: left.because.clone(),
    }
}

/// Somebody's time before and after, on the wire.
#[must_use]
pub fn seat(seat: &Seat) -> pb::PlanSeat {
    pb::PlanSeat {
        staff_id: seat.staff.to_string(),
        minutes_before: whole(seat.before),
        minutes_after: whole(seat.after),
        minutes_present: whole(seat.minutes),
        tasks: i32::try_from(seat.pieces).unwrap_or(i32::MAX),
    }
}

/// A line of a handover, on the wire.
#[must_use]
pub fn handed(line: &TaskLine) -> pb::PlanLine {
    pb::PlanLine {
        task: Some(listed(line.task, line.version, &line.listed)),
        from_staff_id: shown(line.from),
        to_staff_id: shown(line.to),
        because: line.because.clone(),
        over: false,
        next_staff_id: String::new(),
        next_costs_more: 0,
    }
}

/// What came back by a return, on the wire.
#[must_use]
pub fn handed_back(handover: &Handover) -> Vec<pb::HandedBack> {
    let one = |line: &TaskLine| pb::HandedBack {
        task: Some(listed(line.task, line.version, &line.listed)),
        staff_id: shown::<StaffId>(line.to),
        returned: line.to != line.from,
    };
    handover.tasks.iter().map(one).collect()
}

/// A count that a wire number holds.
#[must_use]
pub fn whole(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
