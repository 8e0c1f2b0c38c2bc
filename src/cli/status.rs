//! `status`: sets the status of a version, or of every version of a server.
//!
//! A change without effect exits with 1, as the official registry refuses it.

use crate::data::{StatusRecord, Tree, change_status, require_folder};
use crate::diag::nearest;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Status;
use crate::text::count;
use crate::world::clock::{Clock as _, SystemClock};

use super::args::{Global, StatusArgs};
use super::changes::{lock, write};
use super::outcome::Outcome;
use super::talk::Talk;

/// Writes, changes or removes `status.json`.
///
/// A name without `@VERSION` means all its versions. An empty message removes the one there was.
/// With `--dry-run` the edits are listed and nothing is written.
pub(super) fn run(global: &Global, args: &StatusArgs, talk: &Talk) -> Result<Outcome> {
    let status = parse(&args.status)?;
    require_folder(&global.data)?;
    let _held = lock(global, args.dry_run)?;
    let tree = Tree::from_disk(&global.data, &crate::pipeline::label(&global.data))?;
    let (name, version) = match args.what.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (args.what.as_str(), None),
    };
    let message = args.message.clone().filter(|text| !text.is_empty());
    let clock = SystemClock { pinned: global.load_options()?.epoch };
    let to = StatusRecord { status, message };
    let change = change_status(&tree, (name, version), &to, clock.now())?;
    if change.edits.is_empty() {
        talk.always("No changes to apply: status and message are already set to these values");
        return Ok(Outcome::Refused);
    }
    write(global, &change.edits, args.dry_run, talk)?;
    let (versions, is) = match change.changed.as_slice() {
        [one] => (format!("{name}@{one}"), "is"),
        several => (format!("{} of {name}", count(several.len(), "version")), "are"),
    };
    let verb = if args.dry_run { "would now be".to_owned() } else { format!("{is} now") };
    talk.say(&format!("{versions} {verb} {status}"));
    if !args.dry_run {
        talk.say("next: commit it and open a pull request");
    }
    Ok(Outcome::Fine)
}

/// Reads the word for a status, or names the nearest one.
fn parse(word: &str) -> Result<Status> {
    Status::parse(word).ok_or_else(|| {
        let words = Status::ALL.map(Status::as_str);
        let error = Error::new(ErrorKind::Usage, format!("{word:?} is not a status"));
        match nearest(word, words) {
            Some(near) => error.help(format!("did you mean {near}?")),
            None => error.help(format!("choose from {}", words.join(", "))),
        }
    })
}
