//! The print queue over the wire: what may be printed, what it looks like, and what printing settles.

use super::tasks::{complete, result};
use super::{Caller, Served, refused};
use crate::app::{case, enhanced, officer, person, share};
use crate::database::on_both_databases;
use chrono::TimeDelta;
use tonic::Code;
use usher::domain::event::NewParticipant;
use usher::domain::person::{Identity, Role};
use usher::grpc::pb;
use usher::store::Store;

fn victim(address: Vec<String>) -> NewParticipant {
    let victim = enhanced(person(1, 1, Role::Victim));
    let identity = Identity {
        first_name: "Vera".into(),
        last_name: "Vane".into(),
        address,
        postcode: Some("ZZ1 1ZZ".into()),
        ..Identity::default()
    };
    NewParticipant { identity: Some(identity), ..victim }
}

/// A victim who was rung about a sentence, and the letter that follows the call.
async fn letter(served: &Served, address: Vec<String>) -> pb::QueuedLetter {
    served.app.open(case(1, vec![victim(address)])).await;
    served.app.share(share(1, vec![result("1015")])).await;
    let mine = pb::ListTasksRequest { assignee_id: officer(1).to_string(), ..Default::default() };
    let tasks = served.tasks(Caller::OFFICER).list_tasks(mine).await.unwrap().into_inner().tasks;
    let call = tasks.iter().find(|task| task.kind == "contact").unwrap();
    served.tasks(Caller::OFFICER).complete_task(complete("t1", call, "told")).await.unwrap();
    served.app.wait(TimeDelta::hours(1));
    queue(served).await.remove(0)
}

async fn queue(served: &Served) -> Vec<pb::QueuedLetter> {
    let ask = pb::ListPrintQueueRequest::default();
    served.correspondence(Caller::OFFICER).list_print_queue(ask).await.unwrap().into_inner().letters
}

fn id(letter: &pb::QueuedLetter) -> String {
    letter.message.as_ref().unwrap().id.clone()
}

on_both_databases! {
    async fn a_letter_is_printed_with_its_address_in_the_window_and_settles_what_it_tells(store: Store) {
        let served = Served::new(store).await;
        let letter = letter(&served, vec!["12 High Street".into()]).await;
        assert_eq!(letter.blocked_because, "");
        let mut mail = served.correspondence(Caller::OFFICER);
        let print = pb::PrintLettersRequest { message_ids: vec![id(&letter)] };
        let page = mail.print_letters(print).await.unwrap().into_inner();
        assert_eq!(page.printed_ids, [id(&letter)]);
        for part in ["<p>Vera Vane</p>", "<p>12 High Street</p>", "Dear Vera Vane", "Our reference: "] {
            assert!(page.html.contains(part), "{part}\n{}", page.html);
        }
        assert_eq!(queue(&served).await.len(), 1, "looking at it does not mark it");
        let mark = pb::MarkPrintedRequest { request_id: "p1".into(), message_id: id(&letter) };
        let marked = mail.mark_printed(mark.clone()).await.unwrap().into_inner();
        assert_eq!(marked.message.unwrap().state, pb::MessageState::Printed as i32);
        assert!(queue(&served).await.is_empty());
        let again = mail.mark_printed(mark).await.unwrap().into_inner();
        assert_eq!(again.receipt.unwrap().outcome, pb::Outcome::Duplicate as i32);
        let unmark = pb::UnmarkPrintedRequest {
            request_id: "u1".into(),
            message_id: id(&letter),
            words: "the printer was empty".into(),
        };
        mail.unmark_printed(unmark).await.unwrap();
        assert_eq!(queue(&served).await.len(), 1, "it is to be printed again");
    }
}

on_both_databases! {
    async fn a_letter_without_an_address_says_why_it_is_not_printed(store: Store) {
        let served = Served::new(store).await;
        let letter = letter(&served, Vec::new()).await;
        assert!(letter.blocked_because.contains("no postal address"), "{}", letter.blocked_because);
        let mut mail = served.correspondence(Caller::OFFICER);
        let print = pb::PrintLettersRequest { message_ids: vec![id(&letter)] };
        let page = mail.print_letters(print).await.unwrap().into_inner();
        assert!(page.html.is_empty() && page.printed_ids.is_empty() && page.blocked.len() == 1);
        let mark = pb::MarkPrintedRequest { request_id: "p1".into(), message_id: id(&letter) };
        refused(mail.mark_printed(mark).await, Code::FailedPrecondition, "STATE_FORBIDS");
    }
}
