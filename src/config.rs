//! The configuration: one TOML file, overridden by `USHER_…` variables. What is not known is refused.
//!
//! Every setting stands with its default and a comment in `config/usher.toml`. `Debug` shows no secret.

use crate::domain::ids::{StaffId, UnitId};
use crate::domain::staff::{Unit, UnitMode};
use crate::grpc::access::Role;
use crate::grpc::settings::Settings as Server;
use crate::store::DatabaseUrl;
use crate::{domain::words, engine};
use serde::{Deserialize, Deserializer, de};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What variables that override settings begin with.
const PREFIX: &str = "USHER";
/// What stands between the parts of a setting's path in a variable's name: a variable without it is no setting.
const SEPARATOR: &str = "__";

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read, or says what no setting takes.
    #[error("{0}")]
    Unreadable(#[from] config::ConfigError),
    /// A setting is missing or wrong.
    #[error("{setting}: {expected}")]
    Setting {
        /// Which.
        setting: String,
        /// What is expected there.
        expected: String,
    },
}

impl Error {
    fn setting(setting: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Setting { setting: setting.into(), expected: expected.into() }
    }
}

/// Everything that can be set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How the API listens.
    pub server: Server,
    /// Where things are kept.
    pub database: Database,
    /// How much is done at a time.
    pub engine: Engine,
    /// The unit.
    pub unit: UnitSettings,
    /// How mail leaves.
    pub mail: crate::mail::Settings,
    /// How the outbox goes about it.
    pub outbox: crate::outbox::Settings,
    /// Where mail comes from.
    pub mail_in: crate::mailbox::Settings,
    /// Who may call.
    pub tokens: Vec<Token>,
}

/// A secret: shown by nothing but [`Secret::expose`].
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where things are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub address: DatabaseUrl,
    /// The master key, 64 hexadecimal figures.
    pub master_key: Option<Secret>,
    /// A file that holds it.
    pub master_key_file: Option<PathBuf>,
}

impl Default for Database {
    fn default() -> Self {
        Self { address: "sqlite:usher.sqlite".into(), master_key: None, master_key_file: None }
    }
}

/// How much is done at a time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Engine {
    /// Events that may wait.
    pub queue_max: usize,
    /// Events committed together.
    pub batch_max: usize,
    /// Batches at a time on PostgreSQL.
    pub lanes: usize,
    /// Cases kept in memory.
    pub remembered_max: usize,
    /// `yes` or `no`: whether decision inputs are kept.
    pub keep_inputs: Keep,
    /// The domain in Message-IDs.
    pub mail_domain: String,
}

/// Whether something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl Default for Engine {
    fn default() -> Self {
        let engine::Settings { queue_max, batch_max, lanes, remembered_max, mail_domain, .. } =
            engine::Settings::default();
        Self { queue_max, batch_max, lanes, remembered_max, keep_inputs: Keep::Yes, mail_domain }
    }
}

impl Engine {
    /// As the engine takes them.
    #[must_use]
    pub fn settings(&self) -> engine::Settings {
        engine::Settings {
            queue_max: self.queue_max.max(1),
            batch_max: self.batch_max.max(1),
            lanes: self.lanes.max(1),
            remembered_max: self.remembered_max,
            mail_domain: self.mail_domain.clone(),
            keep_inputs: match self.keep_inputs {
                Keep::Yes => engine::KeepInputs::Yes,
                Keep::No => engine::KeepInputs::No,
            },
        }
    }
}

/// The unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UnitSettings {
    /// Its id, which never changes.
    pub id: Option<uuid::Uuid>,
    /// Its name.
    pub name: String,
    /// The figures with which its force's URNs begin.
    pub urn_forces: Vec<String>,
    /// Codes of the prosecuting authorities whose cases without a URN are the unit's.
    pub authorities: Vec<String>,
    /// Whether correspondence really leaves.
    pub mode: UnitMode,
    /// A folder with its pack; the one that comes with usher where none.
    pub pack: Option<PathBuf>,
}

impl Default for UnitSettings {
    fn default() -> Self {
        Self {
            id: None,
            name: "Victim and Witness Care Unit".to_owned(),
            urn_forces: Vec::new(),
            authorities: Vec::new(),
            mode: UnitMode::Test,
            pack: None,
        }
    }
}

/// What `unit.urn_forces` takes.
pub const URN_FORCE_EXPECTED: &str = "must be the two figures with which the force's URNs begin, such as 52";

/// Whether this is what URNs of a force begin with.
#[must_use]
pub fn is_urn_force(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl UnitSettings {
    /// The unit as the domain knows it.
    ///
    /// # Errors
    /// [`Error::Setting`] where it has no id.
    pub fn unit(&self) -> Result<Unit, Error> {
        let expected = "must be set to a UUID, once and for ever: everything that is kept belongs to it";
        Ok(Unit {
            id: UnitId(self.id.ok_or_else(|| Error::setting("unit.id", expected))?),
            name: self.name.clone(),
            urn_forces: self.urn_forces.clone(),
            authorities: self.authorities.clone(),
            mode: self.mode,
            version: 0,
        })
    }
}

/// A caller's token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The name the caller is known by: the source of what they record.
    pub name: String,
    /// SHA-256 of the token, hex.
    pub hash: String,
    /// What the caller is.
    #[serde(deserialize_with = "role")]
    pub role: Role,
    /// The member of staff they are; staff only.
    #[serde(default)]
    pub staff: Option<StaffId>,
}

