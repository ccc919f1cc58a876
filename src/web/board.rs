//! What all pages share.

use super::calls::{Calls, Transport};
use super::{form, words};
use crate::grpc::pb;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Makes ids for forms: given in, since randomness is.
pub type NewId = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// What a board is made of.
pub struct Parts {
    /// Carries calls to the API.
    pub transport: Transport,
    /// Makes the ids by which a form's call is known.
    pub new_id: NewId,
    /// The key under which a form that arrives after its session ended is kept in the browser: 32 bytes.
    pub key: [u8; 32],
    /// Whether the board is reached over TLS, so that its cookies may go over nothing else.
    pub over_tls: bool,
    /// Cancelled when the server begins to stop: pages that are told of changes are let go.
    pub closing: CancellationToken,
}

/// What all pages share. Cheap to clone.
#[derive(Clone)]
pub struct Board(Arc<Inner>);

struct Inner {
    parts: Parts,
    key: LessSafeKey,
    pack: Kept<Pack>,
    people: Kept<People>,
}

/// Something that every page asks for and that seldom changes: kept for a few seconds, so that a page is a few calls fewer.
struct Kept<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Kept<T> {
    fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// What is kept, where it is young enough.
    fn get(&self) -> Option<Arc<T>> {
        let held = self.0.lock().expect("no holder panics");
        held.as_ref().filter(|(at, _)| at.elapsed() < KEPT_FOR).map(|(_, value)| value.clone())
    }

    fn keep(&self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        *self.0.lock().expect("no holder panics") = Some((Instant::now(), value.clone()));
        value
    }

    fn forget(&self) {
        *self.0.lock().expect("no holder panics") = None;
    }
}

/// What pages need of a pack again and again.
#[derive(Debug, Default)]
pub struct Pack {
    /// Its kinds of task, by name.
    pub kinds: HashMap<String, pb::KindText>,
    /// What may come up in a contact, in order.
    pub topics: Vec<pb::TopicText>,
}

impl Pack {
    /// What a kind of task is called where no task of it is at hand: its title, in which whom and what it is about is left
    /// open; the word itself where the pack does not know it.
    #[must_use]
    pub fn title(&self, kind: &str) -> String {
        self.kinds
            .get(kind)
            .map_or_else(|| words::plain(kind), |kind| form::sentence(&left_open(&kind.title)))
    }

    /// The kinds of task to choose from, by title.
    #[must_use]
    pub fn kind_options(&self) -> Vec<(String, String)> {
        let mut kinds: Vec<(String, String)> =
            self.kinds.keys().map(|kind| (kind.clone(), self.title(kind))).collect();
        kinds.sort_by(|(_, one), (_, other)| one.cmp(other));
        kinds
    }
}

