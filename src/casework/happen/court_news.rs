//! What a court says beside its shares: a trial is taken out, proceedings have ended or go on.
//!
//! Neither is believed beyond what it says. A vacated trial names a hearing by the court's id, and a planned hearing
//! has none yet, so the day counts where the id is not known; what cannot be placed is parked for a person. A
//! conclusion counts until a share of a later day says otherwise.

use super::super::{Desk, Parked, Unhandled, raised};
use super::{Happened, Verdict};
use crate::domain::court_news::{Concluded, Conclusion, Vacated};
use crate::domain::event::{Event, Payload};
use crate::domain::explanation::Cause;
use crate::domain::hearing::{Hearing, HearingState};
use crate::domain::london;
use crate::domain::record::{Record, Snapshot};
use crate::domain::state::CaseState;
use crate::rules::facts::Occurrence;

/// The word for a trial that the court took out for a reason that the pack does not name.
const VACATED: &str = "vacated";

/// The court took a hearing out of its list: what follows is the event of a trial that is taken out.
pub(super) fn vacated(state: &CaseState, vacated: &Vacated, desk: Desk<'_>) -> Result<Happened, Unhandled> {
    let hearing = hearing_of(state, vacated)?;
    if hearing.state != HearingState::Listed {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "the hearing is not to come any more"));
    }
    let named = vacated.reason.and_then(|reason| desk.pack.vacated_for.get(&reason));
    let reason = named.map_or(VACATED, String::as_str);
    let known = &desk.pack.taken_out_for;
    if !known.is_empty() && !known.iter().any(|word| word == reason) {
        let why = format!(
            "the court took a trial out, and the pack has no word for its reason: add `{VACATED}` to taken_out_for in \
             pack.yaml, then retry it"
        );
        return Err(Parked::Held(why).into());
    }
    let id = Some(hearing.id);
    let further = vec![Payload::TrialTakenOut { hearing: id, reason: reason.to_owned() }];
    Ok(Happened { further, ..Happened::news(Occurrence { hearing: id, ..Occurrence::default() }) })
}

/// The hearing that has the court's id; else the one hearing to come on that day that the court has given no id yet.
fn hearing_of<'s>(state: &'s CaseState, vacated: &Vacated) -> Result<&'s Hearing, Parked> {
    let known = state.hearings.iter().find(|hearing| hearing.court_ids.contains(&vacated.hearing));
    if let Some(hearing) = known {
        return Ok(hearing);
    }
    let day = vacated.at.map(london::date);
    let on_that_day =
        |hearing: &&Hearing| hearing.court_ids.is_empty() && day.is_some() && hearing.when.day() == day;
    let planned: Vec<&Hearing> = state.hearings.iter().map(|held| &**held).filter(on_that_day).collect();
    let in_state = |wanted| planned.iter().copied().filter(move |hearing| hearing.state == wanted);
    // One that was taken out before is the one that is meant where nothing else is to come.
    let mut meant = in_state(HearingState::Listed).chain(in_state(HearingState::Vacated));
    let listed = in_state(HearingState::Listed).count();
    match (meant.next(), meant.next()) {
        (Some(hearing), None) => Ok(hearing),
        (Some(hearing), Some(_)) if listed == 1 => Ok(hearing),
        (found, _) => {
            let on = day.map_or_else(String::new, |day| format!(" on {day}"));
            let what = match (found, day) {
                (_, None) => "it says no day",
                (Some(_), _) => "several hearings are listed for that day",
                (None, _) => "no hearing is listed for that day",
            };
            Err(Parked::Held(format!(
                "the court took out its hearing {}{on}, which is not known here by that id, and {what}: see which \
                 hearing is meant, record that the trial is taken out, and discard this",
                vacated.hearing
            )))
        }
    }
}

/// The court says that the proceedings against some of the case's defendants have ended, or go on.
pub(super) fn concluded(
    state: &mut CaseState,
    event: &Event,
    concluded: &Concluded,
) -> Result<Happened, Unhandled> {
    let ours = |reference: &_| state.case.references.contains(reference);
    let part = concluded.cases.iter().find(|case| case.name.named().references().iter().any(ours));
    let Some(part) = part else {
        let why = "the message names no case with one of this case's references";
        return Err(Parked::Held(why.to_owned()).into());
    };
    let mut conclusions = state.record.conclusions.clone();
    let mut newer = false;
    for said in &part.defendants {
        let on = said.on.or_else(|| Some(london::date(event.received_at)));
        let said = Conclusion { on, ..said.clone() };
        match conclusions.iter_mut().find(|held| held.defendant == said.defendant) {
            Some(held) if held.on > said.on => {}
            Some(held) => {
                newer = true;
                *held = said;
            }
            None => {
                newer = true;
                conclusions.push(said);
            }
        }
    }
    if !newer {
        return Ok(Happened::nothing_new(Verdict::Stale, "later word of the same defendants is held"));
    }
    conclusions.sort_by_key(|one| one.defendant);
    let snapshots: Vec<&Snapshot> = state.snapshots.iter().map(|snapshot| &**snapshot).collect();
    let after = Record::fold_with(&snapshots, conclusions, state.record.listings.clone());
    if *state.record == after {
        return Ok(Happened::nothing_new(Verdict::Duplicate, "nothing in it differs from what stands"));
    }
    let (was, is) = (state.record.is_concluded(), after.is_concluded());
    *state.record.change() = after;
    let name = match (was, is) {
        (false, true) => Some("case.court-concluded"),
        (true, false) => Some("case.court-unconcluded"),
        _ => None,
    };
    let causes: Vec<Cause> = part.defendants.iter().map(|one| Cause(one.defendant.to_string())).collect();
    let sat = part.defendants.iter().find_map(|one| one.hearing);
    let is_it = |hearing: &&Hearing| sat.is_some_and(|sat| hearing.court_ids.contains(&sat));
    let hearing = state.hearings.iter().map(|held| &**held).find(is_it).map(|hearing| hearing.id);
    let further = name.map(|name| raised(name, None, hearing, causes.clone())).into_iter().collect();
    Ok(Happened { further, ..Happened::news(Occurrence { hearing, causes, ..Occurrence::default() }) })
}
