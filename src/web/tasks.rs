//! Tasks as lists show them: one row a task, with its clocks in words and what can be done to it in one press.
//!
//! A list is one form: each button says what it does to which task at which version. Without the script a press sends the
//! form and the page comes again; with it the keys press the same buttons.

use super::admit::Visitor;
use super::board::{Pack, People};
use super::clocks::{self, Press};
use super::form::{self, Posted};
use super::words;
use crate::domain::london;
use crate::grpc::pb::{self, AnswerType, Priority, TaskState};
use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// What a row shows beside the task itself.
pub struct Rows<'a> {
    /// Whose page it is.
    pub visitor: &'a Visitor,
    /// The kinds of task, for what can be done in one press.
    pub pack: &'a Pack,
    /// The unit's people; none where the list is one person's.
    pub people: Option<&'a People>,
    /// Tasks that the visitor has pinned.
    pub pinned: &'a [String],
    /// Since when a task counts as new.
    pub new_since: Option<DateTime<Utc>>,
}

/// Where the buttons of a list lead.
pub const ACT: &str = "/tasks/act";

/// The clocks of a task, in words, each with how pressing it is; the most pressing first.
#[must_use]
pub fn clocks(task: &pb::Task, now: DateTime<Utc>) -> Vec<(String, Press)> {
    let mut clocks: Vec<(String, Press)> = [("target", &task.target_at), ("due", &task.due_at)]
        .into_iter()
        .filter_map(|(name, at)| Some(clocks::clock(name, clocks::instant_if(at.as_ref())?, now)))
        .collect();
    if !task.waits_for.is_empty() {
        clocks.push((format!("waits for {}", task.waits_for.replace('_', " ")), Press::Calm));
    }
    clocks
}

/// Whether it is open, in whatever state.
#[must_use]
pub fn is_open(task: &pb::Task) -> bool {
    matches!(task.state(), TaskState::Open | TaskState::Acknowledged | TaskState::InProgress)
}

/// Until when it is put aside or not to be tried again.
#[must_use]
pub fn waits_until(task: &pb::Task, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let later = [&task.deferred_until, &task.next_attempt_at]
        .into_iter()
        .filter_map(|at| clocks::instant_if(at.as_ref()));
    later.filter(|at| *at > now).max()
}

/// The one outcome that ends a task of this form without anything being asked; none where something is.
#[must_use]
pub fn plain_end(form: &pb::TaskForm) -> Option<&pb::OutcomeChoice> {
    let mut ends = form.choices.iter().filter(|choice| choice.ends);
    let (first, second) = (ends.next()?, ends.next());
    let asks = form.questions.iter().any(|question| {
        question.required
            || question.required_for.contains(&first.word)
            || question.answer_type() == AnswerType::Unspecified
    });
    (second.is_none() && !asks).then_some(first)
}

/// The outcome that says that nobody was reached; none where the kind knows none.
#[must_use]
pub fn no_answer(form: &pb::TaskForm) -> Option<&pb::OutcomeChoice> {
    form.choices.iter().find(|choice| !choice.ends)
}

