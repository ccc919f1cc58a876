//! Contact records that wait to be copied into the force's other systems: part of CaseService.

use crate::domain::contact::{CallerCheck, Contact, ContactKind};
use crate::domain::event::{Payload, Subject};
use crate::domain::ids::{CaseId, ContactId, StaffId};
use crate::domain::london;
use crate::grpc::access::{Identity, Role};
use crate::grpc::api::Api;
use crate::grpc::convert::{contact, field, receipt};
use crate::grpc::page::Pages;
use crate::grpc::pb::{self, Reason};
use crate::grpc::refused::Refused;
use crate::store::queries::{contacts, people, search};
use std::collections::BTreeMap;

/// Records marked in one call, at most.
const MARKED_MAX: usize = 500;

impl Api {
    /// ListUncopied.
    pub(super) async fn uncopied(
        &self,
        caller: &Identity,
        asked: &pb::ListUncopiedRequest,
    ) -> Result<pb::ListUncopiedResponse, Refused> {
        let size = Pages::size(asked.page_size)?;
        let whose: Option<StaffId> = field::id_if_given("staff_id", &asked.staff_id)?;
        let Some(whose) = whose.or(caller.staff) else { return Err(Refused::required("staff_id")) };
        if caller.role == Role::CareOfficer && caller.staff != Some(whose) {
            let message = "care officers copy what they logged themselves: ask a team leader";
            return Err(Refused::new(Reason::RoleForbids, message));
        }
        let scope = format!("ListUncopied/{}/{whose}", caller.unit);
        let mark = self.pages().read(&scope, &asked.page_token)?;
        let page = contacts::to_copy(self.store(), whose, mark, size).await?;
        let hidden = self.kept_from(caller).await?;
        let ids: Vec<CaseId> = page.items.iter().map(|(case, _)| *case).collect();
        let cases = search::cases(self.store(), caller.unit, &ids).await?;
        let rules = self.rules(caller.unit).await.ok();
        let labels = rules.as_ref().map(|rules| &rules.pack.contact_topics);
        let with: Vec<_> = page.items.iter().filter_map(|(_, contact)| contact.with).collect();
        let people = people::of(self.store(), &with).await?;
        let shown = page.items.iter().filter(|(case, _)| !hidden.contains(case)).filter_map(|(id, held)| {
            let case = cases.get(id)?;
            let initials =
                held.with.and_then(|with| people.get(&with)).map(|(_, person)| person.identity.initials());
            Some(pb::UncopiedContact {
                case_id: id.to_string(),
                case_label: case.label().to_owned(),
                contact: Some(contact::contact(held)),
                text: text(held, initials.as_deref(), labels),
            })
        });
        let contacts: Vec<_> = shown.collect();
        self.listed(caller, "contacts", contacts.len()).await?;
        Ok(pb::ListUncopiedResponse { contacts, next_page_token: self.pages().write(&scope, page.next) })
    }

    /// MarkCopied.
    pub(super) async fn mark_copied(
        &self,
        caller: &Identity,
        asked: &pb::MarkCopiedRequest,
    ) -> Result<pb::MarkCopiedResponse, Refused> {
        let request_id = Self::request_id(&asked.request_id)?;
        let case: CaseId = field::id("case_id", &asked.case_id)?;
        if asked.contact_ids.is_empty() {
            return Err(Refused::required("contact_ids"));
        }
        field::at_most("contact_ids", &asked.contact_ids, MARKED_MAX)?;
        let contacts: Vec<ContactId> = field::ids("contact_ids", &asked.contact_ids)?;
        self.case(caller, case).await?;
        let payload = Payload::ContactsCopied { contacts, undo: asked.undo };
        let done = self.write(caller, request_id, Subject::Case(case), payload).await?;
        Ok(pb::MarkCopiedResponse { receipt: Some(receipt::receipt(&done)) })
    }
}

/// What is copied of a record: one paragraph, as the other systems' logs want it.
fn text(contact: &Contact, initials: Option<&str>, labels: Option<&BTreeMap<String, String>>) -> String {
    let label = |topic: &String| labels.and_then(|labels| labels.get(topic)).unwrap_or(topic).clone();
    let topics: Vec<String> = contact.topics.iter().map(label).collect();
    let came_up = if topics.is_empty() { String::new() } else { format!(" Came up: {}.", topics.join("; ")) };
    let told = match contact.told.len() {
        0 => String::new(),
        1 => " Told of one thing that was decided or listed.".to_owned(),
        count => format!(" Told of {count} things that were decided or listed."),
    };
    let kind = match contact.kind {
        ContactKind::Call => "Call",
        ContactKind::NoAnswer => "Call, no answer",
        ContactKind::Voicemail => "Voicemail",
        ContactKind::Email => "E-mail",
        ContactKind::Visit => "Visit",
        ContactKind::Note => "Note",
    };
    let direction = match (contact.kind, contact.incoming) {
        (ContactKind::Note, _) => "",
        (_, true) => " from",
        (_, false) => " to",
    };
    let whom = initials.map(|initials| format!("{direction} {initials}")).unwrap_or_default();
    let check = match contact.check {
        CallerCheck::Verified => " Identity checked.",
        CallerCheck::Failed => " Identity check failed: nothing was told.",
        CallerCheck::HeldNumber => " We rang a number that is held.",
        CallerCheck::NotNeeded => "",
    };
    let opening = format!("{} {kind}{whom}", london::human(contact.at));
    // Initials end with a full stop of their own.
    format!("{}.{check}{told}{came_up} {}", opening.trim_end_matches('.'), contact.words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_copied_as_one_paragraph() {
        let held = Contact {
            id: ContactId(uuid::Uuid::nil()),
            kind: ContactKind::Call,
            with: None,
            at: london::parse("2026-11-23T14:05").unwrap(),
            by: None,
            incoming: true,
            check: CallerCheck::Verified,
            told: Vec::new(),
            topics: vec!["special-measures".to_owned()],
            words: "Asked about screens.".to_owned(),
            corrects: None,
            hearing: None,
            copied_at: None,
        };
        let labels = BTreeMap::from([("special-measures".to_owned(), "Special measures".to_owned())]);
        let expected = "Mon 23 Nov 2026 14:05 Call from J.S. Identity checked. Came up: Special measures. Asked about screens.";
        assert_eq!(text(&held, Some("J.S."), Some(&labels)), expected);
    }
}
