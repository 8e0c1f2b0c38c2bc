//! May this change be made by this person? Keys, statements and signatures, and what follows from them.
//!
//! ```text
//! two commits ─▶ Change ─▶ Claim ─ methods ─▶ Attempt… ─▶ Verdict
//! ```
//!
//! Everything here is computed from bytes that were handed in. The room refuses to read files, to
//! connect anywhere and to look at the clock: whoever asks brings the answers of the outside along.
//! It refuses as well to know whether data is well formed; that is the next room's.

mod canonical;
#[cfg(feature = "git")]
pub mod change;
#[cfg(feature = "git")]
mod claim;
mod commit;
pub mod event;
mod file;
mod foreign;
mod key;
#[cfg(feature = "git")]
mod lookup;
#[cfg(feature = "git")]
mod method;
mod offline;
mod openssh;
mod owners;
mod policy;
mod record;
mod secret;
mod sshsig;
mod statement;
#[cfg(feature = "git")]
mod verdict;
mod wire;

pub use canonical::{CanonicalFault, canonical, content_hash};
#[cfg(feature = "git")]
pub use claim::{Claim, Commits, Identity, Scene, Signed, Touched, TouchedOwners};
pub use commit::{CommitFault, MAX_COMMIT, SignedCommit};

pub use file::ProofFile;
pub use foreign::{read_public_key, read_signature};
pub use key::{Algorithm, KeyFault, PublicKey, SignatureFault};
#[cfg(feature = "git")]
pub use lookup::{Known, Lookup};
#[cfg(feature = "git")]
pub use method::{judge, reason};
pub use offline::evidence_of_file;
pub use owners::{Owners, parse_owners};
pub use policy::{Policy, policy};
pub use record::{
    AccountRecord, BodyHint, MAX_LINES, MAX_RECORD, RecordFault, WellKnownBody, WrongRecord,
    parse_account_record, parse_body, parse_record,
};
pub use secret::{PrivateKey, SecretFault};
pub use sshsig::{SshFault, SshSignature};
pub use statement::{Action, Statement, StatementFault};
#[cfg(feature = "git")]
pub use verdict::{Attempt, Ending, Verdict};
