//! A voicemail, an e-mail or a note: with whom, who turned to whom, what came up, and the words.
//!
//! None of them tells anybody what they are owed: an outcome that was left on a voicemail was not heard.

use super::about::{About, Of, WHATS};
use super::frame::{self, done};
use super::{choose, mended, topics};
use crate::grpc::pb::{self, CallerCheck, ContactKind};
use crate::web::admit::Visitor;
use crate::web::board::{Board, Pack};
use crate::web::form::{self, Faults, Input, Posted, REQUEST};
use crate::web::page;
use crate::web::pages::told::hearing_words;
use crate::web::refusal::Refusal;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures::try_join;
use maud::{Markup, html};

/// What is recorded by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Voicemail,
    Email,
    Note,
}

impl Sort {
    /// Its word in [`WHATS`].
    fn word(self) -> &'static str {
        match self {
            Self::Voicemail => "voicemail",
            Self::Email => "email",
            Self::Note => "note",
        }
    }

    fn path(self) -> &'static str {
        WHATS.iter().find(|(word, _, _)| *word == self.word()).map_or("/record", |(_, _, path)| path)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Voicemail => "Voicemail",
            Self::Email => "E-mail",
            Self::Note => "Note",
        }
    }

    /// Who turned to whom, as it is asked: incoming first.
    fn ways(self) -> [(String, String); 2] {
        let (incoming, outgoing) = match self {
            Self::Email => ("They wrote to us", "We wrote to them"),
            Self::Voicemail | Self::Note => ("They left it for us", "We left it for them"),
        };
        [("in".to_owned(), incoming.to_owned()), ("out".to_owned(), outgoing.to_owned())]
    }
}

pub(super) fn router() -> Router<Board> {
    let page_of = |sort: Sort| {
        get(move |visitor: Visitor, Query(of): Query<Of>| show(visitor, of, sort))
            .post(move |visitor: Visitor, posted: Posted| post(visitor, posted, sort))
    };
    [Sort::Voicemail, Sort::Email, Sort::Note]
        .into_iter()
        .fold(Router::new(), |router, sort| router.route(sort.path(), page_of(sort)))
}

async fn show(visitor: Visitor, of: Of, sort: Sort) -> Response {
    if of.case.is_empty() {
        return Redirect::to(&format!("/record?what={}", sort.word())).into_response();
    }
    let shown = page_of(&visitor, &of, sort, &Posted::default(), &Faults::none()).await;
    page::or_refused(&visitor, shown)
}

async fn page_of(
    visitor: &Visitor,
    of: &Of,
    sort: Sort,
    posted: &Posted,
    faults: &Faults,
) -> Result<Response, Refusal> {
    let (about, pack) = try_join!(About::read(visitor, of), visitor.pack())?;
    // A voicemail or an e-mail may be from nobody who is known; that is said, and not left open by mistake.
    let anybody = of.participant.is_empty() && of.way != "unknown" && sort != Sort::Note;
    if anybody {
        let unknown = Of { way: "unknown".to_owned(), ..of.clone() }.address(sort.path());
        let more = html! { p { a href=(unknown) { "It is not clear who it was" } } };
        return Ok(choose(
            visitor,
            &about,
            &format!("{}: from or to whom?", sort.title()),
            of,
            sort.path(),
            false,
            &more,
        ));
    }
    let content = shown(visitor, of, sort, &about, &pack, posted, faults);
    Ok(frame::shown(visitor, sort.title(), &content, faults))
}

