//! Page tokens: opaque, and good for the call, the filter and the caller's unit they were given out for alone.
//!
//! A token holds where the list goes on and a keyed digest over the call and the filter, so that a token from
//! elsewhere is told apart from a fault of ours. It is not secret: it holds ids and instants, no personal data.

use super::pb::Reason;
use super::refused::Refused;
use ring::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How many items a page has where the caller does not say.
const SIZE: usize = 50;
/// How many it has at most.
const SIZE_MAX: usize = 500;
/// The figures of the digest that a token carries.
const TAG: usize = 16;
/// The longest token of ours.
const TOKEN_MAX: usize = 1_024;

/// Makes and reads page tokens. The key is the process family's: every process over one database reads the others'.
#[derive(Debug, Clone)]
pub struct Pages {
    key: hmac::Key,
}

impl Pages {
    /// Tokens under this key.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    /// How many items were asked for.
    ///
    /// # Errors
    /// [`Refused`] for a negative number.
    pub fn size(asked: i32) -> Result<usize, Refused> {
        match usize::try_from(asked) {
            Ok(0) => Ok(SIZE),
            Ok(asked) => Ok(asked.min(SIZE_MAX)),
            Err(_) => Err(Refused::invalid("page_size", "must not be negative")),
        }
    }

    /// Where to go on; nowhere for an empty token.
    ///
    /// # Errors
    /// [`Refused`] with `PAGE_TOKEN_INVALID` for a token that was not given out for `scope`.
    pub fn read<M: DeserializeOwned>(&self, scope: &str, token: &str) -> Result<Option<M>, Refused> {
        if token.is_empty() {
            return Ok(None);
        }
        self.open(scope, token).map(Some).ok_or_else(|| {
            let message = "this page token was not given out by this call for this filter: begin without one";
            Refused::new(Reason::PageTokenInvalid, message)
                .about("page_token", "must be the next_page_token of the page before, under the same filter")
        })
    }

    /// Where a watch goes on; at the beginning for an empty token.
    ///
    /// # Errors
    /// As [`Pages::read`].
    pub fn resume<M: DeserializeOwned>(&self, scope: &str, token: &str) -> Result<Option<M>, Refused> {
        if token.is_empty() {
            return Ok(None);
        }
        self.open(scope, token).map(Some).ok_or_else(|| {
            let message =
                "this resume token was not given out by this call for this filter: begin without one";
            Refused::new(Reason::PageTokenInvalid, message).about(
                "resume_token",
                "must be the last resume_token that was received, under the same filter",
            )
        })
    }

    /// What a token holds, if it was given out for `scope`.
    fn open<M: DeserializeOwned>(&self, scope: &str, token: &str) -> Option<M> {
        if token.len() > TOKEN_MAX || !token.is_ascii() || !token.len().is_multiple_of(2) {
            return None;
        }
        let bytes: Result<Vec<u8>, _> =
            (0..token.len()).step_by(2).map(|at| u8::from_str_radix(&token[at..at + 2], 16)).collect();
        let bytes = bytes.ok()?;
        let (tag, mark) = bytes.split_at_checked(TAG)?;
        let known: bool = subtle::ConstantTimeEq::ct_eq(tag, &self.tag(scope, mark)[..]).into();
        if !known {
            return None;
        }
        serde_json::from_slice(mark).ok()
    }

    /// The token for the page that goes on from `mark`; empty where there is none.
    #[must_use]
    pub fn write<M: Serialize>(&self, scope: &str, mark: Option<M>) -> String {
        let Some(mark) = mark else { return String::new() };
        let mark = serde_json::to_vec(&mark).expect("marks are plain data");
        let tag = self.tag(scope, &mark);
        tag.iter().chain(&mark).map(|byte| format!("{byte:02x}")).collect()
    }

    fn tag(&self, scope: &str, mark: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(scope.as_bytes());
        context.update(&[0]);
        context.update(mark);
        context.sign().as_ref()[..TAG].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_on_where_the_page_ended() {
        let pages = Pages::new(b"key");
        let token = pages.write("ListTasks", Some((3_i64, "x".to_owned())));
        let mark = Some((3, "x".to_owned()));
        assert_eq!(pages.read::<(i64, String)>("ListTasks", &token).unwrap(), mark);
        assert_eq!(pages.resume::<(i64, String)>("ListTasks", &token).unwrap(), mark);
    }

    #[test]
    fn a_token_from_elsewhere_is_refused() {
        let pages = Pages::new(b"key");
        let token = pages.write("ListTasks", Some(3_i64));
        let changed = token.replace('3', "4");
        for (scope, token) in
            [("ListCases", token.as_str()), ("ListTasks", &changed), ("ListTasks", "zz"), ("ListTasks", "é")]
        {
            let refused = pages.read::<i64>(scope, token).unwrap_err();
            assert_eq!(refused.reason(), Reason::PageTokenInvalid, "{scope} {token}");
        }
    }

    #[test]
    fn nobody_gets_more_than_500_items() {
        assert_eq!([0, 7, 9_999].map(|asked| Pages::size(asked).unwrap()), [50, 7, 500]);
        assert!(Pages::size(-1).is_err());
    }
}
