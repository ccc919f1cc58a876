//! From half past three: today's results, letters, and what is left for tomorrow.

use super::super::courts::{Bench, adjourned, plea, result};
use super::super::monday::at;
use super::super::unit;
use super::people::{CASES, IN_COURT, THEFT, TRIAL_TODAY, VIOLENCE};
use super::{ADA, Day, sitting};
use crate::domain::court::Category;
use serde_json::json;

impl Day<'_> {
    /// From the sweep of half past three until everybody has gone home.
    pub(super) async fn evening(&mut self) -> anyhow::Result<()> {
        // The schedule's line of half past three looks for enhanced cases that are in court today.
        self.until("15:34").await?;
        let lines = [vec![plea("GUILTY")], adjourned("Sentence", Bench::Magistrates, at("2026-12-14T10:00"))];
        let day = ("2026-11-23T10:00", "2026-11-23T15:33");
        let share = sitting((IN_COURT, "second", "First hearing"), Bench::Magistrates, day, lines.concat());
        self.shares(&share, "shares a guilty plea: adjourned for sentence to 14 December").await?;
        self.until("15:37").await?;
        let what = "rings the victim: guilty pleas, sentence on 14 December; they want it in an e-mail too";
        self.complete((IN_COURT, "contact", Some("victim")), "told", json!({}), what).await?;
        self.until("15:41").await?;
        let lines = vec![result("4575", "WOFN", "Warrant without bail", Category::Interim)];
        let day = ("2026-11-23T14:00", "2026-11-23T15:40");
        let share = sitting((THEFT, "second", "First hearing"), Bench::Magistrates, day, lines);
        self.shares(&share, "shares that the defendant did not come: a warrant is issued").await?;
        self.until("15:45").await?;
        let what = "rings the shop's manager back: there is a warrant, and an e-mail follows";
        self.complete((THEFT, "contact", Some("witness-1")), "told", json!({}), what).await?;
        let what = "looks for the result of today's trial: it goes on tomorrow";
        self.complete((TRIAL_TODAY, "look-for-the-result", None), "not-yet", json!({}), what).await?;
        self.until("15:50").await?;
        self.print_letters(&CASES, unit::actor(ADA)).await?;
        self.until("15:55").await?;
        let task = (VIOLENCE, "hear-from-idva", Some("victim"));
        let answers = json!({ "may-be-told": true });
        let what = "reads the day's last e-mails: the domestic violence advisers take the victim on";
        self.complete(task, "accepted", answers, what).await?;
        self.until("17:00").await
    }
}
