//! `sign`: keys of a domain, and proofs made with them.
//!
//! Private keys are never printed. For a key in another system, `--statement-only`
//! prints what to sign there, and `--attach` takes the signature.

mod keys;
mod proof;
mod store;

use crate::error::Result;
use crate::pipeline::SigningTarget;

use super::args::Global;
use super::args::sign::{KeyVerb, SignArgs, SignVerb};
use super::outcome::Outcome;
use super::talk::Talk;

/// Makes, imports or shows a key, or signs something.
pub(super) fn run(global: &Global, args: &SignArgs, talk: &Talk) -> Result<Outcome> {
    match &args.verb {
        SignVerb::Key(KeyVerb::New(args)) => keys::new(args, talk),
        SignVerb::Key(KeyVerb::Import(args)) => keys::import(args, talk),
        SignVerb::Key(KeyVerb::Show(args)) => keys::show(args, talk),
        SignVerb::Entry(args) => {
            proof::run(global, SigningTarget::Entry(&args.what), &args.how, talk)
        }
        SignVerb::Status(args) => {
            proof::run(global, SigningTarget::Status(&args.what), &args.how, talk)
        }
        SignVerb::Owners(args) => {
            proof::run(global, SigningTarget::Owners(&args.what), &args.how, talk)
        }
    }
}
