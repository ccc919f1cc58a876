//! The morning's calls: four cases before charge, and in the middle of the first the Crown Court rings.

use super::people::{ASSAULT, CHILD, DAMAGE, TRIAL_TODAY, VIOLENCE};
use super::{Day, Logged};
use crate::domain::action::TaskAction;
use crate::domain::contact::{CallerCheck, ContactKind};
use serde_json::{Value, json};

/// Whom the Crown Court cannot find.
const MISSING: [&str; 5] = ["victim", "police-2", "police-3", "police-4", "police-5"];

impl Day<'_> {
    /// From half past eight until lunch.
    pub(super) async fn before_charge(&mut self) -> anyhow::Result<()> {
        self.until("08:30").await?;
        let what = "begins with the highest risk: looks up victim, suspect and children";
        self.act((VIOLENCE, "background-checks", None), what, TaskAction::Start).await?;
        self.court_rings().await?;
        self.domestic_violence().await?;
        self.under_eighteen().await?;
        self.support_declined().await?;
        self.nobody_answers().await
    }

    /// A paralegal officer cannot find the victim and four officers of today's trial.
    async fn court_rings(&mut self) -> anyhow::Result<()> {
        self.until("09:36").await?;
        let call = Logged { kind: ContactKind::Call, with: None, check: CallerCheck::NotNeeded, topics: &[] };
        let what =
            "takes a call: the paralegal officer at the Crown Court cannot find the victim and four officers";
        self.logs(TRIAL_TODAY, call, what).await?;
        self.show_sheet(TRIAL_TODAY)?;
        for part in MISSING {
            let what = format!("looks for {}, who had confirmed", self.name(TRIAL_TODAY, part)?);
            self.create((TRIAL_TODAY, "witness-missing", part), &what).await?;
        }
        self.until("09:40").await?;
        for part in MISSING.into_iter().skip(1).chain(["victim"]) {
            let task = (TRIAL_TODAY, "witness-missing", Some(part));
            let what = format!("rings {} and reaches the voicemail", self.name(TRIAL_TODAY, part)?);
            self.attempt(task, "voicemail", &what).await?;
        }
        self.until("09:48").await?;
        let task = (TRIAL_TODAY, "ring-the-paralegal-officer-back", None);
        let what =
            "rings back: nobody was reached, and hears that the officers are found and the victim is there";
        self.complete(task, "told", json!({}), what).await?;
        for part in MISSING {
            let task = (TRIAL_TODAY, "witness-missing", Some(part));
            let what = format!("notes that {} is at court", self.name(TRIAL_TODAY, part)?);
            self.complete(task, "at-court", json!({}), &what).await?;
        }
        Ok(())
    }

    async fn domestic_violence(&mut self) -> anyhow::Result<()> {
        self.until("10:05").await?;
        let answers = json!({
            "history": "Two calls to the address this year; shouting in March, a push in September.",
            "victim-markers": "None",
            "suspect-markers": "Violent; has been seen near the school",
            "suspect-stands": "on-police-bail",
            "bail-protects": true,
            "bail-conditions": "Not to contact the victim, not to go to the street",
            "bail-until": "2026-12-18",
            "officer-known": true,
            "brag": "red",
            "brag-on": "2026-11-22",
            "dash": "high",
            "dash-ticks": 16,
            "dash-on": "2026-11-22",
            "supported-by": ["family"],
            "supporters": "A sister, who knows",
            "children": true,
            "which-children": "Two, aged 6 and 9, at home with the victim",
            "social-care-knows": false,
            "safe-to-ring": "at-certain-times",
            "when-to-ring": "Before half past two, on the mobile",
        });
        let what = "uploads the background checks: DASH 16, BRAG red, bail with conditions, two children";
        self.complete((VIOLENCE, "background-checks", None), "checked", answers, what).await?;
        self.until("10:12").await?;
        let what = "tells social services at once of two children of whom they had no note";
        self.complete((VIOLENCE, "tell-social-services", Some("victim")), "sent", json!({}), what).await?;
        self.acknowledge((VIOLENCE, "hear-from-social-services", Some("victim"))).await?;
        self.until("10:25").await?;
        let what = "rings the victim and goes through the Common Needs Assessment";
        let call = (VIOLENCE, "needs-assessment-call", Some("victim"));
        self.complete(call, "done", needs_of_the_victim(), what).await?;
        self.until("10:40").await?;
        let answers = json!({
            "risks": "The suspect has a key and knows the school",
            "treat-as-urgent": true, "why-urgent": ["violence-before", "knows-the-address", "children"],
            "marked": ["address", "phones"], "wanted-for": "three-months",
            "carpenters": true, "to-secure": ["locks", "letter-box"], "somebody-in": ["mornings", "ring-before"],
            "social-services": true, "concerns": ["saw-or-heard"], "children-at-home": 2, "family-knows": true,
            "conference": true, "advice": "Ring 999, leave the line open", "stays-open": false,
        });
        let what = "writes the Safeguarding Action Plan";
        self.complete((VIOLENCE, "safeguarding-action-plan", Some("victim")), "written", answers, what)
            .await?;
        self.until("10:48").await?;
        let answers = json!({ "stays-open": false });
        let what = "writes the Support Action Plan";
        self.complete((VIOLENCE, "support-action-plan", Some("victim")), "written", answers, what).await?;
        self.until("10:55").await?;
        for (kind, what) in [
            ("tell-social-services", "sends social services what the call has brought of the children"),
            ("refer-to-idva", "sends the referral to the domestic violence advisers"),
            ("ask-for-treat-as-urgent-marker", "asks the control room for a treat-as-urgent marker"),
            ("ask-for-the-carpenters", "asks for the police carpenters"),
        ] {
            self.complete((VIOLENCE, kind, Some("victim")), "sent", json!({}), what).await?;
        }
        let task = (VIOLENCE, "ask-for-the-conference", Some("victim"));
        let what = "sends the form of the conference of the agencies";
        self.complete(task, "asked", json!({ "meets-on": "2026-12-02" }), what).await
    }

    async fn under_eighteen(&mut self) -> anyhow::Result<()> {
        self.until("11:02").await?;
        let what = "looks into the background: a victim under 18, the suspect released on bail";
        self.complete((CHILD, "background-checks", None), "checked", background(true), what).await?;
        self.until("11:10").await?;
        let answers = json!({
            "spoken-with": "parent-or-guardian", "speaks-for-them": "The mother, who reported it",
            "how-they-are": "Sleeps badly, wants to go to school", "safe-now": true, "lives-with-suspect": false,
            "unsafe-ways": ["voicemail"], "enhanced-categories": ["vulnerable-or-intimidated"],
            "needs": ["feelings", "court"], "support": ["young-victims-service"], "young-victims-agreed": true,
            "agreed-by": "both", "agreed-on": "2026-11-23", "treat-as-urgent": false, "carpenters": false,
            "social-services": false, "updates-by": "through-somebody", "updates-when": "when-something-happens",
        });
        let what = "rings a parent: Common Needs Assessment for the child";
        self.complete((CHILD, "needs-assessment-call", Some("victim")), "done", answers, what).await?;
        self.until("11:25").await?;
        let none = json!({
            "treat-as-urgent": false, "carpenters": false, "social-services": false, "conference": false,
            "stays-open": false,
        });
        let plan = (CHILD, "safeguarding-action-plan", Some("victim"));
        self.complete(plan, "written", none, "writes the Safeguarding Action Plan").await?;
        let plan = (CHILD, "support-action-plan", Some("victim"));
        let answers = json!({ "stays-open": false });
        self.complete(plan, "written", answers, "writes the Support Action Plan").await?;
        let task = (CHILD, "refer-to-young-victims-service", Some("victim"));
        self.complete(task, "sent", json!({}), "sends the referral to the Young Victims' Service").await
    }

    async fn support_declined(&mut self) -> anyhow::Result<()> {
        self.until("11:32").await?;
        let what = "looks into the background: rape and serious sexual assault, no suspect found yet";
        self.complete((ASSAULT, "background-checks", None), "checked", background(false), what).await?;
        self.until("11:36").await?;
        let what = "rings the victim, who does not want support; says how to come back to it";
        let answers = json!({ "safe-now": true, "why-declined": "Has friends who help", "in-writing": true });
        self.complete((ASSAULT, "needs-assessment-call", Some("victim")), "declined", answers, what).await
    }

    async fn nobody_answers(&mut self) -> anyhow::Result<()> {
        self.until("11:46").await?;
        let what = "looks into the background: criminal damage, a neighbour";
        self.complete((DAMAGE, "background-checks", None), "checked", background(false), what).await?;
        self.until("11:52").await?;
        let what = "rings the victim and gets no answer";
        self.attempt((DAMAGE, "needs-assessment-call", Some("victim")), "no-answer", what).await?;
        self.until("12:30").await
    }
}

