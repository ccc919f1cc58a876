//! PET, PTPH and COTR: the forms that the CPS serves through Common Platform.
//!
//! They share an envelope, and one set of structs does for all three. Witnesses carry no id; those without a name are
//! counted as somebody whom nobody can be, so that a person looks.

use super::super::common_platform::leaf::{Flag, List, Text, wire};
use super::super::common_platform::path;
use super::super::{Format, Unusable};
use super::{TEXT_MAX, incomplete, urn, within};
use crate::domain::cps::{CpsKind, CpsMessage, CpsWitness, News, Wanted, Who};
use serde::Deserialize;

wire! {
    /// A form.
    struct Form = "a form of the CPS (object)" {
        prosecution_case_subject: CaseSubject<'a>,
        #[serde(rename = "Witnesses", alias = "witnesses")]
        witnesses: List<Witness<'a>>,
        trial_date: Text<'a>,
        special_measures: Flag,
        victim_personal_statement: Flag,
        victim_personal_statement_notes: Text<'a>,
        have_the_prosecution_witnesses_required_to_attend_acknowledged_that_they_will_attend: Text<'a>,
        have_any_witness_summonses_required_been_received_and_served: Text<'a>,
        have_special_measures_or_remote_attendance_issues_for_witnesses_been_resolved: Text<'a>,
        have_interpreters_for_witnesses_been_arranged: Text<'a>,
        certify_that_the_prosecution_is_trial_ready: Text<'a>,
    }

    /// Which case.
    struct CaseSubject = "a case (object)" {
        urn: Text<'a>,
    }

    /// A witness: PET and PTPH call the same things differently.
    struct Witness = "a witness (object)" {
        forename: Text<'a>,
        surname: Text<'a>,
        witness_first_name: Text<'a>,
        witness_last_name: Text<'a>,
        date_of_birth: Text<'a>,
        interpreter_required: Flag,
        welsh_language: Flag,
        prosecution_witness_requiring_assistance_special_measures: Flag,
        prosecution_require_attendance: Text<'a>,
        intermediary_for_witness: Flag,
    }
}

/// Reads a form.
pub(super) fn read(format: Format, form: &Form<'_>) -> Result<CpsMessage, Unusable> {
    let urn = urn(form.prosecution_case_subject.urn.get(), "prosecutionCaseSubject.urn")?;
    within("Witnesses", form.witnesses.len())?;
    let mut witnesses = Vec::with_capacity(form.witnesses.len());
    for (nth, one) in form.witnesses.iter().enumerate() {
        witnesses.push(witness(one, nth)?);
    }
    let trial_on = match form.trial_date.get() {
        None => None,
        Some(text) => {
            let wrong = "no such date: expected a day that exists, as YYYY-MM-DD";
            Some(path::date(text).ok_or_else(|| incomplete("trialDate", wrong))?)
        }
    };
    let kind = match format {
        Format::CpsPtph => CpsKind::Ptph,
        Format::CpsCotr => CpsKind::Cotr,
        _ => CpsKind::Pet,
    };
    let news = match kind {
        CpsKind::Cotr => answered_no(form),
        _ => of_case(form),
    };
    Ok(CpsMessage {
        kind,
        urn,
        hearing: None,
        trial_on,
        witnesses,
        news,
        measures: Vec::new(),
        why_not: None,
        reply_by: None,
    })
}

fn witness(one: &Witness<'_>, nth: usize) -> Result<CpsWitness, Unusable> {
    let name = |text: Option<&str>| -> Result<String, Unusable> {
        let name = text.unwrap_or_default();
        if name.len() > TEXT_MAX {
            return Err(incomplete(&format!("Witnesses[{nth}]"), "a name is too long to be one"));
        }
        Ok(name.to_owned())
    };
    let forename = name(one.forename.get().or(one.witness_first_name.get()))?;
    let surname = name(one.surname.get().or(one.witness_last_name.get()))?;
    let wanted = match one.prosecution_require_attendance.get().map(str::to_ascii_lowercase).as_deref() {
        Some("true" | "y" | "yes") => Wanted::Yes,
        Some("false" | "n" | "no") => Wanted::No,
        _ => Wanted::Unsaid,
    };
    let asked = [
        (one.interpreter_required, News::InterpreterWanted),
        (one.welsh_language, News::WelshWanted),
        (one.prosecution_witness_requiring_assistance_special_measures, News::SpecialMeasuresWanted),
        (one.intermediary_for_witness, News::IntermediaryWanted),
    ];
    Ok(CpsWitness {
        who: Who::Name { forename, surname, born_on: one.date_of_birth.get().and_then(path::date) },
        wanted,
        phase: None,
        news: asked.into_iter().filter(|(asked, _)| asked.0).map(|(_, news)| news).collect(),
    })
}

/// What PET and PTPH say of the case as a whole.
fn of_case(form: &Form<'_>) -> Vec<News> {
    let statement = form.victim_personal_statement.0 || form.victim_personal_statement_notes.get().is_some();
    let said =
        [(form.special_measures.0, News::SpecialMeasuresWanted), (statement, News::PersonalStatementNoted)];
    said.into_iter().filter(|(said, _)| *said).map(|(_, news)| news).collect()
}

/// The questions of a certificate that are answered with no.
fn answered_no(form: &Form<'_>) -> Vec<News> {
    let asked = [
        (
            &form.have_the_prosecution_witnesses_required_to_attend_acknowledged_that_they_will_attend,
            News::WitnessesNotAcknowledged,
        ),
        (&form.have_any_witness_summonses_required_been_received_and_served, News::SummonsesNotServed),
        (
            &form.have_special_measures_or_remote_attendance_issues_for_witnesses_been_resolved,
            News::SpecialMeasuresNotResolved,
        ),
        (&form.have_interpreters_for_witnesses_been_arranged, News::InterpretersNotArranged),
        (&form.certify_that_the_prosecution_is_trial_ready, News::NotTrialReady),
    ];
    let no = |text: &Text<'_>| {
        text.get().is_some_and(|text| ["n", "no", "false"].iter().any(|no| text.eq_ignore_ascii_case(no)))
    };
    asked.into_iter().filter(|(answer, _)| no(answer)).map(|(_, news)| news).collect()
}
