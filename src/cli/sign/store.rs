//! Key files: where they are, reading them, and creating them so that nobody else can read them.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::talk::Talk;
use crate::error::{Error, ErrorKind, Result};
use crate::proof::{PrivateKey, PublicKey};

/// Largest key or signature file that is read, in bytes.
const MAX: u64 = 64 * 1024;

/// Where the key is unless somebody says otherwise.
pub(super) fn default_place() -> Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || folder("HOME").or_else(|| folder("USERPROFILE")).map(|home| home.join(".config"));
    let config = folder("XDG_CONFIG_HOME").or_else(home).ok_or_else(|| {
        Error::new(ErrorKind::Usage, "there is no home folder to keep a key in")
            .help("name a file with --key or --out")
    })?;
    Ok(config.join("mcp-static").join("key"))
}

/// The bytes of a file, or of standard input for `-`.
pub(super) fn read(path: &Path, help: &str) -> Result<Vec<u8>> {
    let fail = |e| Error::io("the file cannot be read", path, e).help(help);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(MAX).read_to_end(&mut bytes).map_err(fail)?;
    } else {
        fs::File::open(path).and_then(|f| f.take(MAX).read_to_end(&mut bytes)).map_err(fail)?;
    }
    Ok(bytes)
}

/// The private key in a file. A file that others can read is spoken of.
pub(super) fn private(path: &Path, talk: &Talk) -> Result<PrivateKey> {
    let help = "make a key with `mcp-static sign key new`, or name one with --key";
    let text = String::from_utf8_lossy(&read(path, help)?).into_owned();
    let key = PrivateKey::parse(&text).map_err(|fault| {
        Error::new(ErrorKind::Usage, fault.to_string()).at(path).help(fault.advice())
    })?;
    if is_open(path) {
        let path = path.display();
        talk.always(&format!("warning: others can read {path}; run `chmod 600 {path}`"));
    }
    Ok(key)
}

/// Puts a key into a new file that only its owner can read, and its public half beside it.
pub(super) fn create(path: &Path, key: &PrivateKey, force: bool) -> Result<()> {
    if !force && (path.exists() || beside(path).exists()) {
        let taken = if path.exists() { path.to_path_buf() } else { beside(path) };
        return Err(Error::new(ErrorKind::Usage, "there is a key already").at(taken).help(
            "choose another file with --out, or replace it with --force; what it signed stays valid only while its record is published",
        ));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder).map_err(|e| Error::io("the folder cannot be made", folder, e))?;
    }
    let comment = "mcp-static";
    let secret = key.to_openssh(comment);
    write_new(path, secret.as_bytes(), 0o600)?;
    let line = format!("{}\n", key.public().to_openssh_line(comment));
    write_new(&beside(path), line.as_bytes(), 0o644)
}

/// The file of the public half.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

/// Writes a file under another name first, so that it never has another mode or half its content.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(format!(".{}.new", std::process::id()));
    let fresh = PathBuf::from(fresh);
    let written = options(mode).open(&fresh).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&fresh, path)).map_err(|e| {
        let _ = fs::remove_file(&fresh);
        Error::io("the key cannot be written", path, e)
    })
}

#[cfg(unix)]
fn options(mode: u32) -> fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(mode);
    options
}

#[cfg(not(unix))]
fn options(_: u32) -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    options
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

/// Whether others than the owner can read a file.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

/// A public key that is written out, or stands in a file.
pub(super) fn public(text: &str) -> Result<PublicKey> {
    let written = crate::proof::read_public_key(text);
    if let Ok(key) = written {
        return Ok(key);
    }
    if text.trim_start().starts_with("v=") {
        let fault = written.map_or_else(|fault| fault.to_string(), |_| String::new());
        return Err(Error::new(ErrorKind::Usage, format!("the key {fault}"))
            .help("give the record as the domain publishes it"));
    }
    let path = Path::new(text);
    let help = "give a record (v=MCPv1; k=…; p=…), or a file with one, a PEM or an OpenSSH key";
    let text = String::from_utf8_lossy(&read(path, help)?).into_owned();
    crate::proof::read_public_key(&text).map_err(|fault| {
        Error::new(ErrorKind::Usage, format!("the key {fault}")).at(path).help(help)
    })
}
