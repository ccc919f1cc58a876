//! The share as it is put together: the cases read so far, and whom a result can be about.

use super::super::Unusable;
use super::path::Path;
use super::wire::CaseIdentifier;
use crate::domain::court::{CaseShare, Defendant};
use crate::domain::ids::{CourtCaseId, DefendantId, OffenceId};

/// Whom and what a line is about.
#[derive(Clone, Copy, Default)]
pub(super) struct About {
    /// Whom.
    pub(super) defendant: Option<DefendantId>,
    /// Which offence.
    pub(super) offence: Option<OffenceId>,
}

/// The cases read so far.
#[derive(Default)]
pub(super) struct Draft {
    /// Each case once.
    pub(super) cases: Vec<CaseShare>,
    /// Results of applications that could not be placed.
    pub(super) left_out: usize,
}

impl Draft {
    /// Adds a case of the hearing, which must not be there yet.
    pub(super) fn add(&mut self, path: &Path<'_>, case: CaseShare) -> Result<(), Unusable> {
        if self.cases.iter().any(|known| known.court_case == case.court_case) {
            return Err(path.contradictory(format!("case {} stands twice", case.court_case)));
        }
        self.cases.push(case);
        Ok(())
    }

    /// The place of a case, which is added if it is not there yet; a name it lacked is taken from here.
    pub(super) fn place_of(&mut self, id: CourtCaseId, identifier: &CaseIdentifier<'_>) -> usize {
        let named = blank_case(id, identifier);
        let Some(place) = self.cases.iter().position(|case| case.court_case == id) else {
            self.cases.push(named);
            return self.cases.len() - 1;
        };
        let known = &mut self.cases[place];
        known.urn = known.urn.take().or(named.urn);
        known.authority_reference = known.authority_reference.take().or(named.authority_reference);
        known.authority = known.authority.take().or(named.authority);
        place
    }

    /// The cases and defendants that an offence belongs to; of a joint charge there are several.
    pub(super) fn owners_of(&self, offence: OffenceId) -> Vec<(usize, DefendantId)> {
        let of_case = |(place, case): (usize, &CaseShare)| -> Vec<(usize, DefendantId)> {
            owners_in(case, offence).map(|owner| (place, owner)).collect()
        };
        self.cases.iter().enumerate().flat_map(of_case).collect()
    }
}

/// The defendants of a case whom an offence belongs to.
pub(super) fn owners_in(case: &CaseShare, offence: OffenceId) -> impl Iterator<Item = DefendantId> + '_ {
    let charged = move |held: &&Defendant| held.offences.iter().any(|known| known.id == offence);
    case.defendants.iter().filter(charged).map(|held| held.id)
}

/// A case of which only the identifiers are known yet.
pub(super) fn blank_case(id: CourtCaseId, identifier: &CaseIdentifier<'_>) -> CaseShare {
    let code = &identifier.prosecution_authority_code;
    CaseShare {
        court_case: id,
        urn: identifier.case_urn.owned(),
        authority_reference: identifier.prosecution_authority_reference.owned(),
        authority: code.owned().or_else(|| identifier.prosecution_authority_ou_code.owned()),
        markers: Vec::new(),
        defendants: Vec::new(),
        lines: Vec::new(),
        amended: false,
    }
}
