//! Receipts.

use super::field::{number, shown};
use crate::domain::receipt::{CaseReceipt, Receipt};
use crate::grpc::pb;
use crate::store::queries::events::{Handling, Held};

/// A receipt on the wire.
#[must_use]
pub fn receipt(receipt: &Receipt) -> pb::Receipt {
    pb::Receipt {
        event_id: receipt.event.to_string(),
        outcome: number(receipt.outcome),
        effects: receipt.effects(),
        cases: receipt.cases.iter().map(case).collect(),
    }
}

/// What a checked event is to expect: it has no id.
#[must_use]
pub fn expected(receipt: &Receipt) -> pb::Receipt {
    pb::Receipt { event_id: String::new(), ..self::receipt(receipt) }
}

fn case(case: &CaseReceipt) -> pb::CaseReceipt {
    pb::CaseReceipt {
        case_id: shown(case.case),
        outcome: number(case.outcome),
        effects: case.effects,
        reason: case.reason.clone().unwrap_or_default(),
    }
}

/// The receipt of an event as it stands by now.
#[must_use]
pub fn standing(
    held: &Held,
    handlings: &[(Handling, Option<String>)],
    desk: crate::domain::ids::CaseId,
) -> pb::Receipt {
    let cases = handlings.iter().map(|(handling, reason)| pb::CaseReceipt {
        case_id: if handling.case == desk { String::new() } else { handling.case.to_string() },
        outcome: number(handling.outcome),
        effects: handling.effects,
        reason: reason.clone().unwrap_or_default(),
    });
    pb::Receipt {
        event_id: held.id.to_string(),
        outcome: number(held.outcome),
        effects: held.effects,
        cases: cases.collect(),
    }
}
