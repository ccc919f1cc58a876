//! Signing in: accounts, sessions, passwords, and what a session may do.

use super::{Caller, Served, fields, refused};
use crate::app::officer;
use crate::database::on_both_databases;
use chrono::TimeDelta;
use tonic::Code;
use usher::grpc::pb;
use usher::store::Store;

fn put(n: u128, name: &str) -> pb::PutAccountRequest {
    pb::PutAccountRequest { staff_id: officer(n).to_string(), name: name.into(), closed: false }
}

fn with(name: &str, password: &str) -> pb::SignInRequest {
    pb::SignInRequest { name: name.into(), password: password.into() }
}

/// An account of care officer 1's under a password of their own, and a session by it.
async fn signed_in(served: &Served) -> (String, &'static str) {
    const OWN: &str = "three words of a song";
    let mut manager = served.accounts(Caller::MANAGER);
    let first = manager.put_account(put(1, "Ada")).await.unwrap().into_inner().password;
    let token = served.nobody().sign_in(with("ada", &first)).await.unwrap().into_inner().token;
    let change = pb::ChangePasswordRequest { old_password: first, new_password: OWN.into() };
    served.accounts_by(&token).change_password(change).await.unwrap();
    (token, OWN)
}

on_both_databases! {
    async fn whoever_signs_in_calls_as_themselves_until_they_sign_out(store: Store) {
        let served = Served::new(store).await;
        let (token, own) = signed_in(&served).await;
        let session = served.accounts_by(&token).get_session(pb::GetSessionRequest {}).await.unwrap();
        let session = session.into_inner().session.unwrap();
        assert_eq!(session.staff.unwrap().id, officer(1).to_string());
        assert_eq!((session.role.as_str(), session.must_change_password), ("care-officer", false));
        // The same access table as for every other caller.
        let stats = served.operations_by(&token).get_stats(pb::GetStatsRequest {}).await;
        refused(stats, Code::PermissionDenied, "ROLE_FORBIDS");
        served.accounts_by(&token).sign_out(pb::SignOutRequest {}).await.unwrap();
        let after = served.accounts_by(&token).get_session(pb::GetSessionRequest {}).await;
        refused(after, Code::Unauthenticated, "CREDENTIALS_INVALID");
        served.nobody().sign_in(with("ADA", own)).await.unwrap();
    }

    async fn a_first_password_must_be_changed_and_ends_every_session_before_it(store: Store) {
        let served = Served::new(store).await;
        let mut manager = served.accounts(Caller::MANAGER);
        let first = manager.put_account(put(1, "ada")).await.unwrap().into_inner().password;
        let begun = served.nobody().sign_in(with("ada", &first)).await.unwrap().into_inner();
        assert!(begun.session.unwrap().must_change_password);
        let short = pb::ChangePasswordRequest { old_password: first.clone(), new_password: "too short".into() };
        let status = served.accounts_by(&begun.token).change_password(short).await.unwrap_err();
        assert_eq!(fields(&status), ["new_password"]);
        let again = manager.put_account(put(1, "")).await.unwrap().into_inner();
        assert_ne!(again.password, first);
        let ended = served.accounts_by(&begun.token).get_session(pb::GetSessionRequest {}).await;
        refused(ended, Code::Unauthenticated, "CREDENTIALS_INVALID");
    }

    async fn wrong_names_and_wrong_passwords_are_told_alike_and_guessing_is_slowed_down(store: Store) {
        let served = Served::new(store).await;
        let (_, own) = signed_in(&served).await;
        let nobody = served.nobody().sign_in(with("nobody", "whatever it may be")).await;
        let nobody = refused(nobody, Code::Unauthenticated, "CREDENTIALS_INVALID");
        for _ in 0..5 {
            let wrong = served.nobody().sign_in(with("ada", "not the right one")).await;
            let wrong = refused(wrong, Code::Unauthenticated, "CREDENTIALS_INVALID");
            assert_eq!(wrong.message(), nobody.message());
        }
        let right = served.nobody().sign_in(with("ada", own)).await;
        refused(right, Code::ResourceExhausted, "TOO_MANY_ATTEMPTS");
        let mut nobody = Code::Unauthenticated;
        for _ in 0..6 {
            nobody = served.nobody().sign_in(with("somebody-else", "whatever it may be")).await.unwrap_err().code();
        }
        assert_eq!(nobody, Code::ResourceExhausted, "a name that nobody has waits as well");
        served.app.wait(TimeDelta::seconds(31));
        served.nobody().sign_in(with("ada", own)).await.unwrap();
    }

    async fn a_session_ends_when_nobody_uses_it_and_after_a_long_shift(store: Store) {
        let served = Served::new(store).await;
        let (token, own) = signed_in(&served).await;
        for _ in 0..13 {
            served.app.wait(TimeDelta::minutes(50));
            served.accounts_by(&token).get_session(pb::GetSessionRequest {}).await.unwrap();
        }
        served.app.wait(TimeDelta::hours(2));
        let idle = served.accounts_by(&token).get_session(pb::GetSessionRequest {}).await;
        let idle = refused(idle, Code::Unauthenticated, "CREDENTIALS_INVALID");
        assert!(idle.message().contains("sign in again"));
        let token = served.nobody().sign_in(with("ada", own)).await.unwrap().into_inner().token;
        for _ in 0..15 {
            served.app.wait(TimeDelta::minutes(50));
            drop(served.accounts_by(&token).get_session(pb::GetSessionRequest {}).await);
        }
        let long = served.accounts_by(&token).get_session(pb::GetSessionRequest {}).await;
        refused(long, Code::Unauthenticated, "CREDENTIALS_INVALID");
    }

    async fn a_closed_account_opens_nothing_and_two_may_not_have_one_name(store: Store) {
        let served = Served::new(store).await;
        let (token, own) = signed_in(&served).await;
        let mut manager = served.accounts(Caller::MANAGER);
        let taken = manager.put_account(put(2, "ada")).await.unwrap_err();
        assert_eq!(fields(&taken), ["name"]);
        let close = pb::PutAccountRequest { closed: true, ..put(1, "") };
        assert_eq!(manager.put_account(close).await.unwrap().into_inner().password, "");
        let ended = served.accounts_by(&token).get_session(pb::GetSessionRequest {}).await;
        refused(ended, Code::Unauthenticated, "CREDENTIALS_INVALID");
        refused(served.nobody().sign_in(with("ada", own)).await, Code::Unauthenticated, "CREDENTIALS_INVALID");
        let listed = manager.list_accounts(pb::ListAccountsRequest::default()).await.unwrap().into_inner();
        assert!(listed.accounts.len() == 1 && listed.accounts[0].closed);
        let officer = served.accounts(Caller::OFFICER).list_accounts(pb::ListAccountsRequest::default()).await;
        refused(officer, Code::PermissionDenied, "ROLE_FORBIDS");
    }
}
