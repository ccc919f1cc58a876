//! The facts as rules name them: each field once, with what it means, and the functions that join facts.
//!
//! This file is the vocabulary of a pack's authors. A field that is not here cannot be asked.

use super::functions;
use super::{
    ArrangementFacts, AttendanceFacts, CaseFacts, DefendantFacts, DutyFacts, EventFacts, HearingFacts,
    MessageFacts, ParticipantFacts, ResultFacts, TaskFacts,
};
use crate::domain::calendar::Calendar;
use crate::domain::deadline::Anchor;
use crate::domain::explanation::Cause;
use crate::domain::hearing::{AttendanceState, HearingKind, When};
use crate::domain::person::Role;
use crate::rules::condition::{PackVocabulary, PackWord, Schema, Type, Value, facts};

/// The words of `outcomes.yaml`.
pub struct OutcomeWords;
impl PackVocabulary for OutcomeWords {
    const NAME: &'static str = "outcome";
}

/// The kinds of task of a pack.
pub struct TaskKindWords;
impl PackVocabulary for TaskKindWords {
    const NAME: &'static str = "task kind";
}

/// The kinds of duty of a pack.
pub struct DutyKindWords;
impl PackVocabulary for DutyKindWords {
    const NAME: &'static str = "duty kind";
}

/// What may come up in a contact, as a pack names it.
pub struct TopicWords;
impl PackVocabulary for TopicWords {
    const NAME: &'static str = "contact topic";
}

/// The questions of a pack's forms.
pub struct QuestionWords;
impl PackVocabulary for QuestionWords {
    const NAME: &'static str = "question";
}

/// What may be chosen in a pack's forms: a question and one of its words, such as `support/idva`.
pub struct AnswerWords;
impl PackVocabulary for AnswerWords {
    const NAME: &'static str = "answer";
}

/// The templates of a pack.
pub struct TemplateWords;
impl PackVocabulary for TemplateWords {
    const NAME: &'static str = "template";
}

