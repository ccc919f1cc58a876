//! Where a database is: an address that may hold a password, which is never shown.

use super::Error;
use serde::Deserialize;
use std::fmt;
use std::path::Path;

/// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`. Shown with `…` where a password stands, by `Debug` too;
/// the whole of it comes out of [`DatabaseUrl::expose`] alone.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address with its password.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The file of an SQLite database; none for one in memory or on a server.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        let path = self.0.strip_prefix("sqlite:")?.trim_start_matches("//");
        (!path.starts_with(':')).then(|| Path::new(path))
    }

    /// Whether it names a database of a sort that usher can use.
    ///
    /// # Errors
    /// [`Error::Address`].
    pub fn check(&self) -> Result<(), Error> {
        let known = ["sqlite:", "postgres:", "postgresql:"];
        if known.iter().any(|scheme| self.0.starts_with(scheme)) {
            return Ok(());
        }
        Err(Error::Address(self.clone()))
    }
}

impl From<String> for DatabaseUrl {
    fn from(address: String) -> Self {
        Self(address)
    }
}

impl From<&str> for DatabaseUrl {
    fn from(address: &str) -> Self {
        Self(address.to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.starts_with("sqlite:") {
            return f.write_str(&self.0);
        }
        // A password may hold an @ or a / that nobody escaped: all before the last @ is taken for user and password.
        let (before, after) = self.0.rsplit_once('@').map_or((None, &*self.0), |(b, a)| (Some(b), a));
        if let Some(before) = before {
            let bare = ["postgres:", "postgresql:"].iter().find(|scheme| before.starts_with(**scheme));
            let begin = before.find("://").map_or_else(|| bare.map_or(0, |bare| bare.len()), |at| at + 3);
            let (scheme, who) = before.split_at(begin);
            match who.split_once(':') {
                Some((user, _)) => write!(f, "{scheme}{user}:…@")?,
                None => write!(f, "{scheme}{who}@")?,
            }
        }
        let Some((place, options)) = after.split_once('?') else { return f.write_str(after) };
        let shown = options.split('&').map(|option| match option.split_once('=') {
            Some((name, _)) if name.to_lowercase().contains("password") => format!("{name}=…"),
            _ => option.to_owned(),
        });
        write!(f, "{place}?{}", shown.collect::<Vec<_>>().join("&"))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let table = [
            ("sqlite:/var/lib/a@b:c.sqlite", "sqlite:/var/lib/a@b:c.sqlite"),
            ("postgres://usher@db/usher", "postgres://usher@db/usher"),
            ("postgres://usher:hush@db:5433/usher", "postgres://usher:…@db:5433/usher"),
            (
                "postgres://usher:hu/s@h:x@db/usher?sslmode=require",
                "postgres://usher:…@db/usher?sslmode=require",
            ),
            ("postgres:usher:hush@db", "postgres:usher:…@db"),
            ("usher:hush@db", "usher:…@db"),
            ("postgres://db/usher?user=usher&password=hush", "postgres://db/usher?user=usher&password=…"),
            ("mysql://root:hush@db/x", "mysql://root:…@db/x"),
        ];
        for (address, shown) in table {
            let address = DatabaseUrl::from(address);
            assert_eq!(address.to_string(), shown);
            assert!(!format!("{address:?}").contains("hush"));
        }
    }

    #[test]
    fn what_is_wrong_with_another_scheme_is_its_scheme() {
        let error = DatabaseUrl::from("mysql://root:hush@db/x").check().unwrap_err().to_string();
        assert!(error.starts_with("mysql://root:…@db/x is no database address"), "{error}");
    }
}
