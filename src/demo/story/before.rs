//! The weeks before the Monday: trials are listed, witnesses are warned, asked again, and say that they are coming.

use super::super::cast::{case_id, urn};
use super::super::courts::{Bench, adjourned, plea};
use super::super::monday::at;
use super::super::unit;
use super::people::{
    self, BEREAVED, COLLEAGUES, FOUR_WEEKS, IN_COURT, LATE_PLEA, Nth, SENTENCED, THEFT, TO_TRIAL, TRIAL_TODAY,
};
use super::{ADA, Day, sitting};
use crate::domain::court::Share;
use crate::domain::event::{Payload, Subject};
use crate::domain::hearing::AttendanceState;
use serde_json::json;

const MAGISTRATES: Bench = Bench::Magistrates;
const CROWN: Bench = Bench::Crown;

/// What the courts listed on 2 November: each case's next hearing.
fn listed() -> Vec<(Nth, Share)> {
    let next = |nth, kind, bench, when: &str| {
        let lines = adjourned(kind, bench, at(when));
        let lines = if kind == "Trial" { [vec![plea("NOT_GUILTY")], lines].concat() } else { lines };
        let first = (nth, "first", if bench == CROWN { "Plea & Trial Preparation" } else { "First hearing" });
        (nth, sitting(first, bench, ("2026-11-02T10:00", "2026-11-02T12:30"), lines))
    };
    let mut listed = vec![
        next(TRIAL_TODAY, "Trial", CROWN, "2026-11-23T10:00"),
        next(SENTENCED, "Sentence", CROWN, "2026-11-20T10:00"),
        next(BEREAVED, "Plea & Trial Preparation", CROWN, "2026-11-20T10:00"),
        next(LATE_PLEA, "Trial", CROWN, "2026-11-25T10:00"),
        next(TO_TRIAL, "Plea & Trial Preparation", CROWN, "2026-11-23T10:00"),
        next(FOUR_WEEKS, "Trial", CROWN, "2026-12-21T10:00"),
        next(IN_COURT, "First hearing", MAGISTRATES, "2026-11-23T10:00"),
        next(THEFT, "First hearing", MAGISTRATES, "2026-11-23T14:00"),
    ];
    listed.extend(COLLEAGUES.map(|nth| next(nth, "First hearing", MAGISTRATES, "2026-11-20T10:00")));
    listed
}

/// A list of witnesses to attend court, as the CPS sends it.
pub(super) fn required(nth: Nth, on: &str, last: i32) -> serde_json::Value {
    let witnesses: Vec<_> = (1..=last).map(|number| json!({ "number": number })).collect();
    json!({ "cpsMessage": "witnesses-required", "version": 1, "urn": urn(nth), "trialDate": on, "witnesses": witnesses })
}

impl Day<'_> {
    /// Everything before the Monday.
    pub(super) async fn weeks_before(&mut self) -> anyhow::Result<()> {
        self.stage.clock.set(at("2026-11-02T13:00"));
        for case in people::charged(self.now()) {
            let subject = Subject::Reference(case.references.clone());
            self.stage.quietly(subject, Payload::CaseOpened { case: Box::new(case) }).await?;
        }
        for (nth, share) in listed() {
            self.stage.quietly(Subject::Share, Payload::HearingResulted { share: Box::new(share) }).await?;
            let seen = self.look(case_id(nth)).await?;
            self.tell(case_id(nth), "Common Platform", "the court lists the next hearing", seen);
        }
        self.warned().await?;
        self.asked_again().await?;
        self.last_week().await
    }

    /// 3 November: the CPS says who is required; they are rung and written to.
    async fn warned(&mut self) -> anyhow::Result<()> {
        self.jump("2026-11-03T11:00").await?;
        let lists =
            [(TRIAL_TODAY, "2026-11-23", 5), (LATE_PLEA, "2026-11-25", 5), (FOUR_WEEKS, "2026-12-21", 1)];
        for (nth, on, last) in lists {
            self.cps_says(&required(nth, on, last), "sends the list of witnesses to attend court").await?;
        }
        self.stage.clock.set(at("2026-11-03T11:30"));
        for (nth, part) in [
            (TRIAL_TODAY, "victim"),
            (FOUR_WEEKS, "victim"),
            (LATE_PLEA, "victim"),
            (LATE_PLEA, "witness-2"),
            (LATE_PLEA, "witness-3"),
        ] {
            let what = "rings and says when and where they are required";
            self.complete((nth, "contact", Some(part)), "told", json!({}), what).await?;
        }
        self.print_letters(&[TRIAL_TODAY, FOUR_WEEKS, LATE_PLEA], unit::actor(ADA)).await
    }

    /// 4 November: the check four weeks before, late for two trials that are nearer.
    async fn asked_again(&mut self) -> anyhow::Result<()> {
        self.jump("2026-11-04T11:00").await?;
        for (nth, part) in [
            (TRIAL_TODAY, "victim"),
            (LATE_PLEA, "victim"),
            (LATE_PLEA, "witness-2"),
            (LATE_PLEA, "witness-3"),
        ] {
            let wanted = nth == LATE_PLEA && part == "victim";
            let answers = json!({
                "coming": "coming", "afraid": false, "witness-service": wanted, "visit": false, "expenses": true,
                "gone-through": ["where-and-when", "entrance", "waiting", "reading-the-statement"],
            });
            self.complete((nth, "four-week-check", Some(part)), "done", answers, "rings: they are coming")
                .await?;
        }
        for number in 4..=5 {
            self.confirms(LATE_PLEA, &format!("police-{number}")).await?;
        }
        self.stage.clock.set(at("2026-11-06T10:00"));
        let task = (LATE_PLEA, "hear-from-witness-service", Some("victim"));
        self.complete(task, "accepted", json!({}), "hears that the Witness Service will be there").await
    }

    /// The last days: the order of evidence by e-mail on Thursday, the victim by telephone on Friday.
    async fn last_week(&mut self) -> anyhow::Result<()> {
        self.jump("2026-11-19T14:00").await?;
        let what = "enters the order of evidence; the officers are mailed";
        self.complete((TRIAL_TODAY, "order-of-evidence", None), "known", json!({ "other-day": false }), what)
            .await?;
        self.stage.clock.set(at("2026-11-19T15:40"));
        for number in 2..=5 {
            self.confirms(TRIAL_TODAY, &format!("police-{number}")).await?;
        }
        self.jump("2026-11-20T11:10").await?;
        let task = (TRIAL_TODAY, "ring-before-the-trial", Some("victim"));
        self.complete(task, "coming", json!({}), "rings: the victim is adamant that they are coming").await?;
        self.jump("2026-11-20T15:30").await?;
        for nth in [SENTENCED, BEREAVED] {
            let what = "looks for the result: there is none yet";
            self.complete((nth, "look-for-the-result", None), "not-yet", json!({}), what).await?;
        }
        self.jump("2026-11-20T17:00").await
    }

    /// A police witness answers an e-mail and is coming.
    async fn confirms(&mut self, nth: Nth, part: &str) -> anyhow::Result<()> {
        let participant = Self::id(nth, part);
        let held = self.state(nth)?.attendances.iter().find(|held| held.participant == participant);
        let Some(hearing) = held.map(|held| held.hearing) else { anyhow::bail!("{part} is not to attend") };
        let payload = Payload::AttendanceRecorded {
            participant,
            hearing,
            state: AttendanceState::Confirmed,
            told_by: Some("email".to_owned()),
        };
        let subject = Subject::Case(case_id(nth));
        self.happens(unit::actor(ADA), "notes the officer's answer: they are coming", subject, payload).await
    }
}