fn shown(
    visitor: &Visitor,
    of: &Of,
    sort: Sort,
    about: &About,
    pack: &Pack,
    posted: &Posted,
    faults: &Faults,
) -> Markup {
    let sheets: Vec<(String, String)> = about
        .coming()
        .iter()
        .map(|hearing| (hearing.id.clone(), hearing_words(hearing, visitor.now)))
        .collect();
    let mut filled = posted.clone();
    if filled.get("incoming").is_empty() {
        filled.set("incoming", "in");
    }
    if !filled.has("participant") {
        filled.set("participant", &of.participant);
    }
    let whom = about.participant.as_ref().map(|one| about.name_of(one));
    let id = format!("{}-{}-{}", sort.word(), about.case.id, of.participant);
    html! {
        (faults.summary())
        div.heading {
            (about.crumbs())
            h1 { (sort.title()) @if let Some(whom) = &whom { ": " (whom) } }
        }
        form method="post" action=(sort.path()) id=(id) data-form {
            (form::carried(visitor, posted))
            input type="hidden" name="case" value=(of.case);
            @if sort == Sort::Note {
                (Input::new("participant", "About").select("Nobody in particular", &about.choices(), &filled, faults))
            } @else {
                input type="hidden" name="participant" value=(of.participant);
                input type="hidden" name="way" value=(of.way);
                (Input::new("incoming", "Who turned to whom").required().choices(false, &sort.ways(), &filled, faults))
            }
            (Input::new("words", if sort == Sort::Note { "The note" } else { "What it says, and what is next" }).required().lines(5, &filled, faults))
            @if sort == Sort::Note {
                @if !sheets.is_empty() { (Input::new("hearing", "On the sheet of").select("No hearing", &sheets, &filled, faults)) }
            } @else {
                (topics::ticks(pack, &filled, faults))
            }
            div.buttons { button.primary type="submit" { "Save the " (sort.title().to_lowercase()) } }
        }
    }
}

async fn post(visitor: Visitor, posted: Posted, sort: Sort) -> Response {
    let of = Of::posted(&posted);
    let page = match saved(&visitor, &of, sort, &posted).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(faults)) => page_of(&visitor, &of, sort, &posted, &faults).await,
        Err(refusal) => Err(refusal),
    };
    page::or_refused(&visitor, page)
}

/// Records it; leads to the call page of the person where work may have been raised, else to the case.
async fn saved(
    visitor: &Visitor,
    of: &Of,
    sort: Sort,
    posted: &Posted,
) -> Result<Result<Response, Faults>, Refusal> {
    let words = posted.get("words").to_owned();
    if words.is_empty() {
        return Ok(Err(Faults::one("words", "Enter what was said or written")));
    }
    let (request_id, case_id) = (posted.get(REQUEST).to_owned(), of.case.clone());
    let mut cases = visitor.calls.cases();
    let topics: Vec<String> = posted.all(topics::INPUT).map(str::to_owned).collect();
    let came = topics::joined(posted.all(topics::INPUT));
    let raises = !topics.is_empty() && !of.participant.is_empty();
    let sent = if sort == Sort::Note {
        let (participant_id, hearing_id) = (of.participant.clone(), of.hearing.clone());
        let asked = pb::AddNoteRequest { request_id, case_id, words, participant_id, hearing_id };
        cases.add_note(asked).await.map(drop)
    } else {
        let incoming = posted.get("incoming") != "out";
        let kind = if sort == Sort::Email { ContactKind::Email } else { ContactKind::Voicemail };
        // Whoever wrote or left a message was told nothing by it; what we left went where they are held to be.
        let check = if incoming { CallerCheck::NotNeeded } else { CallerCheck::HeldNumber };
        let contact = pb::NewContact {
            kind: kind.into(),
            participant_id: of.participant.clone(),
            check: check.into(),
            words,
            topics,
            incoming,
            ..pb::NewContact::default()
        };
        cases
            .log_contact(pb::LogContactRequest { request_id, case_id, contact: Some(contact) })
            .await
            .map(drop)
    };
    if let Err(status) = sent {
        let inputs = [
            ("words", "words"),
            ("topics", "topics"),
            ("participant_id", "participant"),
            ("hearing_id", "hearing"),
        ];
        return mended(status.into(), &inputs).map(Err);
    }
    let said = format!("The {} is recorded.", sort.title().to_lowercase());
    if !raises {
        return Ok(Ok(done(visitor, of, &said)));
    }
    let since = visitor.now.timestamp().to_string();
    let call =
        Of { case: of.case.clone(), participant: of.participant.clone(), since, came, ..Of::default() };
    let to = call.address(super::call::PATH);
    Ok(Ok(page::done(visitor, &to, &said)))
}
