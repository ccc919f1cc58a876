//! Finding cases while somebody is on the telephone: part of CaseService.
//!
//! What was typed says itself what it is: figures are the end of a telephone number or the beginning of a reference, letters
//! are names. Everything fitting is looked for, and the surest comes first.

use crate::domain::case::{Case, Reference, ReferenceKind};
use crate::domain::ids::{CaseId, ParticipantId};
use crate::domain::person::{Identity as Who, fold_name, soundex};
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::field::{number, shown, text};
use crate::grpc::pb::{self, FoundBy};
use crate::grpc::refused::Refused;
use crate::store::queries::people;
use crate::store::queries::search::{self, By, Part};
use std::collections::{BTreeSet, HashSet};

/// Characters of what is looked for.
const WORDS_MAX: usize = 100;
/// Hits of one answer.
const HITS_MAX: i32 = 100;
/// And where nobody says.
const HITS: i32 = 20;

/// Parts in cases that are compared with what was looked for, at most.
const PARTS_MAX: u64 = 500;

/// Figures at least by which a reference is found that does not begin with them.
const WITHIN_MIN: usize = 4;

/// What may be a hit: found by what, in which case, who.
type Found = (FoundBy, CaseId, Option<ParticipantId>);

impl Api {
    /// SearchCases.
    pub(super) async fn search_cases(
        &self,
        caller: &Identity,
        asked: &pb::SearchCasesRequest,
    ) -> Result<pb::SearchCasesResponse, Refused> {
        let words = text("words", asked.words.trim(), WORDS_MAX)?;
        let size = if asked.page_size <= 0 { HITS } else { asked.page_size.min(HITS_MAX) };
        let size = usize::try_from(size).unwrap_or_default();
        let names: Vec<String> =
            words.split_whitespace().map(fold_name).filter(|name| !name.is_empty()).collect();
        let figures: String = words.chars().filter(char::is_ascii_digit).collect();
        let letters = names.iter().map(|name| name.chars().count()).sum::<usize>();
        if letters < 2 && figures.len() < 3 {
            let expected = "give at least two letters of a name, the last four figures of a number, or three of a reference";
            return Err(Refused::invalid("words", expected));
        }
        let (store, unit) = (self.store(), caller.unit);
        let fits = |by: FoundBy, who: &Who| fits(by, who, &names, &figures);
        let mut seen = HashSet::new();
        let mut hits = Vec::new();
        // As references are kept, without blanks and slashes; and as some are written, without hyphens too.
        let reference = Reference::new(ReferenceKind::Urn, &words).value;
        let bare = reference.replace('-', "");
        if !figures.is_empty() {
            for text in BTreeSet::from([&reference, &bare]) {
                self.referred(caller, (text, Part::Beginning), &mut seen, &mut hits, size).await?;
            }
        }
        let begins_so = !hits.is_empty();
        let mut asks = Vec::new();
        if letters >= 2 && figures.is_empty() {
            asks.push((FoundBy::Name, By::Name, &names));
            asks.push((FoundBy::Sound, By::Sound, &names));
        }
        let whole = vec![figures.clone()];
        if figures.len() >= 4 && letters == 0 {
            asks.push((FoundBy::Phone, By::Phone, &whole));
        }
        for (found_by, by, words) in asks {
            // The surest first; what is less sure is not looked for once there is enough.
            if hits.len() > size {
                break;
            }
            let parts = search::parts(store, unit, by, words, PARTS_MAX).await?;
            let found: Vec<Found> = parts
                .into_iter()
                .map(|(id, case)| (found_by, case, Some(id)))
                .filter(|one| seen.insert((one.1, one.2)))
                .collect();
            hits.extend(self.hits(caller, &found, fits, size + 1 - hits.len()).await?);
        }
        // What is read out of a reference is often its end. All references are looked at for it, so it comes last, and only
        // where none begins so.
        if !begins_so && figures.len() >= WITHIN_MIN && letters <= 2 {
            self.referred(caller, (&bare, Part::Any), &mut seen, &mut hits, size).await?;
        }
        let more = hits.len() > size;
        let hits: Vec<pb::CaseHit> = hits.into_iter().take(size).collect();
        self.listed(caller, "cases", hits.len()).await?;
        Ok(pb::SearchCasesResponse { hits, more })
    }

