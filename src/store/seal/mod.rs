//! Sealing: whatever can hold personal data is compressed, then encrypted, under a key of its case.
//!
//! Each case, person and unit has a data key of its own, stored only wrapped by the master key; destroying the
//! wrapped key erases everything that was sealed under it, backups included. A sealed value names its key, so that
//! a row can hold values of several owners. It is bound to its purpose (`tasks.body`), so that a value moved to
//! another column does not open.
//!
//! Layout: version (1 byte), key id (16), nonce (12), AES-256-GCM over the compressed JSON, tag (16). The version says
//! how it was compressed (`squeeze`).

mod squeeze;

use lru::LruCache;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{hkdf, hmac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use squeeze::Format;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use uuid::Uuid;
use zeroize::Zeroizing;

const HEAD: usize = 1 + 16;
/// How many opened data keys are kept in memory, half a kilobyte each.
const CACHE_MAX: NonZeroUsize = NonZeroUsize::new(16_384).expect("it is not zero");

/// Why a sealed value could not be made or opened. Never says what was in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key was destroyed: the data are erased.
    #[error("the data of {0} were erased")]
    Erased(Uuid),
    /// No such key is stored.
    #[error("no data key {0} is stored: the database and its keys do not belong together")]
    NoKey(Uuid),
    /// Not sealed by us, or not under this key, or changed since.
    #[error("a sealed {0} does not open: the master key is another, or the value was changed")]
    Broken(&'static str),
    /// Opened, but not what is expected there.
    #[error("a sealed {0} is not what is expected: {1}")]
    Shape(&'static str, String),
    /// The system gave no randomness.
    #[error("the system gives no randomness")]
    NoRandomness,
    /// The master key is no key.
    #[error("the master key must be 64 hexadecimal figures")]
    MasterKey,
}

/// The master key, and the data keys opened lately.
pub struct Keyring {
    master: LessSafeKey,
    blind: hmac::Key,
    random: SystemRandom,
    opened: Mutex<LruCache<Uuid, Arc<LessSafeKey>>>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(…)")
    }
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive(master: &[u8; 32], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"usher");
    let mut key = Zeroizing::new([0_u8; 32]);
    salt.extract(master)
        .expand(&[purpose], Length(32))
        .and_then(|okm| okm.fill(&mut key[..]))
        .expect("32 bytes are well within what HKDF-SHA256 gives");
    key
}

fn aead(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("AES-256 takes 32 bytes"))
}

impl Keyring {
    /// A keyring under this master key.
    #[must_use]
    pub fn new(master: &[u8; 32]) -> Self {
        Self {
            master: aead(&derive(master, b"wrap data keys")),
            blind: hmac::Key::new(hmac::HMAC_SHA256, &derive(master, b"blind indexes")[..]),
            random: SystemRandom::new(),
            opened: Mutex::new(LruCache::new(CACHE_MAX)),
        }
    }

