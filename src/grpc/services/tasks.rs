//! TaskService: work, and what is owed.

use super::title::{rules_of, title};
use super::watch;
use crate::domain::event::{Completion, Payload, Subject, TaskAction};
use crate::domain::ids::{CaseId, DutyId, StaffId, TaskId};
use crate::domain::message::{Message, MessageState};
use crate::domain::receipt::Receipt;
use crate::domain::state::CaseState;
use crate::domain::task::Task;
use crate::grpc::access::guard::caller;
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, NAME_MAX, REASON_MAX, WORDS_MAX, text, text_if_given};
use crate::grpc::convert::task::{self, Body};
use crate::grpc::convert::{explanation, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb::task_service_server::TaskService;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::grpc::stream;
use crate::store::queries::{cases, duties, people, tasks};
use crate::store::read;
use tonic::{Request, Response, Status};

/// The service.
pub struct Tasks(pub Api);

/// What every act on a task names.
struct Act<'a> {
    request_id: &'a str,
    task: &'a str,
    version: i64,
}

/// Who may act on a task that is somebody's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Anybody whose role may make the call.
    Anybodys,
    /// A care officer's own alone.
    OwnForCareOfficers,
}

fn body_for(caller: &Identity) -> Body {
    if caller.role == Role::Administrator { Body::Bare } else { Body::Whole }
}

impl Tasks {
    /// The case that a task belongs to, the desk included, with the task.
    async fn held(&self, caller: &Identity, id: TaskId) -> Result<(CaseState, Task), Refused> {
        let found = read::cases_of_tasks(self.0.store().reader(), caller.unit, &[id]).await?;
        let case = Api::found(found.get(&id).copied(), "task", id)?;
        let state = self.0.any_case(caller, case).await?;
        let task = state.tasks.iter().find(|task| task.id == id).map(|task| (**task).clone());
        Ok((state, Api::found(task, "task", id)?))
    }

    /// A task with its title, as this caller may see it.
    async fn shown(&self, caller: &Identity, state: &CaseState, held: &Task) -> Result<pb::Task, Refused> {
        let active = self.0.rules(caller.unit).await?;
        let rules = rules_of(self.0.engine().rulesets(), held, &active);
        let person = |id| {
            let participant = state.participant(id)?;
            state.person(participant.person).map(|person| (**person).clone())
        };
        let hearing = state.hearings.iter().find(|hearing| Some(hearing.id) == held.hearing);
        let title = title(&rules, held, person, hearing.map(|hearing| &**hearing));
        let label = if state.is_desk() { "" } else { state.case.label() };
        Ok(task::task(held, title, label, body_for(caller)))
    }

    /// Records what somebody does to a task, and answers the task as it then stands.
    async fn act(
        &self,
        caller: &Identity,
        act: Act<'_>,
        whose: Whose,
        action: TaskAction,
    ) -> Result<(Option<pb::Receipt>, Option<pb::Task>), Refused> {
        let request_id = Api::request_id(act.request_id)?;
        let id: TaskId = field::id("task_id", act.task)?;
        let version = field::version("version", act.version)?;
        let (_, task) = self.held(caller, id).await?;
        let mine = caller.staff.is_some() && task.assignee == caller.staff;
        let strict = whose == Whose::OwnForCareOfficers && caller.role == Role::CareOfficer;
        // A repeat of a release finds the task without an owner: it is not refused for that.
        if strict && !mine && self.0.recorded(caller, request_id).await?.is_none() {
            let message = "a care officer may do this with their own tasks alone: ask a team leader";
            return Err(Refused::new(Reason::RoleForbids, message));
        }
        let payload = Payload::TaskActed { task: id, version: Some(version), action };
        let done = self.0.write(caller, request_id, Subject::Task(id), payload).await?;
        self.answer(caller, &done, id).await
    }

    async fn answer(
        &self,
        caller: &Identity,
        done: &Receipt,
        id: TaskId,
    ) -> Result<(Option<pb::Receipt>, Option<pb::Task>), Refused> {
        let (state, task) = self.held(caller, id).await?;
        Ok((Some(receipt::receipt(done)), Some(self.shown(caller, &state, &task).await?)))
    }

