//! The board over plain HTTP: who gets in, what each role is shown, and that a button is a call like any other.

use super::server::ask;
use super::{Caller, Served};
use crate::app::{officer, staff};
use crate::database::on_both_databases;
use usher::domain::event::{Payload, Subject};
use usher::domain::ids::CaseId;
use usher::domain::staff::StaffRole;
use usher::grpc::pb;
use usher::store::Store;

/// Somebody in front of the board.
struct Visitor<'a> {
    served: &'a Served,
    cookie: String,
}

impl<'a> Visitor<'a> {
    /// The nth of the unit's people, signed in.
    async fn new(served: &'a Served, n: u128) -> Self {
        let put = pb::PutAccountRequest {
            staff_id: officer(n).to_string(),
            name: format!("staff{n}"),
            closed: false,
        };
        let made = served.accounts(Caller::MANAGER).put_account(put).await.unwrap().into_inner();
        let sign_in = pb::SignInRequest { name: format!("staff{n}"), password: made.password.clone() };
        let token = served.nobody().sign_in(sign_in).await.unwrap().into_inner().token;
        let change = pb::ChangePasswordRequest {
            old_password: made.password,
            new_password: "three words of a song".into(),
        };
        served.accounts_by(&token).change_password(change).await.unwrap();
        Self { served, cookie: format!("Cookie: usher_session={token}\r\n") }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = ask(self.served, "GET", path, &self.cookie, "").await;
        (answer.status, answer.body)
    }

    async fn post(&self, path: &str, form: &str) -> (u16, String) {
        let answer = ask(self.served, "POST", path, &self.cookie, form).await;
        (answer.status, answer.headers)
    }
}

/// A case whose victim must be told of a result, with the task to do so on care officer 1's list.
async fn told(served: &Served) -> (CaseId, pb::Task) {
    super::tasks::told(served).await
}

/// The pages that anybody of the unit may open.
const PAGES: [&str; 22] = [
    "/",
    "/cases",
    "/calendar",
    "/calendar?view=week",
    "/calendar?view=day",
    "/team",
    "/letters",
    "/messages",
    "/desk",
    "/desk/compliance",
    "/rules",
    "/rules/limits",
    "/rules/kinds",
    "/directory",
    "/record",
    "/search?q=nobody",
    "/me",
    "/keys",
    "/uncopied",
    "/events",
    "/notices",
    "/me/password",
];

on_both_databases! {
    async fn nobody_sees_a_page_without_signing_in_and_comes_back_to_it_after(store: Store) {
        let served = Served::new(store).await;
        let away = ask(&served, "GET", "/cases?own=yes", "", "").await;
        assert_eq!(away.status, 303);
        assert_eq!(away.header("location"), "/sign-in?to=%2fcases%3fown%3dyes");
        let form = ask(&served, "POST", "/own", "", "words=ring+the+court").await;
        assert_eq!(form.status, 401);
        assert!(form.body.contains("What you filled in is kept"), "{}", form.body);
        assert!(!form.body.contains("ring the court"), "what was typed goes sealed");
    }

    async fn every_page_is_answered_with_the_same_strict_policy(store: Store) {
        let served = Served::new(store).await;
        let (case, task) = told(&served).await;
        let visitor = Visitor::new(&served, 1).await;
        let own = [format!("/cases/{case}"), format!("/cases/{case}/timeline"), format!("/cases/{case}/proof"), format!("/tasks/{}", task.id)];
        for path in PAGES.iter().map(|path| (*path).to_owned()).chain(own) {
            let answer = ask(&served, "GET", &path, &visitor.cookie, "").await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert!(answer.body.len() < 100_000, "{path} has {} bytes", answer.body.len());
            assert!(!answer.body.contains(" style="), "{path} has a style of its own");
        }
    }

    async fn a_button_is_a_call_and_pressing_it_twice_does_it_once(store: Store) {
        let served = Served::new(store).await;
        let (_, task) = told(&served).await;
        let visitor = Visitor::new(&served, 1).await;
        let form = format!("request_id=r1&act=acknowledge%3A{}%3A{}&to=%2F", task.id, task.version);
        for _ in 0..2 {
            let (status, headers) = visitor.post("/tasks/act", &form).await;
            assert_eq!(status, 303, "{headers}");
        }
        let mine = pb::ListTasksRequest { assignee_id: officer(1).to_string(), ..Default::default() };
        let listed = served.tasks(Caller::OFFICER).list_tasks(mine).await.unwrap().into_inner();
        assert_eq!(listed.tasks[0].state(), pb::TaskState::Acknowledged);
        assert_eq!(listed.tasks[0].version, task.version + 1);
    }

    async fn what_a_page_does_not_show_the_server_refuses(store: Store) {
        let served = Served::new(store).await;
        let (_, task) = told(&served).await;
        let visitor = Visitor::new(&served, 1).await;
        let (_, page) = visitor.get(&format!("/tasks/{}", task.id)).await;
        assert!(!page.contains("Cancel the task"));
        let form = format!("request_id=r1&version={}&words=no", task.version);
        assert_eq!(visitor.post(&format!("/tasks/{}/cancel", task.id), &form).await.0, 403);
        let leader = staff(3, StaffRole::TeamLeader);
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(leader) }).await.ok();
        let leader = Visitor::new(&served, 3).await;
        let (_, page) = leader.get(&format!("/tasks/{}", task.id)).await;
        assert!(page.contains("Cancel the task"));
    }

    async fn a_form_from_another_site_is_refused(store: Store) {
        let served = Served::new(store).await;
        let visitor = Visitor::new(&served, 1).await;
        let foreign = format!("{}Sec-Fetch-Site: cross-site\r\n", visitor.cookie);
        let answer = ask(&served, "POST", "/own", &foreign, "words=hello").await;
        assert_eq!(answer.status, 403);
        let (_, page) = visitor.get("/").await;
        assert!(!page.contains("hello"));
    }

    async fn a_call_that_is_not_there_and_a_page_that_is_not_there_are_told_apart(store: Store) {
        let served = Served::new(store).await;
        let visitor = Visitor::new(&served, 1).await;
        let (status, page) = visitor.get("/nowhere").await;
        assert!(status == 404 && page.contains("There is no such page"), "{page}");
        let call = ask(&served, "POST", "/usher.v1.NoService/Nothing", "Content-Type: application/grpc\r\n", "").await;
        assert_eq!(call.header("grpc-status"), "12");
    }
}
