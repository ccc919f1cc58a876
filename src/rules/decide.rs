//! Deciding: from facts to effects, by the rules of one pack. Pure, and the same for the same facts.
//!
//! Only the rules that listen to such an event are asked, in the order of the pack. A condition that cannot be
//! answered never counts as false: the whole decision fails, with the rule and the place, and the event is parked.

use super::condition::{Condition, Failure, Scope, Value};
use super::effect::{Addressee, Counted, Decided, Effect};
use super::facts::{Anchored, Facts, HearingFacts};
use super::pack::{Clock, EffectRule, Pack, Reckonable, Rule, To};
use crate::domain::deadline::{Anchor, Formula, Hours, OpenExceptHolidays, ReckonError, Reckoning};
use crate::domain::diary::DiaryState;
use crate::domain::explanation::Cause;
use crate::domain::london;
use crate::domain::person::EnhancedCategory;
use crate::domain::task::Priority;
use crate::domain::words::{self, Word};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What was decided, and which rules were asked.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    /// The effects, in the order of the rules.
    pub effects: Vec<Decided>,
    /// Each rule that listened, and how often it spoke.
    pub heard: Vec<Heard>,
}

/// A rule that listened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Its name.
    pub rule: String,
    /// For how many of those it asks for it spoke; 0 where it stayed silent.
    pub spoke: u32,
}

/// Why a decision could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule {rule} ({file}:{line}) cannot be decided: {reason}")]
pub struct Undecided {
    /// The rule.
    pub rule: String,
    /// The file it stands in.
    pub file: String,
    /// The line it begins on.
    pub line: usize,
    /// What could not be answered.
    pub reason: String,
}

/// Decides what follows from `facts`. `shifts` are those of the case's owner, where somebody owns it.
///
/// # Errors
/// [`Undecided`] if a condition or deadline of a listening rule cannot be answered.
pub fn decide(pack: &Pack, facts: &Facts, shifts: Option<&dyn Hours>) -> Result<Decision, Undecided> {
    let mut decision = Decision::default();
    for &index in pack.listening.to_event(&facts.event) {
        let rule = &pack.rules[index];
        let asking = Asking { pack, rule, shifts };
        let spoke = asking.ask(facts, &mut decision.effects).map_err(|reason| Undecided {
            rule: rule.name.clone(),
            file: rule.place.file.clone(),
            line: rule.place.line,
            reason,
        })?;
        decision.heard.push(Heard { rule: rule.name.clone(), spoke });
    }
    Ok(decision)
}

/// The names that every condition may use.
#[must_use]
pub fn scope(facts: &Facts) -> Scope<'_> {
    Scope::new()
        .with("event", &facts.event)
        .with("case", &facts.case)
        .with("now", facts.now)
        .with("today", london::date(facts.now))
}

struct Asking<'a> {
    pack: &'a Pack,
    rule: &'a Rule,
    shifts: Option<&'a dyn Hours>,
}

fn failed(failure: Failure) -> String {
    failure.to_string()
}

impl<'a> Asking<'a> {
    /// Asks the rule for each of whom it asks; gives how often it spoke.
    fn ask(&self, facts: &'a Facts, effects: &mut Vec<Decided>) -> Result<u32, String> {
        let scope = scope(facts);
        let Some(each) = &self.rule.each else { return self.speak(&scope, effects).map(u32::from) };
        let mut spoke = 0;
        for element in each.each(&scope).map_err(failed)? {
            let mut scope = scope.clone();
            scope.bind(each.variable().0, element);
            spoke += u32::from(self.speak(&scope, effects)?);
        }
        Ok(spoke)
    }

    fn speak(&self, scope: &Scope<'a>, effects: &mut Vec<Decided>) -> Result<bool, String> {
        if let Some(when) = &self.rule.when
            && !when.test(scope).map_err(failed)?
        {
            return Ok(false);
        }
        for effect in &self.rule.effects {
            self.work_out(effect, scope, effects)?;
        }
        Ok(true)
    }