    /// Refuses a care officer to reopen what was not theirs, or what somebody outside has been told.
    async fn may_undo(&self, caller: &Identity, asked: &pb::ReopenTaskRequest) -> Result<(), Refused> {
        let id: TaskId = field::id("task_id", &asked.task_id)?;
        let (state, task) = self.held(caller, id).await?;
        let own = caller.staff.is_some() && task.assignee == caller.staff;
        let has_left = |message: &Message| {
            use MessageState::{Cancelled, Draft, Held, Queued, Superseded};
            !matches!(message.state, Draft | Queued | Held | Cancelled | Superseded)
        };
        let told = state.messages.iter().any(|held| task.drafts.contains(&held.id) && has_left(held));
        if (own && !told) || self.0.recorded(caller, Api::request_id(&asked.request_id)?).await?.is_some() {
            return Ok(());
        }
        let message = match own {
            true => "something that it released has left already: a team leader can open it again",
            false => "a care officer may open their own tasks again alone: ask a team leader",
        };
        Err(Refused::new(Reason::RoleForbids, message))
    }

    /// The filter of a list, or of a watch over one.
    fn filter(&self, asked: &pb::ListTasksRequest) -> Result<tasks::Filter, Refused> {
        self.known_kinds(&asked.kinds)?;
        Ok(tasks::Filter {
            assignee: field::id_if_given("assignee_id", &asked.assignee_id)?,
            unassigned: asked.unassigned.then_some(tasks::Unassigned),
            team: field::id_if_given("team_id", &asked.team_id)?,
            case: field::id_if_given("case_id", &asked.case_id)?,
            participant: field::id_if_given("participant_id", &asked.participant_id)?,
            states: field::words("states", &asked.states)?,
            kinds: asked.kinds.clone(),
            priorities: field::words("priorities", &asked.priorities)?,
            due_before: field::instant_if_given("due_before", asked.due_before.as_ref())?,
            due_after: field::instant_if_given("due_after", asked.due_after.as_ref())?,
            try_before: field::instant_if_given("try_before", asked.try_before.as_ref())?,
            raised_after: field::instant_if_given("raised_after", asked.raised_after.as_ref())?,
            order: if asked.latest_ended_first { tasks::Order::LatestEnded } else { tasks::Order::ToBeDone },
            not_cases: Vec::new(),
        })
    }

    /// The same filter with the case of its participant, where one is held: their tasks are in it, and it has an index.
    /// Refuses a caller who may not work the case.
    async fn within_their_case(
        &self,
        caller: &Identity,
        mut filter: tasks::Filter,
    ) -> Result<tasks::Filter, Refused> {
        if let (Some(participant), None) = (filter.participant, filter.case) {
            filter.case = cases::of_participant(self.0.store(), participant).await?;
        }
        self.0.may_work_on(caller, filter.case.as_slice()).await?;
        Ok(filter)
    }

    /// Tasks of a list as this caller sees them, written down as looked at.
    pub(super) async fn listed(&self, caller: &Identity, found: &[&Task]) -> Result<Vec<pb::Task>, Refused> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        self.0.listed(caller, "tasks", found.len()).await?;
        let about: Vec<_> = found.iter().filter_map(|task| task.about).collect();
        let people = people::of(self.0.store(), &about).await?;
        let labels = cases::labels(self.0.store(), found.iter().filter_map(|task| task.case)).await?;
        let active = self.0.rules(caller.unit).await?;
        let shown = found.iter().map(|held| {
            let rules = rules_of(self.0.engine().rulesets(), held, &active);
            let person = |id| people.get(&id).map(|(_, person)| person.clone());
            let label = held.case.and_then(|case| labels.get(&case)).map_or("", String::as_str);
            task::task(held, title(&rules, held, person, None), label, body_for(caller))
        });
        Ok(shown.collect())
    }

    fn known_kinds(&self, kinds: &[String]) -> Result<(), Refused> {
        let packs = self.0.engine().rulesets().all();
        let known = |kind: &String| {
            packs.iter().any(|rules| {
                rules.pack.task_kinds.contains_key(kind) || rules.pack.duty_kinds.contains_key(kind)
            })
        };
        match kinds.iter().position(|kind| !known(kind)) {
            None => Ok(()),
            Some(nth) => {
                let message = "no pack of the unit knows this kind: see the pack's kinds";
                Err(Refused::new(Reason::WordUnknown, message)
                    .about(&format!("kinds[{nth}]"), "must be a kind of one of the unit's packs"))
            }
        }
    }
}