impl Rows<'_> {
    /// A list of tasks as one form, which leads back to the page.
    #[must_use]
    pub fn list(&self, tasks: &[&pb::Task]) -> Markup {
        html! {
            ol.tasks { @for task in tasks { (self.row(task)) } }
        }
    }

    /// The form around the lists of a page.
    #[must_use]
    pub fn form(&self, lists: &Markup) -> Markup {
        html! {
            form.tasklist method="post" action=(ACT) data-tasklist data-keep="no" {
                (form::carried(self.visitor, &Posted::default()))
                input type="hidden" name="to" value=(self.visitor.here);
                (lists)
            }
        }
    }

    /// A task's page, which leads back to this one where it is not one's own day.
    fn address(&self, task: &pb::Task) -> String {
        let here = self.visitor.here.as_str();
        if here == "/" {
            format!("/tasks/{}", task.id)
        } else {
            format!("/tasks/{}?to={}", task.id, form::encode(here))
        }
    }

    fn row(&self, task: &pb::Task) -> Markup {
        let now = self.visitor.now;
        let kind = self.pack.kinds.get(&task.kind);
        let form = kind.and_then(|kind| kind.form.as_ref());
        let raised = clocks::instant_if(task.raised_at.as_ref());
        let is_new = matches!((raised, self.new_since), (Some(raised), Some(since)) if raised > since);
        let is_mine = task.assignee_id == self.visitor.me.id;
        let act = |what: &str| format!("{what}:{}:{}", task.id, task.version);
        let pinned = self.pinned.contains(&task.id);
        html! {
            li.task id=(format!("t-{}", task.id)) data-priority=(words::priority(task.priority())) tabindex="-1" data-task {
                span class=(format!("priority {}", words::priority(task.priority()).to_lowercase())) { (words::priority(task.priority())) }
                div.what {
                    a.title href=(self.address(task)) { (task.title) }
                    p.about {
                        @if !task.case_id.is_empty() && !task.case_label.is_empty() { a href=(format!("/cases/{}", task.case_id)) { (task.case_label) } }
                        @if let Some(people) = self.people { span.owner { (owner(task, people)) } }
                        @if is_new { strong.tag.new { "New" } }
                        @if task.state() == TaskState::InProgress { span.tag { "In progress" } }
                        @if !task.attempts.is_empty() { span.tag { (attempts(task.attempts.len())) } }
                        @if let Some(at) = waits_until(task, now) { span.tag.later { (later(task, at, now)) } }
                    }
                }
                p.clocks { @for (words, press) in clocks(task, now) { (clock(&words, press)) } }
                @if is_open(task) {
                    div.acts {
                        @if task.assignee_id.is_empty() { button name="act" value=(act("claim")) { "Take" } }
                        @if is_mine && task.state() == TaskState::Open { button name="act" value=(act("acknowledge")) data-key="a" { "Seen" } }
                        @if is_mine && task.state() != TaskState::InProgress { button name="act" value=(act("start")) data-key="s" { "Start" } }
                        @if let Some(choice) = form.and_then(no_answer) {
                            button name="act" value=(act(&format!("attempt/{}", choice.word))) data-key="n" { (choice.label) }
                        }
                        @if let Some(choice) = form.and_then(plain_end) {
                            button name="act" value=(act(&format!("complete/{}", choice.word))) data-key="c" { (choice.label) }
                        } @else {
                            a.button href=(format!("{}#do", self.address(task))) data-key="c" { "Do it" }
                        }
                        @if is_mine && can_wait(task, now) { button name="act" value=(act("tomorrow")) data-key="d" { "Tomorrow" } }
                        @if is_mine { button name="act" value=(act(if pinned { "unpin" } else { "pin" })) data-key="p" { (if pinned { "Unpin" } else { "Pin" }) } }
                    }
                }
            }
        }
    }
}

/// A clock with its colour, which its words say as well.
#[must_use]
pub fn clock(words: &str, press: Press) -> Markup {
    let class = match press {
        Press::Calm => "clock",
        Press::Soon => "clock soon",
        Press::Over => "clock over",
    };
    html! { span class=(class) { (words) } }
}

/// Whose task it is.
#[must_use]
pub fn owner(task: &pb::Task, people: &People) -> String {
    if !task.assignee_id.is_empty() {
        people.name(&task.assignee_id).to_owned()
    } else if task.team_id.is_empty() {
        "nobody’s".to_owned()
    } else {
        format!("{} queue", people.team(&task.team_id))
    }
}

fn attempts(count: usize) -> String {
    super::words::count(count, "attempt", "attempts")
}

/// What is waited for: a call's half of a day, or the day until which it is put aside.
fn later(task: &pb::Task, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if clocks::instant_if(task.next_attempt_at.as_ref()) == Some(at) {
        format!("try {}", clocks::half(at, now))
    } else {
        format!("put aside until {}", clocks::near(at, now))
    }
}

/// Tomorrow morning, when one works again: a task that is put aside comes back then, or when its clock requires.
#[must_use]
pub fn tomorrow(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = london::date(now).succ_opt().unwrap_or_else(|| london::date(now));
    london::from_local(tomorrow.and_hms_opt(8, 0, 0).expect("eight is an hour of the day"))
}

/// Whether it can be put aside until tomorrow morning: what is due before then cannot.
#[must_use]
pub fn can_wait(task: &pb::Task, now: DateTime<Utc>) -> bool {
    clocks::instant_if(task.due_at.as_ref()).is_none_or(|due| due > tomorrow(now))
}

/// The order of a day: what is P1, then what is overdue, then by the earlier of its clocks.
#[must_use]
pub fn group(task: &pb::Task, now: DateTime<Utc>) -> Group {
    let due = [&task.due_at, &task.target_at].into_iter().filter_map(|at| clocks::instant_if(at.as_ref()));
    let first = due.min();
    if task.priority() == Priority::P1 {
        Group::First
    } else if clocks::instant_if(task.due_at.as_ref()).is_some_and(|due| due <= now) {
        Group::Overdue
    } else if waits_until(task, now).is_some_and(|until| london::date(until) > london::date(now)) {
        Group::Later
    } else if first.is_some_and(|at| london::date(at) <= london::date(now)) {
        Group::Today
    } else {
        Group::Next
    }
}

/// A part of a day's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// P1.
    First,
    /// Past due.
    Overdue,
    /// A clock runs out today.
    Today,
    /// After that.
    Next,
    /// Not before another day.
    Later,
}

impl Group {
    /// What stands above it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::First => "Before all else",
            Self::Overdue => "Overdue",
            Self::Today => "Today",
            Self::Next => "Next",
            Self::Later => "Not before another day",
        }
    }
}

/// All groups, in order.
pub const GROUPS: [Group; 5] = [Group::First, Group::Overdue, Group::Today, Group::Next, Group::Later];
