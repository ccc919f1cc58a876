//! Feeds, as DiaryService answers them.

use crate::domain::event::{Payload, Subject};
use crate::domain::feed::{Feed, FeedOf};
use crate::domain::ids::FeedId;
use crate::grpc::access::tokens::TokenHash;
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::Api;
use crate::grpc::convert::field::{self, NAME_MAX, shown, text, timestamp, timestamp_of};
use crate::grpc::convert::receipt::receipt;
use crate::grpc::page::Pages;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::queries::feeds;

impl Api {
    /// CreateFeed.
    pub(super) async fn create_feed(
        &self,
        caller: &Identity,
        asked: &pb::CreateFeedRequest,
    ) -> Result<pb::CreateFeedResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let of = shows(asked)?;
        if let FeedOf::Staff(staff) = of
            && caller.role == Role::CareOfficer
            && caller.staff != Some(staff)
        {
            let message =
                "a care officer may follow their own diary, a team's or a court's: not a colleague's";
            return Err(Refused::new(Reason::RoleForbids, message).about("staff_id", "must be your own"));
        }
        // A repeat is the same feed, whose token nobody can be shown again.
        let first = match self.recorded(caller, request_id).await?.map(|event| event.payload) {
            Some(Payload::FeedCreated { feed }) => Some(feed),
            _ => None,
        };
        let token = if first.is_some() { None } else { Some(self.new_token()?) };
        let id: FeedId = Self::id("feed", caller, request_id);
        let feed = Feed {
            id,
            digest: match (&first, &token) {
                (Some(first), _) => first.digest.clone(),
                (None, token) => TokenHash::of(token.as_deref().unwrap_or_default()).hex(),
            },
            of,
            made_by: caller.name.clone(),
            by: caller.staff,
            made_at: first.map_or_else(|| self.now(), |first| first.made_at),
            revoked_at: None,
        };
        let payload = Payload::FeedCreated { feed: Box::new(feed) };
        let done = self.write(caller, request_id, Subject::Desk, payload).await?;
        Ok(pb::CreateFeedResponse {
            receipt: Some(receipt(&done)),
            feed: Some(self.feed(caller, id).await?),
            path: token.map(|token| crate::grpc::feeds::path(&token)).unwrap_or_default(),
        })
    }

    /// ListFeeds.
    pub(super) async fn list_feeds(
        &self,
        caller: &Identity,
        asked: &pb::ListFeedsRequest,
    ) -> Result<pb::ListFeedsResponse, Refused> {
        let size = Pages::size(asked.page_size)?;
        let revoked = asked.include_revoked;
        let scope = format!("ListFeeds/{}/{}/{revoked}", caller.unit, caller.name);
        let mark = self.pages().read(&scope, &asked.page_token)?;
        let wanted = |feed: &Feed| sees(caller, feed) && (revoked || feed.revoked_at.is_none());
        let page = feeds::list(self.store(), caller.unit, mark, size, wanted).await?;
        Ok(pb::ListFeedsResponse {
            feeds: page.items.iter().map(on_the_wire).collect(),
            next_page_token: self.pages().write(&scope, page.next),
        })
    }

    /// RevokeFeed.
    pub(super) async fn revoke_feed(
        &self,
        caller: &Identity,
        asked: &pb::RevokeFeedRequest,
    ) -> Result<pb::RevokeFeedResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let id: FeedId = field::id("feed_id", &asked.feed_id)?;
        self.feed(caller, id).await?;
        let payload = Payload::FeedRevoked { feed: id };
        let done = self.write(caller, request_id, Subject::Desk, payload).await?;
        Ok(pb::RevokeFeedResponse { receipt: Some(receipt(&done)), feed: Some(self.feed(caller, id).await?) })
    }

    /// A feed that the caller may see.
    async fn feed(&self, caller: &Identity, id: FeedId) -> Result<pb::DiaryFeed, Refused> {
        let feed = feeds::one(self.store(), caller.unit, id).await?.filter(|feed| sees(caller, feed));
        Ok(on_the_wire(&Self::found(feed, "feed", id)?))
    }
}

/// Whether a feed is the caller's business: their own, or anybody's for whoever leads.
fn sees(caller: &Identity, feed: &Feed) -> bool {
    caller.role != Role::CareOfficer || feed.made_by == caller.name
}

fn shows(asked: &pb::CreateFeedRequest) -> Result<FeedOf, Refused> {
    use pb::create_feed_request::Shows;
    match &asked.shows {
        Some(Shows::StaffId(id)) => Ok(FeedOf::Staff(field::id("staff_id", id)?)),
        Some(Shows::TeamId(id)) => Ok(FeedOf::Team(field::id("team_id", id)?)),
        Some(Shows::CourtCode(code)) => Ok(FeedOf::Court(text("court_code", code, NAME_MAX)?)),
        None => Err(Refused::required("shows")),
    }
}

fn on_the_wire(feed: &Feed) -> pb::DiaryFeed {
    use pb::diary_feed::Shows;
    let shows = match &feed.of {
        FeedOf::Staff(id) => Shows::StaffId(id.to_string()),
        FeedOf::Team(id) => Shows::TeamId(id.to_string()),
        FeedOf::Court(code) => Shows::CourtCode(code.clone()),
    };
    pb::DiaryFeed {
        id: feed.id.to_string(),
        shows: Some(shows),
        made_by_staff_id: shown(feed.by),
        made_at: Some(timestamp(feed.made_at)),
        revoked_at: timestamp_of(feed.revoked_at),
    }
}