    /// Works one effect out, which may come to several, or to none where it is for nobody.
    fn work_out(
        &self,
        rule: &'a EffectRule,
        scope: &Scope<'a>,
        effects: &mut Vec<Decided>,
    ) -> Result<(), String> {
        let mut decided = |causes: Vec<Cause>, effect: Effect| {
            effects.push(Decided {
                rule: self.rule.name.clone(),
                cites: self.rule.cites.clone(),
                causes,
                effect,
            });
        };
        match rule {
            EffectRule::Owe { kind, to, task, causes, hearing, target, due, priority, by } => {
                let causes = self.causes(causes.as_ref(), scope)?;
                for to in ids(to, scope)? {
                    decided(
                        causes.clone(),
                        Effect::Owe {
                            kind: kind.clone(),
                            to,
                            task: task.clone(),
                            hearing: one(hearing.as_ref(), scope)?,
                            target: self.clock(target.as_ref(), scope)?,
                            due: self.clock(due.as_ref(), scope)?,
                            priority: word(priority, scope)?,
                            by: *by,
                        },
                    );
                }
            }
            EffectRule::Task { kind, about, hearing, causes, key, target, due, priority, owner } => {
                let key = key.as_ref().map(|key| key_of(key, scope)).transpose()?;
                decided(
                    self.causes(causes.as_ref(), scope)?,
                    Effect::Task {
                        kind: kind.clone(),
                        about: one(about.as_ref(), scope)?,
                        hearing: one(hearing.as_ref(), scope)?,
                        key,
                        target: self.clock(target.as_ref(), scope)?,
                        due: self.clock(due.as_ref(), scope)?,
                        priority: word(priority, scope)?,
                        owner: owner.clone(),
                    },
                );
            }
            EffectRule::Message { template, to, about, causes, hearing, after } => {
                let causes = self.causes(causes.as_ref(), scope)?;
                let addressees = match to {
                    To::Participants(to) => ids(to, scope)?.into_iter().map(Addressee::Participant).collect(),
                    To::ResourceTeamsOf(of) => match ids(of, scope)? {
                        nobody if nobody.is_empty() => Vec::new(),
                        of => vec![Addressee::ResourceTeamsOf(of)],
                    },
                    To::Directory(kind) => vec![Addressee::Directory(*kind)],
                };
                for to in addressees {
                    let hearing = one(hearing.as_ref(), scope)?;
                    decided(
                        causes.clone(),
                        Effect::Message {
                            template: template.clone(),
                            to,
                            about: one(about.as_ref(), scope)?,
                            hearing,
                            after: after.clone(),
                        },
                    );
                }
            }
            EffectRule::Diary { hearing, state } => {
                for hearing in ids(hearing, scope)? {
                    let state: DiaryState = word(state, scope)?;
                    decided(Vec::new(), Effect::Diary { hearing, state });
                }
            }
            EffectRule::Timer { raises, at, about, hearing } => {
                let Some((reckonable, at)) = self.chosen(at, scope)? else { return Ok(()) };
                decided(
                    Vec::new(),
                    Effect::Timer {
                        raises: raises.clone(),
                        at,
                        deadline: reckonable.deadline.to_string(),
                        about: one(about.as_ref(), scope)?,
                        hearing: one(hearing.as_ref(), scope)?,
                    },
                );
            }
            EffectRule::StopTimer { raises, about, hearing } => decided(
                Vec::new(),
                Effect::StopTimer {
                    raises: raises.clone(),
                    about: one(about.as_ref(), scope)?,
                    hearing: one(hearing.as_ref(), scope)?,
                },
            ),
            EffectRule::Attendance { of, hearing, state } => {
                let of = ids(of, scope)?;
                for hearing in ids(hearing, scope)? {
                    for of in &of {
                        decided(Vec::new(), Effect::Attendance { of: *of, hearing, state: *state });
                    }
                }
            }
            EffectRule::Arrangement { of, hearing, kind, state } => {
                let of: Vec<Option<_>> = match of {
                    None => vec![None],
                    Some(of) => ids(of, scope)?.into_iter().map(Some).collect(),
                };
                for hearing in ids(hearing, scope)? {
                    for of in &of {
                        let (kind, state) = (*kind, *state);
                        decided(Vec::new(), Effect::Arrangement { of: *of, hearing, kind, state });
                    }
                }
            }
            EffectRule::Phase(phase) => decided(Vec::new(), Effect::Phase(*phase)),
            EffectRule::Excuse { duties, reason } => {
                let duties = ids(duties, scope)?;
                if !duties.is_empty() {
                    decided(Vec::new(), Effect::Excuse { duties, reason: reason.clone() });
                }
            }
            EffectRule::Shorten { duties, target, due, priority } => {
                let duties = ids(duties, scope)?;
                if !duties.is_empty() {
                    let target = self.clock(target.as_ref(), scope)?;
                    let due = self.clock(due.as_ref(), scope)?;
                    let priority: Priority = word(priority, scope)?;
                    decided(Vec::new(), Effect::Shorten { duties, target, due, priority });
                }
            }
            EffectRule::Stop { messages, reason } => {
                let messages = ids(messages, scope)?;
                if !messages.is_empty() {
                    decided(Vec::new(), Effect::Stop { messages, reason: reason.clone() });
                }
            }
            EffectRule::Appointment { kind, words, at, with, key } => {
                // A date that is not fixed yet has no place in a diary.
                let at = self.chosen(at, scope)?.and_then(|(_, counted)| counted.at);
                let key = key.as_ref().map(|key| key_of(key, scope)).transpose()?;
                if let Some(at) = at {
                    let (kind, words, with) = (*kind, words.clone(), one(with.as_ref(), scope)?);
                    decided(Vec::new(), Effect::Appointment { kind, words, at, with, key });
                }
            }
            EffectRule::CallOff { kind, with, key } => {
                let key = key.as_ref().map(|key| key_of(key, scope)).transpose()?;
                let with = one(with.as_ref(), scope)?;
                decided(Vec::new(), Effect::CallOff { kind: *kind, with, key });
            }
            EffectRule::Withdraw { causes } => {
                let causes = self.causes(Some(causes), scope)?;
                if !causes.is_empty() {
                    decided(causes, Effect::Withdraw);
                }
            }
            EffectRule::Cancel { tasks, reason } => {
                let tasks = ids(tasks, scope)?;
                if !tasks.is_empty() {
                    decided(Vec::new(), Effect::Cancel { tasks, reason: reason.clone() });
                }
            }
            EffectRule::Hurry { tasks, priority } => {
                let tasks = ids(tasks, scope)?;
                if !tasks.is_empty() {
                    let priority: Priority = word(priority, scope)?;
                    decided(Vec::new(), Effect::Hurry { tasks, priority });
                }
            }
            EffectRule::Propose { flag } => decided(Vec::new(), Effect::Propose { flag: flag.clone() }),
            EffectRule::RaiseRisk(risk) => decided(Vec::new(), Effect::RaiseRisk(*risk)),
            EffectRule::ProposeEnhanced { to, category } => {
                for to in ids(to, scope)? {
                    let category: EnhancedCategory = word(category, scope)?;
                    decided(Vec::new(), Effect::ProposeEnhanced { to, category });
                }
            }
            EffectRule::Emit { name, at, about, hearing, causes } => {
                decided(
                    self.causes(causes.as_ref(), scope)?,
                    Effect::Emit {
                        name: name.clone(),
                        at: *at,
                        about: one(about.as_ref(), scope)?,
                        hearing: one(hearing.as_ref(), scope)?,
                    },
                );
            }
        }
        Ok(())
    }

