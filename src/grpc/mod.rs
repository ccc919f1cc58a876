//! The public API's wire side: what `proto/usher/v1` compiles to, and the descriptors that reflection answers with.
//!
//! Wire types are `pb::Task` where the domain says `Task`. Nothing here decides anything: a call is turned into an
//! event or a query, and its answer back.

pub mod reason;

#[cfg(test)]
mod contract;

/// What `proto/usher/v1/*.proto` compiles to: messages, enums, servers and clients, documented there.
///
/// `Debug` leaves out what the contract marks `debug_redact`: names, addresses, free text, raw bodies.
pub mod pb {
    #![allow(missing_docs, clippy::all, clippy::pedantic)]
    tonic::include_proto!("usher.v1");
    include!(concat!(env!("OUT_DIR"), "/usher.v1.debug.rs"));
}

/// The contract as an encoded `FileDescriptorSet`, its imports and comments included: what reflection answers with.
pub const DESCRIPTORS: &[u8] = tonic::include_file_descriptor_set!("usher.v1");
