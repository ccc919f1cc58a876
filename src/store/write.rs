//! Writing what an event changed: few statements of many rows, inside the transaction that holds the locks.
//!
//! The statements are made first, sealed bodies and all, and then sent. Their texts are few and are kept: building one
//! anew for every batch took as long as sealing what goes into it.

use super::Error;
use super::entity;
use super::rows::{Place, Stored, directory_row, millis, person_row, staff_row};
use super::seal::Keys;
use super::stamps::Stamp;
use crate::domain::case::{Case, Reference};
use crate::domain::event::Event;
use crate::domain::ids::{CaseId, CourtCaseId, DocumentId, EventId, UnitId};
use crate::domain::message::Message;
use crate::domain::receipt::{CaseReceipt, Outcome};
use crate::domain::staff::Roster;
use crate::domain::state::{CaseState, Mark, Tracked};
use crate::domain::task::Task;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, IntoActiveModel,
    Iterable, PrimaryKeyToColumn, QueryFilter, QueryTrait, Statement, StatementBuilder,
};
use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex, PoisonError};
use uuid::Uuid;

/// Rows a statement at most: more is no faster, and it stays far below either database's limit of binds.
const ROWS_MAX: usize = 64;

/// An event to be written, with what became of it as a whole.
pub struct Recorded<'a> {
    /// The event.
    pub event: &'a Event,
    /// What became of it.
    pub outcome: Outcome,
    /// How many effects it had.
    pub effects: i64,
    /// Digest of what was recorded.
    pub digest: Option<String>,
    /// The body as it came in, where it came as one.
    pub raw: Option<&'a [u8]>,
    /// Whose key it is sealed under: its case's, or the unit's where there is not exactly one case.
    pub key: Uuid,
}

/// How an event was handled for one case.
pub struct Handling<'a> {
    /// The event.
    pub event: EventId,
    /// The case.
    pub case: CaseId,
    /// Its number in the case's order.
    pub sequence: i64,
    /// What became of it.
    pub receipt: &'a CaseReceipt,
    /// The content hash of the pack that decided.
    pub pack: &'a str,
    /// When.
    pub handled_at: DateTime<Utc>,
    /// What was decided on, as JSON.
    pub input: Option<&'a [u8]>,
    /// Why what followed followed, as JSON.
    pub trace: &'a [u8],
}

/// A result that waits for its case.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The event that brought it.
    pub event: EventId,
    /// The court's id of the case.
    pub court_case: CourtCaseId,
    /// The case's URN, where it has one.
    pub urn: Option<String>,
    /// The court day.
    pub day: NaiveDate,
    /// When it reached the unit.
    pub received_at: DateTime<Utc>,
}

/// How many rows a write wrote, for the figures of the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Rows inserted or updated.
    pub rows: u64,
    /// Statements they took.
    pub statements: u64,
}

/// The statements of one batch, to be sent in one transaction.
pub struct Draft {
    unit: UnitId,
    backend: DbBackend,
    statements: Vec<Statement>,
    rows: u64,
}

impl Draft {
    /// Nothing yet, for one unit.
    #[must_use]
    pub fn new(backend: DbBackend, unit: UnitId) -> Self {
        Self { unit, backend, statements: Vec::new(), rows: 0 }
    }

    /// How much it comes to.
    #[must_use]
    pub fn size(&self) -> Written {
        Written { rows: self.rows, statements: u64::try_from(self.statements.len()).unwrap_or(0) }
    }

    /// The statements.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Sends everything.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn send(self, conn: &impl ConnectionTrait) -> Result<(), Error> {
        for statement in self.statements {
            conn.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// Writes what is marked in these cases; their tasks with the transaction's `stamp`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub fn cases(&mut self, states: &[&CaseState], stamp: Stamp, keys: &mut Keys<'_>) -> Result<(), Error> {
        for state in states {
            keys.ensure(state.case.id.0)?;
            for person in state.people.iter().filter(|person| person.mark() == Mark::New) {
                keys.ensure(person.id.0)?;
            }
        }
        self.keys(keys);
        self.case_rows(states, keys)?;
        self.person_rows(states, keys)?;
        self.rows(states, keys, |state| &state.participants)?;
        self.rows(states, keys, |state| &state.snapshots)?;
        self.rows(states, keys, |state| &state.hearings)?;
        self.rows(states, keys, |state| &state.attendances)?;
        self.rows(states, keys, |state| &state.arrangements)?;
        self.rows(states, keys, |state| &state.duties)?;
        self.tasks(states, stamp, keys)?;
        self.messages(states, keys)?;
        self.rows(states, keys, |state| &state.diary)?;
        self.rows(states, keys, |state| &state.timers)?;
        self.rows(states, keys, |state| &state.contacts)?;
        self.rows(states, keys, |state| &state.documents)?;
        self.rows(states, keys, |state| &state.notices)?;
        self.rows(states, keys, |state| &state.feeds)
    }

