//! The afternoon until half past three: outcomes, a trial that falls, a trial that is fixed, a victim who rings.

use super::super::cast::case_id;
use super::super::courts::{Bench, adjourned, plea};
use super::super::monday::at;
use super::super::unit;
use super::before::required;
use super::people::{BEREAVED, COLLEAGUES, FOUR_WEEKS, LATE_PLEA, SENTENCED, TO_TRIAL, VIOLENCE};
use super::{ADA, Day, Logged, sitting};
use crate::domain::caller::Stated;
use crate::domain::contact::{CallerCheck, ContactKind};
use crate::domain::event::{Payload, Subject};
use anyhow::Context;
use serde_json::json;

impl Day<'_> {
    /// From lunch until half past three.
    pub(super) async fn afternoon(&mut self) -> anyhow::Result<()> {
        self.fridays_outcomes().await?;
        self.trial_falls().await?;
        self.trial_is_fixed().await?;
        self.victim_rings().await?;
        self.until("15:10").await?;
        let task = (VIOLENCE, "hear-of-the-marker", Some("victim"));
        let answers = json!({ "stands-until": "2027-02-23", "reference": "Control room, by e-mail" });
        self.complete(task, "confirmed", answers, "reads that the marker stands").await?;
        let task = (VIOLENCE, "hear-from-social-services", Some("victim"));
        let answers = json!({ "receipt": "Duty desk, 14:50, by e-mail" });
        self.complete(task, "received", answers, "reads the receipt of social services").await
    }

    /// What the courts decided on Friday is told: to victims by telephone, to a family through its liaison officer.
    async fn fridays_outcomes(&mut self) -> anyhow::Result<()> {
        self.until("13:04").await?;
        let what = "rings the victim: prison, what that means, support, the Victim Contact Scheme";
        self.complete((SENTENCED, "contact", Some("victim")), "told", json!({}), what).await?;
        self.until("13:15").await?;
        let what = "rings the family liaison officer, who tells the family of the new date";
        self.complete((BEREAVED, "contact", Some("victim")), "told-through-another", json!({}), what).await?;
        self.until("13:22").await?;
        for nth in COLLEAGUES {
            let what = "covers for the colleague and rings the victim: a guilty plea, sentence in December";
            self.complete((nth, "contact", Some("victim")), "told", json!({}), what).await?;
        }
        Ok(())
    }

    /// The CPS writes that there is a guilty plea two days before the trial.
    async fn trial_falls(&mut self) -> anyhow::Result<()> {
        self.until("13:30").await?;
        let trial = self.state(LATE_PLEA)?.attendances.first().map(|held| held.hearing);
        let payload = Payload::TrialTakenOut { hearing: trial, reason: "late-guilty-plea".to_owned() };
        let what = "reads the CPS's message: a guilty plea, the trial on Wednesday will not be heard";
        self.happens(unit::actor(ADA), what, Subject::Case(case_id(LATE_PLEA)), payload).await?;
        for (time, part, what) in [
            ("13:34", "victim", "rings the victim: the plea, and no need to come on Wednesday"),
            ("13:40", "witness-2", "rings the witness who had left a message: no need to come on Wednesday"),
            ("13:44", "witness-3", "rings the other witness: no need to come on Wednesday"),
        ] {
            self.until(time).await?;
            self.complete((LATE_PLEA, "contact", Some(part)), "told", json!({}), what).await?;
        }
        Ok(())
    }

    /// A case is adjourned to a trial at the Crown Court, and the CPS says who is required.
    async fn trial_is_fixed(&mut self) -> anyhow::Result<()> {
        self.until("13:50").await?;
        let fixed = adjourned("Trial", Bench::Crown, at("2027-03-01T10:00"));
        let hearing = (TO_TRIAL, "ptph", "Plea & Trial Preparation");
        let lines = [vec![plea("NOT_GUILTY")], fixed].concat();
        let share = sitting(hearing, Bench::Crown, ("2026-11-23T10:00", "2026-11-23T13:49"), lines);
        self.shares(&share, "shares a plea of not guilty: trial at the Crown Court on 1 March").await?;
        self.until("13:54").await?;
        let what = "sends the list of witnesses to attend court: the victim, a witness, an officer";
        self.cps_says(&required(TO_TRIAL, "2027-03-01", 3), what).await?;
        self.show_sheet(TO_TRIAL)?;
        for (time, part, what) in [
            ("13:58", "victim", "rings the victim: not guilty, the trial, what will be needed"),
            ("14:06", "witness-2", "rings the witness: required on 1 March"),
        ] {
            self.until(time).await?;
            self.complete((TO_TRIAL, "contact", Some(part)), "told", json!({}), what).await?;
        }
        self.show_sheet(TO_TRIAL)
    }

    /// The victim of another trial rings: made sure of first, then listened to.
    async fn victim_rings(&mut self) -> anyhow::Result<()> {
        self.until("14:20").await?;
        let state = self.state(FOUR_WEEKS)?;
        let victim = Self::id(FOUR_WEEKS, "victim");
        let person = state.participant(victim).and_then(|held| state.person(held.person));
        let identity = &person.context("the victim is held")?.identity;
        let stated = Stated {
            name: identity.full_name(),
            born_on: identity.born_on.context("the date of birth is held")?,
            address_line: identity.address.first().cloned().context("the address is held")?,
            postcode: identity.postcode.clone().context("the postcode is held")?,
            safe_word: None,
        };
        let payload = Payload::CallerChecked { participant: victim, stated: Box::new(stated) };
        let what =
            "takes a call, asks for the reference, name, date of birth, first line of address, postcode";
        self.happens(unit::actor(ADA), what, Subject::Case(case_id(FOUR_WEEKS)), payload).await?;
        self.until("14:38").await?;
        let call = Logged {
            kind: ContactKind::Call,
            with: Some("victim"),
            check: CallerCheck::Verified,
            topics: &["fear", "special-measures", "victim-personal-statement"],
        };
        let what = "logs the call: afraid of being glared at, wants a screen, wants to make a statement";
        self.logs(FOUR_WEEKS, call, what).await?;
        let answers = json!({
            "coming": "coming", "afraid": true, "measures": ["screens"], "help": ["separate-entrance"],
            "witness-service": true, "visit": false, "statement": true, "expenses": true,
            "gone-through": ["where-and-when", "entrance", "waiting", "reading-the-statement", "questions", "being-late"],
            "words": "Worried about being stared at; calmer once the screen was explained",
        });
        let what = "writes up the short needs assessment, and refers them to the Witness Service";
        self.complete((FOUR_WEEKS, "four-week-check", Some("victim")), "done", answers, what).await?;
        self.until("14:46").await?;
        let answers = json!({
            "measures": ["screens"], "why": ["fear-of-the-defendant"], "without": "hardly",
            "views": "I can do it if I do not have to see him.",
            "reasons": "Followed and stared at for months; expects the same in court.",
            "late": true, "why-late": "Said so for the first time today",
        });
        let what = "completes the special measures form: screens";
        self.complete((FOUR_WEEKS, "special-measures-form", Some("victim")), "requested", answers, what)
            .await?;
        self.until("14:52").await?;
        let answers = json!({ "call-on": "2026-11-26", "call-at": "eleven", "confirm-by-email": true });
        let what = "agrees on Thursday at eleven for the Victim Personal Statement, which goes into the diary; they make notes until then";
        self.complete((FOUR_WEEKS, "personal-statement", Some("victim")), "agreed", answers, what).await?;
        self.show_sheet(FOUR_WEEKS)
    }
}
