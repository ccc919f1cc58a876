//! The spine: cases and their people, what the court said, what is owed and done, correspondence, diary, events.

use crate::table::Kind::{Bytes, Id, Number, Text};
use crate::table::{TableOf, may, must};
use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_spine"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = unit().into_iter().chain(case()).chain(court()).chain(work()).chain(happenings());
        for table in tables {
            table.create(manager).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the first migration is not undone: restore a backup instead".into()))
    }
}

fn unit() -> Vec<TableOf> {
    vec![
        TableOf {
            name: "units",
            columns: vec![must("id", Id), must("name", Text), must("version", Number), must("body", Text)],
            key: &["id"],
            indexes: &[],
        },
        TableOf {
            name: "teams",
            columns: vec![must("id", Id), must("unit", Id), must("name", Text)],
            key: &["id"],
            indexes: &[("unit", &["unit"])],
        },
        TableOf {
            name: "staff",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("team", Id),
                must("version", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("unit", &["unit"])],
        },
        TableOf {
            name: "absences",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("staff", Id),
                must("kind", Text),
                must("from_at", Number),
                may("until_at", Number),
            ],
            key: &["id"],
            indexes: &[("unit", &["unit", "until_at"])],
        },
        TableOf {
            name: "directory",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("kind", Text),
                may("court_code", Text),
                must("version", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("unit", &["unit", "kind"])],
        },
        TableOf {
            name: "packs",
            columns: vec![
                must("hash", Text),
                must("pack", Text),
                must("version", Text),
                must("stored_at", Number),
                must("files", Bytes),
            ],
            key: &["hash"],
            indexes: &[],
        },
        TableOf {
            name: "unit_packs",
            columns: vec![must("unit", Id), must("hash", Text), must("active_from", Number)],
            key: &["unit"],
            indexes: &[],
        },
        TableOf {
            name: "data_keys",
            columns: vec![must("id", Id), may("wrapped", Bytes), may("destroyed_at", Number)],
            key: &["id"],
            indexes: &[],
        },
        TableOf {
            name: "cursors",
            columns: vec![must("unit", Id), must("name", Text), must("at", Number)],
            key: &["unit", "name"],
            indexes: &[],
        },
    ]
}

