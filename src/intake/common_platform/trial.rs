//! What became of a trial. The court says it of a hearing, so every case that was heard in it gets the line.

use super::super::Unusable;
use super::path::Path;
use super::wire::Hearing;
use crate::domain::court::{Line, ResultLine, TrialOutcome};
use crate::domain::words::Word;

/// The line that says what became of the trial, if the court says.
pub(super) fn line(path: &Path<'_>, hearing: &Hearing<'_>) -> Result<Option<ResultLine>, Unusable> {
    let Some(wire) = &hearing.cracked_ineffective_trial else {
        return match (hearing.is_effective_trial.0, hearing.is_vacated_trial.0) {
            (true, true) => {
                Err(path.field("isVacatedTrial").contradictory("the trial is both effective and vacated"))
            }
            (true, false) => Ok(Some(said(TrialOutcome::Effective))),
            (false, true) => Ok(Some(said(TrialOutcome::Vacated))),
            (false, false) => Ok(None),
        };
    };
    let here = path.field("crackedIneffectiveTrial");
    let kind = wire.kind.get().map(str::to_lowercase);
    let outcome = kind.as_deref().and_then(TrialOutcome::from_word);
    let outcome = outcome
        .filter(|outcome| *outcome != TrialOutcome::Effective)
        .ok_or_else(|| here.field("type").incomplete("expected Cracked, Ineffective or Vacated"))?;
    if hearing.is_effective_trial.0 {
        return Err(here.contradictory(format!("the trial is both effective and {outcome}")));
    }
    if hearing.is_vacated_trial.0 && outcome != TrialOutcome::Vacated {
        return Err(here.contradictory(format!("the trial is both vacated and {outcome}")));
    }
    let label = wire.description.owned();
    let blank = said(outcome);
    Ok(Some(ResultLine {
        trial_reason: here.field("id").id_if_any(&wire.id, "the reason")?,
        ordered_on: here.field("date").date(&wire.date)?,
        label: label.unwrap_or_else(|| blank.label.clone()),
        ..blank
    }))
}

fn said(outcome: TrialOutcome) -> ResultLine {
    let label = match outcome {
        TrialOutcome::Effective => "Effective trial",
        TrialOutcome::Cracked => "Cracked trial",
        TrialOutcome::Ineffective => "Ineffective trial",
        TrialOutcome::Vacated => "Vacated trial",
    };
    ResultLine {
        trial: Some(outcome),
        short_code: Some(outcome.word().to_owned()),
        label: label.to_owned(),
        ..ResultLine::blank(Line::Trial)
    }
}
