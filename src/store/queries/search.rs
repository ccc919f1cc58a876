//! Finding cases while somebody is on the telephone: by the beginning of names, by their sound, by the last figures of a
//! number, or by a reference. No name is stored in the clear: what is looked for is turned into the same keyed tokens.

use crate::domain::case::Case;
use crate::domain::ids::{CaseId, ParticipantId, UnitId};
use crate::domain::person::{FIGURES, PREFIX, fold_name, soundex};
use crate::domain::state::CaseState;
use crate::store::entity::{case, case_reference, participant, person_token};
use crate::store::seal::Keys;
use crate::store::{Error, Store, read};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// By what people are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// The beginning of every name that was given.
    Name,
    /// The sound of every name that was given.
    Sound,
    /// The last figures of a telephone number.
    Phone,
}

/// Which part of a reference is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its beginning, which the index answers.
    Beginning,
    /// Any: every reference of the unit is looked at.
    Any,
}

/// Cases of a unit that are found by a part of a reference: at most `max`. The text is letters, figures and hyphens.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_reference(
    store: &Store,
    unit: UnitId,
    text: &str,
    part: Part,
    max: u64,
) -> Result<Vec<CaseId>, Error> {
    use case_reference::{Column, Entity};
    let text: String = text.to_uppercase().chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let of_unit = Entity::find()
        .select_only()
        .column(Column::CaseId)
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Kind.is_in(["urn", "occurrence", "authority-reference"]));
    let find = match part {
        Part::Beginning => {
            // A range rather than a pattern: the index is in the order of values, on both databases.
            let after: String = text.chars().chain(['\u{10ffff}']).collect();
            of_unit.filter(Column::Value.gte(text)).filter(Column::Value.lt(after))
        }
        Part::Any => of_unit.filter(Column::Value.contains(&text)),
    };
    let find = find.order_by_asc(Column::Value).limit(max);
    let mut seen = HashSet::new();
    let found = find.into_tuple::<Uuid>().all(store.reader()).await?;
    Ok(found.into_iter().filter(|id| seen.insert(*id)).map(CaseId).collect())
}

/// Parts in cases of people of a unit who are found by all of these words, the latest first: participant and case. A name
/// that is longer than the beginnings that are kept finds too many; whoever asks compares what they find.
///
/// # Errors
/// [`Error::Database`].
pub async fn parts(
    store: &Store,
    unit: UnitId,
    by: By,
    words: &[String],
    max: u64,
) -> Result<Vec<(ParticipantId, CaseId)>, Error> {
    use person_token::{Column, Entity};
    let of_word = |(kind, text): (&'static str, String)| {
        let token = store.ring().token(&format!("{kind}:{text}"));
        Entity::find()
            .select_only()
            .column(Column::Person)
            .filter(Column::Unit.eq(unit.0))
            .filter(Column::Kind.eq(kind))
            .filter(Column::Token.eq(token))
            .into_query()
    };
    let of_words: Vec<_> = words.iter().filter_map(|word| term(by, word)).map(of_word).collect();
    if of_words.is_empty() {
        return Ok(Vec::new());
    }
    // The database intersects them: of a thousand Anns and a thousand Smiths the few who are both are found.
    let part = participant::Entity::find()
        .select_only()
        .columns([participant::Column::Id, participant::Column::CaseId]);
    let all = of_words
        .into_iter()
        .fold(part, |all, word| all.filter(participant::Column::Person.in_subquery(word)));
    let find = all.order_by_desc(participant::Column::Id).limit(max);
    let rows = find.into_tuple::<(Uuid, Uuid)>().all(store.reader()).await?;
    Ok(rows.into_iter().map(|(id, case)| (ParticipantId(id), CaseId(case))).collect())
}

/// What one word is looked for as; none where it can find nobody.
fn term(by: By, word: &str) -> Option<(&'static str, String)> {
    match by {
        By::Name => {
            let letters: Vec<char> = fold_name(word).chars().collect();
            let length = letters.len().min(*PREFIX.end());
            PREFIX.contains(&length).then(|| ("prefix", letters[..length].iter().collect()))
        }
        By::Sound => {
            let name = fold_name(word);
            (name.chars().count() >= *PREFIX.start()).then(|| ("sound", soundex(&name)))
        }
        By::Phone => {
            let figures: Vec<char> = word.chars().filter(char::is_ascii_digit).collect();
            let length = FIGURES.into_iter().find(|length| *length <= figures.len())?;
            Some(("phone", figures[figures.len() - length..].iter().collect()))
        }
    }
}

/// These cases of a unit by id, without the desk.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn cases(store: &Store, unit: UnitId, ids: &[CaseId]) -> Result<HashMap<CaseId, Case>, Error> {
    use case::{Column, Entity};
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let find = Entity::find()
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Id.ne(CaseState::desk_of(unit).0))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
    let rows = find.all(store.reader()).await?;
    let mut keys = Keys::new(store.ring());
    read::keys(store.reader(), &mut keys, rows.iter().map(|row| row.id)).await?;
    let cases = rows.iter().map(|row| {
        let case: Case = keys.open("cases.body", &row.body)?;
        Ok((case.id, case))
    });
    cases.collect()
}