    /// Stores the keys that were made.
    pub fn keys(&mut self, keys: &mut Keys<'_>) {
        let rows = keys.take_made().into_iter().map(|(id, wrapped)| entity::data_key::Model {
            id,
            wrapped: Some(wrapped),
            destroyed_at: None,
        });
        self.insert::<entity::data_key::Entity>(rows.collect());
    }

    fn case_rows(&mut self, states: &[&CaseState], keys: &Keys<'_>) -> Result<(), Error> {
        let mut new = Vec::new();
        let mut changed = Vec::new();
        let mut references = Vec::new();
        for state in states {
            let row = |case: &Case| -> Result<_, Error> {
                Ok(entity::case::Model {
                    id: case.id.0,
                    unit: case.unit.0,
                    phase: case.phase.to_string(),
                    risk: case.risk.to_string(),
                    owner: case.owner.map(|owner| owner.0),
                    team: case.team.map(|team| team.0),
                    opened_at: millis(case.opened_at),
                    sequence: case.sequence,
                    version: case.version,
                    body: keys.seal(case.id.0, "cases.body", case)?,
                    record: keys.seal(case.id.0, "cases.record", &*state.record)?,
                })
            };
            match (state.case.mark(), state.record.mark()) {
                (Mark::New, _) => new.push(row(&state.case)?),
                (Mark::Clean, Mark::Clean) => continue,
                _ => changed.push(row(&state.case)?),
            }
            references.extend(
                state.new_references.iter().map(|reference| self.reference(state.case.id, reference)),
            );
        }
        self.insert::<entity::case::Entity>(new);
        use entity::case::Column;
        self.upsert::<entity::case::Entity>(changed, &[Column::Unit, Column::OpenedAt]);
        self.insert::<entity::case_reference::Entity>(references);
        Ok(())
    }

    fn reference(&self, case: CaseId, reference: &Reference) -> entity::case_reference::Model {
        entity::case_reference::Model {
            unit: self.unit.0,
            kind: reference.kind.to_string(),
            value: reference.value.clone(),
            case_id: case.0,
        }
    }

    fn person_rows(&mut self, states: &[&CaseState], keys: &mut Keys<'_>) -> Result<(), Error> {
        let touched: Vec<&Tracked<_>> = states
            .iter()
            .flat_map(|state| &state.people)
            .filter(|person| person.mark() != Mark::Clean)
            .collect();
        if touched.is_empty() {
            return Ok(());
        }
        let mut new = Vec::new();
        let mut changed = Vec::new();
        let mut tokens = Vec::new();
        for person in &touched {
            let row = person_row(person, self.unit, keys)?;
            if person.mark() == Mark::New {
                new.push(row)
            } else {
                changed.push(row)
            }
            for (kind, text) in person.identity.search_terms() {
                let token = keys.ring().token(&format!("{kind}:{text}"));
                tokens.push(entity::person_token::Model {
                    unit: self.unit.0,
                    kind: kind.into(),
                    token,
                    person: person.id.0,
                });
            }
        }
        if !changed.is_empty() {
            use entity::person_token::{Column, Entity};
            let ids = changed.iter().map(|row: &entity::person::Model| row.id);
            self.push(&Entity::delete_many().filter(Column::Person.is_in(ids)).into_query());
        }
        self.insert::<entity::person::Entity>(new);
        self.upsert::<entity::person::Entity>(changed, &[]);
        self.insert::<entity::person_token::Entity>(tokens);
        Ok(())
    }

    fn rows<T: Stored>(
        &mut self,
        states: &[&CaseState],
        keys: &Keys<'_>,
        field: impl Fn(&CaseState) -> &Vec<Tracked<T>>,
    ) -> Result<(), Error>
    where
        <T::Entity as EntityTrait>::Model: IntoActiveModel<<T::Entity as EntityTrait>::ActiveModel>,
    {
        let (new, changed) = marked(states, keys, field)?;
        self.insert::<T::Entity>(new);
        self.upsert::<T::Entity>(changed, T::constant());
        Ok(())
    }

