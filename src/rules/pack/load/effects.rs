//! What a rule asks for, effect by effect. The first key of an effect says which it is.

use super::kinds::owner;
use super::terms::Asker;
use crate::domain::case::{Phase, Risk};
use crate::domain::contact::DirectoryKind;
use crate::domain::diary::{AppointmentKind, DiaryState};
use crate::domain::hearing::{ArrangementKind, ArrangementState, AttendanceState};
use crate::domain::message::Medium;
use crate::domain::person::EnhancedCategory;
use crate::domain::task::Priority;
use crate::rules::condition::{Condition, did_you_mean, listed};
use crate::rules::pack::reader::Fields;
use crate::rules::pack::yaml::Node;
use crate::rules::pack::{By, Clock, EffectRule, EmitAt, To};

/// Every effect with the keys it may have; its own comes first.
const EFFECTS: [(&str, &[&str]); 23] = [
    ("owe", &["owe", "to", "in", "causes", "hearing", "target", "due", "priority", "by"]),
    ("task", &["task", "about", "hearing", "causes", "key", "target", "due", "priority", "owner"]),
    ("email", &MESSAGE_BY_EMAIL),
    ("letter", &["letter", "to", "resource_teams_of", "directory", "about", "causes", "hearing", "after"]),
    ("form", &["form", "to", "resource_teams_of", "directory", "about", "causes", "hearing", "after"]),
    ("diary", &["diary"]),
    ("timer", &["timer", "at", "about", "hearing"]),
    ("stop_timer", &["stop_timer", "about", "hearing"]),
    ("attendance", &["attendance"]),
    ("arrangement", &["arrangement"]),
    ("phase", &["phase"]),
    ("excuse", &["excuse"]),
    ("shorten", &["shorten"]),
    ("stop", &["stop"]),
    ("appointment", &["appointment"]),
    ("call_off", &["call_off"]),
    ("withdraw", &["withdraw"]),
    ("cancel", &["cancel"]),
    ("hurry", &["hurry"]),
    ("propose", &["propose"]),
    ("raise_risk", &["raise_risk"]),
    ("propose_enhanced", &["propose_enhanced"]),
    ("emit", &["emit", "at", "about", "hearing", "causes"]),
];
const MESSAGE_BY_EMAIL: [&str; 8] =
    ["email", "to", "resource_teams_of", "directory", "about", "causes", "hearing", "after"];

/// A value that may be left out: `Some(None)` where it is, `None` where it is wrong.
type Perhaps<T> = Option<Option<T>>;

