//! A plain mail for the tests of this module to vary.

use chrono::{TimeZone, Utc};
use uuid::Uuid;

use super::{Mail, MessageId, Sender};
use crate::domain::email::EmailAddress;

/// From a unit to an officer in the case, decided on 2 March 2026 at 09:15 UTC.
pub(super) fn mail() -> Mail {
    let address = |text| EmailAddress::parse(text).unwrap();
    Mail {
        message_id: MessageId::new(Uuid::from_u128(1), "wcu.example.org").unwrap(),
        date: Utc.with_ymd_and_hms(2026, 3, 2, 9, 15, 0).unwrap(),
        envelope_from: address("bounces+00000000000000000000000000000001@wcu.example.org"),
        from: Sender {
            name: Some("Northshire Witness Care".to_owned()),
            address: address("wcu@wcu.example.org"),
        },
        reply_to: None,
        to: address("pat.archer@northshire.example.org"),
        subject: "Court outcome".to_owned(),
        text: "A result is ready to be read.\n".to_owned(),
        html: None,
        attachments: Vec::new(),
        headers: vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())],
    }
}