    /// Tasks say which transaction changed them last.
    fn tasks(&mut self, states: &[&CaseState], stamp: Stamp, keys: &Keys<'_>) -> Result<(), Error> {
        use entity::task::Entity;
        let (mut new, mut changed) = marked(states, keys, |state| &state.tasks)?;
        for row in new.iter_mut().chain(&mut changed) {
            row.changed = stamp.0;
        }
        self.insert::<Entity>(new);
        self.upsert::<Entity>(changed, Task::constant());
        Ok(())
    }

    /// Adds tasks to cases that stay as they are: the past of a bench, which nobody decided.
    ///
    /// # Errors
    /// [`Error::Seal`].
    pub fn past_tasks(&mut self, tasks: &[(CaseId, Task)], keys: &Keys<'_>) -> Result<(), Error> {
        let row = |(case, task): &(CaseId, Task)| task.row(Place { unit: self.unit, case: *case }, keys);
        let rows = tasks.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        self.insert::<entity::task::Entity>(rows);
        Ok(())
    }

    /// Messages keep their lease and count of attempts, which are the outbox's.
    fn messages(&mut self, states: &[&CaseState], keys: &Keys<'_>) -> Result<(), Error> {
        use entity::message::{Column, Entity};
        let (new, changed) = marked(states, keys, |state| &state.messages)?;
        self.insert::<Entity>(new);
        let keep = [Message::constant(), &[Column::LeaseUntil, Column::Attempts]].concat();
        self.upsert::<Entity>(changed, &keep);
        Ok(())
    }

    /// Writes the bytes of a document, under the key of its case.
    ///
    /// # Errors
    /// [`Error::Seal`].
    pub fn document(
        &mut self,
        case: CaseId,
        id: DocumentId,
        bytes: &[u8],
        keys: &Keys<'_>,
    ) -> Result<(), Error> {
        let body = keys.seal_bytes(case.0, super::queries::documents::PURPOSE, bytes)?;
        let row = entity::document_content::Model { document: id.0, case_id: case.0, body };
        self.insert::<entity::document_content::Entity>(vec![row]);
        Ok(())
    }