    /// What an effect rests on; the lines, listings and whatever else its expression gives.
    fn causes(&self, causes: Option<&'a Condition>, scope: &Scope<'a>) -> Result<Vec<Cause>, String> {
        let Some(causes) = causes else { return Ok(Vec::new()) };
        let value = causes.value(scope).map_err(failed)?;
        let mut found: Vec<Cause> = match &value {
            Value::List(list) => list.iter().filter_map(|value| cause(&value)).collect(),
            value => cause(value).into_iter().collect(),
        };
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn clock(&self, clock: Option<&'a Clock>, scope: &Scope<'a>) -> Result<Option<Counted>, String> {
        let Some(clock) = clock else { return Ok(None) };
        Ok(self.chosen(clock, scope)?.map(|(_, counted)| counted))
    }

    /// The first choice of a clock that holds, counted.
    fn chosen(
        &self,
        clock: &'a Clock,
        scope: &Scope<'a>,
    ) -> Result<Option<(&'a Reckonable, Counted)>, String> {
        for (when, reckonable) in &clock.choices {
            let holds = when.as_ref().map_or(Ok(true), |when| when.test(scope)).map_err(failed)?;
            if holds {
                return Ok(Some((reckonable, self.reckon(reckonable, scope)?)));
            }
        }
        Ok(None)
    }

    fn reckon(&self, reckonable: &'a Reckonable, scope: &Scope<'a>) -> Result<Counted, String> {
        let mut anchors = Vec::with_capacity(reckonable.anchors.len());
        for (name, condition) in &reckonable.anchors {
            anchors.push((name.as_str(), condition.value(scope).map_err(failed)?.anchored()));
        }
        let find = |name: &str| {
            anchors.iter().find(|(known, _)| *known == name).map_or(Anchor::Missing, |(_, anchor)| *anchor)
        };
        let counted = count(self.pack, &reckonable.deadline, &find, self.shifts);
        let counted = counted.map_err(|error| error.to_string())?;
        let anchors = anchors.iter().map(|(name, anchor)| ((*name).to_owned(), *anchor)).collect();
        let formula = Some(Formula { deadline: reckonable.deadline.to_string(), anchors });
        Ok(Counted { formula, ..counted })
    }
}

/// Counts a deadline by a pack's calendar and hours.
///
/// # Errors
/// [`ReckonError`] if an anchor is missing, or nobody works within the days looked through.
pub fn count(
    pack: &Pack,
    deadline: &crate::domain::deadline::Deadline,
    anchors: &dyn Fn(&str) -> Anchor,
    shifts: Option<&dyn Hours>,
) -> Result<Counted, ReckonError> {
    let unit_hours = OpenExceptHolidays { weekly: &pack.unit_hours, calendar: &pack.calendar };
    let reckoning =
        Reckoning { calendar: &pack.calendar, unit_hours: &unit_hours, shifts, anchors: &anchors };
    Ok(deadline.reckon(&reckoning)?.into())
}

/// What an object is as a cause: a hearing by its listing too, so that a later listing is another cause.
fn cause(value: &Value<'_>) -> Option<Cause> {
    if let Some(hearing) = value.fact::<HearingFacts>() {
        return Some(Cause(format!("{}/{}", hearing.id, hearing.listing)));
    }
    Some(Cause(value.object()?.key().to_owned()))
}

/// The ids of the objects that an expression gives: of one, of each of a list, or of nobody.
fn ids<T: FromStr>(condition: &Condition, scope: &Scope<'_>) -> Result<Vec<T>, String> {
    let value = condition.value(scope).map_err(failed)?;
    value.keys().into_iter().map(|key| id(key)).collect()
}

fn one<T: FromStr>(condition: Option<&Condition>, scope: &Scope<'_>) -> Result<Option<T>, String> {
    let Some(condition) = condition else { return Ok(None) };
    let value = condition.value(scope).map_err(failed)?;
    value.object().map(|object| id(object.key())).transpose()
}

fn id<T: FromStr>(key: &str) -> Result<T, String> {
    key.parse().map_err(|_| format!("{key} is no id"))
}

fn text(condition: &Condition, scope: &Scope<'_>) -> Result<String, String> {
    let value = condition.value(scope).map_err(failed)?;
    value.text().map(str::to_owned).ok_or_else(|| format!("`{}` gives no text", condition.source()))
}

/// A part of a key: a text, a number or a day.
fn key_of(condition: &Condition, scope: &Scope<'_>) -> Result<String, String> {
    match condition.value(scope).map_err(failed)? {
        Value::Int(number) => Ok(number.to_string()),
        Value::Date(day) => Ok(day.to_string()),
        _ => text(condition, scope),
    }
}

fn word<W: Word>(condition: &Condition, scope: &Scope<'_>) -> Result<W, String> {
    words::parse(&text(condition, scope)?).map_err(|error| error.to_string())
}

/// A priority's own word, for rules that state one plainly.
#[must_use]
pub fn is_priority(text: &str) -> bool {
    Priority::from_word(text).is_some()
}