facts! {
    /// What happened.
    e: EventFacts as "event" (&e.id) {
        /// Its id: what makes work for each event of its own, as the key of a task.
        id => &e.id;
        /// Its kind, such as task.completed: for rules that listen to several.
        kind => &e.kind;
        /// When it first reached the unit: what duties count from.
        received_at => e.received_at;
        /// When it happened in the world, where known.
        occurred_at => e.occurred_at;
        /// Lines of the court that stand now and did not before.
        added => &e.added;
        /// Lines of the court that stood before and are gone.
        removed => &e.removed;
        /// Whether the court had shared this hearing day before.
        again => e.again;
        /// The hearing it is about.
        hearing => e.hearing.as_ref();
        /// Hearings that were newly listed, or listed again.
        listed => &e.listed;
        /// Hearings that had been ordered and are not any more.
        withdrawn => &e.withdrawn;
        /// The first of those hearings, where there is one.
        next => e.listed.first();
        /// The first of them that was listed again and to which witnesses may be called: a trial that moved.
        moved => e.listed.iter().find(|h| h.listing > 1 && h.calls_witnesses());
        /// Whom it is about.
        about => e.about.as_ref();
        /// The task it is about, as it stands after the event.
        task => e.task.as_ref();
        /// A finished task's outcome, the kind of a logged contact, the reason of a trial taken out, contact-details
        /// where a participant's update changed how they are reached, what came of a caller check, or what a mail is:
        /// reply, bounce, out-of-office, accepted, declined, tentative, delivery-notice or other.
        word => e.word.as_ref();
        /// Whether somebody turned to the unit, and not the unit to them; logged contacts only.
        incoming => e.incoming;
        /// What of somebody's details changed: name, born-on, phone, email, address, language, safe-word.
        changed => &e.changed;
        /// How it was made sure of whom a contact was with; logged contacts only.
        check => e.check;
        /// The attendance it is about.
        attendance => e.attendance.as_ref();
        /// The message it is about.
        message => e.message.as_ref();
    }

    /// The case.
    c: CaseFacts as "case" (&c.id) {
        /// How far it has come.
        phase => c.phase;
        /// Risk to the victim.
        risk => c.risk;
        /// Flags, such as domestic-violence; a proposed one counts until a person refuses it.
        flags => &c.flags;
        /// Whether somebody owns it.
        has_owner => c.has_owner;
        /// When the unit took it on.
        opened_at => c.opened_at;
        /// Everybody in it who has not left.
        participants => &c.participants;
        /// The victims.
        victims => c.with_role(|p| p.is(Role::Victim));
        /// Everybody who may give evidence, victims included where they are witnesses too.
        witnesses => c.with_role(ParticipantFacts::gives_evidence);
        /// Civilian witnesses who are not victims.
        civilian_witnesses => c.with_role(|p| p.is(Role::CivilianWitness) && !p.is(Role::Victim));
        /// Police witnesses.
        police_witnesses => c.with_role(|p| p.is(Role::PoliceWitness));
        /// Expert and other professional witnesses.
        professional_witnesses => c.with_role(|p| p.is(Role::ProfessionalWitness));
        /// Advisers, whether or not they have leave to be told.
        advisers => c.with_role(|p| p.is(Role::Adviser));
        /// Family liaison officers.
        family_liaison_officers => c.with_role(|p| p.is(Role::FamilyLiaisonOfficer));
        /// The officer in the case, where one is known.
        officer_in_case => c.participants.iter().find(|p| p.is(Role::OfficerInCase));
        /// Whether a victim has Enhanced Rights.
        enhanced => c.participants.iter().any(|p| p.is(Role::Victim) && p.enhanced);
        /// Those who are charged.
        defendants => &c.defendants;
        /// Every line of the court that stands.
        results => &c.results;
        /// Its hearings.
        hearings => &c.hearings;
        /// Attendances, at present listings and at earlier ones.
        attendances => &c.attendances;
        /// What is booked.
        arrangements => &c.arrangements;
        /// What is and was owed.
        duties => &c.duties;
        /// Work to be done and done.
        tasks => &c.tasks;
        /// Correspondence.
        messages => &c.messages;
    }

    /// Somebody's part in the case.
    p: ParticipantFacts as "participant" (&p.id) {
        /// Their id.
        id => &p.id;
        /// The parts they play.
        roles => p.roles.clone();
        /// Whether they are a victim.
        victim => p.is(Role::Victim);
        /// Whether they may give evidence.
        witness => p.gives_evidence();
        /// Whether they are a police witness.
        police => p.is(Role::PoliceWitness);
        /// Whether they were under 18 at the time of the offence.
        child => p.child;
        /// Whether they have Enhanced Rights; a proposal counts until a person refuses it.
        enhanced => p.enhanced;
        /// Whether a person confirmed that they have Enhanced Rights.
        enhanced_confirmed => p.confirmed;
        /// Whether nothing says which offence or defendant concerns them.
        unlinked => p.unlinked;
        /// Whether they asked to hear of every hearing.
        wants_updates => p.wants_updates;
        /// Whether somebody rosters them.
        has_resource_team => p.resource_team.is_some();
        /// Whether they may be reached through somebody else alone, such as a family liaison officer.
        through_another => p.through_another;
        /// When they were last asked on which days they can come to court; nothing where nobody asked.
        availability_at => p.availability_at;
        /// Whether they have leave, now, to be told about those they support.
        consent => p.consent;
    }

    /// Somebody who is charged.
    d: DefendantFacts as "defendant" (&d.id) {
        /// The court's id.
        id => &d.id;
        /// Whether the court treats them as a youth.
        youth => d.youth;
        /// Whether they are a company or other legal entity.
        organisation => d.organisation;
        /// Whether the court says the proceedings against them have ended.
        concluded => d.concluded;
    }

    /// A line of the court: result, plea, verdict, what became of a trial, next hearing.
    r: ResultFacts as "result" (&r.id) {
        /// Its id.
        id => &r.id;
        /// What sort of line.
        line => r.line;
        /// What it means, a word of outcomes.yaml.
        outcome => PackWord::<OutcomeWords>::of(&r.outcome);
        /// Whether it settles the outcome of the case for its offence.
        final => r.is_final;
        /// Whether people who concern it are told of it at all.
        told => r.told;
        /// What it is about: outcome, bail, warrant, protection or appeal.
        topic => r.topic;
        /// The defendant it is about, where it is about one.
        defendant => r.defendant.as_ref();
        /// The offence it is about, where it is about one.
        offence => r.offence.as_ref();
        /// The day it was ordered, where known.
        ordered_on => r.ordered_on;
        /// Whether the court marked it urgent.
        urgent => r.urgent;
        /// What became of a trial; trial lines only.
        trial => r.trial;
        /// The kind of hearing ordered; next-hearing lines only.
        next => r.next;
        /// Its qualifiers.
        qualifiers => &r.qualifiers;
    }

    /// A hearing, at its present listing.
    h: HearingFacts as "hearing" (&h.id) {
        /// Its id.
        id => &h.id;
        /// What it is for.
        kind => h.kind;
        /// Whether it is a trial to which witnesses may be called.
        trial => h.kind == HearingKind::Trial;
        /// Whether witnesses may be called to it.
        calls_witnesses => h.calls_witnesses();
        /// Which kind of court sits, where known.
        jurisdiction => h.jurisdiction;
        /// Where it stands.
        state => h.state;
        /// Its listing number: 1 the first time, one more each time it is listed again.
        listing => h.listing;
        /// Whether it has a date.
        fixed => !matches!(h.when, When::Unfixed);
        /// The day, where one is fixed.
        day => h.when.day();
        /// The instant, where one is fixed.
        at => h.instant();
        /// Whose hearing it is, by the court's ids.
        defendants => &h.defendants;
        /// Whether the court's own hearing could be any of several planned ones.
        ambiguous => h.ambiguous;
    }

    /// Somebody's attendance at one listing of a hearing.
    a: AttendanceFacts as "attendance" (&a.id) {
        /// Who.
        participant => &a.participant;
        /// Which hearing.
        hearing => &a.hearing;
        /// Which listing.
        listing => a.listing;
        /// Whether that is the hearing's present listing.
        current => a.current;
        /// How far it has come.
        state => a.state;
        /// Whether they believe they are to come: warned or confirmed, and not told otherwise.
        expects => matches!(a.state, AttendanceState::Warned | AttendanceState::Confirmed);
        /// Whether they are wanted: required, warned or confirmed.
        wanted => a.wanted();
    }

    /// A booking.
    b: ArrangementFacts as "arrangement" (&b.id) {
        /// Which hearing.
        hearing => &b.hearing;
        /// Which listing.
        listing => b.listing;
        /// What.
        kind => b.kind;
        /// For whom, where it is for one participant.
        of => b.of.as_ref();
        /// How far it has come.
        state => b.state;
    }

    /// Something owed.
    u: DutyFacts as "duty" (&u.id) {
        /// Its kind.
        kind => PackWord::<DutyKindWords>::of(&u.kind);
        /// To whom.
        to => &u.to;
        /// Whether it is still owed.
        open => u.open;
        /// Whether the person was told.
        met => u.met;
        /// When it is due, where it has a date.
        due_at => u.due_at;
        /// When it arose: what its clocks count from.
        arose => u.arose_at;
    }

    /// Work.
    t: TaskFacts as "task" (&t.id) {
        /// Its kind.
        kind => PackWord::<TaskKindWords>::of(&t.kind);
        /// Whom it is about, where it is about somebody.
        about => t.about.as_ref();
        /// Which hearing it is about, where it is about one.
        hearing => t.hearing.as_ref();
        /// Whether work is still to be done.
        open => t.open;
        /// How urgent it is.
        priority => t.priority;
        /// How it ended, where it has.
        outcome => t.outcome.as_ref();
        /// Tries so far.
        attempts => t.attempts;
        /// When it is due, where it has a date.
        due_at => t.due_at;
        /// Whether somebody has it.
        assigned => t.assigned;
        /// When it was raised.
        raised_at => t.raised_at;
        /// When it ended, where it has.
        ended_at => t.ended_at;
    }

    /// A piece of correspondence.
    m: MessageFacts as "message" (&m.id) {
        /// Its template.
        template => PackWord::<TemplateWords>::of(&m.template);
        /// How it travels: email, letter or form.
        medium => m.medium;
        /// The participant it is for, where it is for one.
        to => m.to.as_ref();
        /// The participant it is about, where its rule says so.
        about => m.about.as_ref();
        /// Whether it has left.
        sent => m.sent;
        /// Whether it can still be stopped.
        unsent => m.unsent;
    }
}