fn needs_of_the_victim() -> Value {
    json!({
        "spoken-with": "themselves", "how-they-are": "Shaken, did not sleep", "safe-now": true,
        "afraid-of": "The suspect, when the children are collected", "lives-with-suspect": true,
        "unsafe-ways": ["voicemail", "post"], "safe-times": "Before half past two",
        "children-at-home": 2, "enhanced-categories": ["most-serious"],
        "needs": ["safety", "children", "home"], "support": ["idva"], "idva-agreed": true,
        "agreed-by": "themselves", "agreed-on": "2026-11-23", "treat-as-urgent": true, "carpenters": true,
        "social-services": true, "updates-by": "phone", "updates-when": "when-something-happens",
        "summary-by-email": true,
    })
}

/// The checks of a case in which little is found.
fn background(bail: bool) -> Value {
    let stands = if bail { "on-police-bail" } else { "unknown" };
    let mut answers = json!({
        "history": "None known", "suspect-stands": stands, "officer-known": true, "brag": "not-rated",
        "dash": "not-done", "supported-by": ["family"], "children": false, "safe-to-ring": "at-any-time",
    });
    if bail {
        answers["bail-protects"] = json!(true);
        answers["bail-conditions"] = json!("Not to contact the victim or the family");
        answers["bail-until"] = json!("2026-12-18");
    }
    answers
}
