//! What intake makes of whole bodies: invented shares, damaged ones, and the published samples where they are at hand.

mod cps;
mod fixtures;
mod invented;
mod news;
mod properties;
mod refusals;
mod samples;
mod situations;
mod spi;
