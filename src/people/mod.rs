//! Who is there and who gets the work: pure, beside the rules.

pub mod assignment;
pub mod cover;
pub mod fitness;
pub mod presence;
