//! The people of a case on its page: how each may safely be reached, what concerns them, what they are wanted for and what
//! they are owed, so that whoever has one of them on the telephone need not look further.
//!
//! Everybody has a block of their own that can be linked to. Of the police, and of members of the public beyond the first
//! few, it is a line of a table, which opens where there are many: a case with sixty witnesses stays readable. More about
//! each is on the page of that person.

use super::banners::{may_hear, not_by};
use super::seen::{Seen, hearing_in_brief, is_one};
use crate::domain::london;
use crate::grpc::pb::{self, AttendanceState, EnhancedState, Role};
use crate::web::clocks::{self, Press};
use crate::web::form;
use crate::web::tasks;
use crate::web::words;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// People whose blocks say everything, at most.
const WHOLE_MAX: usize = 8;
/// Lines of a table of people that are shown without opening it.
const OPEN_MAX: usize = 8;

/// What the blocks are made from.
pub(super) struct Blocks<'a> {
    /// The case.
    pub seen: &'a Seen,
    /// What is owed in it.
    pub duties: &'a [pb::Duty],
    /// What time it is.
    pub now: DateTime<Utc>,
}

impl Blocks<'_> {
    /// The section of the people.
    #[must_use]
    pub fn section(&self) -> Markup {
        let (present, left) = (self.seen.present(), self.seen.left());
        // The public stands before the police, of whom less need be known on the telephone.
        let whole = present.iter().filter(|participant| is_public(participant)).count().min(WHOLE_MAX);
        let id = &self.seen.case.id;
        html! {
            section.case-people id="people" aria-labelledby="people-title" {
                div.section-head {
                    h2 id="people-title" { "People " span.count { (present.len()) } }
                    a href=(format!("/cases/{id}/people/new")) { "Add somebody to the case" }
                }
                @if present.is_empty() {
                    p.empty { "Nobody is in the case yet. Add the victim and the witnesses here, or they come with the police’s file." }
                }
                @for participant in &present[..whole] { (self.whole(participant)) }
                @let rest = present[whole..].iter().copied();
                @let (public, police): (Vec<&pb::Participant>, Vec<_>) = rest.partition(|participant| is_public(participant));
                (self.table("Further people", &public, OPEN_MAX))
                (self.table("Police", &police, OPEN_MAX))
                (self.table("Left the case", &left, 0))
            }
        }
    }

    /// A table of people, which stands open where it has at most so many lines.
    fn table(&self, title: &str, people: &[&pb::Participant], open: usize) -> Markup {
        html! {
            @if !people.is_empty() {
                details.case-more-people open[people.len() <= open] {
                    summary { (title) " " span.count { (people.len()) } }
                    table aria-label=(title) {
                        thead { tr { th scope="col" { "Who" } th scope="col" { "Reach" } th scope="col" { "At court" } th scope="col" { "Do" } } }
                        tbody { @for participant in people { (self.line(participant)) } }
                    }
                }
            }
        }
    }

    /// Everything about somebody.
    fn whole(&self, participant: &pb::Participant) -> Markup {
        let name = self.seen.name(&participant.id);
        let owed: Vec<&pb::Duty> =
            self.duties.iter().filter(|duty| duty.participant_id == participant.id).collect();
        let concerned = concerned(self.seen, participant);
        let wanted = self.wanted(participant);
        let coming: Vec<Markup> =
            wanted.into_iter().map(|(hearing, attendance)| self.attendance(hearing, attendance)).collect();
        html! {
            article.case-person id=(format!("p-{}", participant.id)) aria-labelledby=(format!("pn-{}", participant.id)) {
                div.section-head {
                    h3 id=(format!("pn-{}", participant.id)) { (name) }
                    p.links { (self.links(participant, &name, true)) }
                }
                p.parts { (parts(participant)) }
                (self.rules(participant))
                (self.reach(participant))
                dl {
                    @if !owed.is_empty() {
                        dt { "To be told" }
                        dd { ul { @for duty in owed { li { (words::plain(&duty.kind)) " " (clock(duty, self.now)) } } } }
                    }
                    @if !coming.is_empty() {
                        dt { "At court" }
                        dd { ul { @for line in coming { li { (line) } } } }
                    }
                    @if let Some(concerned) = concerned {
                        dt { "Concerned by" }
                        dd { @if concerned.is_empty() {
                            strong { "Nobody has said which offence." } " They are told no outcome until somebody does."
                        } @else { ul { @for one in concerned { li { (one) } } } } }
                    }
                    @if let Some(enhanced) = &participant.enhanced {
                        dt { "Enhanced Rights" }
                        dd { (self.enhanced(participant, enhanced)) }
                    }
                    @for (term, said) in self.entitled(participant) { dt { (term) } dd { (said) } }
                }
                (self.identity(participant))
            }
        }
    }

    /// The least that helps: who, how, and what is wanted of them.
    fn line(&self, participant: &pb::Participant) -> Markup {
        let name = self.seen.name(&participant.id);
        let reached = self.seen.participant(&participant.contact_via_id).unwrap_or(participant);
        let phone = self.seen.identity(reached).and_then(|identity| identity.phones.first());
        let owed = self.duties.iter().filter(|duty| duty.participant_id == participant.id).count();
        html! {
            tr id=(format!("p-{}", participant.id)) {
                th scope="row" { (name) p.parts { (parts(participant)) } (self.rules(participant)) }
                td { @if let Some(phone) = phone { (phone) } @else { "no number" } }
                td {
                    @for (hearing, attendance) in self.wanted(participant) {
                        p { (state(attendance)) " " (hearing_in_brief(hearing, self.now)) }
                    }
                    @if owed > 0 { p { strong { (owed) " to be told" } } }
                    @if let Some(left) = clocks::instant_if(participant.left_at.as_ref()) { p { "left " (clocks::near(left, self.now)) } }
                }
                td { (self.links(participant, &name, false)) }
            }
        }
    }

    fn links(&self, participant: &pb::Participant, name: &str, button: bool) -> Markup {
        let (id, of) = (&self.seen.case.id, &participant.id);
        html! {
            a.button[button] href=(format!("/record?case={id}&participant={of}")) { "Call or record" span.visually-hidden { ": " (name) } }
            " " a href=(format!("/cases/{id}/people/{of}")) { "Change" span.visually-hidden { " what is held of " (name) } }
        }
    }

    /// What forbids a way of reaching them.
    fn rules(&self, participant: &pb::Participant) -> Markup {
        let channels = self.seen.person(participant).map(not_by).unwrap_or_default();
        html! {
            @if !participant.contact_via_id.is_empty() {
                @let through = &participant.contact_via_id;
                p.warning { strong { "Only through " a href=(format!("#p-{through}")) { (self.seen.name(through)) } } }
            }
            @if !channels.is_empty() { p.warning { strong { "Never by " (channels) } } }
        }
    }

    /// How they may be reached: through somebody else where they are to be reached through nobody but them.
    fn reach(&self, participant: &pb::Participant) -> Markup {
        let identity = self.seen.identity(participant);
        let through = self.seen.participant(&participant.contact_via_id);
        html! {
            ul.reach {
                @match through {
                    Some(through) => (self.ways(through)),
                    None => (self.ways(participant)),
                }
                @if let Some(identity) = identity {
                    @if !identity.language.is_empty() { li { strong { "Speaks " (language(&identity.language)) } } }
                    @if !identity.contact_note.is_empty() { li { "“" (identity.contact_note) "”" } }
                }
            }
        }
    }

    /// Somebody's own numbers and address for mail.
    fn ways(&self, participant: &pb::Participant) -> Markup {
        let Some(person) = self.seen.person(participant) else { return html! {} };
        let Some(identity) = &person.identity else { return html! {} };
        let not_safe = |channel: pb::Channel| person.unsafe_channels().any(|of| of == channel);
        html! {
            @for phone in &identity.phones {
                li { span aria-hidden="true" { "☎ " } (phone) @if not_safe(pb::Channel::Phone) { " " strong.unsafe { "not safe" } } }
            }
            @if !identity.email.is_empty() {
                li { span aria-hidden="true" { "✉ " } (identity.email) @if not_safe(pb::Channel::Email) { " " strong.unsafe { "not safe" } } }
            }
            @if identity.phones.is_empty() && identity.email.is_empty() { li { "No number and no e-mail address is held" } }
        }
    }

    /// What is read out or checked on the telephone, behind a line that opens: whoever looks over a shoulder sees none of it.
    fn identity(&self, participant: &pb::Participant) -> Markup {
        let Some(identity) = self.seen.identity(participant) else { return html! {} };
        let born = clocks::day(&identity.born_on);
        let has_address = !(identity.address.is_empty() && identity.postcode.is_empty());
        let is_through = !participant.contact_via_id.is_empty();
        html! {
            @if born.is_some() || has_address || is_through || !identity.safe_word.is_empty() {
                details {
                    summary { "Date of birth, address" @if is_through { ", own number" } @if !identity.safe_word.is_empty() { ", safe word" } }
                    @if let Some(born) = born { p { "Born " (london::written_date(born)) } }
                    @if has_address { p { (identity.address.join(", ")) " " (identity.postcode) } }
                    @if is_through { p { "Their own, not to be used: " } ul.reach { (self.ways(participant)) } }
                    @if !identity.safe_word.is_empty() { p { "Safe word: " strong { (identity.safe_word) } } }
                }
            }
        }
    }

    /// Where they are wanted: each hearing to come, else the last that is over.
    fn wanted(&self, participant: &pb::Participant) -> Vec<(&pb::Hearing, &pb::Attendance)> {
        let held = &self.seen.held.attendances;
        let at = |hearing: &pb::Hearing| {
            let of = |attendance: &&pb::Attendance| {
                attendance.participant_id == participant.id
                    && attendance.hearing_id == hearing.id
                    && attendance.listing == hearing.listing
            };
            held.iter().find(of)
        };
        let coming = self.seen.coming().into_iter();
        let coming: Vec<_> = coming.filter_map(|hearing| Some((hearing, at(hearing)?))).collect();
        if !coming.is_empty() {
            return coming;
        }
        let came = |attendance: &&pb::Attendance| {
            matches!(attendance.state(), AttendanceState::Attended | AttendanceState::Failed)
        };
        let mut past = self.seen.past().into_iter();
        past.find_map(|hearing| Some((hearing, at(hearing).filter(came)?))).into_iter().collect()
    }

    /// An attendance with measures and bookings.
    fn attendance(&self, hearing: &pb::Hearing, attendance: &pb::Attendance) -> Markup {
        let booked = self.seen.held.arrangements.iter().filter(|arrangement| {
            arrangement.hearing_id == hearing.id
                && arrangement.listing == hearing.listing
                && arrangement.participant_id == attendance.participant_id
        });
        let mut more: Vec<String> = Vec::new();
        if !attendance.phase.is_empty() {
            more.push(attendance.phase.clone());
        }
        if attendance.evidence_order > 0 {
            more.push(format!("number {} in the order of evidence", attendance.evidence_order));
        }
        more.extend(attendance.measures.iter().map(|measure| {
            format!("{} {}", words::measure_kind(measure.kind()), words::measure_state(measure.state()))
        }));
        more.extend(booked.map(|arrangement| {
            format!(
                "{} {}",
                words::arrangement_kind(arrangement.kind()),
                words::arrangement_state(arrangement.state())
            )
        }));
        html! {
            (state(attendance)) " " a href=(format!("/hearings/{}", hearing.id)) { (hearing_in_brief(hearing, self.now)) }
            @if !more.is_empty() { ". " (form::sentence(&more.join("; "))) }
        }
    }

    fn enhanced(&self, participant: &pb::Participant, enhanced: &pb::Enhanced) -> Markup {
        let categories: Vec<&str> = enhanced.categories().map(words::enhanced_category).collect();
        let assessed = clocks::instant_if(enhanced.assessed_at.as_ref());
        html! {
            (match enhanced.state() {
                EnhancedState::Proposed => "Proposed, and they count until somebody refuses them",
                EnhancedState::Confirmed => "Confirmed",
                EnhancedState::Refused => "Refused",
                EnhancedState::Unspecified => "Not assessed yet",
            })
            @if !categories.is_empty() { ": " (categories.join(", ").to_lowercase()) }
            @match enhanced.source.strip_prefix("rule ") {
                Some(rule) => { ". By the rule " a href=(format!("/rules/{rule}")) { (rule.replace('-', " ")) } }
                None => @if !enhanced.source.is_empty() { ". By: " (enhanced.source) },
            }
            @if let Some(at) = assessed { " (" (clocks::near(at, self.now)) ")" }
            @if enhanced.state() == EnhancedState::Proposed {
                ". " a href=(format!("/cases/{}/people/{}", self.seen.case.id, participant.id)) { "Confirm or refuse them" }
            }
        }
    }

    /// What they are entitled to hear and be offered, by the parts they play.
    fn entitled(&self, participant: &pb::Participant) -> Vec<(&'static str, String)> {
        let mut said = Vec::new();
        let names = |ids: &[String]| ids.iter().map(|id| self.seen.name(id)).collect::<Vec<_>>().join(", ");
        if is_one(participant, &[Role::Victim]) {
            said.push(("Entitled to", entitled_as_victim(participant).to_owned()));
        } else if is_one(participant, &[Role::CivilianWitness, Role::ProfessionalWitness]) {
            said.push((
                "Entitled to",
                "Witness Charter: dates and changes, a needs assessment, expenses, how the case ended"
                    .to_owned(),
            ));
        } else if is_one(participant, &[Role::PoliceWitness]) {
            said.push(("Told", "Dates and changes, through the resource team as well".to_owned()));
        }
        if !participant.supports_ids.is_empty() {
            let verb = if is_one(participant, &[Role::Parent, Role::Spokesperson]) {
                "Speaks for"
            } else {
                "Supports"
            };
            said.push((verb, names(&participant.supports_ids)));
        }
        if is_one(participant, &[Role::Adviser]) {
            said.push(("Consent", consent(participant, self.now)));
        }
        if participant.wants_updates {
            said.push(("Asked for", "News of every hearing, warned for it or not".to_owned()));
        }
        said
    }
}

