//! CaseService's documents: added in one message, answered in parts.
//!
//! A document goes up as one message: its bytes are hashed, sealed and committed as a whole, so that parts would have to
//! be gathered anyway, and a repeat under the same `request_id` is the same call. It comes down in parts, since a client
//! refuses messages above four megabytes unless it is told otherwise.
//!
//! Whoever may not see a document is answered as if it were not there.

use super::cases::Cases;
use crate::domain::document::{Document, DocumentReader};
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{CaseId, DocumentId};
use crate::domain::state::CaseState;
use crate::grpc::access::Identity;
use crate::grpc::api::Api;
use crate::grpc::convert::{document, field, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb::get_document_response::Part;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::queries::documents;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::Stream;
use std::pin::Pin;
use tonic::Status;
use uuid::Uuid;

/// The bytes of one part of an answer.
const PART_BYTES: usize = 256 * 1024;

/// What GetDocument answers with.
pub(super) type Parts = Pin<Box<dyn Stream<Item = Result<pb::GetDocumentResponse, Status>> + Send>>;

/// As what the caller reads documents.
fn reader(caller: &Identity) -> Result<DocumentReader, Refused> {
    let forbids = || Refused::new(Reason::RoleForbids, "the role may not read documents");
    document::reader(caller.role).ok_or_else(forbids)
}

/// The case with this id; the unit's desk where none is named.
fn case_or_desk(caller: &Identity, id: &str) -> Result<CaseId, Refused> {
    if id.is_empty() { Ok(CaseState::desk_of(caller.unit)) } else { field::id("case_id", id) }
}

/// The documents of a case that the caller may see, the latest first.
fn seen(state: &CaseState, reader: DocumentReader) -> Vec<&Document> {
    let held = state.documents.iter().rev().map(|held| &**held);
    held.filter(|held| held.is_for(reader)).collect()
}

impl Cases {
    pub(super) async fn added_document(
        &self,
        caller: &Identity,
        mut asked: pb::AddDocumentRequest,
    ) -> Result<pb::AddDocumentResponse, Refused> {
        let request_id = Api::request_id(&asked.request_id)?;
        let case: CaseId = field::id("case_id", &asked.case_id)?;
        let reader = reader(caller)?;
        let id: DocumentId = Api::id("document", caller, request_id);
        let max = self.0.settings().document_bytes_max;
        let given = field::given("document", asked.document.as_ref())?;
        let new = document::new_document("document", given, id, reader, max)?;
        let hash = new.hash.clone();
        let bytes = asked.document.as_mut().map(|given| std::mem::take(&mut given.content));
        self.0.case(caller, case).await?;
        let payload = Payload::DocumentAdded { document: Box::new(new) };
        let done =
            self.0.write_with(caller, request_id, Subject::Case(case), payload, bytes.map(Bytes::from));
        let done = done.await?;
        let state = self.0.case(caller, case).await?;
        // One of the same bytes that was there is the one that is meant, as far as the caller may know of it.
        let theirs = |held: &&&Document| held.is_for(reader) || held.by == caller.name;
        let all: Vec<&Document> = state.documents.iter().map(|held| &**held).collect();
        let same = all.iter().find(|held| held.added.id == id);
        let same = same.or_else(|| all.iter().filter(theirs).find(|held| held.added.hash == hash));
        let held = Api::found(same, "document", id)?;
        let (receipt, document) = (Some(receipt::receipt(&done)), Some(document::document(held)));
        Ok(pb::AddDocumentResponse { receipt, document })
    }

    pub(super) async fn document(
        &self,
        caller: &Identity,
        asked: &pb::GetDocumentRequest,
    ) -> Result<Parts, Refused> {
        let case = case_or_desk(caller, &asked.case_id)?;
        let id: DocumentId = field::id("document_id", &asked.document_id)?;
        let reader = reader(caller)?;
        let state = self.0.any_case(caller, case).await?;
        let held = seen(&state, reader).into_iter().find(|held| held.added.id == id);
        let held = Api::found(held, "document", id)?;
        self.0.looked(caller, "document", id.0).await?;
        let bytes = documents::content(self.0.store(), case, id).await?;
        let bytes = bytes.ok_or_else(|| {
            tracing::error!(document = %id, "the bytes of a document are not there");
            Refused::new(Reason::Internal, format!("the bytes of document {id} are not there; it is logged"))
        })?;
        let first = Part::Document(document::document(held));
        let bytes = Bytes::from(bytes);
        let begins = (0..bytes.len()).step_by(PART_BYTES);
        let parts = begins.map(move |at| bytes.slice(at..bytes.len().min(at + PART_BYTES)));
        let parts = std::iter::once(first).chain(parts.map(|part| Part::Content(part.to_vec())));
        let parts = parts.map(|part| Ok(pb::GetDocumentResponse { part: Some(part) }));
        Ok(Box::pin(futures::stream::iter(parts)))
    }

    pub(super) async fn documents(
        &self,
        caller: &Identity,
        asked: &pb::ListDocumentsRequest,
    ) -> Result<pb::ListDocumentsResponse, Refused> {
        let case = case_or_desk(caller, &asked.case_id)?;
        let size = Pages::size(asked.page_size)?;
        let reader = reader(caller)?;
        let scope = format!("ListDocuments/{}/{case}", caller.unit);
        let after: Option<(DateTime<Utc>, Uuid)> = self.0.pages().read(&scope, &asked.page_token)?;
        let state = self.0.any_case(caller, case).await?;
        let place = |held: &Document| (held.at, held.added.id.0);
        let left = seen(&state, reader).into_iter();
        let left: Vec<&Document> =
            left.filter(|held| after.is_none_or(|after| place(held) < after)).collect();
        let page = &left[..left.len().min(size)];
        self.0.listed(caller, "documents", page.len()).await?;
        let next = page.last().filter(|_| left.len() > page.len()).map(|last| place(last));
        Ok(pb::ListDocumentsResponse {
            documents: page.iter().map(|held| document::document(held)).collect(),
            next_page_token: self.0.pages().write(&scope, next),
        })
    }
}
