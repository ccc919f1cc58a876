//! OperationsService: what needs a hand, and the proof that nothing was dropped.

use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{EventId, UnitId};
use crate::domain::message::MessageState;
use crate::domain::receipt::Outcome;
use crate::domain::state::CaseState;
use crate::engine::Keep;
use crate::grpc::access::guard::caller;
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::{Api, trace};
use crate::grpc::convert::field::{
    self, NAME_MAX, REASON_MAX, number, shown, text, text_if_given, timestamp, timestamp_of,
};
use crate::grpc::convert::{explanation, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb::operations_service_server::OperationsService;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::audit;
use crate::store::queries::events::{self, Name};
use crate::store::queries::stats;
use chrono::TimeDelta;
use std::collections::BTreeSet;
use tonic::{Request, Response, Status};

/// The service.
pub struct Operations(pub Api);

/// Events handled again in one call, at most.
const REPROCESS_MAX: usize = 500;
/// References compared in one call, at most.
const REFERENCES_MAX: usize = 10_000;
/// The longest period counted in one call, in days.
const PERIOD_DAYS_MAX: i64 = 366;

impl Operations {
    /// What has become of an event by now.
    pub(super) async fn standing(&self, unit: UnitId, id: EventId) -> Result<pb::Receipt, Refused> {
        let held = events::held(self.0.store(), unit, &Name::Id(id)).await?;
        self.0.standing(unit, &Api::found(held, "event", id)?).await
    }

    /// Records what a person does to a parked event.
    pub(super) async fn act(
        &self,
        caller: &Identity,
        request_id: &str,
        payload: Payload,
    ) -> Result<(), Refused> {
        self.0.write(caller, request_id, Subject::Desk, payload).await?;
        Ok(())
    }

    /// What an event is to be instead: a body that could not be read is read afresh.
    async fn instead(&self, unit: UnitId, id: EventId) -> Result<Option<Payload>, Refused> {
        let event = events::event(self.0.store(), unit, &Name::Id(id)).await?;
        let event = Api::found(event, "event", id)?;
        let mut payload = None;
        if let (Payload::Unreadable { .. }, Some(raw)) =
            (&event.payload, events::raw(self.0.store(), unit, id).await?)
        {
            let reading = self.0.read_body(raw.into()).await?;
            payload = Some(reading.recorded());
        }
        Ok(payload)
    }
}

/// The rule named in why an event is parked; none where no rule failed.
fn rule_in(words: &str) -> String {
    let rest = words.strip_prefix("rule ").unwrap_or_default();
    rest.split_once(" (").map(|(rule, _)| rule.to_owned()).unwrap_or_default()
}

/// A parked event on the wire, with why it is.
pub(super) fn parked(unit: UnitId, held: events::Held, handlings: &[events::Handling]) -> pb::ParkedEvent {
    let parked = || handlings.iter().filter(|one| one.event == held.id && one.outcome == Outcome::Parked);
    let why = parked().next();
    let desk = CaseState::desk_of(unit);
    let words = why.and_then(|why| trace(why).nothing_because).unwrap_or_default();
    pb::ParkedEvent {
        event_id: held.id.to_string(),
        source: held.source,
        reference: held.reference,
        event_kind: held.kind,
        case_ids: parked()
            .map(|one| one.case)
            .filter(|case| *case != desk)
            .map(|case| case.to_string())
            .collect(),
        rule: rule_in(&words),
        words,
        received_at: Some(timestamp(held.received_at)),
        parked_at: Some(timestamp(why.map_or(held.recorded_at, |why| why.handled_at))),
    }
}

#[tonic::async_trait]
impl OperationsService for Operations {
    async fn list_parked(
        &self,
        request: Request<pb::ListParkedRequest>,
    ) -> Result<Response<pb::ListParkedResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let source = text_if_given("source", &asked.source, NAME_MAX)?;
        let kind = text_if_given("event_kind", &asked.event_kind, NAME_MAX)?;
        let scope = format!("ListParked/{}/{source:?}/{kind:?}", caller.unit);
        let mark = self.0.pages().read(&scope, &asked.page_token)?;
        let page =
            events::parked(self.0.store(), caller.unit, source.as_deref(), kind.as_deref(), mark, size);
        let page = page.await.map_err(Refused::from)?;
        let ids: Vec<EventId> = page.items.iter().map(|held| held.id).collect();
        let handlings = events::handlings(self.0.store(), &ids).await.map_err(Refused::from)?;
        let parked = page.items.into_iter().map(|held| parked(caller.unit, held, &handlings));
        Ok(Response::new(pb::ListParkedResponse {
            events: parked.collect(),
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }

    async fn retry_parked(
        &self,
        request: Request<pb::RetryParkedRequest>,
    ) -> Result<Response<pb::RetryParkedResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let id: EventId = field::id("event_id", &asked.event_id)?;
        let instead = self.instead(caller.unit, id).await?.map(Box::new);
        self.act(&caller, request_id, Payload::ParkedRetried { event: id, instead }).await?;
        let receipt = Some(self.standing(caller.unit, id).await?);
        Ok(Response::new(pb::RetryParkedResponse { receipt }))
    }

    async fn discard_parked(
        &self,
        request: Request<pb::DiscardParkedRequest>,
    ) -> Result<Response<pb::DiscardParkedResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let id: EventId = field::id("event_id", &asked.event_id)?;
        let reason = text("words", &asked.words, REASON_MAX)?;
        self.act(&caller, request_id, Payload::ParkedDiscarded { event: id, reason }).await?;
        let receipt = Some(self.standing(caller.unit, id).await?);
        Ok(Response::new(pb::DiscardParkedResponse { receipt }))
    }

    async fn get_parked(
        &self,
        request: Request<pb::GetParkedRequest>,
    ) -> Result<Response<pb::GetParkedResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.get(&caller, &request.into_inner()).await?))
    }

    async fn correct_parked(
        &self,
        request: Request<pb::CorrectParkedRequest>,
    ) -> Result<Response<pb::CorrectParkedResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.correct(&caller, request.into_inner()).await?))
    }

    async fn get_compliance(
        &self,
        request: Request<pb::GetComplianceRequest>,
    ) -> Result<Response<pb::GetComplianceResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.compliance(caller.unit, &request.into_inner()).await?))
    }

    async fn reprocess(
        &self,
        request: Request<pb::ReprocessRequest>,
    ) -> Result<Response<pb::ReprocessResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        Api::request_id(&asked.request_id)?;
        if asked.event_ids.is_empty() {
            return Err(Refused::required("event_ids").into());
        }
        field::at_most("event_ids", &asked.event_ids, REPROCESS_MAX)?;
        let ids: Vec<EventId> = field::ids("event_ids", &asked.event_ids)?;
        let mut held = Vec::with_capacity(ids.len());
        for id in ids {
            let found =
                events::held(self.0.store(), caller.unit, &Name::Id(id)).await.map_err(Refused::from)?;
            held.push(Api::found(found, "event", id)?);
        }
        held.sort_by_key(|held| (held.recorded_at, held.id));
        held.dedup_by_key(|held| held.id);
        let keep = if asked.preview { Keep::Nothing } else { Keep::Changes };
        let mut handled = Vec::with_capacity(held.len());
        for event in held {
            let instead = self.instead(caller.unit, event.id).await?;
            let again = self.0.engine().again(caller.unit, event.id, instead, keep).await;
            let (done, lines) = again.map_err(Refused::from)?;
            let told = crate::engine::Trace { done: lines, ..Default::default() };
            handled.push(pb::ReprocessedEvent {
                receipt: Some(receipt::receipt(&done)),
                effects: explanation::effects(&told),
            });
        }
        Ok(Response::new(pb::ReprocessResponse { events: handled }))
    }

    async fn reconcile(
        &self,
        request: Request<pb::ReconcileRequest>,
    ) -> Result<Response<pb::ReconcileResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let source = text_if_given("source", &asked.source, NAME_MAX)?.unwrap_or_else(|| caller.name.clone());
        if matches!(caller.role, Role::Feed | Role::Service) && source != caller.name {
            let message = "a feed or service may reconcile its own events only: leave source out";
            return Err(Refused::new(Reason::RoleForbids, message).into());
        }
        let starts_at = field::instant("starts_at", asked.starts_at.as_ref())?;
        let ends_at = field::instant("ends_at", asked.ends_at.as_ref())?;
        if ends_at <= starts_at || ends_at - starts_at > TimeDelta::days(PERIOD_DAYS_MAX) {
            let expected = format!("must lie after the beginning, by at most {PERIOD_DAYS_MAX} days");
            return Err(Refused::invalid("ends_at", expected).into());
        }
        field::at_most("references", &asked.references, REFERENCES_MAX)?;
        let (store, unit, period) = (self.0.store(), caller.unit, (starts_at, ends_at));
        let outcomes = events::outcomes(store, unit, &source, period).await.map_err(Refused::from)?;
        let recorded = outcomes.iter().map(|(_, count)| count).sum();
        let waiting = outcomes.iter().any(|(outcome, count)| *outcome == Outcome::Waiting && *count > 0);
        let (mut missing, mut unlisted) = (Vec::new(), Vec::new());
        if !asked.references.is_empty() {
            let known = events::recorded(store, unit, &source, &asked.references).await;
            let known: BTreeSet<String> = known.map_err(Refused::from)?.into_iter().collect();
            let listed: BTreeSet<&String> = asked.references.iter().collect();
            missing = listed.iter().filter(|one| !known.contains(**one)).map(|one| (*one).clone()).collect();
            let limit = REFERENCES_MAX * 2;
            let theirs = events::references(store, unit, &source, period, limit as u64).await;
            let theirs = theirs.map_err(Refused::from)?.into_iter().filter(|one| !listed.contains(one));
            unlisted = theirs.take(REFERENCES_MAX).collect();
        }
        let count = |(outcome, events): (Outcome, i64)| pb::OutcomeCount { outcome: number(outcome), events };
        Ok(Response::new(pb::ReconcileResponse {
            agrees: missing.is_empty() && !waiting,
            recorded,
            outcomes: outcomes.into_iter().map(count).collect(),
            missing,
            unlisted,
        }))
    }

    async fn get_stats(
        &self,
        request: Request<pb::GetStatsRequest>,
    ) -> Result<Response<pb::GetStatsResponse>, Status> {
        let caller = caller(&request)?;
        let now = self.0.now();
        let stats = stats::count(self.0.store(), caller.unit, now).await.map_err(Refused::from)?;
        let hash = self.0.rules(caller.unit).await.map(|rules| rules.pack.hash.clone()).unwrap_or_default();
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let goes_on = |state: MessageState| {
            state.is_unsent()
                || matches!(state, MessageState::Sending | MessageState::Unknown | MessageState::Refused)
        };
        let messages = stats.messages.into_iter().filter(|(state, _)| goes_on(*state));
        Ok(Response::new(pb::GetStatsResponse {
            counted_at: Some(timestamp(now)),
            events_waiting: count(stats.events_waiting),
            oldest_waiting_at: timestamp_of(stats.oldest_waiting_at),
            events_parked: count(stats.events_parked),
            results_unlinked: count(stats.results_unlinked),
            cases_open: count(stats.cases_open),
            tasks_open: count(stats.tasks_open),
            tasks_overdue: count(stats.tasks_overdue),
            tasks_unassigned: count(stats.tasks_unassigned),
            duties_open: count(stats.duties_open),
            duties_overdue: count(stats.duties_overdue),
            messages: messages
                .map(|(state, messages)| pb::MessageCount { state: number(state), messages })
                .collect(),
            timers_waiting: count(stats.timers_waiting),
            oldest_timer_at: timestamp_of(stats.oldest_timer_at),
            pack_hash: hash,
        }))
    }

    async fn list_audit(
        &self,
        request: Request<pb::ListAuditRequest>,
    ) -> Result<Response<pb::ListAuditResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let filter = audit::Filter {
            actor: text_if_given("actor", &asked.actor, NAME_MAX)?,
            verbs: field::words("verbs", &asked.verbs)?,
            subject: field::id_if_given("subject_id", &asked.subject_id)?,
            from: field::instant_if_given("starts_at", asked.starts_at.as_ref())?,
            until: field::instant_if_given("ends_at", asked.ends_at.as_ref())?,
        };
        let scope = format!("ListAudit/{}/{filter:?}", caller.unit);
        let mark: Option<(i64, String, i64)> = self.0.pages().read(&scope, &asked.page_token)?;
        let found = audit::list(self.0.store(), caller.unit, &filter, mark.as_ref(), size as u64 + 1).await;
        let mut found = found.map_err(Refused::from)?;
        let more = found.len() > size;
        found.truncate(size);
        let last = found.last().filter(|_| more);
        let next = last.map(|entry| (entry.at.timestamp_millis(), entry.writer.clone(), entry.sequence));
        self.0.listed(&caller, "audit", found.len()).await?;
        let entry = |entry: audit::Written| pb::AuditEntry {
            verb: crate::domain::words::parse::<audit::Verb>(&entry.verb).map_or(0, number),
            writer: entry.writer,
            sequence: entry.sequence,
            at: Some(timestamp(entry.at)),
            actor: entry.actor,
            subject_kind: entry.subject_kind,
            subject_id: shown(entry.subject),
            count: entry.count,
            words: entry.reason.unwrap_or_default(),
            digest: entry.digest,
            chain: entry.chain,
        };
        Ok(Response::new(pb::ListAuditResponse {
            entries: found.into_iter().map(entry).collect(),
            next_page_token: self.0.pages().write(&scope, next),
        }))
    }

    async fn verify_audit(
        &self,
        request: Request<pb::VerifyAuditRequest>,
    ) -> Result<Response<pb::VerifyAuditResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let from = field::instant_if_given("starts_at", asked.starts_at.as_ref())?;
        let until = field::instant_if_given("ends_at", asked.ends_at.as_ref())?;
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            return Err(Refused::invalid("ends_at", "must not lie before starts_at").into());
        }
        let verified =
            audit::verify(self.0.store(), caller.unit, from, until).await.map_err(Refused::from)?;
        let broken = |one: audit::Break| pb::AuditBreak {
            writer: one.writer,
            sequence: one.sequence,
            words: one.what.to_owned(),
        };
        Ok(Response::new(pb::VerifyAuditResponse {
            verified: verified.entries,
            breaks: verified.breaks.into_iter().map(broken).collect(),
        }))
    }
}
