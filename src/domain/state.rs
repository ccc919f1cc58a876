//! All that is held of one case, and what has changed in it since it was read.
//!
//! The engine reads a [`CaseState`] under the case's lock, an event is handled in memory against it, and the store
//! writes what is marked as changed. Nothing else is written, and nothing is read twice.

use super::case::Case;
use super::contact::Contact;
use super::diary::{DiaryEntry, Timer};
use super::document::Document;
use super::duty::Duty;
use super::feed::Feed;
use super::hearing::{Arrangement, Attendance, Hearing};
use super::ids::{CaseId, ContactId, ParticipantId, PersonId, UnitId};
use super::message::Message;
use super::notice::Notice;
use super::person::{Participant, Person};
use super::record::{Record, Snapshot};
use super::task::Task;
use std::ops::Deref;

/// Whether a value must be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// As it was read.
    Clean,
    /// Read, and changed since.
    Changed,
    /// Made since.
    New,
}

/// A value that knows whether it must be written. Reading is free; changing goes through [`Tracked::change`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked<T> {
    value: T,
    mark: Mark,
}

impl<T> Tracked<T> {
    /// A value as it was read.
    pub fn read(value: T) -> Self {
        Self { value, mark: Mark::Clean }
    }

    /// A value made just now.
    pub fn new(value: T) -> Self {
        Self { value, mark: Mark::New }
    }

    /// The value, to be changed.
    pub fn change(&mut self) -> &mut T {
        if self.mark == Mark::Clean {
            self.mark = Mark::Changed;
        }
        &mut self.value
    }

    /// Whether it must be written, and how.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Declares it written.
    pub fn settle(&mut self) {
        self.mark = Mark::Clean;
    }
}

impl<T> Deref for Tracked<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// All that is held of one case. The unit's *desk* is held in the same way, under an id that follows from the
/// unit's: it has tasks, timers and messages, and neither people nor hearings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseState {
    /// The case.
    pub case: Tracked<Case>,
    /// References that were found to be its own since it was read.
    pub new_references: Vec<super::case::Reference>,
    /// What the court's shares add up to.
    pub record: Tracked<Record>,
    /// The latest share of each hearing day; read only for events that need them.
    pub snapshots: Vec<Tracked<Snapshot>>,
    /// The people of its participants.
    pub people: Vec<Tracked<Person>>,
    /// Who plays which part.
    pub participants: Vec<Tracked<Participant>>,
    /// Its hearings.
    pub hearings: Vec<Tracked<Hearing>>,
    /// Who must attend them.
    pub attendances: Vec<Tracked<Attendance>>,
    /// What is booked for them.
    pub arrangements: Vec<Tracked<Arrangement>>,
    /// What is and was owed.
    pub duties: Vec<Tracked<Duty>>,
    /// Work to be done and done.
    pub tasks: Vec<Tracked<Task>>,
    /// Correspondence.
    pub messages: Vec<Tracked<Message>>,
    /// Its diary.
    pub diary: Vec<Tracked<DiaryEntry>>,
    /// Its timers.
    pub timers: Vec<Tracked<Timer>>,
    /// Contacts and notes.
    pub contacts: Vec<Tracked<Contact>>,
    /// Its documents, without their bytes.
    pub documents: Vec<Tracked<Document>>,
    /// Notices; the desk's alone.
    pub notices: Vec<Tracked<Notice>>,
    /// What calendar programs may follow; the desk's alone.
    pub feeds: Vec<Tracked<Feed>>,
    /// Which of the lists that few events need are here.
    pub here: Here,
}

/// Which of the lists that few events need were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here {
    /// [`CaseState::snapshots`].
    pub snapshots: bool,
    /// [`CaseState::contacts`], which grows with a case and is asked for only to correct it.
    pub contacts: bool,
    /// [`CaseState::documents`].
    pub documents: bool,
    /// [`CaseState::notices`].
    pub notices: bool,
    /// [`CaseState::feeds`].
    pub feeds: bool,
    /// Of [`CaseState::messages`] those that briefed somebody and have left: a desk has thousands of them.
    pub briefings: bool,
}

impl Here {
    /// All of them.
    pub const ALL: Self = Self {
        snapshots: true,
        contacts: true,
        documents: true,
        notices: true,
        feeds: true,
        briefings: true,
    };
    /// None of them.
    pub const NONE: Self = Self {
        snapshots: false,
        contacts: false,
        documents: false,
        notices: false,
        feeds: false,
        briefings: false,
    };
}