/// What the Victims' Code gives a victim.
fn entitled_as_victim(participant: &pb::Participant) -> &'static str {
    let enhanced = participant.enhanced.as_ref().map(pb::Enhanced::state);
    match enhanced {
        Some(EnhancedState::Confirmed | EnhancedState::Proposed) => {
            "Victims’ Code, Enhanced Rights: news by the shorter clocks (Rights 6, 8 and 9), specialist support (4), \
             special measures, a Victim Personal Statement (7)"
        }
        _ => {
            "Victims’ Code: news of the case (Rights 6, 8 and 9), a needs assessment and support (4), \
             a Victim Personal Statement (7)"
        }
    }
}

fn consent(participant: &pb::Participant, now: DateTime<Utc>) -> String {
    let Some(consent) = &participant.consent else { return "None: they are told nothing".to_owned() };
    let ends = clocks::instant_if(consent.ends_at.as_ref());
    match (may_hear(participant, now), ends) {
        (true, Some(ends)) => format!("Until {}", clocks::near(ends, now)),
        (true, None) => "Given, without an end".to_owned(),
        (false, _) => "None covers today: they are told nothing".to_owned(),
    }
}

/// The parts they play, and what is special about them.
fn parts(participant: &pb::Participant) -> Markup {
    let enhanced = participant.enhanced.as_ref().map(pb::Enhanced::state);
    html! {
        (words::roles(participant))
        @if participant.child { " · " strong { "under 18" } }
        @if let Some(number) = participant.witness_number { " · no. " (number) " on the CPS’s list" }
        @if !participant.collar.is_empty() { " · collar " (participant.collar) }
        @match enhanced {
            Some(EnhancedState::Confirmed) => { " " span.tag.enhanced { "Enhanced Rights" } }
            Some(EnhancedState::Proposed) => { " " span.tag.enhanced { "Enhanced Rights proposed" } }
            _ => {}
        }
    }
}

