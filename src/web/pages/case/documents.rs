//! Documents of a case: what there is, the way to add one, and each one's bytes, passed on as they come.
//!
//! A document is handed out as a file to be kept and never shown by the browser as a page of ours: what somebody sent the
//! unit must not run here.

use super::seen::Seen;
use super::work::OnPage;
use crate::grpc::pb::{self, DocumentReader, Marking, get_document_response::Part as Piece};
use crate::web::admit::Visitor;
use crate::web::board::Board;
use crate::web::clocks;
use crate::web::form::{self, Faults, Input, Posted, REQUEST, encode, id_of};
use crate::web::page::{self, Page, Part};
use crate::web::refusal::Refusal;
use crate::web::words;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use futures::stream::StreamExt as _;
use futures::try_join;
use maud::{Markup, html};

/// Documents on the case's page.
pub(super) const ON_CASE: i32 = 6;
/// Documents on a page of their own.
const PAGE: i32 = 60;
/// The largest form with a document that is read, in bytes: 10 MiB of document and what stands around it.
const FORM_BYTES_MAX: usize = 11 * 1024 * 1024;
/// Letters of a file name that are handed out in ASCII, at most.
const NAME_MAX: usize = 200;

/// File names' endings and what such files are, since browsers differ in what they make of them.
const TYPES: [(&str, &str); 16] = [
    ("pdf", "application/pdf"),
    ("rtf", "application/rtf"),
    ("msg", "application/vnd.ms-outlook"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("heic", "image/heic"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("eml", "message/rfc822"),
    ("csv", "text/csv"),
    ("txt", "text/plain"),
    ("text", "text/plain"),
];

/// Who may see a document: the word of the form, the contract's, and what they are called.
const READERS: [(&str, DocumentReader, &str); 4] = [
    ("care-officers", DocumentReader::CareOfficer, "Care officers"),
    ("team-leaders", DocumentReader::TeamLeader, "Team leaders"),
    ("managers", DocumentReader::Manager, "Managers"),
    ("services", DocumentReader::Service, "Other programs of the force"),
];

pub(super) fn router() -> Router<Board> {
    Router::new()
        .route("/cases/{id}/documents", get(show).post(add).layer(DefaultBodyLimit::max(FORM_BYTES_MAX)))
        .route("/cases/{id}/documents/{document}", get(download))
}

/// Which documents are asked for.
#[must_use]
pub(super) fn request(case_id: &str, page_size: i32, page_token: &str) -> pb::ListDocumentsRequest {
    pb::ListDocumentsRequest { case_id: case_id.to_owned(), page_size, page_token: page_token.to_owned() }
}

/// The section of the documents.
#[must_use]
pub(super) fn section(seen: &Seen, listed: &pb::ListDocumentsResponse, now: DateTime<Utc>) -> Markup {
    let id = &seen.case.id;
    html! {
        section id="documents" aria-labelledby="documents-title" {
            div.section-head {
                h2 id="documents-title" { "Documents" }
                @if listed.next_page_token.is_empty() { a href=(format!("/cases/{id}/documents#add")) { "Add a document" } }
                @else { a href=(format!("/cases/{id}/documents")) { "All documents of this case" } }
            }
            @if listed.documents.is_empty() { p.empty { "No document that you may see. Those that the police send and those you add come here." } }
            @else {
                ul.case-list { @for document in &listed.documents {
                    @let added = clocks::instant_if(document.added_at.as_ref()).map(|at| clocks::near(at, now));
                    li {
                        (link(seen, document)) br;
                        span.when { (added.unwrap_or_default()) ", " (words::marking(document.marking())) }
                    }
                } }
            }
        }
    }
}

fn link(seen: &Seen, document: &pb::Document) -> Markup {
    html! {
        a href=(format!("/cases/{}/documents/{}", seen.case.id, document.id)) download { (document.name) }
        " (" (size(document.size_bytes)) ")"
    }
}

/// How large a document is, as people say it.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} kB", bytes / 1_024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>, Query(on): Query<OnPage>) -> Response {
    let mut posted = Posted::default();
    posted.set("marking", "sensitive");
    for (word, ..) in &READERS[..3] {
        posted.add("audience", *word);
    }
    shown(&visitor, &id, &on.page, &posted, &Faults::none()).await
}

async fn shown(visitor: &Visitor, id: &str, token: &str, posted: &Posted, faults: &Faults) -> Response {
    let mut cases = visitor.calls.cases();
    let asked = request(id, PAGE, token);
    let read = async {
        try_join!(
            Seen::read(visitor, id),
            async { Ok::<_, Refusal>(cases.list_documents(asked).await?.into_inner()) },
            visitor.people(),
        )
    };
    let (seen, listed, people) = match read.await {
        Ok(read) => read,
        Err(refusal) => return page::refused(visitor, &refusal),
    };
    let added_by = |document: &pb::Document| match document.added_by_staff_id.as_str() {
        "" => words::plain(document.added_by.split(':').next_back().unwrap_or_default()),
        staff => people.name(staff).to_owned(),
    };
    let content = html! {
        (faults.summary())
        (seen.heading("Documents of this case"))
        @if listed.documents.is_empty() { p.empty { "No document that you may see. Those that the police send and those you add come here." } }
        @else {
            table {
                caption.visually-hidden { "Documents, the latest first" }
                thead { tr {
                    th scope="col" { "Document" } th scope="col" { "About" } th scope="col" { "Marking" }
                    th scope="col" { "Who may see it" } th scope="col" { "Added" }
                } }
                tbody { @for document in &listed.documents {
                    tr {
                        th scope="row" { (link(&seen, document)) }
                        td { @if document.participant_id.is_empty() { "the case" } @else { (seen.name(&document.participant_id)) } }
                        td { (words::marking(document.marking())) }
                        td { (readers(document)) }
                        td { (clocks::full_if(document.added_at.as_ref())) ", " (added_by(document)) }
                    }
                } }
            }
        }
        @if !listed.next_page_token.is_empty() {
            p.pages { a rel="next" href=(format!("/cases/{id}/documents?page={}", encode(&listed.next_page_token))) { "Earlier documents" } }
        }
        (add_form(visitor, &seen, posted, faults))
    };
    let title = format!("Documents, {}", seen.case.label);
    Page::new(visitor, &title, Part::Cases, content).status(faults.status()).into_response()
}

/// Who may see a document, in words.
fn readers(document: &pb::Document) -> String {
    let of = document.audience().filter_map(|reader| READERS.iter().find(|(_, of, _)| *of == reader));
    of.map(|(_, _, label)| *label).collect::<Vec<_>>().join(", ")
}

fn add_form(visitor: &Visitor, seen: &Seen, posted: &Posted, faults: &Faults) -> Markup {
    let markings = [
        (
            "sensitive".to_owned(),
            "OFFICIAL-SENSITIVE: it holds what is known of victims or witnesses".to_owned(),
        ),
        ("official".to_owned(), "OFFICIAL".to_owned()),
    ];
    let readers: Vec<(String, String)> =
        READERS.iter().map(|(word, _, label)| ((*word).to_owned(), (*label).to_owned())).collect();
    let file = id_of("file");
    html! {
        section id="add" aria-labelledby="add-title" {
            h2 id="add-title" { "Add a document" }
            form method="post" action=(format!("/cases/{}/documents", seen.case.id)) enctype="multipart/form-data" data-keep="no" {
                (form::carried(visitor, posted))
                div.field.wrong[faults.is_about("file")] {
                    label for=(file) { "The document" }
                    p.hint id="f-file-hint" { "PDF, Word, Excel, OpenDocument or RTF, an e-mail, a picture, CSV or plain text; 10 MB at most" }
                    (faults.beside("file"))
                    input id=(file) type="file" name="file" aria-required="true" aria-invalid=[faults.is_about("file").then_some("true")]
                        aria-describedby=(if faults.is_about("file") { "f-file-hint f-file-error" } else { "f-file-hint" });
                }
                (Input::new("marking", "How it is marked").required().choices(false, &markings, posted, faults))
                (Input::new("audience", "Who may see it").required().hint("Whoever may not see it is not told that it is there")
                    .choices(true, &readers, posted, faults))
                (Input::new("participant", "Whom it is about").select("The case as a whole", &seen.choices(), posted, faults))
                button.primary type="submit" { "Add the document" }
            }
        }
    }
}

/// What came with a form that has a file: its fields, and the file's name, type and bytes.
#[derive(Default)]
struct Sent {
    posted: Posted,
    name: String,
    content_type: String,
    content: Bytes,
}

async fn sent(mut parts: Multipart) -> Result<Sent, MultipartError> {
    let mut sent = Sent::default();
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            sent.name = file_name(part.file_name().unwrap_or_default());
            sent.content_type = type_of(&sent.name, part.content_type().unwrap_or_default());
            sent.content = part.bytes().await?;
        } else {
            sent.posted.add(&name, part.text().await?);
        }
    }
    Ok(sent)
}

