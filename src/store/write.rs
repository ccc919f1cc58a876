//! Writing what an event changed: few statements of many rows, inside the transaction that holds the locks.

use super::entity;
use super::rows::{Place, Stored, directory_row, millis, person_row, staff_row};
use super::seal::Keys;
use super::tape::Lot;
use super::{Error, read};
use crate::domain::case::{Case, Reference};
use crate::domain::event::Event;
use crate::domain::ids::{CaseId, CourtCaseId, EventId, UnitId};
use crate::domain::receipt::{CaseReceipt, Outcome};
use crate::domain::staff::Roster;
use crate::domain::state::{CaseState, Mark, Tracked};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable,
    PrimaryKeyToColumn, QueryFilter,
};
use uuid::Uuid;

/// Rows a statement: more is no faster, and stays far below either database's limit of binds.
const ROWS_MAX: usize = 100;

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

/// Writes everything of one batch through one connection, and counts.
pub struct Writer<'a, C> {
    conn: &'a C,
    unit: UnitId,
    /// What was written so far.
    pub written: Written,
    lot: Option<Lot>,
}

impl<'a, C: ConnectionTrait> Writer<'a, C> {
    /// A writer for one unit.
    pub fn new(conn: &'a C, unit: UnitId) -> Self {
        Self { conn, unit, written: Written::default(), lot: None }
    }

    /// The same writer, which keeps every statement in `lot` as well.
    #[must_use]
    pub fn keeping(self, lot: Option<Lot>) -> Self {
        Self { lot, ..self }
    }

    /// The statements that were kept.
    pub fn take_lot(&mut self) -> Option<Lot> {
        self.lot.take()
    }

