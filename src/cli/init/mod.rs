//! `init`: a registry repository from nothing.
//!
//! It writes missing files and never replaces edited ones: a second run changes nothing, and `--force`
//! renews only files that nobody edited. It uses no network and no git command; the forge is read from
//! the repository's remote.

mod around;
mod ask;
mod forge;
mod hosts;
mod next;
mod plan;
mod scaffold;
mod seal;
mod source;
mod template;
mod workflow;

use std::path::Path;

use crate::config::{Config, Visibility};
use crate::data::{Edits, apply_in, hold};
use crate::error::{Error, ErrorKind, Result};
use crate::world::file;

use super::add;
use super::args::{AddArgs, Global, InitArgs};
use super::outcome::Outcome;
use super::talk::Talk;

use around::{DATA, MAX_THERE, Surroundings};
use ask::Asker;
use plan::{Scaffold, recall};
use scaffold::{File, IGNORED};
use seal::{is_ours, is_renewable};

/// Scaffolds a registry repository.
pub(super) fn run(global: &Global, args: &InitArgs, talk: &Talk) -> Result<Outcome> {
    if global.data != Path::new(DATA) {
        return Err(Error::new(ErrorKind::Usage, "init does not take --data")
            .help(format!("leave out --data; it writes {DATA} into DIR")));
    }
    let around = Surroundings::look(&args.dir)?;
    let mut all = args.clone();
    let options: Vec<&str> = around.options.iter().map(String::as_str).collect();
    recall(&mut all, &options);
    let mut asker = (!args.yes && ask::possible())
        .then(|| Asker { input: std::io::stdin().lock(), output: std::io::stderr() });
    let forge = match &mut asker {
        Some(asker) => asker.forge(&all, &around)?,
        None => around.forge_unasked(all.forge.as_deref())?,
    };
    let mut plan = Scaffold::new(&all, &around, forge)?;
    if let Some(asker) = asker.as_mut().filter(|_| around.settings.is_none()) {
        asker.fill(&mut plan, &all)?;
    }
    let plan = plan.finish(&around)?;
    let has_owners = args.dir.join(plan.forge.folder()).join("CODEOWNERS").exists();
    if write(args, &plan, &around, talk)? {
        let mut has_server = around.has_entries || plan.example;
        if let Some(asker) = asker.as_mut().filter(|_| !has_server) {
            has_server = asker.first_server(|path| add_server(global, args, path, talk));
        }
        for line in next::next_steps(args, &plan, &around, (has_server, has_owners)) {
            talk.say(&line);
        }
    }
    Ok(Outcome::Fine)
}

/// Writes the files and reports each. Returns whether something was written.
fn write(args: &InitArgs, plan: &Scaffold, around: &Surroundings, talk: &Talk) -> Result<bool> {
    std::fs::create_dir_all(&args.dir).map_err(|e| {
        Error::io("the folder cannot be created", &args.dir, e)
            .help("name a folder that you may write to")
    })?;
    let _held = hold(&args.dir)?;
    let (mut edits, mut lines) = decide(&args.dir, scaffold::files(plan), args.force)?;
    lines.extend(around.settings.as_ref().into_iter().flat_map(|old| not_changed(args, plan, old)));
    lines.extend(ignore(&args.dir, &mut edits)?);
    apply_in(&args.dir, &args.dir, &edits, &|_| {})?;
    for line in lines {
        talk.say(&line);
    }
    if edits.is_empty() {
        talk.say("nothing to do: everything is there");
    }
    Ok(!edits.is_empty())
}

/// Adds a server as `add` does. Returns whether it is there now.
fn add_server(global: &Global, args: &InitArgs, path: &str, talk: &Talk) -> bool {
    if path == "-" {
        talk.say("name a file; the terminal is busy with questions");
        return false;
    }
    let global = Global { data: args.dir.join(DATA), ..global.clone() };
    let args = AddArgs { what: path.to_owned(), from: None, token_env: None, dry_run: false };
    match add::run(&global, &args, talk) {
        Ok(outcome) => outcome == Outcome::Fine,
        Err(e) => {
            talk.error(&e);
            false
        }
    }
}

