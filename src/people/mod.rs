//! Who is there and who gets the work: pure, beside the rules.

pub mod allocation;
pub mod assignment;
pub mod cover;
pub mod fitness;
pub mod leaders;
pub mod presence;
