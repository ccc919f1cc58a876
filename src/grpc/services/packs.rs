//! PackService: the rules, and what they made of an event.

use crate::domain::ids::EventId;
use crate::domain::state::CaseState;
use crate::engine::rulesets::Ruleset;
use crate::grpc::access::Role;
use crate::grpc::access::guard::caller;
use crate::grpc::api::{Api, ScenarioResult, trace};
use crate::grpc::convert::field::{self, NAME_MAX, text_if_given, timestamp};
use crate::grpc::convert::{explanation, pack, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb::pack_service_server::PackService;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::render;
use crate::rules::pack::Pack;
use crate::store::packs;
use crate::store::queries::events::{self, Name};
use crate::store::rows::instant;
use std::collections::BTreeMap;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The service.
pub struct Packs(pub Api);

impl Packs {
    /// The content hash that was asked for, or of the unit's active pack.
    async fn hash(&self, unit: crate::domain::ids::UnitId, hash: &str) -> Result<String, Refused> {
        match text_if_given("hash", hash, NAME_MAX)? {
            Some(hash) => Ok(hash),
            None => Ok(self.0.rules(unit).await?.pack.hash.clone()),
        }
    }

    async fn files(&self, hash: &str) -> Result<BTreeMap<String, String>, Refused> {
        packs::files(self.0.store().reader(), hash).await.map_err(|error| match error {
            crate::store::Error::Missing { .. } => Refused::not_held("pack", ""),
            error => error.into(),
        })
    }
}

/// The pack that files make, ready to run.
fn loaded(files: BTreeMap<String, String>) -> Result<Arc<Ruleset>, Refused> {
    let faulty = || Refused::new(Reason::PackFaulty, "the pack has faults: CheckPack lists them");
    let (pack, _) = Pack::load(files).map_err(|_| faulty())?;
    Ruleset::new(pack).map_err(|_| faulty())
}

#[tonic::async_trait]
impl PackService for Packs {
    async fn get_pack(
        &self,
        request: Request<pb::GetPackRequest>,
    ) -> Result<Response<pb::GetPackResponse>, Status> {
        let caller = caller(&request)?;
        let hash = self.hash(caller.unit, &request.into_inner().hash).await?;
        let files = self.files(&hash).await?;
        let listed = packs::list(self.0.store().reader()).await.map_err(Refused::from)?;
        let active = packs::active(self.0.store().reader(), caller.unit).await.map_err(Refused::from)?;
        let row = Api::found(listed.into_iter().find(|row| row.0 == hash), "pack", "")?;
        Ok(Response::new(pb::GetPackResponse {
            pack: Some(shown(row, active.as_ref())),
            files: Some(pack::files(&files)),
        }))
    }

    async fn list_packs(
        &self,
        request: Request<pb::ListPacksRequest>,
    ) -> Result<Response<pb::ListPacksResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let scope = format!("ListPacks/{}", caller.unit);
        let mark: Option<(i64, String)> = self.0.pages().read(&scope, &asked.page_token)?;
        let mut listed = packs::list(self.0.store().reader()).await.map_err(Refused::from)?;
        listed.sort_by(|a, b| (b.3, &b.0).cmp(&(a.3, &a.0)));
        listed.retain(|row| mark.as_ref().is_none_or(|mark| (row.3, &row.0) < (mark.0, &mark.1)));
        let more = listed.len() > size;
        listed.truncate(size);
        let next = listed.last().filter(|_| more).map(|row| (row.3, row.0.clone()));
        let active = packs::active(self.0.store().reader(), caller.unit).await.map_err(Refused::from)?;
        Ok(Response::new(pb::ListPacksResponse {
            packs: listed.into_iter().map(|row| shown(row, active.as_ref())).collect(),
            next_page_token: self.0.pages().write(&scope, next),
        }))
    }

    async fn read_pack(
        &self,
        request: Request<pb::ReadPackRequest>,
    ) -> Result<Response<pb::ReadPackResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.read_pack(caller.unit, &request.into_inner()).await?))
    }

    async fn check_pack(
        &self,
        request: Request<pb::CheckPackRequest>,
    ) -> Result<Response<pb::CheckPackResponse>, Status> {
        caller(&request)?;
        let files = pack::files_from("files", request.into_inner().files.as_ref())?;
        let checked = tokio::task::spawn_blocking(move || match render::load_checked(files) {
            Ok((loaded, _)) => {
                let hash = loaded.hash.clone();
                match Ruleset::new(loaded) {
                    Ok(_) => pb::CheckPackResponse { faults: Vec::new(), hash },
                    Err(failures) => pb::CheckPackResponse {
                        faults: failures
                            .iter()
                            .map(|failure| pb::Fault { message: failure.to_string(), ..Default::default() })
                            .collect(),
                        hash: String::new(),
                    },
                }
            }
            Err(faults) => {
                let faults = faults.0.iter().filter(|fault| pack::stops(fault)).map(pack::fault).collect();
                pb::CheckPackResponse { faults, hash: String::new() }
            }
        });
        let checked = checked.await;
        Ok(Response::new(
            checked.map_err(|_| Refused::new(Reason::Internal, "checking broke down; it is logged"))?,
        ))
    }

    async fn test_pack(
        &self,
        request: Request<pb::TestPackRequest>,
    ) -> Result<Response<pb::TestPackResponse>, Status> {
        use pb::test_pack_request::Pack as Given;
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let filter = text_if_given("filter", &asked.filter, NAME_MAX)?.unwrap_or_default();
        let rules = match asked.pack {
            None => self.0.rules(caller.unit).await?,
            Some(Given::Hash(hash)) => loaded(self.files(&hash).await?)?,
            Some(Given::Files(files)) => loaded(pack::files_from("files", Some(&files))?)?,
        };
        let results = self.0.test_pack(rules, filter).await?;
        let count = |wanted: bool| {
            let count = results.iter().filter(|one| one.difference.is_none() == wanted).count();
            i32::try_from(count).unwrap_or(i32::MAX)
        };
        let (passed, failed) = (count(true), count(false));
        let result = |one: ScenarioResult| pb::ScenarioResult {
            path: one.path,
            scenario: one.scenario,
            row: one.row,
            rule: one.rule,
            passed: one.difference.is_none(),
            difference: one.difference.unwrap_or_default(),
        };
        let results = results.into_iter().map(result).collect();
        Ok(Response::new(pb::TestPackResponse { results, passed, failed }))
    }

    async fn explain_event(
        &self,
        request: Request<pb::ExplainEventRequest>,
    ) -> Result<Response<pb::ExplainEventResponse>, Status> {
        let caller = caller(&request)?;
        let id: EventId = field::id("event_id", &request.into_inner().event_id)?;
        let held = events::held(self.0.store(), caller.unit, &Name::Id(id)).await.map_err(Refused::from)?;
        let held = Api::found(held, "event", id)?;
        let handlings = events::handlings(self.0.store(), &[id]).await.map_err(Refused::from)?;
        // A conflict of interest hides the case, and the event where it is about no other.
        let mut visible = Vec::new();
        let mut hidden = None;
        for handling in handlings {
            match self.0.any_case(&caller, handling.case).await {
                Ok(_) => visible.push(handling),
                Err(refused) => hidden = Some(refused),
            }
        }
        if let (true, Some(refused)) = (visible.is_empty(), hidden) {
            return Err(refused.into());
        }
        self.0.looked(&caller, "event", id.0).await?;
        let desk = CaseState::desk_of(caller.unit);
        let mut traces: Vec<(events::Handling, Option<String>)> = Vec::new();
        let mut text = format!(
            "Event {} ({}) of {} is {}.\n",
            held.id,
            held.kind,
            field::said(held.received_at),
            held.outcome
        );
        for handling in visible {
            let trace = trace(&handling);
            let place =
                if handling.case == desk { "the desk".to_owned() } else { format!("case {}", handling.case) };
            text.push_str(&format!(
                "For {place}, handled {}: {}.\n",
                field::said(handling.handled_at),
                handling.outcome
            ));
            for line in &trace.done {
                text.push_str(&format!("- {line}\n"));
            }
            for heard in trace.heard.iter().filter(|heard| heard.spoke == 0) {
                text.push_str(&format!("- {} was asked and stayed silent\n", heard.rule));
            }
            if let Some(because) = &trace.nothing_because {
                text.push_str(&format!("- nothing, because {because}\n"));
            }
            traces.push((handling, trace.nothing_because));
        }
        let receipt = receipt::standing(&held, &traces, desk);
        let administrator = caller.role == Role::Administrator;
        let traces = traces.iter().map(|(handling, _)| {
            let told = trace(handling);
            pb::CaseTrace {
                case_id: if handling.case == desk { String::new() } else { handling.case.to_string() },
                sequence: handling.sequence,
                handled_at: Some(timestamp(handling.handled_at)),
                pack_hash: handling.pack.clone(),
                effects: explanation::effects(&told),
                silent: explanation::silent(&told),
            }
        });
        Ok(Response::new(pb::ExplainEventResponse {
            event_kind: held.kind.clone(),
            receipt: Some(receipt),
            traces: traces.collect(),
            text: if administrator { String::new() } else { text },
        }))
    }
}

pub(super) fn shown(row: (String, String, String, i64), active: Option<&(String, i64)>) -> pb::Pack {
    let (hash, id, version, stored_at) = row;
    let active = active.filter(|(active, _)| *active == hash);
    pb::Pack {
        id,
        version,
        stored_at: Some(timestamp(instant(stored_at))),
        active_from: active.map(|(_, from)| timestamp(instant(*from))),
        hash,
    }
}
