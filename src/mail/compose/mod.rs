//! From a [`Mail`] to RFC 5322 bytes: the same mail gives the same bytes, on every machine and every try.
//!
//! lettre writes the headers and encodes the bodies (always to ASCII, so that any relay takes them). What it would
//! draw at random or take from the clock is given: the date, the Message-ID, and the MIME boundaries, which are derived
//! from the Message-ID. Whatever could smuggle a header or a second mail in is refused, not repaired: it cannot come
//! from an honest template.

#[cfg(test)]
mod tests;

use lettre::{
    Message,
    message::{
        Attachment as LettreAttachment, Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::{Attachment, Mail};
use crate::domain::email::EmailAddress;

/// Largest mail in bytes as sent. Relays commonly stop between 10 and 50 MB.
pub const MAIL_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Longest header value in bytes: a line may hold 998 (RFC 5322, 2.1.1).
const HEADER_BYTES_MAX: usize = 900;
/// Headers written from fields of [`Mail`], or by relays and readers of mail, in lower case.
const RESERVED_HEADERS: [&str; 15] = [
    "bcc",
    "cc",
    "date",
    "delivered-to",
    "from",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "authentication-results",
    "dkim-signature",
];
/// Families of headers that belong to MIME and to relays, in lower case.
const RESERVED_PREFIXES: [&str; 3] = ["content-", "resent-", "arc-"];

/// A mail that cannot be written. Trying again is useless.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A line break or another control character where one line is expected: an attempt to add headers.
    #[error("the {field} has a control character: expected one line of text")]
    ControlCharacter {
        /// Which field.
        field: &'static str,
    },
    /// One line too long for a mail.
    #[error("the {field} is {bytes} bytes long: at most {HEADER_BYTES_MAX} are possible")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// A further header whose name is malformed or not free.
    #[error("the header {name:?} may not be set: {problem}")]
    Header {
        /// Its name, control characters escaped.
        name: String,
        /// Why.
        problem: &'static str,
    },
    /// A MIME type that is none.
    #[error("{0:?} is not a MIME type: expected something like text/calendar; charset=utf-8")]
    ContentType(String),
    /// lettre refused it.
    #[error("the mail cannot be written: {0}")]
    Unwritable(String),
    /// Larger than relays take.
    #[error(
        "the mail is {bytes} bytes long: at most {MAIL_BYTES_MAX} are sent; send fewer or smaller attachments"
    )]
    TooLarge {
        /// Its size as sent.
        bytes: usize,
    },
}