    /// A keyring under a master key written as 64 hexadecimal figures.
    ///
    /// # Errors
    /// [`Error::MasterKey`] if it is not.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let mut master = Zeroizing::new([0_u8; 32]);
        if text.len() != 64 || !text.is_ascii() {
            return Err(Error::MasterKey);
        }
        for (byte, pair) in master.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| Error::MasterKey)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| Error::MasterKey)?;
        }
        Ok(Self::new(&master))
    }

    /// A new master key as 64 hexadecimal figures.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn generate() -> Result<String, Error> {
        let mut master = Zeroizing::new([0_u8; 32]);
        SystemRandom::new().fill(&mut master[..]).map_err(|_| Error::NoRandomness)?;
        Ok(master.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// A keyed token of `text`, by which a row can be found though the text is not stored.
    #[must_use]
    pub fn token(&self, text: &str) -> Vec<u8> {
        hmac::sign(&self.blind, text.as_bytes()).as_ref()[..16].to_vec()
    }

    /// Makes a data key for `id`: the wrapped key to store, and the key to use once it is stored.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn make(&self, id: Uuid) -> Result<(Vec<u8>, Arc<LessSafeKey>), Error> {
        let mut key = Zeroizing::new([0_u8; 32]);
        self.random.fill(&mut key[..]).map_err(|_| Error::NoRandomness)?;
        let nonce = self.nonce()?;
        let mut wrapped = nonce.to_vec();
        let mut sealed = key.to_vec();
        self.master
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(id.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| Error::NoRandomness)?;
        wrapped.extend_from_slice(&sealed);
        Ok((wrapped, Arc::new(aead(&key))))
    }

    /// Opens a wrapped data key.
    ///
    /// # Errors
    /// [`Error::Broken`] if the master key is another.
    pub fn unwrap(&self, id: Uuid, wrapped: &[u8]) -> Result<Arc<LessSafeKey>, Error> {
        let broken = || Error::Broken("data key");
        let (nonce, sealed) = wrapped.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let key =
            self.master.open_in_place(nonce, Aad::from(id.as_bytes()), &mut sealed).map_err(|_| broken())?;
        let key: &[u8; 32] = (&*key).try_into().map_err(|_| broken())?;
        Ok(Arc::new(aead(key)))
    }

    fn nonce(&self) -> Result<[u8; NONCE_LEN], Error> {
        let mut nonce = [0_u8; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| Error::NoRandomness)?;
        Ok(nonce)
    }

    /// The opened key of `id`, if it was used lately.
    #[must_use]
    pub fn cached(&self, id: Uuid) -> Option<Arc<LessSafeKey>> {
        self.opened.lock().expect("no holder of the keyring panics").get(&id).cloned()
    }

    /// Keeps an opened key whose wrapped form is stored.
    pub fn keep(&self, id: Uuid, key: Arc<LessSafeKey>) {
        self.opened.lock().expect("no holder of the keyring panics").put(id, key);
    }

    /// Forgets every opened key, so that a destroyed one is not used on.
    pub fn forget(&self) {
        self.opened.lock().expect("no holder of the keyring panics").clear();
    }

    /// Seals bytes under `key`, whose id is `id`, for `purpose`.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn seal_bytes(
        &self,
        id: Uuid,
        key: &LessSafeKey,
        purpose: &'static str,
        bytes: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let nonce = self.nonce()?;
        let mut body = squeeze::compress(bytes).map_err(|_| Error::Broken(purpose))?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut body)
            .map_err(|_| Error::Broken(purpose))?;
        let mut sealed = Vec::with_capacity(HEAD + NONCE_LEN + body.len());
        sealed.push(Format::NEWEST.byte());
        sealed.extend_from_slice(id.as_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens bytes that were sealed under `key` for `purpose`.
    ///
    /// # Errors
    /// [`Error::Broken`] if they were not.
    pub fn open_bytes(
        &self,
        key: &LessSafeKey,
        purpose: &'static str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let broken = || Error::Broken(purpose);
        let format = sealed.first().copied().and_then(Format::of_byte).ok_or_else(broken)?;
        let rest = sealed.get(HEAD..).ok_or_else(broken)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut body = body.to_vec();
        let plain = key.open_in_place(nonce, Aad::from(purpose), &mut body).map_err(|_| broken())?;
        squeeze::decompress(format, plain).map_err(|_| broken())
    }
}

/// The id of the key that a value is sealed under.
///
/// # Errors
/// [`Error::Broken`] if it was not sealed by us.
pub fn key_of(purpose: &'static str, sealed: &[u8]) -> Result<Uuid, Error> {
    match sealed.get(..HEAD) {
        Some([format, id @ ..]) if Format::of_byte(*format).is_some() => {
            Uuid::from_slice(id).map_err(|_| Error::Broken(purpose))
        }
        _ => Err(Error::Broken(purpose)),
    }
}

/// The data keys of one reading or writing: those it has opened, and those it has made and must store.
pub struct Keys<'a> {
    ring: &'a Keyring,
    opened: HashMap<Uuid, Arc<LessSafeKey>>,
    made: Vec<(Uuid, Vec<u8>)>,
}

impl<'a> Keys<'a> {
    /// No keys yet.
    #[must_use]
    pub fn new(ring: &'a Keyring) -> Self {
        Self { ring, opened: HashMap::new(), made: Vec::new() }
    }

