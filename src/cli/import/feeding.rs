//! Handing files to the engine: many in flight, so that they are committed together, in the order of their names.

use super::files::{self, Body};
use super::report::End;
use crate::casework::Mode;
use crate::domain::case::{Phase, Reference, Risk};
use crate::domain::court::{CaseShare, Share};
use crate::domain::event::{Actor, NewCase, Payload, Subject};
use crate::domain::ids::{CaseId, CourtCaseId, derived};
use crate::domain::london::Instant;
use crate::domain::ours::{Ours, ours};
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Unit;
use crate::engine::{Engine, Error, NewEvent};
use crate::store::queries::unlinked;
use crate::store::{self, read};
use bytes::Bytes;
use futures::StreamExt;
use futures::future::join_all;
use indicatif::ProgressBar;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// Files that are read, and then handed over, together.
const TOGETHER: usize = 256;
/// Files that are read at a time.
const READING: usize = 8;
/// How often an event is handed over again while the engine says that it is busy.
const TRIES: u32 = 200;

/// Whether cases are opened for results of ours that no case is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// A case is opened for each.
    Unknown,
    /// None is: they wait.
    None,
}

/// How files are fed to the engine.
pub(super) struct Feeding<'a> {
    pub(super) engine: &'a Engine,
    pub(super) unit: &'a Unit,
    pub(super) received_at: Option<Instant>,
    pub(super) mode: Mode,
    pub(super) opening: Opening,
    pub(super) progress: &'a ProgressBar,
}

/// What an import came to.
#[derive(Debug, Default)]
pub(super) struct Fed {
    /// What became of each file, in their order.
    pub(super) ends: Vec<End>,
    /// How many cases were opened.
    pub(super) opened: usize,
    /// How many results that had waited for one of those cases were taken up.
    pub(super) taken_up: u64,
}

/// The cases that an import has seen to: a file whose case could not be opened fails with the reason.
#[derive(Debug, Default)]
struct Opened {
    /// Held, or opened by now.
    held: HashSet<CourtCaseId>,
    /// Of those, which this import opened.
    new: Vec<CaseId>,
    /// Why the others of the files in hand could not be opened; they are tried again with the next ones.
    failed: HashMap<CourtCaseId, String>,
}

