//! Makes a relay's words fit for a log.
//!
//! Relays like to repeat what they were given: the address, the person's name from their directory, a phrase a filter
//! took offence at. None of that may reach a log or a task list, so it is taken out before an outcome exists. Better
//! one word too many hidden: code, status and the rest of the sentence remain.

use super::Mail;

/// Longest text kept of a reply, in characters.
const KEPT_MAX: usize = 240;
/// Shortest part of a local part worth hiding by itself: `jane` and `doe` of `jane.doe`.
const NAME_CHARS_MIN: usize = 3;
/// Shortest run a reply may share with subject or body before it is withheld.
const SHARED_RUN_CHARS: usize = 20;

/// What stands for an address, or a part of one.
const HIDDEN: &str = "[address]";

/// `words` of the relay about `mail`, without addresses, without parts of the recipient's, without text of the mail.
pub(super) fn masked(words: &str, mail: &Mail) -> String {
    let line: String = words.split(|c: char| c.is_control()).collect::<Vec<_>>().join(" ");
    if shares_a_run(&line, &mail.text) || shares_a_run(&line, &mail.subject) {
        return "[withheld: the relay repeats the mail]".to_owned();
    }
    let local = mail.to.local().to_ascii_lowercase();
    let names: Vec<&str> = local
        .split(|c: char| !c.is_alphanumeric())
        .filter(|name| name.chars().count() >= NAME_CHARS_MIN)
        .collect();
    let mut kept = String::new();
    for piece in line.split_inclusive(separates) {
        let word = piece.trim_end_matches(separates);
        let hide = is_address(word) || is_named(word, &local, &names);
        kept.push_str(if hide { HIDDEN } else { word });
        kept.push_str(&piece[word.len()..]);
    }
    kept.trim().chars().take(KEPT_MAX).collect()
}

fn separates(c: char) -> bool {
    c.is_whitespace() || "<>()[]{},;:\"".contains(c)
}

fn is_address(word: &str) -> bool {
    word.contains('@') || word.to_ascii_lowercase().contains("%40")
}

fn is_named(word: &str, local: &str, names: &[&str]) -> bool {
    let word = word.to_ascii_lowercase();
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    bare == local
        || word == local
        || word.split(|c: char| !c.is_alphanumeric()).any(|part| names.contains(&part))
}

fn shares_a_run(line: &str, text: &str) -> bool {
    let chars: Vec<char> = line.chars().take(4 * KEPT_MAX).collect();
    chars.windows(SHARED_RUN_CHARS).any(|run| text.contains(&run.iter().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::email::EmailAddress, mail::example};

    #[test]
    fn whatever_looks_like_an_address_or_names_the_recipient_is_hidden() {
        let mail = Mail { to: EmailAddress::parse("Jane.Doe@mail.example.org").unwrap(), ..example::mail() };
        let table = [
            ("5.1.1 <Jane.Doe@mail.example.org>: unknown", "5.1.1 <[address]>: unknown"),
            ("5.1.1 jane.doe: unknown", "5.1.1 [address]: unknown"),
            ("mailbox of DOE, Jane is full", "mailbox of [address], [address] is full"),
            ("jane.doe=mail.example.org@srs.example.net too", "[address] too"),
            ("see https://x.example/?to=jane.doe%40mail.example.org", "see https:[address]"),
            ("other@example.org\r\nis\tnot here", "[address]  is not here"),
            ("4.2.2 over quota, try later", "4.2.2 over quota, try later"),
        ];
        for (words, expected) in table {
            assert_eq!(masked(words, &mail), expected);
        }
    }

    #[test]
    fn a_reply_that_repeats_the_mail_is_withheld() {
        let mail =
            Mail { text: "The man has been released on bail until May.".to_owned(), ..example::mail() };
        let reply = masked("5.7.1 spam: 'has been released on bail until'", &mail);
        assert_eq!(reply, "[withheld: the relay repeats the mail]");
    }

    #[test]
    fn a_long_reply_is_cut() {
        assert_eq!(masked(&"x".repeat(5000), &example::mail()).len(), KEPT_MAX);
    }
}
