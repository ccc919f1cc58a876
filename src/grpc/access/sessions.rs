//! Who calls with a session: the token that a sign-in answered, as a bearer token.
//!
//! A token of the configuration is looked for first. A session lasts a working day at most, ends when nobody has used it
//! for a while, and says who somebody is, never what they may do: that is their role in the unit as it now is.

use super::tokens::{TokenHash, Tokens, bearer};
use super::{Authority, Identity, Role, Unknown};
use crate::domain::ids::UnitId;
use crate::domain::staff::{Staff, StaffRole};
use crate::grpc::api::Api;
use crate::store::sign_ins;
use chrono::TimeDelta;
use std::sync::Arc;
use tonic::codegen::BoxFuture;
use tonic::codegen::http::HeaderMap;

/// How long a session lasts at most: a long shift.
pub const LASTS: TimeDelta = TimeDelta::hours(12);
/// After how long of not being used it ends.
pub const IDLE: TimeDelta = TimeDelta::hours(1);
/// How exactly it is known when a session was used: writing it down at every page would be a commit for each look.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Tokens of the configuration, and sessions of the unit's people.
#[derive(Clone)]
pub struct TokensAndSessions {
    tokens: Arc<Tokens>,
    api: Api,
}

impl TokensAndSessions {
    /// These tokens, and the sessions that the API's store has.
    #[must_use]
    pub fn new(tokens: Arc<Tokens>, api: Api) -> Self {
        Self { tokens, api }
    }
}

/// Who a member of staff is to the API, and what they may do.
#[must_use]
pub fn identity_of(staff: &Staff, unit: UnitId) -> Identity {
    let role = match staff.role {
        StaffRole::CareOfficer => Role::CareOfficer,
        StaffRole::TeamLeader => Role::TeamLeader,
        StaffRole::Manager => Role::Manager,
    };
    Identity { name: format!("staff:{}", staff.id), role, unit, staff: Some(staff.id) }
}

impl Authority for TokensAndSessions {
    fn identify(&self, headers: &HeaderMap) -> BoxFuture<Identity, Unknown> {
        let found = self.tokens.find(headers);
        let token = bearer(headers).map(TokenHash::of);
        let api = self.api.clone();
        Box::pin(async move {
            match (found, token) {
                (Err(Unknown::Invalid), Ok(token)) => of_session(&api, &token.hex()).await,
                (found, _) => found,
            }
        })
    }
}

async fn of_session(api: &Api, digest: &str) -> Result<Identity, Unknown> {
    let away = |_| Unknown::Away;
    let session = sign_ins::session(api.store(), digest).await.map_err(away)?.ok_or(Unknown::Invalid)?;
    let now = api.now();
    if session.ends_at <= now || session.seen_at + IDLE <= now {
        return Err(Unknown::Ended);
    }
    if session.seen_at + SEEN_EVERY <= now {
        sign_ins::seen(api.store(), digest, now).await.map_err(away)?;
    }
    let roster = api.roster(session.unit).await.map_err(|_| Unknown::Away)?;
    let staff = roster.staff(session.staff).ok_or(Unknown::Invalid)?;
    Ok(identity_of(staff, session.unit))
}