/// A file's name without the folders that some browsers send with it.
fn file_name(sent: &str) -> String {
    sent.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned()
}

/// What a file is: by its name's ending, else by what the browser says.
fn type_of(name: &str, said: &str) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let known = TYPES.iter().find(|(of, _)| *of == ending);
    known.map_or_else(|| said.to_owned(), |(_, kind)| (*kind).to_owned())
}

async fn add(
    visitor: Visitor,
    Path(id): Path<String>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let mut faults = Faults::none();
    let parts = match parts {
        Ok(parts) => parts,
        Err(rejection) => return rejection.into_response(),
    };
    let sent = match sent(parts).await {
        Ok(sent) => sent,
        Err(error) => {
            let said = if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                "The document is larger than 10 MB: nothing of it was kept"
            } else {
                "The document did not arrive whole: send it again"
            };
            faults.field("file", said);
            return shown(&visitor, &id, "", &Posted::default(), &faults).await;
        }
    };
    let posted = &sent.posted;
    if let Err(refusal) = posted.was_opened_by(&visitor) {
        return page::refused(&visitor, &refusal);
    }
    if sent.name.is_empty() || sent.content.is_empty() {
        faults.field("file", "Choose the document; an empty one cannot be added");
    }
    let marking = match posted.get("marking") {
        "sensitive" => Marking::OfficialSensitive,
        "official" => Marking::Official,
        _ => Marking::Unspecified,
    };
    if marking == Marking::Unspecified {
        faults.field("marking", "Choose how it is marked");
    }
    let audience: Vec<i32> = READERS
        .iter()
        .filter(|(word, ..)| posted.holds("audience", word))
        .map(|(_, reader, _)| *reader as i32)
        .collect();
    if audience.is_empty() {
        faults.field("audience", "Choose who may see it");
    }
    if !faults.is_none() {
        return shown(&visitor, &id, "", posted, &faults).await;
    }
    let document = pb::NewDocument {
        name: sent.name,
        content_type: sent.content_type,
        content: sent.content.to_vec(),
        marking: marking as i32,
        audience,
        participant_id: posted.get("participant").to_owned(),
        task_id: String::new(),
    };
    let asked = pb::AddDocumentRequest {
        request_id: posted.get(REQUEST).to_owned(),
        case_id: id.clone(),
        document: Some(document),
    };
    match visitor.calls.cases().add_document(asked).await {
        Ok(answer) => {
            let receipt = answer.into_inner().receipt.unwrap_or_default();
            let said = match receipt.outcome() {
                pb::Outcome::Duplicate => "The same document is here already.",
                _ => "The document is added.",
            };
            page::done(&visitor, &format!("/cases/{id}/documents"), said)
        }
        Err(status) => {
            let refusal = Refusal::from(status);
            if !refusal.is_mendable() {
                return page::refused(&visitor, &refusal);
            }
            let mut faults = Faults::none();
            // The API names types of content: people know kinds of file.
            if refusal.fields.iter().any(|(path, _)| path == "document.content_type") {
                faults.field(
                    "file",
                    "This kind of file is not taken: save it as PDF, Word, Excel or a picture first",
                );
            } else {
                faults = Faults::of(&refusal, |path| match path {
                    "document.name" | "document.content" => Some("file".to_owned()),
                    "document.participant_id" => Some("participant".to_owned()),
                    _ => None,
                });
            }
            shown(&visitor, &id, "", posted, &faults).await
        }
    }
}

