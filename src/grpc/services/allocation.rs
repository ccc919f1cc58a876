//! The daily share of cases before charge, as TeamService answers it.

use super::proposing::repeated;
use crate::domain::handover::{CaseLine, Handover};
use crate::domain::receipt::Receipt;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, number};
use crate::grpc::convert::receipt::receipt;
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use crate::store::queries::work;
use crate::team::allocation::{self, Wish};

/// Cases of one call, at most.
const CASES_MAX: usize = 2_000;

impl Api {
    /// AllocatePreCharge.
    pub(super) async fn allocate(
        &self,
        caller: &Identity,
        asked: &pb::AllocatePreChargeRequest,
    ) -> Result<pb::AllocatePreChargeResponse, Refused> {
        let wishes = wishes(&asked.lines)?;
        let mut proposing =
            self.proposing(caller, "AllocatePreCharge", asked.validate_only, &asked.request_id, asked)?;
        if let Some((done, first)) = repeated(proposing.as_ref()).await? {
            return Ok(answer(Some(&done), &first, Vec::new()));
        }
        loop {
            let roster = self.roster(caller.unit).await?;
            let a_day = self.rules(caller.unit).await?.pack.cases_a_day;
            let mut share = allocation::share(self.store(), &roster, &wishes, a_day, self.now()).await?;
            let missing = wishes
                .iter()
                .position(|wish| !share.handover.cases.iter().any(|line| line.case == wish.case));
            if let Some(nth) = missing {
                let message = "must be a case of the unit's before charge";
                return Err(Refused::invalid(&format!("lines[{nth}].case_id"), message));
            }
            let ids = share.left.iter().map(|(case, _)| *case).collect();
            let around = work::around(self.store(), &ids).await?;
            let left = share.left.iter().map(|(case, because)| pb::PreChargeCase {
                case_id: case.to_string(),
                urn: around.get(case).and_then(|known| known.label.clone()).unwrap_or_default(),
                risk: around.get(case).map_or(0, |known| number(known.risk)),
                to_staff_id: String::new(),
                because: because.clone(),
            });
            let left: Vec<pb::PreChargeCase> = left.collect();
            self.listed(caller, "cases", share.handover.cases.len() + left.len()).await?;
            let Some(proposing) = proposing.as_mut().filter(|_| !share.handover.cases.is_empty()) else {
                return Ok(answer(None, &share.handover, left));
            };
            if let Some(done) = proposing.carry_out(&mut share.handover).await? {
                return Ok(answer(Some(&done), &share.handover, left));
            }
        }
    }
}

fn wishes(lines: &[pb::PreChargeCase]) -> Result<Vec<Wish>, Refused> {
    field::at_most("lines", lines, CASES_MAX)?;
    let wish = |(nth, line): (usize, &pb::PreChargeCase)| {
        Ok(Wish {
            case: field::id(&format!("lines[{nth}].case_id"), &line.case_id)?,
            to: field::id(&format!("lines[{nth}].to_staff_id"), &line.to_staff_id)?,
        })
    };
    let wishes: Vec<Wish> = lines.iter().enumerate().map(wish).collect::<Result<_, Refused>>()?;
    let twice = |nth: &usize| wishes[..*nth].iter().any(|wish| wish.case == wishes[*nth].case);
    match (0..wishes.len()).find(twice) {
        Some(nth) => Err(Refused::invalid(
            &format!("lines[{nth}].case_id"),
            "is there twice: a case goes to one person",
        )),
        None => Ok(wishes),
    }
}

fn answer(
    done: Option<&Receipt>,
    handover: &Handover,
    left: Vec<pb::PreChargeCase>,
) -> pb::AllocatePreChargeResponse {
    let given = |line: &CaseLine| pb::PreChargeCase {
        case_id: line.case.to_string(),
        urn: line.label.clone().unwrap_or_default(),
        risk: number(line.risk),
        to_staff_id: line.to.to_string(),
        because: line.because.clone(),
    };
    let given = handover.cases.iter().map(given).collect();
    pb::AllocatePreChargeResponse { receipt: done.map(receipt), given, left }
}