    /// Writes what is marked in these cases.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub async fn cases(&mut self, states: &[&CaseState], keys: &mut Keys<'_>) -> Result<(), Error> {
        for state in states {
            keys.ensure(state.case.id.0)?;
            for person in state.people.iter().filter(|person| person.mark() == Mark::New) {
                keys.ensure(person.id.0)?;
            }
        }
        self.keys(keys).await?;
        self.case_rows(states, keys).await?;
        self.person_rows(states, keys).await?;
        self.rows(states, keys, |state| &state.participants).await?;
        self.rows(states, keys, |state| &state.snapshots).await?;
        self.rows(states, keys, |state| &state.hearings).await?;
        self.rows(states, keys, |state| &state.attendances).await?;
        self.rows(states, keys, |state| &state.arrangements).await?;
        self.rows(states, keys, |state| &state.duties).await?;
        self.rows(states, keys, |state| &state.tasks).await?;
        self.messages(states, keys).await?;
        self.rows(states, keys, |state| &state.diary).await?;
        self.rows(states, keys, |state| &state.timers).await?;
        self.rows(states, keys, |state| &state.contacts).await
    }

    /// Stores the keys that were made.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keys(&mut self, keys: &mut Keys<'_>) -> Result<(), Error> {
        let rows = keys.take_made().into_iter().map(|(id, wrapped)| entity::data_key::Model {
            id,
            wrapped: Some(wrapped),
            destroyed_at: None,
        });
        self.insert::<entity::data_key::Entity>(rows.collect()).await
    }

    async fn case_rows(&mut self, states: &[&CaseState], keys: &Keys<'_>) -> Result<(), Error> {
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
        self.insert::<entity::case::Entity>(new).await?;
        self.upsert::<entity::case::Entity>(changed, &[]).await?;
        self.insert::<entity::case_reference::Entity>(references).await
    }

    fn reference(&self, case: CaseId, reference: &Reference) -> entity::case_reference::Model {
        entity::case_reference::Model {
            unit: self.unit.0,
            kind: reference.kind.to_string(),
            value: reference.value.clone(),
            case_id: case.0,
        }
    }

    async fn person_rows(&mut self, states: &[&CaseState], keys: &mut Keys<'_>) -> Result<(), Error> {
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
            Entity::delete_many().filter(Column::Person.is_in(ids)).exec(self.conn).await?;
        }
        self.insert::<entity::person::Entity>(new).await?;
        self.upsert::<entity::person::Entity>(changed, &[]).await?;
        self.insert::<entity::person_token::Entity>(tokens).await
    }

    async fn rows<T: Stored>(
        &mut self,
        states: &[&CaseState],
        keys: &Keys<'_>,
        field: impl Fn(&CaseState) -> &Vec<Tracked<T>>,
    ) -> Result<(), Error>
    where
        <T::Entity as EntityTrait>::Model:
            IntoActiveModel<<T::Entity as EntityTrait>::ActiveModel> + Send + Sync,
        <T::Entity as EntityTrait>::Column: Send + Sync,
    {
        let (new, changed) = marked(states, keys, field)?;
        self.insert::<T::Entity>(new).await?;
        self.upsert::<T::Entity>(changed, &[]).await
    }

    /// Messages keep their lease and count of attempts, which are the outbox's.
    async fn messages(&mut self, states: &[&CaseState], keys: &Keys<'_>) -> Result<(), Error> {
        use entity::message::{Column, Entity};
        let (new, changed) = marked(states, keys, |state| &state.messages)?;
        self.insert::<Entity>(new).await?;
        self.upsert::<Entity>(changed, &[Column::LeaseUntil, Column::Attempts]).await
    }

    /// Writes events.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub async fn events(&mut self, recorded: &[Recorded<'_>], keys: &Keys<'_>) -> Result<(), Error> {
        let rows =
            recorded.iter().map(|recorded| event_row(recorded, keys)).collect::<Result<Vec<_>, _>>()?;
        self.insert::<entity::event::Entity>(rows).await
    }

    /// Writes events that were recorded before and have now fared otherwise.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub async fn events_again(&mut self, recorded: &[Recorded<'_>], keys: &Keys<'_>) -> Result<(), Error> {
        let rows =
            recorded.iter().map(|recorded| event_row(recorded, keys)).collect::<Result<Vec<_>, _>>()?;
        self.upsert::<entity::event::Entity>(
            rows,
            &[entity::event::Column::Raw, entity::event::Column::Digest],
        )
        .await
    }

    /// Writes how events were handled.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub async fn handlings(&mut self, handlings: &[Handling<'_>], keys: &Keys<'_>) -> Result<(), Error> {
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
        self.upsert::<entity::handling::Entity>(rows, &[]).await
    }

    /// Writes results that wait for their cases.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn waiting(&mut self, waiting: &[Waiting]) -> Result<(), Error> {
        let rows = waiting.iter().map(|waiting| entity::unlinked::Model {
            event: waiting.event.0,
            unit: self.unit.0,
            court_case: waiting.court_case.0,
            urn: waiting.urn.clone(),
            day: waiting.day.to_string(),
            received_at: millis(waiting.received_at),
            case_id: None,
        });
        self.insert::<entity::unlinked::Entity>(rows.collect()).await
    }

    /// Writes a unit's roster as it now is, with a version one higher.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Seal`].
    pub async fn roster(&mut self, roster: &Roster, keys: &mut Keys<'_>) -> Result<(), Error> {
        let unit = &roster.unit;
        read::keys(self.conn, keys, [unit.id.0]).await?;
        keys.ensure(unit.id.0)?;
        self.keys(keys).await?;
        let body = serde_json::to_string(unit)
            .map_err(|error| super::seal::Error::Shape("unit", error.to_string()))?;
        let row = entity::unit::Model { id: unit.id.0, name: unit.name.clone(), version: unit.version, body };
        self.upsert::<entity::unit::Entity>(vec![row], &[]).await?;
        let teams = roster.teams.iter().map(|team| entity::team::Model {
            id: team.id.0,
            unit: unit.id.0,
            name: team.name.clone(),
        });
        self.upsert::<entity::team::Entity>(teams.collect(), &[]).await?;
        let staff = roster.staff.iter().map(|staff| staff_row(staff, unit.id, keys));
        self.upsert::<entity::staff::Entity>(staff.collect::<Result<_, _>>()?, &[]).await?;
        let absences = roster.absences.iter().map(|absence| entity::absence::Model {
            id: absence.id.0,
            unit: unit.id.0,
            staff: absence.staff.0,
            kind: absence.kind.to_string(),
            from_at: millis(absence.from),
            until_at: absence.until.map(millis),
        });
        self.upsert::<entity::absence::Entity>(absences.collect(), &[]).await?;
        let directory = roster.directory.iter().map(|entry| directory_row(entry, unit.id, keys));
        self.upsert::<entity::directory::Entity>(directory.collect::<Result<_, _>>()?, &[]).await
    }

    /// Inserts rows of which none is there yet: one that is there is a bug, and the database says so.
    async fn insert<E: EntityTrait>(&mut self, rows: Vec<E::Model>) -> Result<(), Error>
    where
        E::Model: IntoActiveModel<E::ActiveModel> + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        for some in chunks(rows) {
            self.count(some.len());
            if let Some(lot) = &mut self.lot {
                lot.insert::<E>(&some);
            }
            insert_rows::<E>(self.conn, some).await?;
        }
        Ok(())
    }

    /// Writes rows whether they are there or not, leaving `keep` as it is in those that are.
    async fn upsert<E: EntityTrait>(&mut self, rows: Vec<E::Model>, keep: &[E::Column]) -> Result<(), Error>
    where
        E::Model: IntoActiveModel<E::ActiveModel> + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
        E::Column: Send + Sync,
    {
        for some in chunks(rows) {
            self.count(some.len());
            if let Some(lot) = &mut self.lot {
                lot.upsert::<E>(&some, keep);
            }
            upsert_rows::<E>(self.conn, some, keep).await?;
        }
        Ok(())
    }

    fn count(&mut self, rows: usize) {
        self.written.rows += u64::try_from(rows).unwrap_or(0);
        self.written.statements += 1;
    }
}

/// One statement that inserts rows.
pub(super) async fn insert_rows<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    rows: Vec<E::Model>,
) -> Result<(), Error>
where
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    E::insert_many(rows).exec_without_returning(conn).await?;
    Ok(())
}

/// One statement that inserts rows, or replaces those that are there but for the columns `keep`.
pub(super) async fn upsert_rows<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    rows: Vec<E::Model>,
    keep: &[E::Column],
) -> Result<(), Error>
where
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let kept = |column: &E::Column| {
        let is = |kept: &E::Column| sea_orm::IdenStatic::as_str(kept) == sea_orm::IdenStatic::as_str(column);
        key.iter().chain(keep).any(is)
    };
    let conflict = OnConflict::columns(key.iter().copied())
        .update_columns(E::Column::iter().filter(|column| !kept(column)))
        .to_owned();
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    E::insert_many(rows).on_conflict(conflict).exec_without_returning(conn).await?;
    Ok(())
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

/// Rows in lots that one statement takes.
fn chunks<T>(rows: Vec<T>) -> Vec<Vec<T>> {
    let mut lots = Vec::with_capacity(rows.len().div_ceil(ROWS_MAX));
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        lots.push(rows.by_ref().take(ROWS_MAX).collect());
    }
    lots
}
