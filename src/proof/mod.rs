//! May this change be made by this person? Keys, statements and signatures, and what follows from them.
//!
//! Everything here is computed from bytes that were handed in. The room refuses to read files, to
//! connect anywhere and to look at the clock: whoever asks brings the answers of the outside along.

mod canonical;
mod commit;
mod file;
mod foreign;
mod key;
mod openssh;
mod record;
mod secret;
mod sshsig;
mod statement;
mod wire;

pub use canonical::{CanonicalFault, canonical, content_hash};
pub use commit::{CommitFault, MAX_COMMIT, SignedCommit};
pub use file::ProofFile;
pub use foreign::{read_public_key, read_signature};
pub use key::{Algorithm, KeyFault, PublicKey, SignatureFault};
pub use record::{
    AccountRecord, BodyHint, MAX_LINES, MAX_RECORD, RecordFault, WellKnownBody, WrongRecord,
    parse_account_record, parse_body, parse_record,
};
pub use secret::{PrivateKey, SecretFault};
pub use sshsig::{SshFault, SshSignature};
pub use statement::{Action, Statement, StatementFault};
