//! The public API: calls become events or queries, and their answers become messages of the contract.
//!
//! Wire types are `pb::Task` where the domain says `Task`. Nothing here decides anything. In reading order: [`serve`]
//! puts the server together, [`access`] admits a call, [`services`] holds one file a service, [`convert`] one file a
//! noun, `feeds` what calendar programs ask for, [`api`] what all services need, [`refused`] how every refusal looks on the wire.

pub mod access;
pub mod api;
pub mod convert;
mod feeds;
mod look;
pub mod page;
pub mod reason;
pub mod refused;
pub mod serve;
pub mod services;
pub mod settings;
pub mod stream;
mod tls;

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