impl CaseState {
    /// A case of which nothing else is held yet.
    #[must_use]
    pub fn new(case: Tracked<Case>) -> Self {
        Self {
            case,
            new_references: Vec::new(),
            record: Tracked::read(Record::default()),
            snapshots: Vec::new(),
            people: Vec::new(),
            participants: Vec::new(),
            hearings: Vec::new(),
            attendances: Vec::new(),
            arrangements: Vec::new(),
            duties: Vec::new(),
            tasks: Vec::new(),
            messages: Vec::new(),
            diary: Vec::new(),
            timers: Vec::new(),
            contacts: Vec::new(),
            documents: Vec::new(),
            notices: Vec::new(),
            feeds: Vec::new(),
            here: Here::ALL,
        }
    }

    /// The id of a unit's desk.
    #[must_use]
    pub fn desk_of(unit: UnitId) -> CaseId {
        CaseId(super::ids::derived(&[b"desk", unit.as_bytes()]))
    }

    /// Whether this is the unit's desk.
    #[must_use]
    pub fn is_desk(&self) -> bool {
        self.case.id == Self::desk_of(self.case.unit)
    }

    /// Which case of a share is this one: by the court's id of the case, else by its other references.
    #[must_use]
    pub fn part_of(&self, share: &super::court::Share) -> Option<usize> {
        let ours = |case: &super::court::CaseShare| {
            case.references().iter().any(|reference| self.case.references.contains(reference))
        };
        share.cases.iter().position(ours)
    }

    /// The contact record that corrects this one, the last of them.
    #[must_use]
    pub fn correction_of(&self, contact: ContactId) -> Option<ContactId> {
        self.contacts.iter().rfind(|held| held.corrects == Some(contact)).map(|held| held.id)
    }

    /// The participant with this id.
    #[must_use]
    pub fn participant(&self, id: ParticipantId) -> Option<&Tracked<Participant>> {
        self.participants.iter().find(|participant| participant.id == id)
    }

    /// The ids of its people.
    #[must_use]
    pub fn people_ids(&self) -> Vec<PersonId> {
        self.people.iter().map(|person| person.id).collect()
    }

    /// The person with this id.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Tracked<Person>> {
        self.people.iter().find(|person| person.id == id)
    }
}

impl CaseState {
    /// Declares everything written: what is marked from here on was changed since.
    pub fn settle(&mut self) {
        fn all<T>(list: &mut [Tracked<T>]) {
            list.iter_mut().for_each(Tracked::settle);
        }
        self.case.settle();
        self.record.settle();
        self.new_references.clear();
        all(&mut self.snapshots);
        all(&mut self.people);
        all(&mut self.participants);
        all(&mut self.hearings);
        all(&mut self.attendances);
        all(&mut self.arrangements);
        all(&mut self.duties);
        all(&mut self.tasks);
        all(&mut self.messages);
        all(&mut self.diary);
        all(&mut self.timers);
        all(&mut self.contacts);
        all(&mut self.documents);
        all(&mut self.notices);
        all(&mut self.feeds);
    }

    /// Drops what a case that is kept in memory would hold for nothing: contacts, documents, briefings that have left, and people
    /// whom an event named who then got no part in the case.
    pub fn forget_what_is_seldom_asked(&mut self) {
        self.contacts = Vec::new();
        self.here.contacts = false;
        self.documents = Vec::new();
        self.here.documents = false;
        let stays = |message: &Message| message.state.is_with_outbox() || !message.is_briefing();
        self.messages.retain(|message| stays(message));
        let parts = &self.participants;
        self.people.retain(|person| parts.iter().any(|part| part.person == person.id));
    }

    /// Brings what was read into one order on every database: the order in which it was made.
    pub fn in_order(&mut self) {
        self.participants.sort_by_key(|participant| participant.id);
        self.people.sort_by_key(|person| person.id);
        self.snapshots.sort_by_key(|snapshot| snapshot.slot());
        self.hearings.sort_by_key(|hearing| hearing.id);
        self.attendances.sort_by_key(|attendance| attendance.id);
        self.arrangements.sort_by_key(|arrangement| arrangement.id);
        self.duties.sort_by_key(|duty| duty.id);
        self.tasks.sort_by_key(|task| task.id);
        self.messages.sort_by_key(|message| message.id);
        self.diary.sort_by_key(|entry| entry.id);
        self.timers.sort_by_key(|timer| timer.id);
        self.contacts.sort_by_key(|contact| contact.id);
        self.documents.sort_by_key(|document| (document.at, document.added.id));
        self.notices.sort_by_key(|notice| notice.id);
        self.feeds.sort_by_key(|feed| feed.id);
    }
}
