//! Closed lists of words: every enum that a rule, a table or a page may name has one spelling, in kebab-case.
//!
//! [`words!`](crate::words) declares the enum and its spellings in one place, so that the database, the pack checker
//! and the API can never disagree about what a state is called.

/// An enum whose values are written as words from a closed list.
pub trait Word: Copy + Sized + 'static {
    /// What the list is called in error messages, such as `role`.
    const LIST: &'static str;
    /// Every word of the list, in declaration order.
    const WORDS: &'static [&'static str];
    /// This value's word.
    fn word(self) -> &'static str;
    /// The value that a word stands for.
    fn from_word(word: &str) -> Option<Self>;
}

/// A word that its list does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{list} cannot be {found:?}: expected one of {}", expected.join(", "))]
pub struct UnknownWord {
    /// The list that was asked.
    pub list: &'static str,
    /// What was found instead.
    pub found: String,
    /// The words of the list.
    pub expected: &'static [&'static str],
}

/// The value that `word` stands for, or an error that names the list and its words.
///
/// # Errors
/// [`UnknownWord`] if the list has no such word.
pub fn parse<W: Word>(word: &str) -> Result<W, UnknownWord> {
    W::from_word(word).ok_or_else(|| UnknownWord {
        list: W::LIST,
        found: word.to_owned(),
        expected: W::WORDS,
    })
}

/// Declares an enum with one word for each value; serialised, stored and shown as that word.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident as $list:literal { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $crate::domain::words::Word for $name {
            const LIST: &'static str = $list;
            const WORDS: &'static [&'static str] = &[$($word),+];
            fn word(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            fn from_word(word: &str) -> Option<Self> { match word { $($word => Some(Self::$variant),)+ _ => None } }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::domain::words::Word::word(*self))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::domain::words::Word::word(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                $crate::domain::words::parse(&word).map_err(serde::de::Error::custom)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    words! {
        /// A light.
        enum Light as "light" {
            /// Stop.
            Red = "red",
            /// Go.
            SlowGreen = "slow-green",
        }
    }

    #[test]
    fn a_word_is_written_and_read_back() {
        assert_eq!(serde_json::to_string(&Light::SlowGreen).unwrap(), "\"slow-green\"");
        assert_eq!(serde_json::from_str::<Light>("\"red\"").unwrap(), Light::Red);
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_list() {
        let message = parse::<Light>("blue").unwrap_err().to_string();
        assert_eq!(message, "light cannot be \"blue\": expected one of red, slow-green");
    }
}
