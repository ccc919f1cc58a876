//! Return paths that name the message: `bounces+<message id>@domain` (VERP).
//!
//! A bounce often quotes nothing of the mail it answers, but it is always addressed to the envelope's sender. So each
//! mail gets a sender of its own, and a bounce names its message by the address it came to.

use uuid::Uuid;

use crate::domain::email::{EmailAddress, Error};

/// The mailbox bounces come back to, from which each message's own return path is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath {
    mailbox: EmailAddress,
}

impl ReturnPath {
    /// Return paths under `mailbox` (`bounces@wcu.example.org`), which must take mail for `bounces+anything` too.
    ///
    /// # Errors
    /// When the mailbox's name is too long to leave room for an id: 31 characters are possible.
    pub fn new(mailbox: EmailAddress) -> Result<Self, Error> {
        let path = Self { mailbox };
        path.encode(Uuid::nil())?;
        Ok(path)
    }

    /// The envelope sender for message `id`.
    pub fn of(&self, id: Uuid) -> EmailAddress {
        self.encode(id).expect("`new` has tried an id of the same length")
    }

    /// Which message a bounce to `address` is about; `None` for an address that is not one of ours.
    ///
    /// Letter case is ignored, because some hosts change it on the way.
    pub fn message_of(&self, address: &EmailAddress) -> Option<Uuid> {
        let (name, id) = address.local().rsplit_once('+')?;
        let ours =
            name.eq_ignore_ascii_case(self.mailbox.local()) && address.domain() == self.mailbox.domain();
        // Only the form `of` writes: `Uuid` would read braces and URNs as well.
        if ours && id.len() == 32 { Uuid::try_parse(id).ok() } else { None }
    }

    /// The domain mail is sent from.
    pub fn domain(&self) -> &str {
        self.mailbox.domain()
    }

    fn encode(&self, id: Uuid) -> Result<EmailAddress, Error> {
        EmailAddress::parse(&format!("{}+{}@{}", self.mailbox.local(), id.simple(), self.mailbox.domain()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> ReturnPath {
        ReturnPath::new(EmailAddress::parse("bounces@wcu.example.org").unwrap()).unwrap()
    }

    #[test]
    fn a_bounce_names_its_message() {
        let id = Uuid::from_u128(0x0199_aabb_ccdd_7eee_8fff_0123_4567_89ab);
        let address = path().of(id);
        assert_eq!(address.as_str(), "bounces+0199aabbccdd7eee8fff0123456789ab@wcu.example.org");
        assert_eq!(path().message_of(&address), Some(id));
        let shouted = EmailAddress::parse(&address.as_str().to_uppercase()).unwrap();
        assert_eq!(path().message_of(&shouted), Some(id));
    }

    #[test]
    fn a_foreign_address_names_no_message() {
        for text in [
            "bounces@wcu.example.org",
            "bounces+@wcu.example.org",
            "bounces+x@wcu.example.org",
            "other+0199aabbccdd7eee8fff0123456789ab@wcu.example.org",
            "bounces+0199aabbccdd7eee8fff0123456789ab@elsewhere.example.org",
            "bounces+0199aabb-ccdd-7eee-8fff-0123456789ab@wcu.example.org",
        ] {
            assert_eq!(path().message_of(&EmailAddress::parse(text).unwrap()), None, "{text}");
        }
    }

    #[test]
    fn a_mailbox_without_room_for_an_id_is_refused_at_the_start() {
        let long = EmailAddress::parse(&format!("{}@example.org", "b".repeat(32))).unwrap();
        assert!(ReturnPath::new(long).is_err());
    }
}
