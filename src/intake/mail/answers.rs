//! Which messages of ours a mail may answer.

use super::part_of;
use mail_parser::{HeaderName, HeaderValue, Message, PartType};
use uuid::Uuid;

/// How many are looked at.
const MAX: usize = 40;
/// Headers that say where a mail went: one of them has the return path that a mail came back to.
const ADDRESSEES: [&str; 5] = ["To", "Delivered-To", "X-Original-To", "Envelope-To", "Cc"];

/// What may be ids of ours, the likeliest first: what it says that it answers, the mail that it brings back, the address
/// that it came back to, and then the conversation, the latest first.
pub(super) fn of(message: &Message<'_>) -> Vec<Uuid> {
    let mut found = Vec::new();
    found.extend(listed(message.in_reply_to()).filter_map(ours));
    for part in &message.parts {
        if let PartType::Message(brought_back) = &part.body {
            found.extend(brought_back.message_id().and_then(ours));
        }
    }
    if let Some(headers) = part_of(message, "text", &["rfc822-headers"]) {
        let is_id = |line: &&str| line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case("message-id:"));
        let line = headers.lines().find(is_id).and_then(|line| line.get(11..));
        found.extend(line.map(|line| line.trim().trim_matches(['<', '>'])).and_then(ours));
    }
    for name in ADDRESSEES {
        found.extend(message.header_raw(HeaderName::from(name)).into_iter().flat_map(return_paths));
    }
    let mut conversation: Vec<Uuid> = listed(message.references()).filter_map(ours).collect();
    conversation.reverse();
    found.extend(conversation);
    let mut seen = std::collections::HashSet::new();
    found.retain(|id| seen.insert(*id));
    found.truncate(MAX);
    found
}

fn listed<'m>(value: &'m HeaderValue<'_>) -> impl Iterator<Item = &'m str> {
    let (one, many) = match value {
        HeaderValue::Text(text) => (Some(text.as_ref()), &[][..]),
        HeaderValue::TextList(texts) => (None, &texts[..]),
        _ => (None, &[][..]),
    };
    one.into_iter().chain(many.iter().map(AsRef::as_ref))
}

/// The id in a Message-ID such as ours are.
fn ours(message_id: &str) -> Option<Uuid> {
    let (id, _) = message_id.trim().trim_matches(['<', '>']).split_once('@')?;
    if id.len() == 36 { Uuid::try_parse(id).ok() } else { None }
}

/// The ids in addresses such as our return paths are: `bounces+<id>@domain`.
fn return_paths(addresses: &str) -> Vec<Uuid> {
    let split = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"');
    let id = |address: &str| {
        let (local, _) = address.split_once('@')?;
        let (_, id) = local.rsplit_once('+')?;
        if id.len() == 32 { Uuid::try_parse(id).ok() } else { None }
    };
    addresses.split(split).filter_map(id).take(MAX).collect()
}
