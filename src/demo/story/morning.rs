//! The morning until the shift's work is in order: what came over the weekend, a colleague who is ill, voicemails.

use super::super::cast::case_id;
use super::super::courts::{Bench, adjourned, plea, result};
use super::super::monday::at;
use super::super::unit;
use super::people::{
    self, ASSAULT, BEREAVED, CHILD, COLLEAGUES, DAMAGE, LATE_PLEA, SENTENCED, THEFT, VIOLENCE,
};
use super::{ADA, BRAM, DILIP, Day, Logged, sitting};
use crate::domain::contact::{CallerCheck, ContactKind};
use crate::domain::court::Category;
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{AbsenceId, NoticeId};
use crate::domain::message::Recipient;
use crate::domain::notice::{Addressees, Notice};
use crate::domain::staff::{Absence, AbsenceKind};
use crate::domain::state::CaseState;
use crate::store::read;
use crate::team::{allocation, cover};
use anyhow::Context;

impl Day<'_> {
    /// From the first news until the calls begin.
    pub(super) async fn morning(&mut self) -> anyhow::Result<()> {
        self.stage.clock.set(at("2026-11-23T07:15"));
        self.look(CaseState::desk_of(self.stage.unit.id)).await?;
        self.pass().await?;
        self.until("07:20").await?;
        for case in people::before_charge() {
            let subject = Subject::Reference(case.references.clone());
            let payload = Payload::CaseOpened { case: Box::new(case) };
            self.happens(unit::actor(DILIP), "takes on a case before charge", subject, payload).await?;
        }
        self.until("07:40").await?;
        self.fridays_results().await?;
        self.until("07:50").await?;
        self.colleague_is_ill().await?;
        self.until("08:02").await?;
        self.notice_is_read().await?;
        self.until("08:05").await?;
        let voicemail = |with| Logged {
            kind: ContactKind::Voicemail,
            with: Some(with),
            check: CallerCheck::NotNeeded,
            topics: &["call-back"],
        };
        let what = "notes a voicemail: a witness asks whether the trial on Wednesday stands";
        self.logs(LATE_PLEA, voicemail("witness-2"), what).await?;
        let what = "notes a voicemail: the shop's manager asks what will become of the case";
        self.logs(THEFT, voicemail("witness-1"), what).await?;
        self.until("08:10").await?;
        self.cases_are_shared_out().await
    }

    /// What the courts decided on Friday comes in before the shift begins.
    async fn fridays_results(&mut self) -> anyhow::Result<()> {
        let friday = ("2026-11-20T10:00", "2026-11-23T07:39");
        let custody = result("1002", "IMP", "Imprisonment", Category::Final);
        let sentence = (SENTENCED, "sentence", "Sentence");
        let lines = vec![plea("GUILTY"), custody];
        self.shares(&sitting(sentence, Bench::Crown, friday, lines), "shares Friday's sentence").await?;
        let hearing = (BEREAVED, "ptph", "Plea & Trial Preparation");
        let lines = adjourned("Plea & Trial Preparation", Bench::Crown, at("2026-12-11T10:00"));
        self.shares(&sitting(hearing, Bench::Crown, friday, lines), "shares Friday's adjournment").await?;
        for nth in COLLEAGUES {
            let hearing = (nth, "second", "First hearing");
            let lines =
                [vec![plea("GUILTY")], adjourned("Sentence", Bench::Magistrates, at("2026-12-16T10:00"))];
            let share = sitting(hearing, Bench::Magistrates, friday, lines.concat());
            self.shares(&share, "shares Friday's guilty plea").await?;
        }
        Ok(())
    }

    /// A colleague rings in ill: the leader plans who covers, and says so to the team.
    async fn colleague_is_ill(&mut self) -> anyhow::Result<()> {
        let absence = Absence {
            id: AbsenceId(self.ids.next(self.now())),
            staff: unit::staff(BRAM),
            kind: AbsenceKind::Sickness,
            from: self.now(),
            until: Some(at("2026-11-25T08:00")),
        };
        let payload = Payload::AbsenceRecorded { absence: absence.clone() };
        let what = "records that Bram Okoro-Vale is ill until Wednesday";
        self.happens(unit::actor(DILIP), what, Subject::Desk, payload).await?;
        self.until("07:55").await?;
        let (store, now) = (self.stage.engine.store(), self.now());
        let roster = read::roster(store.reader(), store, self.stage.unit.id).await?;
        let made = cover::plan(store, &self.stage.ruleset.pack, &roster, &absence, now).await?;
        let wishes: Vec<cover::Wish> = made
            .plan
            .lines
            .iter()
            .map(|line| cover::Wish {
                task: line.task,
                version: line.version,
                to: Some(line.to),
                because: line.because.clone(),
            })
            .collect();
        let handover = cover::handover(store, &roster, &absence, &wishes).await??;
        let what =
            format!("carries out the plan of cover: {} tasks that come due before Wednesday", wishes.len());
        let payload = Payload::WorkHandedOver { handover: Box::new(handover) };
        self.happens(unit::actor(DILIP), &what, Subject::Handover, payload).await?;
        let notice = Notice {
            id: NoticeId(self.ids.next(self.now())),
            from: Some(unit::staff(DILIP)),
            to: Addressees::These { teams: vec![unit::team(0)], staff: Vec::new() },
            words: "Bram is ill until Wednesday. His work that is due before then is on your lists."
                .to_owned(),
            posted_at: self.now(),
            until: at("2026-11-25T18:00"),
            read: Vec::new(),
        };
        let payload = Payload::NoticePosted { notice: Box::new(notice) };
        let what = "posts a notice to the team: who is ill, and that their work is covered";
        self.happens(unit::actor(DILIP), what, Subject::Desk, payload).await
    }

    async fn notice_is_read(&mut self) -> anyhow::Result<()> {
        let desk = &self.held[&CaseState::desk_of(self.stage.unit.id)];
        let notice = desk.notices.last().map(|notice| notice.id).context("a notice was posted")?;
        let what = "reads the digest of the day and the leader's notice";
        self.happens(unit::actor(ADA), what, Subject::Desk, Payload::NoticeRead { notice }).await?;
        let desk = &self.held[&CaseState::desk_of(self.stage.unit.id)];
        let hers = Recipient::Staff(unit::staff(ADA));
        let digest = desk.messages.iter().rfind(|held| held.template == "shift-digest" && held.to == hers);
        let lines = digest.map(|held| held.text.lines().map(str::to_owned).collect()).unwrap_or_default();
        self.show(lines);
        Ok(())
    }

    /// The leader gives the four cases before charge to one person by a word, before the daily share would.
    async fn cases_are_shared_out(&mut self) -> anyhow::Result<()> {
        let wishes = [VIOLENCE, CHILD, ASSAULT, DAMAGE];
        let wishes = wishes.map(|nth| allocation::Wish { case: case_id(nth), to: unit::staff(ADA) });
        let (store, now) = (self.stage.engine.store(), self.now());
        let roster = read::roster(store.reader(), store, self.stage.unit.id).await?;
        let a_day = self.stage.ruleset.pack.cases_a_day;
        let share = allocation::share(store, &roster, &wishes, a_day, now).await?;
        let payload = Payload::WorkHandedOver { handover: Box::new(share.handover) };
        let what = "allocates a case before charge to Ada Fennick, one of the four of her day";
        self.happens(unit::actor(DILIP), what, Subject::Handover, payload).await
    }
}
