//! May this change be made by this person? Keys, statements and signatures, and what follows from them.
//!
//! Everything here is computed from bytes that were handed in. The room refuses to read files, to
//! connect anywhere and to look at the clock: whoever asks brings the answers of the outside along.

mod key;
mod statement;
mod wire;

pub use key::{Algorithm, KeyFault, PublicKey, SignatureFault};
pub use statement::{Action, Statement, StatementFault};
