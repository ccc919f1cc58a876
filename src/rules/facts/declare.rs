//! The facts as rules name them: each field once, with what it means, and the functions that join facts.
//!
//! This file is the vocabulary of a pack's authors. A field that is not here cannot be asked.

use super::{
    ArrangementFacts, AttendanceFacts, CaseFacts, DefendantFacts, DutyFacts, EventFacts, HearingFacts,
    MessageFacts, ParticipantFacts, ResultFacts, TaskFacts,
};
use crate::domain::calendar::{Calendar, working_days_until};
use crate::domain::deadline::Anchor;
use crate::domain::explanation::Cause;
use crate::domain::hearing::{AttendanceState, HearingKind, HearingState, When};
use crate::domain::person::Role;
use crate::rules::condition::{Function, PackVocabulary, PackWord, Schema, Type, Value, facts};

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

/// The templates of a pack.
pub struct TemplateWords;
impl PackVocabulary for TemplateWords {
    const NAME: &'static str = "template";
}

facts! {
    /// What happened.
    e: EventFacts as "event" (&e.id) {
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
        /// A finished task's outcome, the reason of a trial taken out, or a raised event's word.
        word => e.word.as_ref();
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
        /// Whether nothing says which offence or defendant concerns them.
        unlinked => p.unlinked;
        /// Whether they asked to hear of every hearing.
        wants_updates => p.wants_updates;
        /// Whether somebody rosters them.
        has_resource_team => p.resource_team.is_some();
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
    }

    /// A piece of correspondence.
    m: MessageFacts as "message" (&m.id) {
        /// Its template.
        template => PackWord::<TemplateWords>::of(&m.template);
        /// The participant it is for, where it is for one.
        to => m.to.as_ref();
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
    fn was_told(&self, who: &str, cause: &Cause) -> bool {
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
    fn wanted(&self) -> bool {
        use AttendanceState::{Confirmed, Required, Warned};
        matches!(self.state, Required | Warned | Confirmed)
    }
}

impl HearingFacts {
    fn instant(&self) -> Option<chrono::DateTime<chrono::Utc>> {
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
    for function in functions(calendar) {
        schema.function(function);
    }
    schema
}

fn functions(calendar: &Calendar) -> Vec<Function> {
    let participant = || Type::object("participant");
    let result = || Type::object("result");
    let hearing = || Type::object("hearing");
    let calendar = calendar.clone();
    vec![
        Function::new("concerns", [result()], Type::Bool, |call| {
            let (who, line) = (call.fact::<ParticipantFacts>(0)?, call.fact::<ResultFacts>(1)?);
            Ok(Value::Bool(who.concerns(line, case(call)?)))
        })
        .on(participant())
        .about("whether a line is about one of their offences or defendants"),
        Function::new("concerned_by", [hearing()], Type::Bool, |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let case = case(call)?;
            let theirs = |defendant: &String| {
                who.defendants.contains(defendant)
                    || case.offences_of(defendant).iter().any(|offence| who.offences.contains(offence))
            };
            Ok(Value::Bool(hearing.defendants.iter().any(theirs)))
        })
        .on(participant())
        .about("whether a hearing is of a defendant who concerns them"),
        Function::new("supports", [participant()], Type::Bool, |call| {
            let (who, other) = (call.fact::<ParticipantFacts>(0)?, call.fact::<ParticipantFacts>(1)?);
            Ok(Value::Bool(who.supports.contains(&other.id)))
        })
        .on(participant())
        .about("whether they support or speak for somebody"),
        Function::new("attendance", [hearing()], Type::object("attendance").optional(), |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let theirs = |a: &&AttendanceFacts| {
                a.participant == who.id && a.hearing == hearing.id && a.listing == hearing.listing
            };
            Ok(optional(case(call)?.attendances.iter().find(theirs)))
        })
        .on(participant())
        .about("their attendance at the present listing of a hearing"),
        Function::new("last_attendance", [hearing()], Type::object("attendance").optional(), |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let theirs =
                case(call)?.attendances.iter().filter(|a| a.participant == who.id && a.hearing == hearing.id);
            Ok(optional(theirs.max_by_key(|a| a.listing)))
        })
        .on(participant())
        .about("their attendance at the latest listing of a hearing for which there is one"),
        Function::new("is_to_attend", [hearing()], Type::Bool, |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let theirs = |a: &&AttendanceFacts| a.participant == who.id && a.hearing == hearing.id;
            let expects =
                |a: &AttendanceFacts| matches!(a.state, AttendanceState::Warned | AttendanceState::Confirmed);
            Ok(Value::Bool(case(call)?.attendances.iter().filter(theirs).any(expects)))
        })
        .on(participant())
        .about("whether they believe they are to come to a hearing, at whatever listing they were told"),
        Function::new("is_wanted_at", [hearing()], Type::Bool, |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let theirs =
                case(call)?.attendances.iter().filter(|a| a.participant == who.id && a.hearing == hearing.id);
            Ok(Value::Bool(theirs.max_by_key(|a| a.listing).is_some_and(AttendanceFacts::wanted)))
        })
        .on(participant())
        .about("whether they are required, warned or confirmed for a hearing, at its latest listing with anybody"),
        Function::new("corrects", [participant()], Type::Bool, |call| {
            let (event, who) = (call.fact::<EventFacts>(0)?, call.fact::<ParticipantFacts>(1)?);
            let case = case(call)?;
            let gone = |r: &ResultFacts| case.was_told(&who.id, &Cause(r.id.clone()));
            Ok(Value::Bool(event.removed.iter().any(gone)))
        })
        .on(Type::object("event"))
        .about("whether it takes back something that somebody was told"),
        Function::new("told", [participant(), result()], Type::Bool, |call| {
            let (who, line) = (call.fact::<ParticipantFacts>(0)?, call.fact::<ResultFacts>(1)?);
            Ok(Value::Bool(case(call)?.was_told(&who.id, &Cause(line.id.clone()))))
        })
        .about("whether somebody was told of a line"),
        Function::new("told_of", [participant(), hearing()], Type::Bool, |call| {
            let (who, hearing) = (call.fact::<ParticipantFacts>(0)?, call.fact::<HearingFacts>(1)?);
            let listing = Cause(format!("{}/{}", hearing.id, hearing.listing));
            Ok(Value::Bool(case(call)?.was_told(&who.id, &listing)))
        })
        .about("whether somebody was told of a hearing's present listing"),
        Function::new("next_hearing", [participant()], hearing().optional(), |call| {
            let who = call.fact::<ParticipantFacts>(0)?;
            let case = case(call)?;
            let theirs = |h: &&HearingFacts| {
                h.state == HearingState::Listed
                    && h.defendants.iter().any(|d| {
                        who.defendants.contains(d)
                            || case.offences_of(d).iter().any(|o| who.offences.contains(o))
                    })
            };
            Ok(optional(case.hearings.iter().filter(theirs).min_by_key(|h| h.instant())))
        })
        .about("the next listed hearing of a defendant who concerns somebody"),
        Function::new("working_days_until", [Type::Date], Type::Int, move |call| {
            let (Some(Value::Date(day)), Some(Value::Instant(now))) =
                (call.arguments.first(), call.scope.get("now"))
            else {
                return Err("working_days_until takes a date".to_owned());
            };
            working_days_until(*now, *day, &calendar).map(Value::Int).map_err(|needs| needs.to_string())
        })
        .about("how many working days lie between now and a day"),
    ]
}

fn case<'a>(call: &crate::rules::condition::Call<'_, 'a>) -> Result<&'a CaseFacts, String> {
    call.scope
        .get("case")
        .and_then(Value::fact::<CaseFacts>)
        .ok_or_else(|| "there is no case here".to_owned())
}

fn optional<'a, T: crate::rules::condition::Fact>(found: Option<&'a T>) -> Value<'a> {
    found.map_or(Value::Absent, |fact| Value::Object(fact))
}
