//! `status`: sets the status of a version, or of every version of a server.
//!
//! Setting a status that is set already changes nothing and is a success, so that the command may be run twice.

use crate::data::{StatusRecord, Tree, change_status, require_folder};
use crate::error::Result;
use crate::text::count;
use crate::world::clock::{Clock as _, SystemClock};

use super::args::{Global, StatusArgs};
use super::changes::{lock, next_change, write};
use super::outcome::Outcome;
use super::talk::Talk;

/// Writes, changes or removes `status.json`.
///
/// A name without `@VERSION` means all its versions. An empty message removes the one there was; none keeps it.
/// With `--dry-run` the edits are listed and nothing is written.
pub(super) fn run(global: &Global, args: &StatusArgs, talk: &Talk) -> Result<Outcome> {
    let status = args.status;
    require_folder(&global.data)?;
    let _held = lock(global, args.dry_run)?;
    let tree = Tree::from_disk(&global.data, &crate::pipeline::label(&global.data))?;
    let (name, version) = match args.what.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (args.what.as_str(), None),
    };
    let clock = SystemClock { pinned: global.load_options()?.epoch };
    let to = StatusRecord { status, message: args.message.clone() };
    let change = change_status(&tree, (name, version), &to, clock.now())?;
    let words = |versions: &[String]| match versions {
        [one] => (format!("{name}@{one}"), "is"),
        several => (format!("{} of {name}", count(several.len(), "version")), "are"),
    };
    if change.edits.is_empty() {
        let (versions, is) = words(&change.unchanged);
        talk.say(&format!("{versions} {is} {status} already; nothing to change"));
        return Ok(Outcome::Fine);
    }
    write(global, &change.edits, args.dry_run, talk)?;
    let (versions, is) = words(&change.changed);
    let verb = if args.dry_run { "would now be".to_owned() } else { format!("{is} now") };
    talk.say(&format!("{versions} {verb} {status}"));
    next_change(global, &format!("Set {} to {status}", args.what), args.dry_run, talk);
    Ok(Outcome::Fine)
}