/// Offences and defendants that concern somebody, in words; none where that is no question for the parts they play.
fn concerned(seen: &Seen, participant: &pb::Participant) -> Option<Vec<String>> {
    let mut said: Vec<String> = participant.offence_ids.iter().map(|id| seen.offence(id)).collect();
    said.extend(
        participant.defendant_ids.iter().map(|id| format!("{}, whatever the offence", seen.defendant(id))),
    );
    said.extend(participant.concerned_names.iter().map(|name| {
        if name == "all" {
            "every defendant, once the court shares them".to_owned()
        } else {
            format!("{name} (no court has shared it yet)")
        }
    }));
    said.sort();
    said.dedup();
    let asked = is_one(
        participant,
        &[Role::Victim, Role::CivilianWitness, Role::ProfessionalWitness, Role::PoliceWitness],
    );
    (asked || !said.is_empty()).then_some(said)
}

/// The clocks of a duty that say something: the target until the clock of the Code has passed, and that clock where the
/// target has passed or is not set.
#[must_use]
pub(super) fn clock(duty: &pb::Duty, now: DateTime<Utc>) -> Markup {
    let of = |name: &str, at: &Option<prost_types::Timestamp>| {
        clocks::instant_if(at.as_ref()).map(|at| clocks::clock(name, at, now))
    };
    let is_over =
        |clock: &Option<(String, Press)>| clock.as_ref().is_some_and(|(_, press)| *press == Press::Over);
    let (target, due) = (of("target", &duty.target_at), of("due", &duty.due_at));
    let target = target.filter(|_| !is_over(&due));
    let due = due.filter(|_| target.is_none() || is_over(&target));
    html! {
        @if target.is_none() && due.is_none() {
            span.clock { "waits for " (if duty.waits_for.is_empty() { "a date".to_owned() } else { duty.waits_for.replace('_', " ") }) }
        }
        @for (said, press) in target.iter().chain(&due) { (tasks::clock(said, *press)) " " }
    }
}