/// A title with its placeholders, which are in braces, left open.
fn left_open(title: &str) -> String {
    let mut parts = title.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |open, part| open + "…" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

/// The unit's people and teams, as names for ids.
#[derive(Debug, Default)]
pub struct People {
    /// Those who are in the unit and those who have left, by name.
    pub staff: Vec<pb::Staff>,
    /// Absences that have not ended.
    pub absences: Vec<pb::Absence>,
    /// The teams, by name.
    pub teams: Vec<pb::Team>,
}

impl People {
    /// A member of staff's name; "somebody" where they are not held.
    #[must_use]
    pub fn name(&self, staff_id: &str) -> &str {
        self.staff.iter().find(|staff| staff.id == staff_id).map_or("somebody", |staff| staff.name.as_str())
    }

    /// A team's name.
    #[must_use]
    pub fn team(&self, team_id: &str) -> &str {
        self.teams.iter().find(|team| team.id == team_id).map_or("no team", |team| team.name.as_str())
    }

    /// Those who have not left.
    pub fn present(&self) -> impl Iterator<Item = &pb::Staff> {
        self.staff.iter().filter(|staff| staff.left_at.is_none())
    }

    /// Those who are there, to be chosen from.
    #[must_use]
    pub fn staff_options(&self) -> Vec<(String, String)> {
        self.present().map(|staff| (staff.id.clone(), staff.name.clone())).collect()
    }

    /// The teams, to be chosen from.
    #[must_use]
    pub fn team_options(&self) -> Vec<(String, String)> {
        self.teams.iter().map(|team| (team.id.clone(), team.name.clone())).collect()
    }
}

/// Bytes of the largest text that is sealed: a form that was sent without a session.
const SEALED_MAX: usize = 8 * 1024 * 1024;

/// How long what every page asks for is believed before it is asked for anew.
const KEPT_FOR: Duration = Duration::from_secs(5);

impl Board {
    /// A board of these parts.
    ///
    /// # Panics
    /// Never: the key has the length that its cipher wants.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &parts.key).expect("the key has 32 bytes");
        let key = LessSafeKey::new(key);
        Self(Arc::new(Inner { parts, key, pack: Kept::new(), people: Kept::new() }))
    }

    /// The API for whoever holds a token.
    #[must_use]
    pub fn calls(&self, token: Option<&str>) -> Calls {
        Calls::by(self.0.parts.transport.clone(), token)
    }

    /// An id by which a form's call is known, so that sending it twice does it once.
    #[must_use]
    pub fn new_id(&self) -> String {
        (self.0.parts.new_id)().to_string()
    }

    /// Whether cookies may go over TLS alone.
    #[must_use]
    pub fn over_tls(&self) -> bool {
        self.0.parts.over_tls
    }

    /// Cancelled when the server begins to stop.
    #[must_use]
    pub fn closing(&self) -> &CancellationToken {
        &self.0.parts.closing
    }

    /// Seals something that the browser is to keep for us.
    #[must_use]
    pub fn seal(&self, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        // An address carries it at times, and lists say much the same in every line.
        let mut bytes = zstd::bulk::compress(text.as_bytes(), 0).ok()?;
        self.0
            .key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut bytes)
            .ok()?;
        Some(nonce.iter().chain(&bytes).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Opens what was sealed; none where it is not ours.
    #[must_use]
    pub fn open(&self, sealed: &str) -> Option<String> {
        if !sealed.is_ascii() || !sealed.len().is_multiple_of(2) {
            return None;
        }
        let bytes: Option<Vec<u8>> =
            (0..sealed.len() / 2).map(|i| u8::from_str_radix(&sealed[2 * i..2 * i + 2], 16).ok()).collect();
        let bytes = bytes?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN)?;
        let (nonce, mut rest) = (Nonce::try_assume_unique_for_key(nonce).ok()?, rest.to_vec());
        let opened = self.0.key.open_in_place(nonce, Aad::empty(), &mut rest).ok()?;
        String::from_utf8(zstd::bulk::decompress(opened, SEALED_MAX).ok()?).ok()
    }

    /// The active pack's kinds and topics, a few seconds old at most.
    ///
    /// # Errors
    /// What the API refuses.
    pub async fn pack(&self, calls: &Calls) -> Result<Arc<Pack>, tonic::Status> {
        if let Some(held) = self.0.pack.get() {
            return Ok(held);
        }
        let asked = pb::ReadPackRequest { without_rules: true };
        let read = calls.packs().read_pack(asked).await?.into_inner();
        let kinds = read.kinds.into_iter().map(|kind| (kind.name.clone(), kind)).collect();
        Ok(self.0.pack.keep(Pack { kinds, topics: read.topics }))
    }

    /// The unit's people, a few seconds old at most.
    ///
    /// # Errors
    /// What the API refuses.
    pub async fn people(&self, calls: &Calls) -> Result<Arc<People>, tonic::Status> {
        if let Some(held) = self.0.people.get() {
            return Ok(held);
        }
        let mut people = People::default();
        let mut page_token = String::new();
        loop {
            let asked = pb::ListStaffRequest {
                team_id: String::new(),
                include_left: true,
                page_size: 500,
                page_token: std::mem::take(&mut page_token),
            };
            let page = calls.team().list_staff(asked).await?.into_inner();
            // What only team leaders see of people is theirs to ask for: names are everybody's.
            people.staff.extend(page.staff.into_iter().map(|staff| pb::Staff {
                case_conflict_ids: Vec::new(),
                person_conflict_ids: Vec::new(),
                vetting_valid_until: String::new(),
                ..staff
            }));
            people
                .absences
                .extend(page.absences.into_iter().map(|absence| pb::Absence { kind: 0, ..absence }));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let asked = pb::ListTeamsRequest { page_size: 500, page_token: String::new() };
        people.teams = calls.team().list_teams(asked).await?.into_inner().teams;
        Ok(self.0.people.keep(people))
    }

    /// Forgets the people, after they were changed here.
    pub fn people_changed(&self) {
        self.0.people.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_a_kind_leaves_open_whom_it_is_about() {
        assert_eq!(left_open("Ring {about} with {what}"), "Ring … with …");
        assert_eq!(left_open("Print the letters"), "Print the letters");
        assert_eq!(Pack::default().title("contact-victim"), "Contact victim");
    }
}
