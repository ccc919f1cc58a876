//! Notices, as TeamService answers them.

use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{NoticeId, StaffId, TeamId};
use crate::domain::notice::{Addressees, Notice};
use crate::domain::staff::Roster;
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, REASON_MAX, text, texts, timestamp, timestamp_of};
use crate::grpc::convert::receipt::receipt;
use crate::grpc::page::Pages;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::queries::notices;
use chrono::{DateTime, TimeDelta, Utc};

/// Teams or people whom a notice names, at most.
const ADDRESSEES_MAX: usize = 500;

/// How long a notice stands where nobody says.
const STANDS: TimeDelta = TimeDelta::days(7);

/// How far ahead it may end.
const STANDS_MAX: TimeDelta = TimeDelta::days(92);

impl Api {
    /// PostNotice.
    pub(super) async fn post_notice(
        &self,
        caller: &Identity,
        asked: &pb::PostNoticeRequest,
    ) -> Result<pb::PostNoticeResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let given = field::given("notice", asked.notice.as_ref())?;
        let words = text("notice.words", &given.words, REASON_MAX)?;
        let to = addressees(given)?;
        let until = field::instant_if_given("notice.until", given.until.as_ref())?;
        // A repeat is the same notice: it stands since the first call, and ends when that one said.
        let first = match self.recorded(caller, request_id).await?.map(|event| event.payload) {
            Some(Payload::NoticePosted { notice }) => Some(notice),
            _ => None,
        };
        let posted_at = first.as_ref().map_or_else(|| self.now(), |first| first.posted_at);
        let until = until.or(first.map(|first| first.until)).unwrap_or(posted_at + STANDS);
        if until > posted_at + STANDS_MAX {
            let message = format!("must be at most {} days ahead", STANDS_MAX.num_days());
            return Err(Refused::invalid("notice.until", message));
        }
        let id = Self::id("notice", caller, request_id);
        let notice = Notice { id, from: caller.staff, to, words, posted_at, until, read: Vec::new() };
        let payload = Payload::NoticePosted { notice: Box::new(notice) };
        let done = self.write(caller, request_id, Subject::Desk, payload).await?;
        let notice = Some(self.notice(caller, id).await?);
        Ok(pb::PostNoticeResponse { receipt: Some(receipt(&done)), notice })
    }

    /// ReadNotice.
    pub(super) async fn read_notice(
        &self,
        caller: &Identity,
        asked: &pb::ReadNoticeRequest,
    ) -> Result<pb::ReadNoticeResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let id: NoticeId = field::id("notice_id", &asked.notice_id)?;
        if caller.staff.is_none() {
            let message = "only one of the unit's people can say that they have read something";
            return Err(Refused::new(Reason::RoleForbids, message));
        }
        let payload = Payload::NoticeRead { notice: id };
        let done = self.write(caller, request_id, Subject::Desk, payload).await?;
        let notice = Some(self.notice(caller, id).await?);
        Ok(pb::ReadNoticeResponse { receipt: Some(receipt(&done)), notice })
    }

    /// WithdrawNotice.
    pub(super) async fn withdraw_notice(
        &self,
        caller: &Identity,
        asked: &pb::WithdrawNoticeRequest,
    ) -> Result<pb::WithdrawNoticeResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let id: NoticeId = field::id("notice_id", &asked.notice_id)?;
        let payload = Payload::NoticeWithdrawn { notice: id };
        let done = self.write(caller, request_id, Subject::Desk, payload).await?;
        let notice = Some(self.notice(caller, id).await?);
        Ok(pb::WithdrawNoticeResponse { receipt: Some(receipt(&done)), notice })
    }

    /// ListNotices.
    pub(super) async fn list_notices(
        &self,
        caller: &Identity,
        asked: &pb::ListNoticesRequest,
    ) -> Result<pb::ListNoticesResponse, Refused> {
        let size = Pages::size(asked.page_size)?;
        let (unread, ended) = (asked.unread_only, asked.include_ended);
        let me = field::shown(caller.staff);
        let scope = format!("ListNotices/{}/{me}/{unread}/{ended}", caller.unit);
        let mark = self.pages().read(&scope, &asked.page_token)?;
        let (roster, now) = (self.roster(caller.unit).await?, self.now());
        let reader = caller.staff.and_then(|staff| roster.staff(staff));
        let wanted = |notice: &Notice| {
            let own = reader.is_some_and(|reader| notice.is_for(reader));
            let waits = own && reader.is_some_and(|reader| notice.read_at(reader.id).is_none());
            let posted = caller.staff.is_some() && notice.from == caller.staff;
            if unread { waits } else { own || posted || sees_readers(caller) }
        };
        let ends_after = (!ended).then_some(now);
        let page = notices::list(self.store(), caller.unit, ends_after, mark, size, wanted).await?;
        self.listed(caller, "notices", page.items.len()).await?;
        Ok(pb::ListNoticesResponse {
            notices: page.items.iter().map(|notice| shown(notice, caller, &roster, now)).collect(),
            next_page_token: self.pages().write(&scope, page.next),
        })
    }

    async fn notice(&self, caller: &Identity, id: NoticeId) -> Result<pb::Notice, Refused> {
        let notice = notices::one(self.store(), caller.unit, id).await?;
        let roster = self.roster(caller.unit).await?;
        Ok(shown(&Self::found(notice, "notice", id)?, caller, &roster, self.now()))
    }
}

fn sees_readers(caller: &Identity) -> bool {
    matches!(caller.role, Role::TeamLeader | Role::Manager)
}

fn addressees(given: &pb::Notice) -> Result<Addressees, Refused> {
    field::at_most("notice.team_ids", &given.team_ids, ADDRESSEES_MAX)?;
    field::at_most("notice.staff_ids", &given.staff_ids, ADDRESSEES_MAX)?;
    let teams: Vec<TeamId> = field::ids("notice.team_ids", &given.team_ids)?;
    let staff: Vec<StaffId> = field::ids("notice.staff_ids", &given.staff_ids)?;
    let everybody = teams.is_empty() && staff.is_empty();
    Ok(if everybody { Addressees::Unit } else { Addressees::These { teams, staff } })
}

fn shown(notice: &Notice, caller: &Identity, roster: &Roster, now: DateTime<Utc>) -> pb::Notice {
    let (teams, staff) = match &notice.to {
        Addressees::Unit => (Vec::new(), Vec::new()),
        Addressees::These { teams, staff } => (texts(teams), texts(staff)),
    };
    let mut shown = pb::Notice {
        id: notice.id.to_string(),
        from_staff_id: field::shown(notice.from),
        team_ids: teams,
        staff_ids: staff,
        words: notice.words.clone(),
        posted_at: Some(timestamp(notice.posted_at)),
        until: Some(timestamp(notice.until)),
        read_at: timestamp_of(caller.staff.and_then(|staff| notice.read_at(staff))),
        readers: Vec::new(),
        unread_staff_ids: Vec::new(),
    };
    if sees_readers(caller) {
        let reader = |reading: &crate::domain::notice::Reading| pb::NoticeReader {
            staff_id: reading.staff.to_string(),
            read_at: Some(timestamp(reading.at)),
        };
        shown.readers = notice.read.iter().map(reader).collect();
        shown.unread_staff_ids = texts(notice.unread_by(roster, now).iter().map(|staff| staff.id));
    }
    shown
}
