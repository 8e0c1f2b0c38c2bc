//! The arguments of `sign`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::proof::Algorithm;

use super::{complete, words};

#[derive(Debug, Args)]
pub(in crate::cli) struct SignArgs {
    #[command(subcommand)]
    pub verb: SignVerb,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SignVerb {
    /// Make, import or show the key of a domain
    #[command(subcommand)]
    Key(KeyVerb),
    /// Sign a version, so that it can be published
    Entry(OneArgs),
    /// Sign the status of a version
    Status(OneArgs),
    /// Sign the owners file of a namespace
    Owners(OwnersArgs),
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeyVerb {
    /// Make a key and print the record to publish
    New(NewArgs),
    /// Import a key that openssl, ssh-keygen or the official publisher made
    Import(ImportKeyArgs),
    /// Print the record to publish for a key, and how to sign commits with it
    Show(ShowArgs),
}

/// Where to write a key.
#[derive(Debug, Args)]
pub(in crate::cli) struct PlaceArgs {
    /// File for the key, in OpenSSH form [default: ~/.config/mcp-static/key]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Replace an existing key
    #[arg(long)]
    pub force: bool,
    /// Domain that the key is for, to print complete records
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct NewArgs {
    /// Algorithm of the key
    #[arg(long, value_name = "ALGORITHM", default_value = "ed25519", value_parser = words::algorithms())]
    pub alg: Algorithm,
    #[command(flatten)]
    pub place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImportKeyArgs {
    /// PEM or OpenSSH file, or one that holds the official publisher's hex digits ("-" is stdin)
    #[arg(value_name = "FILE|-", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    #[command(flatten)]
    pub place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// Private or public key file [default: ~/.config/mcp-static/key]
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// The same, by flag
    #[arg(long, value_name = "FILE", conflicts_with = "file", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
    /// Domain that the key is for
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct OneArgs {
    /// Name and version; the version may be left out if the server has only one
    #[arg(value_name = "NAME[@VERSION]", add = complete::entries())]
    pub what: String,
    #[command(flatten)]
    pub how: HowArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct OwnersArgs {
    /// The namespace
    #[arg(value_name = "NAMESPACE", add = complete::namespaces())]
    pub what: String,
    #[command(flatten)]
    pub how: HowArgs,
}

/// How something is signed.
#[derive(Debug, Args)]
pub(in crate::cli) struct HowArgs {
    /// Private key file [default: ~/.config/mcp-static/key]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["statement_only", "attach"], value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
    /// Domain that signs: that of the namespace, or one above it [default: that of the namespace]
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
    /// Registry that the proof is for [default: its id, else its base URL]
    #[arg(long, value_name = "URL")]
    pub audience: Option<String>,
    /// Time of signing, such as 2026-11-22T06:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub issued: Option<String>,
    /// Print the statement, to sign it with another tool, and write nothing
    #[arg(long, conflicts_with = "attach")]
    pub statement_only: bool,
    /// File with the signature that another tool made: raw, base64, hex or DER ("-" is stdin)
    #[arg(long, value_name = "FILE|-", requires = "public_key", requires = "issued", value_hint = ValueHint::FilePath)]
    pub attach: Option<PathBuf>,
    /// Public key of an attached signature: a record, or a file with a record, PEM or OpenSSH key
    #[arg(long, value_name = "RECORD|FILE", requires = "attach")]
    pub public_key: Option<String>,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub dry_run: bool,
}