    /// Adds the cases that are found by a part of a reference, up to one more than is asked for.
    async fn referred(
        &self,
        caller: &Identity,
        (text, part): (&str, Part),
        seen: &mut HashSet<(CaseId, Option<ParticipantId>)>,
        hits: &mut Vec<pb::CaseHit>,
        size: usize,
    ) -> Result<(), Refused> {
        let missing = (size + 1).saturating_sub(hits.len());
        if missing == 0 {
            return Ok(());
        }
        let cases = search::by_reference(self.store(), caller.unit, text, part, size as u64 + 1).await?;
        let found: Vec<Found> = cases
            .into_iter()
            .map(|case| (FoundBy::Reference, case, None))
            .filter(|one| seen.insert((one.1, one.2)))
            .collect();
        hits.extend(self.hits(caller, &found, |_, _| true, missing).await?);
        Ok(())
    }

    async fn hits(
        &self,
        caller: &Identity,
        found: &[Found],
        fits: impl Fn(FoundBy, &Who) -> bool,
        max: usize,
    ) -> Result<Vec<pb::CaseHit>, Refused> {
        let hidden = self.kept_from(caller).await?;
        let mut hits = Vec::new();
        // Most fit, so that a little more than is wanted is opened at a time, and not all that was found.
        for some in found.chunks(max * 2) {
            let cases: Vec<CaseId> = some.iter().map(|(_, case, _)| *case).collect();
            let cases = search::cases(self.store(), caller.unit, &cases).await?;
            let ids: Vec<ParticipantId> = some.iter().filter_map(|(_, _, who)| *who).collect();
            let people = people::of(self.store(), &ids).await?;
            for (by, id, who) in some {
                let Some(case) = cases.get(id).filter(|case| !hidden.contains(&case.id)) else { continue };
                let part = who.and_then(|who| people.get(&who));
                if who.is_some()
                    && !part
                        .is_some_and(|(held, person)| held.left_at.is_none() && fits(*by, &person.identity))
                {
                    continue;
                }
                hits.push(hit(*by, case, part));
                if hits.len() >= max {
                    return Ok(hits);
                }
            }
        }
        Ok(hits)
    }
}

/// Whether somebody is who was looked for: longer than the beginnings that are kept, or a reference that merely ends so.
fn fits(by: FoundBy, who: &Who, names: &[String], figures: &str) -> bool {
    let held = who.names_to_find();
    match by {
        FoundBy::Name => names.iter().all(|name| held.iter().any(|held| held.starts_with(name.as_str()))),
        FoundBy::Sound => names.iter().all(|name| held.iter().any(|held| soundex(held) == soundex(name))),
        FoundBy::Phone => {
            // With the country's code or without it: the last ten figures are the subscriber's.
            let last = &figures[figures.len().saturating_sub(10)..];
            let figures = |phone: &String| phone.chars().filter(char::is_ascii_digit).collect::<String>();
            who.phones.iter().any(|phone| figures(phone).ends_with(last))
        }
        FoundBy::Reference | FoundBy::Unspecified => true,
    }
}

fn hit(
    by: FoundBy,
    case: &Case,
    part: Option<&(crate::domain::person::Participant, crate::domain::person::Person)>,
) -> pb::CaseHit {
    pb::CaseHit {
        found_by: by as i32,
        case_id: case.id.to_string(),
        case_label: case.label().to_owned(),
        phase: number(case.phase),
        risk: number(case.risk),
        owner_id: shown(case.owner),
        participant_id: part.map_or(String::new(), |(held, _)| held.id.to_string()),
        initials: part.map_or(String::new(), |(_, person)| person.identity.initials()),
        roles: part.map_or(Vec::new(), |(held, _)| held.roles.iter().map(|role| number(*role)).collect()),
    }
}