    /// Writes events.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub fn events(&mut self, recorded: &[Recorded<'_>], keys: &Keys<'_>) -> Result<(), Error> {
        let rows =
            recorded.iter().map(|recorded| event_row(recorded, keys)).collect::<Result<Vec<_>, _>>()?;
        self.insert::<entity::event::Entity>(rows);
        Ok(())
    }

    /// Writes events that were recorded before and have now fared otherwise.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub fn events_again(&mut self, recorded: &[Recorded<'_>], keys: &Keys<'_>) -> Result<(), Error> {
        let rows =
            recorded.iter().map(|recorded| event_row(recorded, keys)).collect::<Result<Vec<_>, _>>()?;
        self.upsert::<entity::event::Entity>(
            rows,
            &[entity::event::Column::Raw, entity::event::Column::Digest],
        );
        Ok(())
    }

    /// Writes how events were handled.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub fn handlings(&mut self, handlings: &[Handling<'_>], keys: &Keys<'_>) -> Result<(), Error> {
        let rows = handlings.iter().map(|handling| {
            let seal = |purpose, bytes: &[u8]| keys.seal_bytes(handling.case.0, purpose, bytes);
            Ok(entity::handling::Model {
                event: handling.event.0,
                case_id: handling.case.0,
                sequence: handling.sequence,
                outcome: handling.receipt.outcome.to_string(),
                effects: handling.receipt.effects,
                pack: handling.pack.to_owned(),
                handled_at: millis(handling.handled_at),
                input: handling.input.map(|input| seal("handlings.input", input)).transpose()?,
                trace: seal("handlings.trace", handling.trace)?,
            })
        });
        let rows = rows.collect::<Result<Vec<_>, Error>>()?;
        self.upsert::<entity::handling::Entity>(rows, &[]);
        Ok(())
    }

    /// Writes results that wait for their cases.
    pub fn waiting(&mut self, waiting: &[Waiting]) {
        let rows = waiting.iter().map(|waiting| entity::unlinked::Model {
            event: waiting.event.0,
            unit: self.unit.0,
            court_case: waiting.court_case.0,
            urn: waiting.urn.clone(),
            day: waiting.day.to_string(),
            received_at: millis(waiting.received_at),
            case_id: None,
        });
        self.insert::<entity::unlinked::Entity>(rows.collect());
    }

    /// Writes a unit's roster as it now is, with a version one higher.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub fn roster(&mut self, roster: &Roster, keys: &mut Keys<'_>) -> Result<(), Error> {
        let unit = &roster.unit;
        keys.ensure(unit.id.0)?;
        self.keys(keys);
        let body = serde_json::to_string(unit)
            .map_err(|error| super::seal::Error::Shape("unit", error.to_string()))?;
        let row = entity::unit::Model { id: unit.id.0, name: unit.name.clone(), version: unit.version, body };
        self.upsert::<entity::unit::Entity>(vec![row], &[]);
        let teams = roster.teams.iter().map(|team| entity::team::Model {
            id: team.id.0,
            unit: unit.id.0,
            name: team.name.clone(),
        });
        self.upsert::<entity::team::Entity>(teams.collect(), &[]);
        let staff = roster.staff.iter().map(|staff| staff_row(staff, unit.id, keys));
        self.upsert::<entity::staff::Entity>(staff.collect::<Result<_, _>>()?, &[]);
        let absences = roster.absences.iter().map(|absence| entity::absence::Model {
            id: absence.id.0,
            unit: unit.id.0,
            staff: absence.staff.0,
            kind: absence.kind.to_string(),
            from_at: millis(absence.from),
            until_at: absence.until.map(millis),
        });
        self.upsert::<entity::absence::Entity>(absences.collect(), &[]);
        let directory = roster.directory.iter().map(|entry| directory_row(entry, unit.id, keys));
        self.upsert::<entity::directory::Entity>(directory.collect::<Result<_, _>>()?, &[]);
        Ok(())
    }

    /// Says that what waited was handled for a case.
    pub fn settled(&mut self, event: EventId, court_case: CourtCaseId, case: CaseId) {
        use entity::unlinked::{Column, Entity};
        let update = Entity::update_many()
            .col_expr(Column::CaseId, Expr::value(case.0))
            .filter(Column::Event.eq(event.0))
            .filter(Column::CourtCase.eq(court_case.0));
        self.push(&update.into_query());
    }

    /// Adds to what a writer counted in the month of `at`: in how many cases each rule spoke.
    pub fn rules_spoke(&mut self, at: DateTime<Utc>, writer: &str, spoke: &BTreeMap<String, i64>) {
        use entity::rule_month::{Column, Entity};
        if spoke.is_empty() {
            return;
        }
        let month = super::packs::month(at);
        let rows = spoke.iter().map(|(rule, cases)| {
            let row = entity::rule_month::Model {
                unit: self.unit.0,
                month: month.clone(),
                rule: rule.clone(),
                writer: writer.to_owned(),
                cases: *cases,
            };
            row.into_active_model()
        });
        let sum = Expr::col((Entity, Column::Cases)).add(Expr::col(("excluded", "cases")));
        let known = OnConflict::columns([Column::Unit, Column::Month, Column::Rule, Column::Writer])
            .value(Column::Cases, sum)
            .to_owned();
        let insert = Entity::insert_many(rows).on_conflict(known);
        self.push(&insert.into_query());
    }

    /// Says that a parked event need not be handled.
    pub fn discarded(&mut self, event: EventId) {
        use entity::event::{Column, Entity};
        let state = Expr::value(Outcome::Discarded.to_string());
        let update = Entity::update_many().col_expr(Column::State, state).filter(Column::Id.eq(event.0));
        self.push(&update.into_query());
    }

    fn push(&mut self, statement: &impl StatementBuilder) {
        self.statements.push(self.backend.build(statement));
    }

    /// Inserts rows of which none is there yet: one that is there is a bug, and the database says so.
    fn insert<E: EntityTrait>(&mut self, rows: Vec<E::Model>)
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        self.rows_of::<E>(rows, None);
    }

    /// Writes rows whether they are there or not, leaving `keep` as it is in those that are.
    fn upsert<E: EntityTrait>(&mut self, rows: Vec<E::Model>, keep: &[E::Column])
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        self.rows_of::<E>(rows, Some(keep));
    }

    fn rows_of<E: EntityTrait>(&mut self, rows: Vec<E::Model>, keep: Option<&[E::Column]>)
    where
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        for some in chunks(rows) {
            self.rows += u64::try_from(some.len()).unwrap_or(0);
            let sql = text::<E>(self.backend, &some, keep);
            let values = some.into_iter().flat_map(|row| {
                let mut row = row.into_active_model();
                E::Column::iter().filter_map(move |column| row.take(column).into_value())
            });
            self.statements.push(Statement::from_sql_and_values(self.backend, sql, values));
        }
    }
}