    /// The ring behind the keys.
    #[must_use]
    pub fn ring(&self) -> &'a Keyring {
        self.ring
    }

    /// Takes from the ring what it has of `ids`; gives those whose wrapped keys must be read.
    pub fn want(&mut self, ids: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
        let mut missing = Vec::new();
        for id in ids {
            if self.opened.contains_key(&id) {
                continue;
            }
            match self.ring.cached(id) {
                Some(key) => drop(self.opened.insert(id, key)),
                None => missing.push(id),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Admits a wrapped key that was read.
    ///
    /// # Errors
    /// [`Error::Broken`] if the master key is another.
    pub fn admit(&mut self, id: Uuid, wrapped: &[u8]) -> Result<(), Error> {
        let key = self.ring.unwrap(id, wrapped)?;
        self.ring.keep(id, key.clone());
        self.opened.insert(id, key);
        Ok(())
    }

    /// Makes a key for `id` unless there is one.
    ///
    /// # Errors
    /// [`Error::NoRandomness`].
    pub fn ensure(&mut self, id: Uuid) -> Result<(), Error> {
        if !self.opened.contains_key(&id) {
            let (wrapped, key) = self.ring.make(id)?;
            self.opened.insert(id, key);
            self.made.push((id, wrapped));
        }
        Ok(())
    }

    /// The keys made since, to be stored.
    pub fn take_made(&mut self) -> Vec<(Uuid, Vec<u8>)> {
        std::mem::take(&mut self.made)
    }

    /// Keeps every opened key in the ring: call once what was made is committed.
    pub fn keep(&self) {
        for (id, key) in &self.opened {
            self.ring.keep(*id, key.clone());
        }
    }

    /// Seals a value under the key of `id`.
    ///
    /// # Errors
    /// [`Error::NoKey`] if the key was not wanted or made before.
    pub fn seal<T: Serialize + ?Sized>(
        &self,
        id: Uuid,
        purpose: &'static str,
        value: &T,
    ) -> Result<Vec<u8>, Error> {
        let json = serde_json::to_vec(value).map_err(|error| Error::Shape(purpose, error.to_string()))?;
        self.seal_bytes(id, purpose, &json)
    }

    /// Seals bytes under the key of `id`.
    ///
    /// # Errors
    /// [`Error::NoKey`] if the key was not wanted or made before.
    pub fn seal_bytes(&self, id: Uuid, purpose: &'static str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.opened.get(&id).ok_or(Error::NoKey(id))?;
        self.ring.seal_bytes(id, key, purpose, bytes)
    }

    /// Opens a value.
    ///
    /// # Errors
    /// [`Error::NoKey`] if its key was not wanted before, [`Error::Broken`], [`Error::Shape`].
    pub fn open<T: DeserializeOwned>(&self, purpose: &'static str, sealed: &[u8]) -> Result<T, Error> {
        let json = self.open_bytes(purpose, sealed)?;
        serde_json::from_slice(&json).map_err(|error| {
            // The place, never the value: serde's message may quote what it found.
            Error::Shape(purpose, format!("line {} column {}", error.line(), error.column()))
        })
    }

    /// Opens bytes.
    ///
    /// # Errors
    /// [`Error::NoKey`] if their key was not wanted before, [`Error::Broken`].
    pub fn open_bytes(&self, purpose: &'static str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let id = key_of(purpose, sealed)?;
        let key = self.opened.get(&id).ok_or(Error::NoKey(id))?;
        self.ring.open_bytes(key, purpose, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> Keyring {
        Keyring::new(&[7; 32])
    }

    #[test]
    fn what_is_sealed_opens_again_under_its_own_purpose_alone() {
        let ring = ring();
        let mut keys = Keys::new(&ring);
        let id = Uuid::from_u128(1);
        keys.ensure(id).unwrap();
        let sealed = keys.seal(id, "tasks.body", "call at nine").unwrap();
        assert_eq!(keys.open::<String>("tasks.body", &sealed).unwrap(), "call at nine");
        assert!(matches!(keys.open::<String>("duties.body", &sealed), Err(Error::Broken("duties.body"))));
    }

    #[test]
    fn a_changed_value_does_not_open() {
        let ring = ring();
        let mut keys = Keys::new(&ring);
        let id = Uuid::from_u128(1);
        keys.ensure(id).unwrap();
        let mut sealed = keys.seal(id, "tasks.body", "call at nine").unwrap();
        *sealed.last_mut().unwrap() ^= 1;
        assert!(matches!(keys.open::<String>("tasks.body", &sealed), Err(Error::Broken(_))));
    }

    #[test]
    fn a_stored_key_opens_under_the_same_master_key_alone() {
        let ring = ring();
        let id = Uuid::from_u128(1);
        let (wrapped, _) = ring.make(id).unwrap();
        assert!(Keyring::new(&[7; 32]).unwrap(id, &wrapped).is_ok());
        assert!(Keyring::new(&[8; 32]).unwrap(id, &wrapped).is_err());
        assert!(ring.unwrap(Uuid::from_u128(2), &wrapped).is_err());
    }

    #[test]
    fn a_master_key_is_64_hexadecimal_figures() {
        assert!(Keyring::parse(&Keyring::generate().unwrap()).is_ok());
        assert!(matches!(Keyring::parse("secret"), Err(Error::MasterKey)));
    }

    #[test]
    fn tokens_are_the_same_for_the_same_text_and_key_alone() {
        assert_eq!(ring().token("name:a"), ring().token("name:a"));
        assert_ne!(ring().token("name:a"), ring().token("name:b"));
        assert_ne!(ring().token("name:a"), Keyring::new(&[8; 32]).token("name:a"));
    }
}
