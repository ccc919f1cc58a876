//! Handing files to the engine: many in flight, so that they are committed together, in the order of their names.

use super::files::{self, Body};
use super::report::End;
use crate::casework::Mode;
use crate::domain::case::{Phase, Risk};
use crate::domain::court::{CaseShare, Share};
use crate::domain::event::{Actor, NewCase, Payload, Subject};
use crate::domain::ids::{CaseId, CourtCaseId, derived};
use crate::domain::london::Instant;
use crate::domain::ours::{Ours, ours};
use crate::domain::receipt::Receipt;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Unit;
use crate::engine::{Engine, Error, NewEvent};
use bytes::Bytes;
use futures::StreamExt;
use futures::future::join_all;
use indicatif::ProgressBar;
use std::collections::HashSet;
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

impl Feeding<'_> {
    /// Feeds every file; gives what became of each, in their order.
    ///
    /// # Errors
    /// Where a case cannot be opened because the database cannot be reached.
    pub(super) async fn feed(&self, files: Vec<PathBuf>) -> anyhow::Result<Vec<End>> {
        let mut ends = Vec::with_capacity(files.len());
        let mut opened = HashSet::new();
        let read = |path: PathBuf| {
            tokio::task::spawn_blocking(move || {
                let body = files::read(&path);
                (path, body)
            })
        };
        let mut lots = futures::stream::iter(files).map(read).buffered(READING).chunks(TOGETHER);
        while let Some(lot) = lots.next().await {
            let lot = lot.into_iter().collect::<Result<Vec<_>, _>>()?;
            if self.opening == Opening::Unknown {
                self.open(&lot, &mut opened).await?;
            }
            let mut handed = Vec::with_capacity(lot.len());
            for (path, body) in lot {
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
        Ok(ends)
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
                occurred_at: read.share.sitting_at,
                raw,
                ..self.plain(
                    reference,
                    Subject::Share,
                    Payload::HearingResulted { share: Box::new(read.share) },
                )
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
    async fn open(
        &self,
        lot: &[(PathBuf, Result<Body, String>)],
        opened: &mut HashSet<CourtCaseId>,
    ) -> Result<(), Error> {
        let shares = lot.iter().filter_map(|(_, body)| Some(&body.as_ref().ok()?.read.as_ref().ok()?.share));
        let mut openings = Vec::new();
        for case in shares.flat_map(|share: &Share| &share.cases) {
            if ours(case, self.unit) != (Ours::Yes) || !opened.insert(case.court_case) {
                continue;
            }
            openings.push(self.opening_of(case));
        }
        let again = openings.clone();
        let answers = join_all(openings.into_iter().map(|event| self.engine.record(event))).await;
        for (event, answer) in again.into_iter().zip(answers) {
            match self.insist(event, answer).await {
                // One of its references is another case's: the results find that one.
                Ok(_) | Err(Error::Refused(Refusal::AlreadyExists { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn opening_of(&self, case: &CaseShare) -> NewEvent {
        let references = case.references();
        let id = CaseId(derived(&[b"imported", self.unit.id.as_bytes(), case.court_case.as_bytes()]));
        let new = NewCase {
            id,
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

/// The digest of a body, hex: what makes the same file the same event.
fn reference(raw: &Bytes) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, raw);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
