//! `sign key`: makes, imports and shows keys. Only public halves are printed.

use std::path::{Path, PathBuf};

use crate::cli::outcome::Outcome;
use crate::cli::talk::Talk;
use crate::error::{Error, ErrorKind, Result};
use crate::proof::{PrivateKey, PublicKey, read_public_key};

use super::store;
use crate::cli::args::sign::{ImportKeyArgs, NewArgs, PlaceArgs, ShowArgs};

/// The next step for the owner of a key.
const PUBLISH: &str =
    "publish one of the two records, then run `mcp-static sign entry NAME@VERSION`";

/// Makes a key.
pub(super) fn new(args: &NewArgs, talk: &Talk) -> Result<Outcome> {
    let failed = |what: &str| Error::new(ErrorKind::Io, what.to_owned());
    let mut random = [0; PrivateKey::RANDOM];
    getrandom::fill(&mut random)
        .map_err(|e| failed("the system returned no random bytes").because(e.to_string()))?;
    let key = PrivateKey::generate(args.alg, &random)
        .map_err(|_| failed("no key can be made of these random bytes").help("run it again"))?;
    random.fill(0);
    keep(&key, &args.place, "made", talk)
}

/// Imports a key that another tool made.
pub(super) fn import(args: &ImportKeyArgs, talk: &Talk) -> Result<Outcome> {
    let key = store::private(&args.file, talk)?;
    keep(&key, &args.place, "imported", talk)
}

/// Writes a key and prints what to do with it.
fn keep(key: &PrivateKey, place: &PlaceArgs, done: &str, talk: &Talk) -> Result<Outcome> {
    let path = match &place.out {
        Some(path) => path.clone(),
        None => store::default_place()?,
    };
    // A wrong domain is refused before the key is written.
    let shown = describe(key.public(), Some(&path), place.domain.as_deref())?;
    store::create(&path, key, place.force)?;
    talk.say(&format!("{done} {}; keep a copy in a safe place", path.display()));
    talk.data(&shown);
    talk.next(PUBLISH);
    Ok(Outcome::Fine)
}

/// Prints the public part of a key.
pub(super) fn show(args: &ShowArgs, talk: &Talk) -> Result<Outcome> {
    let path = match args.file.as_ref().or(args.key.as_ref()) {
        Some(path) => path.clone(),
        None => store::default_place()?,
    };
    let help = "make a key with `mcp-static sign key new`, or name its file";
    let text = String::from_utf8_lossy(&store::read(&path, help)?).into_owned();
    let (public, signs) = match read_public_key(&text) {
        Ok(public) => (public, None),
        // Git signs only with OpenSSH files.
        Err(_) => {
            let git = text.contains("OPENSSH PRIVATE KEY").then_some(&path);
            (store::private(&path, talk)?.public().clone(), git)
        }
    };
    talk.data(&describe(&public, signs.map(PathBuf::as_path), args.domain.as_deref())?);
    talk.next(PUBLISH);
    Ok(Outcome::Fine)
}

/// Returns the public description of a key; `git` is the file that git can sign with.
fn describe(key: &PublicKey, git: Option<&Path>, domain: Option<&str>) -> Result<String> {
    let domain = domain.map(domain_text).transpose()?;
    let record = key.record();
    let host = domain.as_deref().unwrap_or("<your domain>");
    let mut text = format!(
        "key          {} {}\n\
         OpenSSH      {}\n\n\
         Publish the record in one of two places. The official registry reads the same record.\n\
         DNS          {host}. IN TXT \"{record}\"\n\
         or the file  https://{host}/.well-known/mcp-registry-auth\n\
         with         {record}\n",
        key.algorithm(),
        key.fingerprint(),
        key.to_openssh_line(""),
    );
    if let Some(path) = git {
        let path = std::path::absolute(path)
            .map_err(|e| Error::io("the path cannot be made absolute", path, e))?;
        text.push_str(&format!(
            "\nTo sign commits with it:\n\
             git config gpg.format ssh\n\
             git config user.signingkey {}\n\
             git config commit.gpgsign true\n",
            quote(&path.to_string_lossy())
        ));
    }
    Ok(text)
}

/// Returns a domain in lower case; refuses what is not a domain.
pub(super) fn domain_text(text: &str) -> Result<String> {
    let text = text.trim_end_matches('.').to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if text.len() <= 253 && text.contains('.') && text.split('.').all(label) {
        return Ok(text);
    }
    Err(Error::new(ErrorKind::Usage, format!("{text:?} is not a domain")).help(
        "write a domain such as example.com; write names with other letters in their xn-- form",
    ))
}

/// Quotes a word for a POSIX shell.
fn quote(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-+:@,~".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