/// The texts of statements by what makes them: whether they are for PostgreSQL, the table, how many rows, and which columns are kept in
/// rows that are there.
type Texts = HashMap<(bool, TypeId, usize, Option<Vec<&'static str>>), String>;

/// The text of the statement that writes as many rows as these; it takes every column of each row in turn.
fn text<E: EntityTrait>(backend: DbBackend, rows: &[E::Model], keep: Option<&[E::Column]>) -> String
where
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    static TEXTS: LazyLock<Mutex<Texts>> = LazyLock::new(Mutex::default);
    let names = keep.map(|keep| keep.iter().map(IdenStatic::as_str).collect::<Vec<_>>());
    let key = (backend == DbBackend::Postgres, TypeId::of::<E>(), rows.len(), names);
    if let Some(known) = TEXTS.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return known.clone();
    }
    let mut insert =
        E::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model)).into_query();
    if let Some(keep) = keep {
        let primary: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
        let kept = |column: &E::Column| {
            primary.iter().chain(keep).any(|kept| IdenStatic::as_str(kept) == IdenStatic::as_str(column))
        };
        let changed = E::Column::iter().filter(|column| !kept(column));
        insert.on_conflict(OnConflict::columns(primary.iter().copied()).update_columns(changed).to_owned());
    }
    let text = backend.build(&insert).sql;
    TEXTS.lock().unwrap_or_else(PoisonError::into_inner).insert(key, text.clone());
    text
}

type Marked<T> =
    (Vec<<<T as Stored>::Entity as EntityTrait>::Model>, Vec<<<T as Stored>::Entity as EntityTrait>::Model>);

/// The rows of what is new, and of what was changed.
fn marked<T: Stored>(
    states: &[&CaseState],
    keys: &Keys<'_>,
    field: impl Fn(&CaseState) -> &Vec<Tracked<T>>,
) -> Result<Marked<T>, Error> {
    let mut new = Vec::new();
    let mut changed = Vec::new();
    for state in states {
        let place = Place { unit: state.case.unit, case: state.case.id };
        for value in field(state) {
            match value.mark() {
                Mark::Clean => {}
                Mark::New => new.push(value.row(place, keys)?),
                Mark::Changed => changed.push(value.row(place, keys)?),
            }
        }
    }
    Ok((new, changed))
}

fn event_row(recorded: &Recorded<'_>, keys: &Keys<'_>) -> Result<entity::event::Model, Error> {
    let event = recorded.event;
    Ok(entity::event::Model {
        id: event.id.0,
        unit: event.unit.0,
        source: event.source.clone(),
        reference: event.reference.clone(),
        kind: event.payload.kind().to_owned(),
        occurred_at: event.occurred_at.map(millis),
        received_at: millis(event.received_at),
        recorded_at: millis(event.recorded_at),
        state: recorded.outcome.to_string(),
        effects: recorded.effects,
        digest: recorded.digest.clone(),
        body: keys.seal(recorded.key, "events.body", event)?,
        raw: recorded.raw.map(|raw| keys.seal_bytes(recorded.key, "events.raw", raw)).transpose()?,
    })
}

/// Rows in lots that one statement takes: powers of two, so that a table has seven statements and not one for every
/// number of rows, and each is prepared once.
fn chunks<T>(rows: Vec<T>) -> Vec<Vec<T>> {
    let mut lots = Vec::new();
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let lot = 1_usize << rows.len().min(ROWS_MAX).ilog2();
        lots.push(rows.by_ref().take(lot).collect());
    }
    lots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_lots_of_powers_of_two_and_none_is_left_out() {
        for (rows, lots) in [(0, vec![]), (1, vec![1]), (77, vec![64, 8, 4, 1]), (130, vec![64, 64, 2])] {
            let made = chunks((0..rows).collect());
            assert_eq!(made.iter().map(Vec::len).collect::<Vec<_>>(), lots, "{rows}");
            assert_eq!(made.concat(), (0..rows).collect::<Vec<_>>());
        }
    }
}
