//! What is booked for a hearing: each thing once for each listing and person.

use super::Done;
use crate::casework::Desk;
use crate::domain::hearing::{Arrangement, ArrangementKind, ArrangementState};
use crate::domain::ids::{ArrangementId, HearingId, ParticipantId};
use crate::domain::state::{CaseState, Tracked};

/// Brings an arrangement at the hearing's present listing to a state; what is called off is called off at every
/// listing for which it still stands. Nothing is called off that was never wanted.
pub(super) fn bring(
    state: &mut CaseState,
    of: Option<ParticipantId>,
    hearing: HearingId,
    kind: ArrangementKind,
    to: ArrangementState,
    desk: Desk<'_>,
    done: &mut Done,
) {
    let Some(listing) = state.hearings.iter().find(|held| held.id == hearing).map(|held| held.listing) else {
        return;
    };
    let calls_off = to == ArrangementState::Cancelled;
    let mut found = false;
    for held in state.arrangements.iter_mut() {
        let same = held.hearing == hearing
            && held.kind == kind
            && (held.participant == of || calls_off && of.is_none());
        if !same || held.listing != listing && !calls_off {
            continue;
        }
        found = true;
        if held.state != to {
            held.change().state = to;
            done.note(format!("{kind} {to}"));
        }
    }
    if !found && !calls_off {
        let id = ArrangementId(desk.ids.next(desk.now));
        let arrangement = Arrangement { id, hearing, listing, kind, participant: of, state: to };
        state.arrangements.push(Tracked::new(arrangement));
        done.note(format!("{kind} {to}"));
    }
}
