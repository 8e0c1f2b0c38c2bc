//! Decides whether a change may be made by its author: keys, statements, signatures, and what follows.
//!
//! ```text
//! two commits ─▶ ChangeSummary ─▶ Claim ─ methods ─▶ Attempt… ─▶ Verdict
//! ```
//!
//! Everything is computed from bytes that are handed in. Nothing here reads files, connects anywhere or
//! reads the clock. Whether data is valid is decided by `check`.

mod evidence;

#[cfg(feature = "proof")]
mod canonical;
#[cfg(all(feature = "git", feature = "proof"))]
pub mod change;
#[cfg(all(feature = "git", feature = "proof"))]
mod claim;
#[cfg(feature = "proof")]
mod commit;
#[cfg(feature = "proof")]
pub mod event;
#[cfg(feature = "proof")]
mod file;
#[cfg(feature = "proof")]
mod foreign;
#[cfg(feature = "proof")]
mod key;
#[cfg(all(feature = "git", feature = "proof"))]
mod lookup;
#[cfg(all(feature = "git", feature = "proof"))]
mod method;
#[cfg(feature = "proof")]
mod offline;
#[cfg(feature = "proof")]
mod openssh;
#[cfg(feature = "proof")]
mod owners;
#[cfg(all(feature = "git", feature = "proof"))]
mod policy;
#[cfg(feature = "proof")]
mod record;
#[cfg(feature = "proof")]
mod secret;
#[cfg(feature = "proof")]
mod secret_fault;
#[cfg(feature = "proof")]
mod sshsig;
#[cfg(feature = "proof")]
mod statement;
#[cfg(all(feature = "git", feature = "proof"))]
mod verdict;
#[cfg(feature = "proof")]
mod wire;

pub use evidence::Evidences;

#[cfg(feature = "proof")]
pub use self::{
    canonical::{CanonicalFault, canonical, content_hash},
    commit::SignedCommit,
    file::ProofFile,
    foreign::{read_public_key, read_signature},
    key::{Algorithm, KeyFault, PublicKey},
    owners::{Owners, parse_owners},
    record::{parse_account_record, parse_body, parse_record},
    secret::PrivateKey,
    sshsig::SshSignature,
    statement::{Action, Statement, StatementFault},
};
#[cfg(all(feature = "git", feature = "proof"))]
pub use self::{
    claim::{Claim, Commits, Identity, Scene, Signed, Touched, TouchedOwners},
    lookup::Lookup,
    method::{judge, reason},
    policy::{Policy, policy},
    verdict::{Attempt, Ending, Verdict},
};