/// Compares the scaffold with what is there. Returns the edits, and a line for each file that is written,
/// renewed or kept.
///
/// A file that is missing is written. One that is there is kept, unless `force` is given and its seal
/// shows that nobody has edited it.
fn decide(dir: &Path, files: Vec<File>, force: bool) -> Result<(Edits, Vec<String>)> {
    let (mut edits, mut lines) = (Edits::new(), Vec::new());
    for File { path, text } in files {
        let there = read(&dir.join(&path))?;
        let ours = there.as_deref().is_some_and(is_ours);
        match there {
            Some(there) if there == text.as_bytes() => {}
            Some(_) if !ours && is_renewable(&path) => {
                lines.push(format!("kept {path} (it was changed)"));
            }
            Some(_) if !ours => lines.push(format!("kept {path} (init never replaces it)")),
            Some(_) if !force => lines.push(format!("kept {path} (--force renews it)")),
            there => {
                let done = if there.is_some() { "updated" } else { "wrote" };
                lines.push(format!("{done} {path}"));
                edits.write(path, text);
            }
        }
    }
    Ok((edits, lines))
}

/// Reads a file that may be missing.
fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match file::read(path, MAX_THERE) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io("the file cannot be read", path, e)),
    }
}

/// Returns a line for each flag that the settings contradict, as `init` never edits them.
fn not_changed(args: &InitArgs, plan: &Scaffold, old: &Config) -> Vec<String> {
    let quoted = |text: &str| format!("{text:?}");
    let is_public = old.visibility == Visibility::Public;
    let visibility = |public: bool| quoted(if public { "public" } else { "private" });
    let name = args.name.as_deref().filter(|name| old.name.as_deref() != Some(name));
    let url = args.base_url.as_ref().filter(|url| old.base_url.as_ref() != Some(url));
    let public = (args.public != is_public && (args.public || args.private)).then_some(args.public);
    let wanted = [
        ("name", name.map(quoted)),
        ("base_url", url.map(|url| quoted(url.as_str()))),
        ("visibility", public.map(visibility)),
    ];
    let line = |(key, value): (&str, Option<String>)| {
        value.map(|value| {
            format!("not changed: write {key} = {value} into {DATA}/registry.toml yourself")
        })
    };
    let hosts = plan.hosts.iter().filter(|(key, hosts)| {
        let now = old.packages.of_key(key);
        hosts.iter().any(|host| !now.patterns.contains(host))
    });
    let hosts = hosts.map(|(key, hosts)| {
        let value = hosts::value(hosts);
        format!(
            "not changed: write {key} = {value} below [packages] in {DATA}/registry.toml yourself"
        )
    });
    wanted.into_iter().filter_map(line).chain(hosts).collect()
}

/// Adds to `.gitignore` what it lacks. Returns a line that says so.
///
/// Lines are only added, so a repository with its own list keeps it; a folder `public` that is there already is
/// somebody's source and is not ignored.
fn ignore(dir: &Path, edits: &mut Edits) -> Result<Option<String>> {
    let there = read(&dir.join(".gitignore"))?;
    let text = there.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let has = |wanted: &str| text.lines().any(|line| line.trim().trim_matches('/') == &wanted[1..]);
    let source = |wanted: &str| wanted == "/public" && dir.join("public").exists();
    let lacks: Vec<&str> = IGNORED.into_iter().filter(|line| !has(line) && !source(line)).collect();
    if lacks.is_empty() {
        return Ok(None);
    }
    let done =
        if there.is_some() { format!("added {} to", lacks.join(", ")) } else { "wrote".into() };
    let mut bytes = there.unwrap_or_default();
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    bytes.extend(lacks.iter().flat_map(|line| line.bytes().chain([b'\n'])));
    edits.write(".gitignore", bytes);
    Ok(Some(format!("{done} .gitignore")))
}
