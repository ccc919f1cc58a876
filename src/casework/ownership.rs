//! Who owns a case: given at charge, in the way in which work is given, and kept until somebody changes it.

use super::carry_out::duties;
use super::{Desk, Mode};
use crate::domain::case::Phase;
use crate::domain::state::CaseState;
use crate::people::assignment::{Wanted, assign};
use crate::rules::pack::Owner;

/// Gives a charged case that nobody owns to somebody, and says whether it did; where nobody may and can have it, it
/// stays without.
pub(super) fn settle(state: &mut CaseState, desk: Desk<'_>) -> bool {
    let is_charged = state.case.phase == Phase::PostCharge;
    if desk.mode == Mode::Quiet || state.is_desk() || !is_charged || state.case.owner.is_some() {
        return false;
    }
    let people = state.people_ids();
    let familiar = duties::familiar(state);
    let wanted = Wanted {
        case: &state.case,
        people: &people,
        familiar: &familiar,
        owner: &Owner::CaseOwner,
        skills: &[],
        minutes: 0,
        by: None,
    };
    let assignment = assign(desk.roster, wanted, desk.now, &[]);
    let Some(staff) = assignment.staff else { return false };
    let case = state.case.change();
    case.owner = Some(staff);
    case.owned_since = Some(desk.now);
    case.owned_because = assignment.because;
    case.team = case.team.or(assignment.team);
    case.version += 1;
    true
}
