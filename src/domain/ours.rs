//! Whether a case is the unit's.
//!
//! A URN begins with the two figures of the force that brought the case, so where there are two figures they
//! decide. Older and private references begin otherwise; then the prosecuting authority's code does.

use crate::domain::case::{Reference, ReferenceKind};
use crate::domain::court::CaseNamed;
use crate::domain::staff::Unit;

/// Whether a case is the unit's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ours {
    /// It is.
    Yes,
    /// It is another's.
    No {
        /// By what that is known.
        reason: String,
    },
    /// Neither a force nor an authority is named: a person must look.
    Unknown,
}

/// Whether `case` is `unit`'s: by the force with which its URN begins, else by the prosecuting authority.
#[must_use]
pub fn ours(case: CaseNamed<'_>, unit: &Unit) -> Ours {
    if let Some(urn) = case.urn {
        let urn = Reference::new(ReferenceKind::Urn, urn).value;
        let force: String = urn.chars().take(2).collect();
        if unit.urn_forces.contains(&force) {
            return Ours::Yes;
        }
        if force.len() == 2 && force.bytes().all(|byte| byte.is_ascii_digit()) {
            let forces = unit.urn_forces.join(", ");
            return Ours::No { reason: format!("its URN begins with {force}, the unit's with {forces}") };
        }
    }
    match case.authority {
        Some(authority) if unit.authorities.iter().any(|ours| ours.eq_ignore_ascii_case(authority)) => {
            Ours::Yes
        }
        Some(authority) => {
            Ours::No { reason: format!("the prosecuting authority {authority} is not the unit's") }
        }
        None => Ours::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{CourtCaseId, UnitId};
    use crate::domain::staff::UnitMode;
    use uuid::Uuid;

    fn unit() -> Unit {
        Unit {
            id: UnitId(Uuid::from_u128(1)),
            name: "Northgate".into(),
            urn_forces: vec!["52".into()],
            authorities: vec!["NGPF".into()],
            mode: UnitMode::Test,
            version: 1,
        }
    }

    fn case<'a>(urn: Option<&'a str>, authority: Option<&'a str>) -> CaseNamed<'a> {
        let court_case = CourtCaseId(Uuid::from_u128(2));
        CaseNamed { court_case, urn, authority_reference: None, authority, markers: &[] }
    }

    #[test]
    fn a_case_is_ours_by_its_force_else_by_its_authority() {
        let answer = |urn, authority| match ours(case(urn, authority), &unit()) {
            Ours::Yes => "yes",
            Ours::No { .. } => "no",
            Ours::Unknown => "unknown",
        };
        assert_eq!(answer(Some("52NG0012325"), None), "yes");
        assert_eq!(answer(Some("52 ng/00123/25"), None), "yes");
        assert_eq!(answer(Some("28NG0012325"), Some("NGPF")), "no");
        assert_eq!(answer(Some("NGX22222"), Some("ngpf")), "yes");
        assert_eq!(answer(Some("NGX22222"), Some("OTHER")), "no");
        assert_eq!(answer(None, Some("NGPF")), "yes");
        assert_eq!(answer(Some("NGX22222"), None), "unknown");
        assert_eq!(answer(None, None), "unknown");
    }
}
