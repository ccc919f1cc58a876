//! Who is there and who gets the work: pure, beside the rules.

pub mod assignment;
pub mod presence;
