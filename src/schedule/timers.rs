//! Timers whose instant has come, each as one event.
//!
//! The event's reference is made from the timer and its instant, so that however many processes see the timer due,
//! and however often one is killed in between, it is recorded once; a timer that moves has another instant and may
//! fire again. Those not due are never looked at.

use super::{Clockwork, Error};
use crate::domain::event::{Actor, Payload, Subject};
use crate::domain::receipt::Outcome;
use crate::domain::state::CaseState;
use crate::engine::{self, Mode, NewEvent};
use crate::store::clock::{self, DueTimer};

/// How many timers are handed to the engine at a time, which commits them in groups.
const PAGE: u64 = 250;

/// Fires what is due now; gives how many timers became events. One that cannot be recorded is told at the end, when
/// all others have fired.
pub(super) async fn fire(work: &Clockwork) -> Result<u64, Error> {
    let (store, engine) = (work.engine.store(), &work.engine);
    let mut fired = 0;
    let mut after = None;
    let mut failed = None;
    loop {
        let now = engine.clock().now();
        let due = clock::timers_due(store, now, after, PAGE).await?;
        let Some(last) = due.last().copied() else { break };
        after = Some(last);
        let mut answers = Vec::with_capacity(due.len());
        for timer in due {
            answers.push((timer, engine.hand_over(event(timer)).await?));
        }
        for (timer, answer) in answers {
            let passed = match answer.await.map_err(|_| engine::Error::Closing)? {
                Ok(receipt) => match receipt.outcome {
                    Outcome::Applied | Outcome::Nothing => {
                        work.lag.note(now - timer.due_at);
                        fired += 1;
                        continue;
                    }
                    // Another process was first, or it was moved or stopped just now; or it is parked.
                    _ => clock::pass_over(store, timer).await,
                },
                Err(engine::Error::Refused(refusal)) => {
                    tracing::error!(timer = %timer.timer, %refusal, "a timer's event was refused");
                    clock::pass_over(store, timer).await
                }
                Err(engine::Error::Busy { .. }) => continue,
                Err(error) => {
                    failed = Some(error.into());
                    continue;
                }
            };
            passed?;
        }
    }
    failed.map_or(Ok(fired), Err)
}

fn event(due: DueTimer) -> NewEvent {
    let desk = due.case == CaseState::desk_of(due.unit);
    NewEvent {
        unit: due.unit,
        source: "usher:clock".to_owned(),
        reference: format!("{}/{}", due.timer, due.due_at.timestamp_millis()),
        actor: Actor::usher("clock"),
        occurred_at: Some(due.due_at),
        received_at: None,
        subject: if desk { Subject::Desk } else { Subject::Case(due.case) },
        payload: Payload::TimerFired { timer: due.timer, due_at: due.due_at },
        raw: None,
        mode: Mode::Working,
    }
}