#[tonic::async_trait]
impl TaskService for Tasks {
    async fn list_tasks(
        &self,
        request: Request<pb::ListTasksRequest>,
    ) -> Result<Response<pb::ListTasksResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let filter = self.filter(&asked)?;
        let scope = format!("ListTasks/{}/{filter:?}", caller.unit);
        let mark = self.0.pages().read(&scope, &asked.page_token)?;
        let filter = self.within_their_case(&caller, filter).await?;
        if filter.participant.is_some() && filter.case.is_none() {
            return Ok(Response::new(pb::ListTasksResponse::default()));
        }
        let filter = tasks::Filter { not_cases: self.0.kept_from(&caller).await?, ..filter };
        let page =
            tasks::list(self.0.store(), caller.unit, &filter, mark, size).await.map_err(Refused::from)?;
        let found: Vec<&Task> = page.items.iter().collect();
        Ok(Response::new(pb::ListTasksResponse {
            tasks: self.listed(&caller, &found).await?,
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }

    type WatchTasksStream = watch::Told;

    async fn watch_tasks(
        &self,
        request: Request<pb::WatchTasksRequest>,
    ) -> Result<Response<Self::WatchTasksStream>, Status> {
        let (caller, deadline) = (caller(&request)?, stream::deadline(&request));
        let pb::WatchTasksRequest {
            assignee_id,
            team_id,
            unassigned,
            case_id,
            participant_id,
            states,
            kinds,
            priorities,
            due_before,
            due_after,
            resume_token,
        } = request.into_inner();
        let listed = pb::ListTasksRequest {
            assignee_id,
            team_id,
            unassigned,
            case_id,
            participant_id,
            states,
            kinds,
            priorities,
            due_before,
            due_after,
            ..Default::default()
        };
        let filter = self.filter(&listed)?;
        let scope = format!("WatchTasks/{}/{filter:?}", caller.unit);
        let filter = self.within_their_case(&caller, filter).await?;
        let asked = watch::Asked { caller, filter, scope, resume_token, deadline };
        Ok(Response::new(watch::begin(&self.0, asked).await?))
    }

    async fn get_task(
        &self,
        request: Request<pb::GetTaskRequest>,
    ) -> Result<Response<pb::GetTaskResponse>, Status> {
        let caller = caller(&request)?;
        let id: TaskId = field::id("task_id", &request.into_inner().task_id)?;
        let (state, held) = self.held(&caller, id).await?;
        self.0.looked(&caller, "task", id.0).await?;
        let active = self.0.rules(caller.unit).await?;
        let rules = rules_of(self.0.engine().rulesets(), &held, &active);
        let gathered = state.duties.iter().filter(|duty| duty.task == Some(id));
        Ok(Response::new(pb::GetTaskResponse {
            task: Some(self.shown(&caller, &state, &held).await?),
            form: rules.pack.task_kinds.get(&held.kind).map(task::form),
            duties: gathered.map(|duty| task::duty(state.case.id, duty, Body::Whole)).collect(),
        }))
    }

    async fn create_task(
        &self,
        request: Request<pb::CreateTaskRequest>,
    ) -> Result<Response<pb::CreateTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let id: TaskId = Api::id("task", &caller, request_id);
        let case: Option<CaseId> = field::id_if_given("case_id", &asked.case_id)?;
        let payload = Payload::TaskCreated {
            id,
            task: text("kind", &asked.kind, NAME_MAX)?,
            about: field::id_if_given("participant_id", &asked.participant_id)?,
            priority: field::word("priority", asked.priority)?,
            due_at: field::instant_if_given("due_at", asked.due_at.as_ref())?,
            assignee: field::id_if_given("assignee_id", &asked.assignee_id)?,
            words: text("words", &asked.words, WORDS_MAX)?,
        };
        if let Some(case) = case {
            self.0.case(&caller, case).await?;
        }
        let subject = case.map_or(Subject::Desk, Subject::Case);
        let done = self.0.write(&caller, request_id, subject, payload).await?;
        let (receipt, task) = self.answer(&caller, &done, id).await?;
        Ok(Response::new(pb::CreateTaskResponse { receipt, task }))
    }

    async fn acknowledge_task(
        &self,
        request: Request<pb::AcknowledgeTaskRequest>,
    ) -> Result<Response<pb::AcknowledgeTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::Anybodys, TaskAction::Acknowledge).await?;
        Ok(Response::new(pb::AcknowledgeTaskResponse { receipt, task }))
    }

    async fn claim_task(
        &self,
        request: Request<pb::ClaimTaskRequest>,
    ) -> Result<Response<pb::ClaimTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let named: Option<StaffId> = field::id_if_given("staff_id", &asked.staff_id)?;
        let staff = named.or(caller.staff).ok_or_else(|| Refused::required("staff_id"))?;
        if caller.role == Role::CareOfficer && caller.staff != Some(staff) {
            let message = "a care officer claims for themselves alone: leave staff_id out";
            return Err(Refused::new(Reason::RoleForbids, message).into());
        }
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::Anybodys, TaskAction::Claim { staff }).await?;
        Ok(Response::new(pb::ClaimTaskResponse { receipt, task }))
    }

    async fn release_task(
        &self,
        request: Request<pb::ReleaseTaskRequest>,
    ) -> Result<Response<pb::ReleaseTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::OwnForCareOfficers, TaskAction::Release).await?;
        Ok(Response::new(pb::ReleaseTaskResponse { receipt, task }))
    }

    async fn assign_task(
        &self,
        request: Request<pb::AssignTaskRequest>,
    ) -> Result<Response<pb::AssignTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = TaskAction::Assign {
            staff: field::id_if_given("staff_id", &asked.staff_id)?,
            team: field::id_if_given("team_id", &asked.team_id)?,
            reason: text("words", &asked.words, REASON_MAX)?,
        };
        if let TaskAction::Assign { staff: None, team: None, .. } = action {
            return Err(Refused::required("staff_id").into());
        }
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::Anybodys, action).await?;
        let warnings = match &task {
            Some(task) => self.0.warnings(&caller, &asked.staff_id, task.due_at.as_ref()).await?,
            None => Vec::new(),
        };
        Ok(Response::new(pb::AssignTaskResponse { receipt, task, warnings }))
    }

    async fn start_task(
        &self,
        request: Request<pb::StartTaskRequest>,
    ) -> Result<Response<pb::StartTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::OwnForCareOfficers, TaskAction::Start).await?;
        Ok(Response::new(pb::StartTaskResponse { receipt, task }))
    }

    async fn record_attempt(
        &self,
        request: Request<pb::RecordAttemptRequest>,
    ) -> Result<Response<pb::RecordAttemptResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = TaskAction::Attempt {
            outcome: text("outcome", &asked.outcome, NAME_MAX)?,
            at: field::past_if_given("at", asked.at.as_ref(), self.0.now())?,
            words: text_if_given("words", &asked.words, WORDS_MAX)?,
        };
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::Anybodys, action).await?;
        Ok(Response::new(pb::RecordAttemptResponse { receipt, task }))
    }

    async fn answer_task(
        &self,
        request: Request<pb::AnswerTaskRequest>,
    ) -> Result<Response<pb::AnswerTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let answers = task::answers_from("answers", asked.answers.as_ref())?;
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::Anybodys, TaskAction::Answer { answers }).await?;
        Ok(Response::new(pb::AnswerTaskResponse { receipt, task }))
    }

    async fn complete_task(
        &self,
        request: Request<pb::CompleteTaskRequest>,
    ) -> Result<Response<pb::CompleteTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let duties: Option<Vec<DutyId>> =
            asked.met.as_ref().map(|met| field::ids("met.ids", &met.ids)).transpose()?;
        let action = TaskAction::Complete(Completion {
            outcome: text("outcome", &asked.outcome, NAME_MAX)?,
            answers: task::answers_from("answers", asked.answers.as_ref())?,
            duties,
            channel: text_if_given("channel", &asked.channel, NAME_MAX)?,
            words: text_if_given("words", &asked.words, WORDS_MAX)?,
            at: field::past_if_given("at", asked.at.as_ref(), self.0.now())?,
        });
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::Anybodys, action).await?;
        Ok(Response::new(pb::CompleteTaskResponse { receipt, task }))
    }

    async fn reopen_task(
        &self,
        request: Request<pb::ReopenTaskRequest>,
    ) -> Result<Response<pb::ReopenTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = TaskAction::Reopen { reason: text("words", &asked.words, REASON_MAX)? };
        if caller.role == Role::CareOfficer {
            self.may_undo(&caller, &asked).await?;
        }
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::Anybodys, action).await?;
        Ok(Response::new(pb::ReopenTaskResponse { receipt, task }))
    }

    async fn defer_task(
        &self,
        request: Request<pb::DeferTaskRequest>,
    ) -> Result<Response<pb::DeferTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = TaskAction::Defer {
            until: field::instant("until", asked.until.as_ref())?,
            reason: text("words", &asked.words, REASON_MAX)?,
        };
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::OwnForCareOfficers, action).await?;
        Ok(Response::new(pb::DeferTaskResponse { receipt, task }))
    }

    async fn reassign_tasks(
        &self,
        request: Request<pb::ReassignTasksRequest>,
    ) -> Result<Response<pb::ReassignTasksResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        self.known_kinds(&asked.kinds)?;
        let filter = tasks::Filter {
            assignee: field::id_if_given("assignee_id", &asked.assignee_id)?,
            unassigned: asked.unassigned.then_some(tasks::Unassigned),
            team: field::id_if_given("team_id", &asked.team_id)?,
            case: field::id_if_given("case_id", &asked.case_id)?,
            kinds: asked.kinds.clone(),
            priorities: field::words("priorities", &asked.priorities)?,
            due_before: field::instant_if_given("due_before", asked.due_before.as_ref())?,
            ..tasks::Filter::default()
        };
        Ok(Response::new(self.0.reassign_tasks(&caller, &asked, filter).await?))
    }

    async fn cancel_task(
        &self,
        request: Request<pb::CancelTaskRequest>,
    ) -> Result<Response<pb::CancelTaskResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let action = TaskAction::Cancel { reason: text("words", &asked.words, REASON_MAX)? };
        let act = Act { request_id: &asked.request_id, task: &asked.task_id, version: asked.version };
        let (receipt, task) = self.act(&caller, act, Whose::Anybodys, action).await?;
        Ok(Response::new(pb::CancelTaskResponse { receipt, task }))
    }

    async fn explain_task(
        &self,
        request: Request<pb::ExplainTaskRequest>,
    ) -> Result<Response<pb::ExplainTaskResponse>, Status> {
        let caller = caller(&request)?;
        let id: TaskId = field::id("task_id", &request.into_inner().task_id)?;
        let (state, held) = self.held(&caller, id).await?;
        self.0.looked(&caller, "task", id.0).await?;
        let shown = self.shown(&caller, &state, &held).await?;
        let gathered: Vec<_> = state.duties.iter().filter(|duty| duty.task == Some(id)).collect();
        let mut text = format!("Task {} of kind {}", held.id, held.kind);
        if !held.assigned_because.is_empty() && body_for(&caller) == Body::Whole {
            text.push_str(&format!(", given out because: {}", held.assigned_because));
        }
        text.push_str(".\n");
        for why in &held.because {
            text.push_str(&format!("- {}\n", explanation::told(why)));
        }
        for duty in &gathered {
            let due =
                duty.due_at.map_or("no due time yet".to_owned(), |due| format!("due {}", field::said(due)));
            text.push_str(&format!("It gathers duty {} ({}, {}, {due}).\n", duty.id, duty.kind, duty.state));
            for why in &duty.because {
                text.push_str(&format!("- {}\n", explanation::told(why)));
            }
        }
        let body = body_for(&caller);
        Ok(Response::new(pb::ExplainTaskResponse {
            task: Some(shown),
            because: explanation::explanations(&held.because),
            duties: gathered.into_iter().map(|duty| task::duty(state.case.id, duty, body)).collect(),
            text,
        }))
    }

    async fn list_own_lines(
        &self,
        request: Request<pb::ListOwnLinesRequest>,
    ) -> Result<Response<pb::ListOwnLinesResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.own_lines(&caller, &request.into_inner()).await?))
    }

    async fn put_own_line(
        &self,
        request: Request<pb::PutOwnLineRequest>,
    ) -> Result<Response<pb::PutOwnLineResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.0.put_own_line(&caller, &request.into_inner()).await?))
    }

    async fn list_duties(
        &self,
        request: Request<pb::ListDutiesRequest>,
    ) -> Result<Response<pb::ListDutiesResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let size = Pages::size(asked.page_size)?;
        let filter = duties::Filter {
            case: field::id_if_given("case_id", &asked.case_id)?,
            participant: field::id_if_given("participant_id", &asked.participant_id)?,
            task: field::id_if_given("task_id", &asked.task_id)?,
            states: field::words("states", &asked.states)?,
            kinds: asked.kinds,
            due_before: field::instant_if_given("due_before", asked.due_before.as_ref())?,
            due_after: field::instant_if_given("due_after", asked.due_after.as_ref())?,
            not_cases: self.0.kept_from(&caller).await?,
        };
        let scope = format!("ListDuties/{}/{filter:?}", caller.unit);
        let mark = self.0.pages().read(&scope, &asked.page_token)?;
        self.0.may_work_on(&caller, filter.case.as_slice()).await?;
        let page =
            duties::list(self.0.store(), caller.unit, &filter, mark, size).await.map_err(Refused::from)?;
        self.0.listed(&caller, "duties", page.items.len()).await?;
        let labels = cases::labels(self.0.store(), page.items.iter().map(|(case, _)| *case)).await;
        let labels = labels.map_err(Refused::from)?;
        let shown = page.items.iter().map(|(case, duty)| pb::Duty {
            case_label: labels.get(case).cloned().unwrap_or_default(),
            ..task::duty(*case, duty, Body::Whole)
        });
        Ok(Response::new(pb::ListDutiesResponse {
            duties: shown.collect(),
            next_page_token: self.0.pages().write(&scope, page.next),
        }))
    }

    async fn excuse_duty(
        &self,
        request: Request<pb::ExcuseDutyRequest>,
    ) -> Result<Response<pb::ExcuseDutyResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let request_id = Api::request_id(&asked.request_id)?;
        let id: DutyId = field::id("duty_id", &asked.duty_id)?;
        let reason = text("words", &asked.words, REASON_MAX)?;
        let found = read::cases_of_duties(self.0.store().reader(), caller.unit, &[id]).await;
        let case = Api::found(found.map_err(Refused::from)?.get(&id).copied(), "duty", id)?;
        self.0.case(&caller, case).await?;
        let payload = Payload::DutyExcused { duty: id, reason };
        let done = self.0.write(&caller, request_id, Subject::Duty(id), payload).await?;
        let state = self.0.case(&caller, case).await?;
        let held = Api::found(state.duties.iter().find(|held| held.id == id), "duty", id)?;
        let duty = Some(task::duty(case, held, Body::Whole));
        Ok(Response::new(pb::ExcuseDutyResponse { receipt: Some(receipt::receipt(&done)), duty }))
    }
}