impl Feeding<'_> {
    /// Feeds every file. What keeps one from being taken is told as its end, and the next one is taken.
    ///
    /// # Errors
    /// Where the database cannot say in the end what was taken up.
    pub(super) async fn feed(&self, files: Vec<PathBuf>) -> Result<Fed, store::Error> {
        let mut ends = Vec::with_capacity(files.len());
        let mut opened = Opened::default();
        let read = |path: PathBuf| async move {
            let of = path.clone();
            let body = tokio::task::spawn_blocking(move || files::read(&of)).await;
            (path, body.unwrap_or_else(|_| Err("a fault of usher's: reading it ended in a panic".to_owned())))
        };
        let mut lots = futures::stream::iter(files).map(read).buffered(READING).chunks(TOGETHER);
        while let Some(lot) = lots.next().await {
            if self.opening == Opening::Unknown {
                self.open(&lot, &mut opened).await;
            }
            let mut handed = Vec::with_capacity(lot.len());
            for (path, body) in lot {
                let body = body.and_then(|body| match opened.why_not(&body) {
                    Some(why) => Err(why),
                    None => Ok(body),
                });
                handed.push(match body {
                    Err(why) => (path, Err(why)),
                    Ok(body) => {
                        let about =
                            body.read.as_ref().map(|read| read.format).unwrap_or_else(|bad| bad.format);
                        let event = self.event(body);
                        let answer = self.engine.hand_over(event.clone()).await;
                        (path, Ok((about, event, answer)))
                    }
                });
            }
            for (path, handed) in handed {
                ends.push(match handed {
                    Err(why) => End::failed(&path, None, why),
                    Ok((format, event, answer)) => {
                        let receipt = match answer {
                            Ok(answer) => answer.await.unwrap_or(Err(Error::Closing)),
                            Err(error) => Err(error),
                        };
                        match self.insist(event, receipt).await {
                            Ok(receipt) => End::received(&path, format, &receipt),
                            Err(error) => End::failed(&path, Some(format), error.to_string()),
                        }
                    }
                });
                self.progress.inc(1);
            }
        }
        let taken_up = unlinked::taken_up(self.engine.store(), self.unit.id, &opened.new).await?;
        Ok(Fed { ends, opened: opened.new.len(), taken_up })
    }

    /// Hands an event over again while the engine is busy: with another of the same bytes, or altogether.
    async fn insist(&self, event: NewEvent, first: Result<Receipt, Error>) -> Result<Receipt, Error> {
        let mut answer = first;
        for _ in 0..TRIES {
            let Err(Error::Busy { after }) = answer else { return answer };
            tokio::time::sleep(after).await;
            answer = self.engine.record(event.clone()).await;
        }
        answer
    }

    fn event(&self, body: Body) -> NewEvent {
        let raw = Some(body.raw.clone());
        let reference = reference(&body.raw);
        match body.read {
            Ok(read) => NewEvent {
                occurred_at: read.share().and_then(|share| share.sitting_at),
                raw,
                ..self.plain(reference, read.subject(), read.payload)
            },
            Err(bad) => {
                let payload = Payload::Unreadable { format: bad.format.to_string(), reason: bad.to_string() };
                NewEvent { raw, ..self.plain(reference, Subject::Desk, payload) }
            }
        }
    }

    fn plain(&self, reference: String, subject: Subject, payload: Payload) -> NewEvent {
        NewEvent {
            unit: self.unit.id,
            source: "import".to_owned(),
            reference,
            actor: Actor::usher("import"),
            occurred_at: None,
            received_at: self.received_at,
            subject,
            payload,
            raw: None,
            mode: self.mode,
        }
    }

    /// Opens a case for each of ours in these files that is not held.
    async fn open(&self, lot: &[(PathBuf, Result<Body, String>)], opened: &mut Opened) {
        opened.failed.clear();
        let mut wanted: Vec<&CaseShare> = Vec::new();
        let mut seen = HashSet::new();
        let shares = lot.iter().filter_map(|(_, body)| body.as_ref().ok()?.read.as_ref().ok()?.share());
        for case in shares.flat_map(|share: &Share| &share.cases) {
            let is_ours = ours(case.named(), self.unit) == Ours::Yes;
            if is_ours && !opened.held.contains(&case.court_case) && seen.insert(case.court_case) {
                wanted.push(case);
            }
        }
        // Looked up first: references come and go between the shares of one case, and it is opened once.
        let references: Vec<Reference> = wanted.iter().flat_map(|case| case.references()).collect();
        let held = read::cases_by_reference(self.engine.store().reader(), self.unit.id, &references).await;
        let held = match held {
            Ok(held) => held,
            Err(error) => {
                let why = |case: &&CaseShare| (case.court_case, could_not(&error));
                opened.failed.extend(wanted.iter().map(why));
                return;
            }
        };
        let (known, unknown): (Vec<&CaseShare>, Vec<&CaseShare>) = wanted
            .into_iter()
            .partition(|case| case.references().iter().any(|reference| held.contains_key(reference)));
        opened.held.extend(known.iter().map(|case| case.court_case));
        let openings: Vec<NewEvent> = unknown.iter().map(|case| self.opening_of(case)).collect();
        let answers = join_all(openings.iter().map(|event| self.engine.record(event.clone()))).await;
        for ((case, event), answer) in unknown.into_iter().zip(openings).zip(answers) {
            match self.insist(event, answer).await {
                Ok(receipt) => {
                    opened.held.insert(case.court_case);
                    opened.new.extend((receipt.outcome != Outcome::Duplicate).then(|| self.id_of(case)));
                }
                // Another case of these files, or another import, has it by now: the results find that one.
                Err(Error::Refused(Refusal::AlreadyExists { .. } | Refusal::Reused { .. })) => {
                    opened.held.insert(case.court_case);
                }
                Err(error) => drop(opened.failed.insert(case.court_case, could_not(&error))),
            }
        }
    }

    fn id_of(&self, case: &CaseShare) -> CaseId {
        CaseId(derived(&[b"imported", self.unit.id.as_bytes(), case.court_case.as_bytes()]))
    }

    fn opening_of(&self, case: &CaseShare) -> NewEvent {
        let references = case.references();
        let new = NewCase {
            id: self.id_of(case),
            references: references.clone(),
            phase: Phase::PostCharge,
            risk: Risk::Low,
            flags: Vec::new(),
            owner: None,
            team: None,
            participants: Vec::new(),
        };
        let payload = Payload::CaseOpened { case: Box::new(new) };
        self.plain(format!("open/{}", case.court_case), Subject::Reference(references), payload)
    }
}

impl Opened {
    /// Why a file cannot be taken: a case in it could not be opened.
    fn why_not(&self, body: &Body) -> Option<String> {
        let cases = &body.read.as_ref().ok()?.share()?.cases;
        cases.iter().find_map(|case| self.failed.get(&case.court_case)).cloned()
    }
}

fn could_not(error: &impl std::fmt::Display) -> String {
    format!("its case could not be opened: {error}")
}

/// The digest of a body, hex: what makes the same file the same event.
fn reference(raw: &Bytes) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, raw);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