fn case() -> Vec<TableOf> {
    vec![
        TableOf {
            name: "cases",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("phase", Text),
                must("risk", Text),
                may("owner", Id),
                may("team", Id),
                must("opened_at", Number),
                must("sequence", Number),
                must("version", Number),
                must("body", Bytes),
                must("record", Bytes),
            ],
            key: &["id"],
            indexes: &[("unit", &["unit", "opened_at", "id"]), ("owner", &["owner", "phase"])],
        },
        TableOf {
            name: "case_references",
            columns: vec![must("unit", Id), must("kind", Text), must("value", Text), must("case_id", Id)],
            key: &["unit", "kind", "value"],
            indexes: &[("case", &["case_id"])],
        },
        TableOf {
            name: "people",
            columns: vec![must("id", Id), must("unit", Id), must("version", Number), must("body", Bytes)],
            key: &["id"],
            indexes: &[],
        },
        TableOf {
            name: "person_tokens",
            columns: vec![must("unit", Id), must("kind", Text), must("token", Bytes), must("person", Id)],
            key: &["unit", "kind", "token", "person"],
            indexes: &[("person", &["person"])],
        },
        TableOf {
            name: "participants",
            columns: vec![
                must("id", Id),
                must("case_id", Id),
                must("person", Id),
                must("version", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("case", &["case_id"]), ("person", &["person"])],
        },
        TableOf {
            name: "contacts",
            columns: vec![
                must("id", Id),
                must("case_id", Id),
                must("kind", Text),
                may("participant", Id),
                must("at", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("case", &["case_id", "at"])],
        },
    ]
}

fn court() -> Vec<TableOf> {
    vec![
        TableOf {
            name: "snapshots",
            columns: vec![
                must("case_id", Id),
                must("court_hearing", Id),
                must("day", Text),
                must("shared_at", Number),
                must("digest", Text),
                must("body", Bytes),
            ],
            key: &["case_id", "court_hearing", "day"],
            indexes: &[],
        },
        TableOf {
            name: "hearings",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("case_id", Id),
                must("kind", Text),
                must("state", Text),
                may("day", Text),
                may("at", Number),
                may("court_code", Text),
                must("listing", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("case", &["case_id"]), ("day", &["unit", "day", "state"])],
        },
        TableOf {
            name: "attendances",
            columns: vec![
                must("id", Id),
                must("case_id", Id),
                must("participant", Id),
                must("hearing", Id),
                must("listing", Number),
                must("state", Text),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("case", &["case_id"]), ("unique_listing", &["hearing", "listing", "participant"])],
        },
        TableOf {
            name: "arrangements",
            columns: vec![
                must("id", Id),
                must("case_id", Id),
                must("hearing", Id),
                must("listing", Number),
                must("kind", Text),
                must("state", Text),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("case", &["case_id"])],
        },
        TableOf {
            name: "unlinked",
            columns: vec![
                must("event", Id),
                must("unit", Id),
                must("court_case", Id),
                may("urn", Text),
                must("day", Text),
                must("received_at", Number),
                may("case_id", Id),
            ],
            key: &["event", "court_case"],
            indexes: &[
                ("day", &["unit", "case_id", "day"]),
                ("court_case", &["unit", "court_case"]),
                ("urn", &["unit", "urn"]),
            ],
        },
    ]
}

fn work() -> Vec<TableOf> {
    vec![
        TableOf {
            name: "duties",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("case_id", Id),
                must("key", Text),
                must("kind", Text),
                must("participant", Id),
                must("state", Text),
                may("target_at", Number),
                may("due_at", Number),
                may("task", Id),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("unique_key", &["case_id", "key"]), ("due", &["unit", "state", "due_at"])],
        },
        TableOf {
            name: "tasks",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("case_id", Id),
                must("key", Text),
                must("kind", Text),
                must("state", Text),
                must("priority", Text),
                may("assignee", Id),
                may("team", Id),
                may("target_at", Number),
                may("due_at", Number),
                may("next_attempt_at", Number),
                may("deferred_until", Number),
                must("raised_at", Number),
                must("version", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[
                ("unique_key", &["case_id", "key"]),
                ("assignee", &["assignee", "state", "priority", "due_at"]),
                ("team", &["team", "state", "priority", "due_at"]),
                ("due", &["unit", "state", "due_at"]),
            ],
        },
        TableOf {
            name: "messages",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("case_id", Id),
                must("key", Text),
                must("template", Text),
                must("medium", Text),
                must("state", Text),
                must("not_before", Number),
                may("lease_until", Number),
                must("attempts", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("unique_key", &["case_id", "key"]), ("due", &["state", "not_before"])],
        },
        TableOf {
            name: "diary_entries",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("case_id", Id),
                must("key", Text),
                must("kind", Text),
                must("state", Text),
                may("day", Text),
                may("at", Number),
                may("hearing", Id),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("unique_key", &["case_id", "key"]), ("day", &["unit", "day"])],
        },
        TableOf {
            name: "timers",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("case_id", Id),
                must("key", Text),
                must("state", Text),
                may("due_at", Number),
                must("body", Bytes),
            ],
            key: &["id"],
            indexes: &[("unique_key", &["case_id", "key"]), ("due", &["state", "due_at"])],
        },
    ]
}

fn happenings() -> Vec<TableOf> {
    vec![
        TableOf {
            name: "events",
            columns: vec![
                must("id", Id),
                must("unit", Id),
                must("source", Text),
                must("reference", Text),
                must("kind", Text),
                may("occurred_at", Number),
                must("received_at", Number),
                must("recorded_at", Number),
                must("state", Text),
                must("effects", Number),
                may("digest", Text),
                must("body", Bytes),
                may("raw", Bytes),
            ],
            key: &["id"],
            indexes: &[
                ("unique_reference", &["unit", "source", "reference"]),
                ("state", &["state", "recorded_at"]),
            ],
        },
        TableOf {
            name: "handlings",
            columns: vec![
                must("event", Id),
                must("case_id", Id),
                must("sequence", Number),
                must("outcome", Text),
                must("effects", Number),
                must("pack", Text),
                must("handled_at", Number),
                may("input", Bytes),
                must("trace", Bytes),
            ],
            key: &["event", "case_id"],
            indexes: &[("unique_sequence", &["case_id", "sequence"])],
        },
        TableOf {
            name: "audit",
            columns: vec![
                must("writer", Text),
                must("sequence", Number),
                must("at", Number),
                must("unit", Id),
                must("actor", Text),
                must("verb", Text),
                must("subject_kind", Text),
                may("subject", Id),
                must("count", Number),
                may("reason", Text),
                must("digest", Bytes),
                must("chain", Bytes),
            ],
            key: &["writer", "sequence"],
            indexes: &[("subject", &["subject", "at"]), ("at", &["unit", "at"])],
        },
    ]
}