async fn download(visitor: Visitor, Path((case_id, document_id)): Path<(String, String)>) -> Response {
    page::or_refused(&visitor, passed_on(&visitor, case_id, document_id).await)
}

async fn passed_on(visitor: &Visitor, case_id: String, document_id: String) -> Result<Response, Refusal> {
    let asked = pb::GetDocumentRequest { case_id, document_id };
    let mut pieces = visitor.calls.cases().get_document(asked).await?.into_inner();
    let first = pieces.message().await?.and_then(|answer| answer.part);
    let Some(Piece::Document(document)) = first else {
        return Err(Refusal::not_here("there is no such document"));
    };
    let bytes = pieces.map(|piece| {
        piece.map(|piece| match piece.part {
            Some(Piece::Content(content)) => Bytes::from(content),
            Some(Piece::Document(_)) | None => Bytes::new(),
        })
    });
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(&document.content_type);
    headers
        .insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    if let Ok(disposition) = HeaderValue::from_str(&disposition(&document.name)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// A file to be kept, under its name: once in ASCII and once as RFC 8187 writes any name.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " ._-()".contains(c) { c } else { '_' })
        .take(NAME_MAX)
        .collect();
    let encoded = name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    });
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_documents_name_breaks_out_of_no_header() {
        assert_eq!(
            disposition("Señora \"x\"\r\n.pdf"),
            "attachment; filename=\"Se_ora _x___.pdf\"; filename*=UTF-8''Se%C3%B1ora%20%22x%22%0D%0A.pdf"
        );
    }

    #[test]
    fn what_a_file_is_follows_from_its_ending_before_what_the_browser_says() {
        assert_eq!(type_of("list.CSV", "application/vnd.ms-excel"), "text/csv");
        assert_eq!(type_of("mail.msg", ""), "application/vnd.ms-outlook");
        assert_eq!(type_of("movie.mp4", "video/mp4"), "video/mp4");
        assert_eq!(file_name("C:\\fakepath\\a.pdf"), "a.pdf");
    }

    #[test]
    fn a_size_is_said_as_people_say_it() {
        assert_eq!([size(900), size(2_048), size(1_600_000)], ["900 bytes", "2 kB", "1.5 MB"]);
    }
}