fn role<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Role, D::Error> {
    let word = String::deserialize(deserializer)?;
    words::parse(&word).map_err(de::Error::custom)
}

impl Config {
    /// Reads a file, if one is given, and then the variables of the environment.
    ///
    /// # Errors
    /// [`Error`].
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let begins = format!("{PREFIX}_");
        let settings: HashMap<String, String> = environment
            .into_iter()
            .filter(|(name, _)| name.starts_with(&begins) && name.contains(SEPARATOR))
            .collect();
        let variables = config::Environment::with_prefix(PREFIX)
            .prefix_separator("_")
            .separator(SEPARATOR)
            .try_parsing(true)
            .source(Some(settings));
        let mut builder = config::Config::builder();
        if let Some(file) = file {
            builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
        }
        let config: Self = builder.add_source(variables).build()?.try_deserialize()?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Error> {
        for (nth, force) in self.unit.urn_forces.iter().enumerate() {
            if !is_urn_force(force) {
                return Err(Error::setting(format!("unit.urn_forces[{nth}]"), URN_FORCE_EXPECTED));
            }
        }
        for (nth, token) in self.tokens.iter().enumerate() {
            let at = |field: &str| format!("tokens[{nth}].{field}");
            if token.name.is_empty() || token.name.starts_with("usher:") {
                return Err(Error::setting(at("name"), "must be a name, and not one of usher's own parts"));
            }
            if crate::grpc::access::tokens::TokenHash::parse(&token.hash).is_none() {
                return Err(Error::setting(
                    at("hash"),
                    "must be the SHA-256 of the token: 64 hexadecimal figures",
                ));
            }
            let needs_staff = matches!(token.role, Role::CareOfficer | Role::TeamLeader);
            if needs_staff && token.staff.is_none() {
                return Err(Error::setting(at("staff"), "must name the member of staff who bears the token"));
            }
            if self.tokens[..nth].iter().any(|other| other.name == token.name) {
                return Err(Error::setting(at("name"), "must differ from every other token's"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, Error> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::read(Some(file.path()), variables)
    }

    #[test]
    fn the_documented_file_says_the_defaults() {
        let documented = read(include_str!("../config/usher.toml"), &[]).unwrap();
        let (default, none) = (Config::default(), read("", &[]).unwrap());
        assert_eq!(format!("{documented:?}"), format!("{default:?}"));
        assert_eq!(format!("{none:?}"), format!("{default:?}"));
    }

    #[test]
    fn the_documented_file_has_every_setting() {
        let documented = include_str!("../config/usher.toml");
        let config = read("[mail.smtp]\nhost = \"relay.example\"", &[]).unwrap();
        let all = format!("{config:#?}");
        let names = all.lines().filter_map(|line| line.trim().split_once(": ")).map(|(name, _)| name);
        let is_there = |name: &str| {
            let (table, part) = (format!("[{name}]"), format!(".{name}]"));
            documented.contains(&format!("{name} ="))
                || documented.contains(&table)
                || documented.contains(&part)
        };
        let missing: Vec<&str> = names.filter(|name| *name != "tokens" && !is_there(name)).collect();
        assert_eq!(missing, Vec::<&str>::new());
    }

    #[test]
    fn a_variable_overrides_the_file() {
        let variables = [
            ("USHER_SERVER__LISTEN", "127.0.0.1:9"),
            ("USHER_DATABASE__MASTER_KEY", "1234567890"),
            ("USHER_TEST_POSTGRES", "is no setting"),
        ];
        let config = read("[server]\nlisten = \"127.0.0.1:8\"", &variables).unwrap();
        assert_eq!(config.server.listen.port(), 9);
        assert_eq!(config.database.master_key.unwrap().expose(), "1234567890");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in ["[server]\nlissten = 1", "[sevrer]\nlisten = 1", "[unit]\nmode = \"lively\""] {
            assert!(read(text, &[]).is_err(), "{text}");
        }
        assert!(read("", &[("USHER_SERVER__LISSTEN", "1")]).is_err());
    }

    #[test]
    fn a_forces_urns_begin_with_two_figures() {
        let of = |force: &str| read(&format!("[unit]\nurn_forces = [\"52\", \"{force}\"]"), &[]);
        assert!(of("07").is_ok());
        for force in ["5", "abcd", "5A", ""] {
            assert!(of(force).unwrap_err().to_string().contains("unit.urn_forces[1]"), "{force}");
        }
    }

    #[test]
    fn a_token_needs_a_hash_and_staff_need_their_id() {
        let token = |hash: &str, role: &str| {
            read(&format!("[[tokens]]\nname = \"x\"\nhash = \"{hash}\"\nrole = \"{role}\""), &[])
        };
        let hash = "0".repeat(64);
        assert!(token(&hash, "feed").is_ok());
        assert!(token("0", "feed").unwrap_err().to_string().contains("tokens[0].hash"));
        assert!(token(&hash, "care-officer").unwrap_err().to_string().contains("tokens[0].staff"));
        assert!(token(&hash, "king").is_err());
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = "[database]\naddress = \"postgres://me:hush@host/db\"\nmaster_key = \"whisper\"";
        let shown = format!("{:?}", read(text, &[]).unwrap());
        assert!(!shown.contains("hush") && !shown.contains("whisper"), "{shown}");
    }
}
