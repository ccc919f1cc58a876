//! Correspondence, written from its reader's view of a case: pure.
//!
//! A message passes three gates, each in a module of its own:
//!
//! 1. [`mod@view`] picks what an audience may know, once, into a type that has no room for more. Court free text, home
//!    addresses and other people's results have no field to stand in.
//! 2. [`letterbox`] fills a pack's template from that view and nothing else. Templates are strict: a field that the
//!    view does not have is a fault when the pack is checked, and a failure, never an empty place, when it is filled.
//! 3. [`address`] turns a recipient into an address, or says why there is none. It is asked when the message is
//!    decided and *again* when it is about to leave, because consent ends and safe contact changes in between.
//!
//! [`calendar`] writes what goes into people's calendars, from references, courts and times alone.
//!
//! Design notes
//! - Subjects travel in the clear and show on locked screens: they may be made from references, courts and dates
//!   alone, and a finished one is searched for names and offences once more.
//! - The last lines of every text, the unit's contact line and the marking, are put there by the renderer: no
//!   template can forget them.
//! - Nothing here reads a clock or an id; nothing here logs. Failures name templates, fields and ids, never values.

pub mod address;
pub mod calendar;
pub mod letterbox;
mod pack_check;
pub mod paper;
pub mod view;

pub use address::{Address, Destination, Unaddressed, resolve};
pub use letterbox::{Failure, Letterbox, Part, Private, Rendered, TemplateFault, template_faults};
pub use pack_check::load_checked;
pub use view::{Letterhead, Subject, TaskLine, Unviewable, View, WorkLine, view};
