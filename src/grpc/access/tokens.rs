//! Bearer tokens: random, configured as SHA-256 digests, compared in constant time.
//!
//! A token is 256 random bits, so its plain digest cannot be guessed back and needs no slow hash. Every configured
//! digest is compared with what came, found or not, so that time tells nothing.

use super::{Identity, Unknown};
use ring::rand::{SecureRandom, SystemRandom};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use tonic::codegen::http::{HeaderMap, header::AUTHORIZATION};

/// What every token begins with, so that one that leaked can be found by its look.
const PREFIX: &str = "usher_";

/// The SHA-256 digest of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

impl TokenHash {
    /// The digest of a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
        Self(digest.as_ref().try_into().expect("SHA-256 gives 32 bytes"))
    }

    /// A digest as it is configured: 64 hexadecimal figures.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(hash))
    }

    /// As it is configured.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A new token, to be shown once: what is kept is its [`TokenHash`]. None where the system gives no randomness.
#[must_use]
pub fn generate() -> Option<String> {
    let mut random = [0_u8; 32];
    SystemRandom::new().fill(&mut random).ok()?;
    Some(random.iter().fold(PREFIX.to_owned(), |token, byte| format!("{token}{byte:02x}")))
}

/// The tokens of a configuration. With none, nobody is known.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Vec<(TokenHash, Identity)>);

impl Tokens {
    /// These tokens.
    #[must_use]
    pub fn new(tokens: Vec<(TokenHash, Identity)>) -> Self {
        Self(tokens)
    }
}

impl Tokens {
    /// Whose token came.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn find(&self, headers: &HeaderMap) -> Result<Identity, Unknown> {
        let given = TokenHash::of(bearer(headers)?);
        let mut found = u64::MAX;
        for (index, (hash, _)) in (0_u64..).zip(&self.0) {
            let same: Choice = hash.0.ct_eq(&given.0);
            found = u64::conditional_select(&found, &index, same);
        }
        let found = usize::try_from(found).ok().and_then(|index| self.0.get(index));
        found.map(|(_, identity)| identity.clone()).ok_or(Unknown::Invalid)
    }
}

/// The bearer token that came.
///
/// # Errors
/// [`Unknown`].
pub fn bearer(headers: &HeaderMap) -> Result<&str, Unknown> {
    let header = headers.get(AUTHORIZATION).ok_or(Unknown::Missing)?;
    let header = header.to_str().map_err(|_| Unknown::Invalid)?;
    let (scheme, token) = header.split_once(' ').ok_or(Unknown::Invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Unknown::Missing);
    }
    Ok(token.trim())
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::*;
    use crate::domain::ids::UnitId;
    use tonic::codegen::http::HeaderValue;

    fn tokens() -> Tokens {
        let identity = |name: &str| Identity {
            name: name.into(),
            role: Role::Feed,
            unit: UnitId(uuid::Uuid::from_u128(1)),
            staff: None,
        };
        Tokens::new(vec![
            (TokenHash::of("one"), identity("feed:one")),
            (TokenHash::of("two"), identity("feed:two")),
        ])
    }

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_token_names_its_caller() {
        assert_eq!(tokens().find(&headers("Bearer two")).unwrap().name, "feed:two");
    }

    #[test]
    fn nobody_is_known_without_a_token_of_ours() {
        assert_eq!(tokens().find(&HeaderMap::new()), Err(Unknown::Missing));
        for header in ["Bearer three", "Bearer ", "Bearer"] {
            assert_eq!(tokens().find(&headers(header)), Err(Unknown::Invalid), "{header}");
        }
        assert_eq!(Tokens::default().find(&headers("Bearer one")), Err(Unknown::Invalid));
    }

    #[test]
    fn a_new_token_is_long_and_known_by_its_digest() {
        let token = generate().unwrap();
        assert_eq!(token.len(), PREFIX.len() + 64);
        assert_eq!(TokenHash::parse(&TokenHash::of(&token).hex()), Some(TokenHash::of(&token)));
        assert!(!format!("{:?}", TokenHash::of(&token)).contains(&TokenHash::of(&token).hex()));
    }
}
