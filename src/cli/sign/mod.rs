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
    let sign = |target, how| proof::run(global, target, how, talk);
    match &args.verb {
        SignVerb::Key(KeyVerb::New(args)) => keys::new(args, talk),
        SignVerb::Key(KeyVerb::Import(args)) => keys::import(args, talk),
        SignVerb::Key(KeyVerb::Show(args)) => keys::show(args, talk),
        SignVerb::Entry(args) => sign(SigningTarget::Entry(&args.what), &args.how),
        SignVerb::Status(args) => sign(SigningTarget::Status(&args.what), &args.how),
        SignVerb::Owners(args) => sign(SigningTarget::Owners(&args.what), &args.how),
    }
}
