//! Who may use whom: the shape of the crate as a table. To change the shape, change the table, and say why here.
//!
//! ```text
//!           app  cli  demo  bench      put everything together
//!                               web    the board, a client of grpc's contract
//! intake  mail  schedule  grpc  ──┘    edges, which do not know each other
//!   └── mailbox └─ outbox
//!               engine                 the only one to bring decisions and the store together
//!      casework          store         the pure and the stored do not know each other
//! rules people render
//!           domain                     nothing of ours
//! ```

/// What a module at the top of the crate may use of the others.
pub enum MayUse {
    /// These.
    Only(&'static [&'static str]),
    /// All of them.
    Everything,
}
use MayUse::{Everything, Only};

/// Every module at the top of the crate, those to come as well, with what it may use of the others.
pub const LAYERS: &[(&str, MayUse)] = &[
    // What everything rests on.
    ("clock", Only(&[])),
    ("domain", Only(&[])),
    ("telemetry", Only(&[])),
    // What decides: pure, so that a decision can be replayed and explained.
    ("rules", Only(&["domain"])),
    // These read what a pack says (owners, templates, outcomes) and decide nothing by its rules.
    ("people", Only(&["domain", "rules"])),
    ("render", Only(&["domain", "rules"])),
    ("casework", Only(&["domain", "rules", "people", "render", "clock"])),
    // Where the files of a pack come from: a folder, or the binary.
    ("pack_files", Only(&[])),
    // What is kept.
    ("store", Only(&["domain"])),
    // Where both meet, in one transaction.
    ("engine", Only(&["domain", "rules", "people", "render", "casework", "store", "clock"])),
    // What a team leader asks: plans made from what is kept, carried out by events.
    ("team", Only(&["domain", "rules", "people", "store"])),
    // The edges. The first two translate between the world and the domain, and know nothing else.
    ("intake", Only(&["domain"])),
    ("mail", Only(&["domain"])),
    // Waits and wakes, whatever it is that is done in each round.
    ("rounds", Only(&[])),
    // Sends what was decided: leases from the store, asks `render` once more for the address, hands to `mail`, and
    // tells the engine how it fared.
    ("outbox", Only(&["domain", "render", "engine", "store", "mail", "clock", "rounds"])),
    // Brings mail from outside to the engine: reads it by `intake`, looks in the store for what it answers. Of `mail` it
    // has what settings are written with.
    ("mailbox", Only(&["domain", "intake", "engine", "store", "mail"])),
    ("schedule", Only(&["domain", "rules", "team", "engine", "store", "clock", "rounds"])),
    ("grpc", Only(&["domain", "rules", "people", "render", "team", "engine", "store", "clock"])),
    // The board is a client of the API: it knows the contract, and of the domain how instants are said. That one edge knows
    // another is what makes it impossible for a page to do what the API refuses.
    ("web", Only(&["domain", "grpc"])),
    // Each edge has its own settings; the configuration gathers them.
    (
        "config",
        Only(&[
            "domain",
            "mail",
            "mailbox",
            "outbox",
            "schedule",
            "grpc",
            "web",
            "store",
            "engine",
            "telemetry",
        ]),
    ),
    // What puts everything together.
    ("app", Everything),
    ("bench", Everything),
    ("cli", Everything),
    ("demo", Everything),
    ("main", Everything),
];

/// What is at the top of the crate without being a module: macros, which Rust exports there.
pub const AT_THE_TOP: &[&str] = &["words"];

/// The modules that do no input or output and so cannot fail at run time.
pub const PURE: &[&str] = &["domain", "rules", "people", "render", "casework"];

/// Where something may be named.
pub enum Place {
    /// In these modules alone.
    OnlyIn(&'static [&'static str]),
    /// Anywhere but in these.
    NotIn(&'static [&'static str]),
}
use Place::{NotIn, OnlyIn};

const PUTS_TOGETHER: &[&str] = &["app", "cli", "demo", "bench", "main"];

/// Crates and functions that belong to some modules alone, and why.
pub const WORDS: &[(&str, Place, &str)] = &[
    ("sea_orm", OnlyIn(&["store"]), "the store is the only one to know the database"),
    ("sea_orm_migration", OnlyIn(&["store"]), "the store is the only one to know the database"),
    ("usher_migrations", OnlyIn(&["store"]), "the store is the only one to know the database"),
    ("sqlx", OnlyIn(&["store"]), "the store is the only one to know the database"),
    ("tonic", OnlyIn(&["grpc", "web"]), "wire types stop at their edge"),
    ("tonic_health", OnlyIn(&["grpc", "bench"]), "wire types stop at their edge"),
    ("tonic_prost", OnlyIn(&["grpc"]), "wire types stop at their edge"),
    ("tonic_reflection", OnlyIn(&["grpc"]), "wire types stop at their edge"),
    ("tonic_types", OnlyIn(&["grpc", "web"]), "wire types stop at their edge"),
    ("prost", OnlyIn(&["grpc"]), "wire types stop at their edge"),
    ("prost_types", OnlyIn(&["grpc", "web"]), "wire types stop at their edge"),
    ("axum", OnlyIn(&["grpc", "web", "app", "bench"]), "what is asked over plain HTTP stops at its edge"),
    ("maud", OnlyIn(&["web"]), "pages are written in one place"),
    ("argon2", OnlyIn(&["grpc"]), "one module knows how passwords are kept"),
    ("lettre", OnlyIn(&["mail"]), "one module knows how mail is sent"),
    ("mail_parser", OnlyIn(&["intake"]), "one module knows how mail is read"),
    (
        "cel",
        OnlyIn(&["rules"]),
        "conditions are our own type, so that the language behind them can be replaced",
    ),
    ("cron", OnlyIn(&["rules", "schedule"]), "its habits at a clock change are wrong and have to be wrapped"),
    ("anyhow", OnlyIn(PUTS_TOGETHER), "a library's caller must be able to tell errors apart"),
    ("clap", OnlyIn(PUTS_TOGETHER), "the command line is read in one place"),
    ("indicatif", OnlyIn(PUTS_TOGETHER), "the command line is written in one place"),
    ("comfy_table", OnlyIn(PUTS_TOGETHER), "the command line is written in one place"),
    ("Utc::now", OnlyIn(&["clock"]), "time comes in by argument"),
    ("Local::now", OnlyIn(&[]), "time comes in by argument, and the unit lives in Europe/London"),
    ("SystemTime::now", OnlyIn(&["clock"]), "time comes in by argument"),
    ("Uuid::now_v7", OnlyIn(&["clock"]), "ids come in by argument"),
    ("Uuid::new_v4", OnlyIn(&["clock"]), "ids come in by argument"),
    ("tokio", NotIn(PURE), "what decides does not wait"),
    ("std::net", NotIn(PURE), "what decides talks to nobody"),
    ("std::env", NotIn(PURE), "what decides depends on its arguments alone"),
    ("std::process", NotIn(PURE), "what decides depends on its arguments alone"),
    // `rules` is not among them: it reads a condition on a thread with a stack of its own.
    ("std::thread", NotIn(&["domain", "people", "render", "casework"]), "what decides does not wait"),
    // `rules` is not among them: it loads a pack's files.
    (
        "std::fs",
        NotIn(&["domain", "people", "render", "casework"]),
        "what decides depends on its arguments alone",
    ),
];