impl CaseFacts {
    fn with_role(&self, role: impl Fn(&ParticipantFacts) -> bool) -> Vec<&ParticipantFacts> {
        self.participants.iter().filter(|participant| role(participant)).collect()
    }

    /// Whether somebody was told of something: by a met duty, a sent message, or a logged contact's causes.
    pub(super) fn was_told(&self, who: &str, cause: &Cause) -> bool {
        let duty = self.duties.iter().any(|duty| duty.met && duty.to == who && duty.causes.contains(cause));
        duty || self.messages.iter().any(|message| {
            message.sent && message.to.as_deref() == Some(who) && message.causes.contains(cause)
        })
    }
}

impl ParticipantFacts {
    /// Whether they may be called to give evidence.
    #[must_use]
    pub fn gives_evidence(&self) -> bool {
        self.roles.iter().any(|role| role.gives_evidence())
    }
}

impl AttendanceFacts {
    pub(super) fn wanted(&self) -> bool {
        use AttendanceState::{Confirmed, Required, Warned};
        matches!(self.state, Required | Warned | Confirmed)
    }
}

impl HearingFacts {
    pub(super) fn instant(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        match self.when {
            When::At(at) => Some(at),
            When::Week(_) | When::Unfixed => None,
        }
    }
}

/// What a condition's value means as the anchor of a deadline.
pub trait Anchored {
    /// The anchor.
    fn anchored(&self) -> Anchor;
}