impl Asker<'_> {
    pub(super) fn effect(&self, node: &Node) -> Option<EffectRule> {
        let names = || EFFECTS.iter().map(|(name, _)| *name);
        let Some(entries) = node.entries() else {
            return self
                .reader
                .expected(node, &format!("an effect: a map that begins with {}", listed(names())));
        };
        let found = entries.iter().find_map(|entry| EFFECTS.iter().find(|(name, _)| *name == entry.key));
        let Some((name, keys)) = found else {
            let first = entries.first()?;
            let advice = did_you_mean(&first.key, names());
            let advice = advice.unwrap_or_else(|| format!("there are {}", listed(names())));
            self.reader.fault(&first.key_at, format!("there is no effect `{}`", first.key), Some(advice));
            return None;
        };
        let fields = self.reader.fields(node, &format!("the effect `{name}`"), keys)?;
        let own = fields.need(name)?;
        match *name {
            "owe" => self.owe(&fields, own),
            "task" => self.task(&fields, own),
            "email" => self.message(&fields, own, Medium::Email),
            "letter" => self.message(&fields, own, Medium::Letter),
            "form" => self.message(&fields, own, Medium::Form),
            "diary" => self.diary(own),
            "timer" => self.timer(&fields, own),
            "stop_timer" => self.stop_timer(&fields, own),
            "attendance" => self.attendance(own),
            "arrangement" => self.arrangement(own),
            "phase" => Some(EffectRule::Phase(self.reader.word::<Phase>(own)?)),
            "excuse" => self.excuse(own),
            "shorten" => self.shorten(own),
            "stop" => self.stop(own),
            "appointment" => self.appointment(own),
            "call_off" => self.call_off(own),
            "withdraw" => self.withdraw(own),
            "cancel" => self.cancel(own),
            "hurry" => self.hurry(own),
            "propose" => Some(EffectRule::Propose { flag: self.reader.name(own)?.to_owned() }),
            "raise_risk" => Some(EffectRule::RaiseRisk(self.reader.word::<Risk>(own)?)),
            "propose_enhanced" => self.propose_enhanced(own),
            _ => self.emit(&fields, own),
        }
    }

    fn owe(&self, fields: &Fields<'_>, own: &Node) -> Option<EffectRule> {
        let kind = self.terms.duty_kind(self.reader, own);
        let to = fields.need("to").and_then(|node| self.people(node));
        let (causes, hearing) = (self.causes_of(fields), self.hearing_of(fields));
        let target = self.clock_of(fields, "target");
        // A duty without any clock would never be missed.
        let due = match fields.node("target") {
            Some(_) => self.clock_of(fields, "due"),
            None => fields.need("due").and_then(|node| self.clock(node)).map(Some),
        };
        let by = fields.node("by").map_or(Some(By::Person), |node| self.reader.word::<By>(node));
        let priority = self.priority(fields);
        let task = perhaps(fields.node("in"), |node| self.terms.task_kind(self.reader, node));
        Some(EffectRule::Owe {
            kind: kind?,
            to: to?,
            task: task?,
            causes: causes?,
            hearing: hearing?,
            target: target?,
            due: due?,
            priority: priority?,
            by: by?,
        })
    }

    fn task(&self, fields: &Fields<'_>, own: &Node) -> Option<EffectRule> {
        let kind = self.terms.task_kind(self.reader, own);
        let (causes, hearing) = (self.causes_of(fields), self.hearing_of(fields));
        let about = self.about(fields);
        let key = perhaps(fields.node("key"), |node| self.key(node));
        let (target, due) = (self.clock_of(fields, "target"), self.clock_of(fields, "due"));
        let priority = self.priority(fields);
        let owner = perhaps(fields.node("owner"), |node| owner(self.reader, node));
        Some(EffectRule::Task {
            kind: kind?,
            about: about?,
            hearing: hearing?,
            causes: causes?,
            key: key?,
            target: target?,
            due: due?,
            priority: priority?,
            owner: owner?,
        })
    }

    fn message(&self, fields: &Fields<'_>, own: &Node, medium: Medium) -> Option<EffectRule> {
        let template = self.terms.template(self.reader, own, medium);
        let to = self.recipients(fields);
        let about = self.about(fields);
        let (causes, hearing) = (self.causes_of(fields), self.hearing_of(fields));
        let after = perhaps(fields.node("after"), |node| self.terms.task_kind(self.reader, node));
        Some(EffectRule::Message {
            template: template?,
            to: to?,
            about: about?,
            causes: causes?,
            hearing: hearing?,
            after: after?,
        })
    }

    fn recipients(&self, fields: &Fields<'_>) -> Option<To> {
        const WAYS: [&str; 3] = ["to", "resource_teams_of", "directory"];
        let said: Vec<_> = WAYS.iter().filter_map(|key| fields.entry(key)).collect();
        match said.as_slice() {
            [one] if one.key == "to" => self.people(&one.value).map(To::Participants),
            [one] if one.key == "directory" => {
                self.reader.word::<DirectoryKind>(&one.value).map(To::Directory)
            }
            [one] => self.people(&one.value).map(To::ResourceTeamsOf),
            [] => {
                let message = format!("a message needs one of {}", listed(WAYS));
                self.reader.fault(&fields.at, message, None);
                None
            }
            [_, second, ..] => {
                let message = format!("a message has one of {}, not several", listed(WAYS));
                self.reader.fault(&second.key_at, message, Some("write two effects".to_owned()));
                None
            }
        }
    }

    fn diary(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`diary`", &["hearing", "state"])?;
        let hearing = fields.need("hearing").and_then(|node| self.hearings(node));
        let state = fields.need("state").and_then(|node| self.word::<DiaryState>(node));
        Some(EffectRule::Diary { hearing: hearing?, state: state? })
    }

    fn timer(&self, fields: &Fields<'_>, own: &Node) -> Option<EffectRule> {
        let raises = self.terms.raise(self.reader, own);
        let at = fields.need("at").and_then(|node| self.clock(node));
        let (about, hearing) = (self.about(fields), self.hearing_of(fields));
        Some(EffectRule::Timer { raises: raises?, at: at?, about: about?, hearing: hearing? })
    }

    fn stop_timer(&self, fields: &Fields<'_>, own: &Node) -> Option<EffectRule> {
        let raises = self.terms.event(self.reader, own);
        let (about, hearing) = (self.about(fields), self.hearing_of(fields));
        Some(EffectRule::StopTimer { raises: raises?, about: about?, hearing: hearing? })
    }

    fn attendance(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`attendance`", &["of", "hearing", "state"])?;
        let of = fields.need("of").and_then(|node| self.people(node));
        let hearing = fields.need("hearing").and_then(|node| self.hearing(node));
        let state = fields.need("state").and_then(|node| self.reader.word::<AttendanceState>(node));
        Some(EffectRule::Attendance { of: of?, hearing: hearing?, state: state? })
    }

    fn arrangement(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`arrangement`", &["of", "hearing", "kind", "state"])?;
        let of = perhaps(fields.node("of"), |node| self.people(node));
        let hearing = fields.need("hearing").and_then(|node| self.hearings(node));
        let kind = fields.need("kind").and_then(|node| self.reader.word::<ArrangementKind>(node));
        let state = fields.need("state").and_then(|node| self.reader.word::<ArrangementState>(node));
        Some(EffectRule::Arrangement { of: of?, hearing: hearing?, kind: kind?, state: state? })
    }

    fn excuse(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`excuse`", &["duties", "reason"])?;
        let duties = fields.need("duties").and_then(|node| self.duties(node));
        let reason = fields.need_text("reason");
        Some(EffectRule::Excuse { duties: duties?, reason: reason? })
    }

    fn shorten(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`shorten`", &["duties", "target", "due", "priority"])?;
        let duties = fields.need("duties").and_then(|node| self.duties(node));
        let (target, due) = (self.clock_of(&fields, "target"), self.clock_of(&fields, "due"));
        let priority = self.priority(&fields);
        Some(EffectRule::Shorten { duties: duties?, target: target?, due: due?, priority: priority? })
    }

    fn stop(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`stop`", &["messages", "reason"])?;
        let messages = fields.need("messages").and_then(|node| self.messages(node));
        let reason = fields.need_text("reason");
        Some(EffectRule::Stop { messages: messages?, reason: reason? })
    }

    fn appointment(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`appointment`", &["kind", "words", "at", "with", "key"])?;
        let kind = fields.need("kind").and_then(|node| self.reader.word::<AppointmentKind>(node));
        let words = fields.need_text("words");
        let at = fields.need("at").and_then(|node| self.clock(node));
        let with = perhaps(fields.node("with"), |node| self.person(node));
        let key = perhaps(fields.node("key"), |node| self.key(node));
        Some(EffectRule::Appointment { kind: kind?, words: words?, at: at?, with: with?, key: key? })
    }

    fn call_off(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`call_off`", &["kind", "with", "key"])?;
        let kind = fields.need("kind").and_then(|node| self.reader.word::<AppointmentKind>(node));
        let with = perhaps(fields.node("with"), |node| self.person(node));
        let key = perhaps(fields.node("key"), |node| self.key(node));
        Some(EffectRule::CallOff { kind: kind?, with: with?, key: key? })
    }

    fn withdraw(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`withdraw`", &["causes"])?;
        let causes = fields.need("causes").and_then(|node| self.causes(node));
        Some(EffectRule::Withdraw { causes: causes? })
    }

    fn cancel(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`cancel`", &["tasks", "reason"])?;
        let tasks = fields.need("tasks").and_then(|node| self.tasks(node));
        let reason = fields.need_text("reason");
        Some(EffectRule::Cancel { tasks: tasks?, reason: reason? })
    }

    fn hurry(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`hurry`", &["tasks", "priority"])?;
        let tasks = fields.need("tasks").and_then(|node| self.tasks(node));
        let priority = self.priority(&fields);
        Some(EffectRule::Hurry { tasks: tasks?, priority: priority? })
    }

    fn propose_enhanced(&self, own: &Node) -> Option<EffectRule> {
        let fields = self.reader.fields(own, "`propose_enhanced`", &["to", "category"])?;
        let to = fields.need("to").and_then(|node| self.people(node));
        let category = fields.need("category").and_then(|node| self.word::<EnhancedCategory>(node));
        Some(EffectRule::ProposeEnhanced { to: to?, category: category? })
    }

    fn emit(&self, fields: &Fields<'_>, own: &Node) -> Option<EffectRule> {
        let name = self.terms.raise(self.reader, own);
        let (about, hearing, causes) = (self.about(fields), self.hearing_of(fields), self.causes_of(fields));
        let at = perhaps(fields.node("at"), |node| self.reader.word::<EmitAt>(node))
            .map(|at| at.unwrap_or(EmitAt::Case));
        Some(EffectRule::Emit { name: name?, at: at?, about: about?, hearing: hearing?, causes: causes? })
    }

    fn about(&self, fields: &Fields<'_>) -> Perhaps<Condition> {
        perhaps(fields.node("about"), |node| self.person(node))
    }

    fn causes_of(&self, fields: &Fields<'_>) -> Perhaps<Condition> {
        perhaps(fields.node("causes"), |node| self.causes(node))
    }

    fn hearing_of(&self, fields: &Fields<'_>) -> Perhaps<Condition> {
        perhaps(fields.node("hearing"), |node| self.hearing(node))
    }

    fn clock_of(&self, fields: &Fields<'_>, key: &str) -> Perhaps<Clock> {
        perhaps(fields.node(key), |node| self.clock(node))
    }

    fn priority(&self, fields: &Fields<'_>) -> Option<Condition> {
        fields.need("priority").and_then(|node| self.word::<Priority>(node))
    }
}

fn perhaps<T>(node: Option<&Node>, read: impl FnOnce(&Node) -> Option<T>) -> Perhaps<T> {
    match node {
        None => Some(None),
        Some(node) => read(node).map(Some),
    }
}
