//! How sealed values are compressed: zstd with a dictionary.
//!
//! A body is a kilobyte or two of JSON, too little to hold its own repetitions: what repeats is between bodies, the
//! names of fields and the words of steps. A dictionary of typical bodies therefore makes them a quarter of what they
//! would be without (duties 1,060 bytes of JSON to 210, LZ4 alone 830), and pages written a commit are what bounds
//! the rate of events. It was trained with zstd on bodies that the demo and the bench seal, all invented.
//!
//! Design notes
//! - A dictionary is frozen: what was sealed with it opens with it alone. A better one is another [`Format`].
//! - [`Format::Lz4`] is read and no longer written: databases hold values of the first version.

use std::cell::RefCell;
use std::io::{Error, ErrorKind};
use std::sync::LazyLock;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// How a value was compressed, as its first byte says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// LZ4 with the size in front.
    Lz4,
    /// Zstd with the first dictionary.
    Zstd1,
}

impl Format {
    /// The one that is written.
    pub(super) const NEWEST: Self = Self::Zstd1;

    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Lz4 => 1,
            Self::Zstd1 => 2,
        }
    }

    pub(super) fn of_byte(byte: u8) -> Option<Self> {
        [Self::Lz4, Self::Zstd1].into_iter().find(|format| format.byte() == byte)
    }
}

static DICTIONARY: &[u8] = include_bytes!("bodies.dict");

/// The level at which a body costs a few microseconds; higher ones save a few bytes in a hundred.
const LEVEL: i32 = 1;

/// What one value may come to: far more than the largest body that is taken in.
const BYTES_MAX: usize = 256 * 1024 * 1024;

static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    // A context is some hundred kilobytes and takes longer to make than a body takes to compress.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses in the newest format.
pub(super) fn compress(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    COMPRESSOR.with_borrow_mut(|held| {
        let compressor = match held {
            Some(compressor) => compressor,
            none => none.insert(Compressor::with_prepared_dictionary(&ENCODER)?),
        };
        compressor.compress(bytes)
    })
}

/// Gives back what was compressed.
pub(super) fn decompress(format: Format, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    match format {
        Format::Lz4 => lz4_flex::decompress_size_prepended(bytes)
            .map_err(|error| Error::new(ErrorKind::InvalidData, error)),
        Format::Zstd1 => DECOMPRESSOR.with_borrow_mut(|held| {
            let decompressor = match held {
                Some(decompressor) => decompressor,
                none => none.insert(Decompressor::with_prepared_dictionary(&DECODER)?),
            };
            let size = Decompressor::upper_bound(bytes).filter(|size| *size <= BYTES_MAX);
            let size = size.ok_or_else(|| Error::new(ErrorKind::InvalidData, "no size is stated"))?;
            decompressor.decompress(bytes, size)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_comes_back() {
        for text in ["", "{}", &"a body of some length, again ".repeat(10_000)] {
            let squeezed = compress(text.as_bytes()).unwrap();
            assert_eq!(decompress(Format::NEWEST, &squeezed).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn values_of_the_first_version_still_open() {
        let squeezed = lz4_flex::compress_prepend_size(b"call at nine");
        assert_eq!(decompress(Format::Lz4, &squeezed).unwrap(), b"call at nine");
    }

    #[test]
    fn a_typical_body_is_a_third_of_itself() {
        let body = br#"{"id":"01a214a9-c8f6-7f6d-9597-14edbba089ae","key":"outcome/1/2/0","kind":"outcome","to":"13b9c1cf-bd65-578d-bebe-1ff0c10b55c3","state":"open","priority":"P4","target_at":"2026-12-02T23:59:59Z","due_at":null,"waits_for":null,"task":null,"arose_at":"2026-11-25T21:43:21.078Z","met":null,"because":[]}"#;
        assert!(compress(body).unwrap().len() * 3 < body.len());
    }

    #[test]
    fn what_was_not_compressed_by_us_is_an_error() {
        assert!(decompress(Format::Zstd1, b"neither").is_err());
        assert!(decompress(Format::Lz4, b"neither").is_err());
    }
}