impl Anchored for Value<'_> {
    fn anchored(&self) -> Anchor {
        match self {
            Value::Instant(at) => Anchor::At(*at),
            Value::Date(day) => Anchor::Day(*day),
            Value::Object(_) => match self.fact::<HearingFacts>().map(|hearing| hearing.when) {
                Some(When::At(at)) => Anchor::At(at),
                Some(When::Week(monday)) => Anchor::Week(monday),
                Some(When::Unfixed) => Anchor::Unfixed,
                None => Anchor::Missing,
            },
            _ => Anchor::Missing,
        }
    }
}

/// Everything conditions may mention but the words that come with a pack.
#[must_use]
pub fn schema(calendar: &Calendar) -> Schema {
    let mut schema = Schema::new();
    schema
        .object::<EventFacts>()
        .object::<CaseFacts>()
        .object::<ParticipantFacts>()
        .object::<DefendantFacts>()
        .object::<ResultFacts>()
        .object::<HearingFacts>()
        .object::<AttendanceFacts>()
        .object::<ArrangementFacts>()
        .object::<DutyFacts>()
        .object::<TaskFacts>()
        .object::<MessageFacts>()
        .variable("event", Type::object("event"), "what happened")
        .variable("case", Type::object("case"), "the case it happened to")
        .variable("now", Type::Instant, "the instant of the decision")
        .variable("today", Type::Date, "the day of the decision, in Europe/London");
    for function in functions::all(calendar) {
        schema.function(function);
    }
    schema
}
