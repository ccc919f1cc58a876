//! What tasks are called where the API names them by their kind alone: a plan says "Contact", and whoever decides on it reads
//! "Tell A.F.".

use super::admit::Visitor;
use super::board::Pack;
use super::refusal::Refusal;
use crate::grpc::pb;
use std::collections::HashMap;
use std::sync::Arc;

/// Tasks of which titles are read: the API gives no more at once.
const TASKS: i32 = 500;

/// The titles of some tasks, and of kinds for the others.
#[derive(Debug, Default)]
pub struct Titles {
    by_id: HashMap<String, String>,
    pack: Arc<Pack>,
}

impl Titles {
    /// Those of the tasks that a list finds.
    ///
    /// # Errors
    /// What the API refuses.
    pub async fn read(visitor: &Visitor, asked: pb::ListTasksRequest) -> Result<Self, Refusal> {
        let asked = pb::ListTasksRequest { page_size: TASKS, page_token: String::new(), ..asked };
        let tasks = visitor.calls.tasks().list_tasks(asked).await?.into_inner().tasks;
        let by_id = tasks.into_iter().map(|task| (task.id, task.title)).collect();
        Ok(Self { by_id, pack: visitor.pack().await? })
    }

    /// How many tasks were found.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_id.len()
    }

    /// What a task is called; none where it was not found.
    #[must_use]
    pub fn known(&self, task_id: &str) -> Option<&str> {
        self.by_id.get(task_id).map(String::as_str)
    }

    /// What a task of this kind is called, with the reference of its case.
    #[must_use]
    pub fn of(&self, task_id: &str, kind: &str, urn: &str) -> String {
        let title = self.known(task_id).map_or_else(|| self.pack.title(kind), str::to_owned);
        if urn.is_empty() { title } else { format!("{title}, {urn}") }
    }
}
