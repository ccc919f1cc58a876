//! An answer to an entry for a calendar (RFC 5546, METHOD:REPLY).

use super::kind::MeetingAnswer;
use crate::domain::mail_in::EntryAnswered;
use uuid::Uuid;

/// How many lines are looked at.
const LINES_MAX: usize = 2_000;

/// What is answered, and to which entry; none where the object is no answer.
pub(super) fn answer(calendar: &str) -> Option<(MeetingAnswer, Option<EntryAnswered>)> {
    let unfolded = calendar.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let (mut method, mut uid, mut sequence, mut state) = (None, None, None, None);
    let mut in_entry = false;
    for line in unfolded.lines().take(LINES_MAX) {
        let Some((name, value)) = split(line) else { continue };
        let (property, parameters) = name.split_once(';').unwrap_or((name, ""));
        match property.to_ascii_uppercase().as_str() {
            "METHOD" => method = Some(value.trim().to_ascii_uppercase()),
            "BEGIN" => in_entry = value.trim().eq_ignore_ascii_case("VEVENT"),
            // Several entries would be several answers: the first is taken, as one of ours is one entry.
            "END" if in_entry && value.trim().eq_ignore_ascii_case("VEVENT") => break,
            "UID" if in_entry => uid = Uuid::try_parse(value.trim()).ok(),
            "SEQUENCE" if in_entry => sequence = value.trim().parse::<i64>().ok(),
            "ATTENDEE" if in_entry && state.is_none() => {
                state = parameters.split(';').find_map(|parameter| {
                    let (name, value) = parameter.split_once('=')?;
                    name.eq_ignore_ascii_case("PARTSTAT")
                        .then(|| value.trim_matches('"').to_ascii_uppercase())
                });
            }
            _ => {}
        }
    }
    let answer = match (method.as_deref()?, state.as_deref()) {
        ("REPLY", Some("ACCEPTED")) => MeetingAnswer::Accepted,
        ("REPLY", Some("DECLINED")) => MeetingAnswer::Declined,
        ("REPLY", Some("TENTATIVE")) | ("COUNTER", _) => MeetingAnswer::Tentative,
        _ => return None,
    };
    Some((answer, uid.map(|uid| EntryAnswered { uid, sequence })))
}

/// A line's name with its parameters, and its value: at the first colon outside quotation marks.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = line.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == ':' && !quoted).then_some(at)
    })?;
    Some((&line[..at], &line[at + 1..]))
}