/// By what means somebody was told, as people write it.
fn told_by(means: &str) -> String {
    if means == "email" { "e-mail".to_owned() } else { means.replace('-', " ") }
}

/// Whether somebody is a member of the public, or speaks for or supports one.
fn is_public(participant: &pb::Participant) -> bool {
    let police = [Role::OfficerInCase, Role::FamilyLiaisonOfficer, Role::PoliceWitness];
    participant.roles().any(|role| !police.contains(&role))
}

/// How far an attendance has come, and by what means they were told.
fn state(attendance: &pb::Attendance) -> Markup {
    let state = attendance.state();
    let was_told =
        matches!(state, AttendanceState::Warned | AttendanceState::Confirmed | AttendanceState::DeWarned);
    let class = match state {
        AttendanceState::Confirmed | AttendanceState::Attended => "tag good",
        AttendanceState::Failed => "tag bad",
        AttendanceState::Required => "tag warn",
        _ => "tag",
    };
    html! {
        span class=(class) {
            (words::attendance_state(state))
            @if was_told && !attendance.told_by.is_empty() { " by " (told_by(&attendance.told_by)) }
        }
    }
}

/// A language as people say it, where it is one of the usual ones; else its tag.
fn language(tag: &str) -> String {
    const USUAL: [(&str, &str); 16] = [
        ("ar", "Arabic"),
        ("bg", "Bulgarian"),
        ("bn", "Bengali"),
        ("cy", "Welsh"),
        ("es", "Spanish"),
        ("fa", "Farsi"),
        ("fr", "French"),
        ("hu", "Hungarian"),
        ("lt", "Lithuanian"),
        ("pa", "Punjabi"),
        ("pl", "Polish"),
        ("pt", "Portuguese"),
        ("ro", "Romanian"),
        ("so", "Somali"),
        ("uk", "Ukrainian"),
        ("ur", "Urdu"),
    ];
    let short = tag.split('-').next().unwrap_or(tag).to_lowercase();
    let known = USUAL.iter().find(|(of, _)| *of == short);
    known.map_or_else(|| tag.to_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_said_as_people_say_it() {
        assert_eq!(
            (language("pl").as_str(), language("ro-MD").as_str(), language("sgn").as_str()),
            ("Polish", "Romanian", "sgn")
        );
    }

    #[test]
    fn a_witness_whom_nothing_concerns_is_asked_about_and_an_officer_in_the_case_is_not() {
        let seen = Seen { case: pb::Case::default(), held: pb::GetCaseResponse::default() };
        let of = |role: Role| pb::Participant { roles: vec![role as i32], ..pb::Participant::default() };
        assert_eq!(concerned(&seen, &of(Role::CivilianWitness)), Some(Vec::new()));
        assert_eq!(concerned(&seen, &of(Role::OfficerInCase)), None);
    }

    #[test]
    fn the_clock_of_the_code_is_told_once_it_has_passed_and_the_target_before() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let at = |hours| Some(clocks::timestamp(now + chrono::TimeDelta::hours(hours)));
        let duty = |target_at, due_at| pb::Duty { target_at, due_at, ..pb::Duty::default() };
        assert!(clock(&duty(at(2), at(30)), now).into_string().contains("target in 2 h"));
        let both = clock(&duty(at(-4), at(2)), now).into_string();
        assert!(both.contains("target passed") && both.contains("due in 2 h"));
        let over = clock(&duty(at(-4), at(-2)), now).into_string();
        assert!(over.contains("overdue") && !over.contains("target"));
        assert!(clock(&duty(None, None), now).into_string().contains("waits for a date"));
    }
}