impl Mail {
    /// The mail as it goes over the line and into a file: ASCII, CRLF, ending in exactly one line end.
    ///
    /// # Errors
    /// When it cannot be written; that will not change by trying again.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        self.check_lines()?;
        let mut message = Message::builder()
            .date(self.date.into())
            .message_id(Some(self.message_id.bracketed()))
            .from(mailbox(self.from.name.clone(), &self.from.address)?)
            .to(mailbox(None, &self.to)?)
            .subject(self.subject.as_str());
        if let Some(address) = &self.reply_to {
            message = message.reply_to(mailbox(None, address)?);
        }
        for (name, value) in &self.headers {
            message = message.raw_header(HeaderValue::new(free_header(name)?, value.clone()));
        }
        let message = match self.parts()? {
            Parts::One(part) => message.singlepart(part),
            Parts::Several(parts) => message.multipart(parts),
        };
        let mut bytes = message.map_err(|error| Error::Unwritable(error.to_string()))?.formatted();
        while bytes.ends_with(b"\r\n") {
            bytes.truncate(bytes.len() - 2);
        }
        bytes.extend_from_slice(b"\r\n");
        if bytes.len() > MAIL_BYTES_MAX {
            return Err(Error::TooLarge { bytes: bytes.len() });
        }
        Ok(bytes)
    }

    fn check_lines(&self) -> Result<(), Error> {
        one_line("subject", &self.subject)?;
        one_line("sender's name", self.from.name.as_deref().unwrap_or_default())?;
        for (_, value) in &self.headers {
            one_line("value of a header", value)?;
        }
        for attachment in &self.attachments {
            one_line("name of an attachment", &attachment.name)?;
        }
        Ok(())
    }

    fn parts(&self) -> Result<Parts, Error> {
        let text = SinglePart::plain(one_kind_of_line_end(&self.text));
        let body = match &self.html {
            None => Parts::One(text),
            Some(html) => Parts::Several(
                MultiPart::alternative()
                    .boundary(self.boundary("alternative"))
                    .singlepart(text)
                    .singlepart(SinglePart::html(one_kind_of_line_end(html))),
            ),
        };
        if self.attachments.is_empty() {
            return Ok(body);
        }
        let mixed = MultiPart::mixed().boundary(self.boundary("mixed"));
        let mixed = match body {
            Parts::One(part) => mixed.singlepart(part),
            Parts::Several(parts) => mixed.multipart(parts),
        };
        let attachments = self.attachments.iter().map(attached).collect::<Result<Vec<_>, _>>()?;
        Ok(Parts::Several(attachments.into_iter().fold(mixed, MultiPart::singlepart)))
    }

    /// A boundary for parts of `kind`: made from the Message-ID, and absent from the text.
    fn boundary(&self, kind: &str) -> String {
        let html = self.html.as_deref().unwrap_or_default();
        let candidate = |n: u32| {
            let name = format!("{kind} {n} {}", self.message_id);
            Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).simple().to_string()
        };
        (0..)
            .map(candidate)
            .find(|boundary| !self.text.contains(boundary) && !html.contains(boundary))
            .expect("a text of limited length cannot hold every number")
    }
}

enum Parts {
    One(SinglePart),
    Several(MultiPart),
}

fn one_line(field: &'static str, text: &str) -> Result<(), Error> {
    if text.chars().any(char::is_control) {
        Err(Error::ControlCharacter { field })
    } else if text.len() > HEADER_BYTES_MAX {
        Err(Error::TooLong { field, bytes: text.len() })
    } else {
        Ok(())
    }
}

/// lettre turns lone LFs into CRLF and leaves lone CRs, which some relays take for line ends and others do not
/// ("SMTP smuggling").
fn one_kind_of_line_end(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn mailbox(name: Option<String>, address: &EmailAddress) -> Result<Mailbox, Error> {
    // lettre's own words could hold the address.
    let refused = |_| Error::Unwritable("lettre does not take an address that usher takes".to_owned());
    Ok(Mailbox::new(name, address.as_str().parse().map_err(refused)?))
}

fn free_header(name: &str) -> Result<HeaderName, Error> {
    let refused = |problem| Error::Header { name: name.escape_default().to_string(), problem };
    let lower = name.to_ascii_lowercase();
    if RESERVED_HEADERS.contains(&lower.as_str()) || RESERVED_PREFIXES.iter().any(|p| lower.starts_with(p)) {
        return Err(refused("it has a field of its own, or belongs to MIME or to relays"));
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(refused("expected letters, digits and hyphens"));
    }
    HeaderName::new_from_ascii(name.to_owned()).map_err(|_| refused("expected 1 to 76 characters"))
}

fn attached(attachment: &Attachment) -> Result<SinglePart, Error> {
    let content_type = ContentType::parse(&attachment.content_type)
        .map_err(|_| Error::ContentType(attachment.content_type.escape_default().to_string()))?;
    // Always base64: bytes arrive as they were, line ends included.
    let body = Body::new_with_encoding(attachment.bytes.clone(), ContentTransferEncoding::Base64)
        .map_err(|_| Error::Unwritable("an attachment cannot be encoded".to_owned()))?;
    Ok(LettreAttachment::new(attachment.name.clone()).body(body, content_type))
}
