//! Key files: where they are, reading them, and creating them so that nobody else can read them.

use std::fs;
use std::io::ErrorKind::AlreadyExists;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::talk::Talk;
use crate::error::{Error, ErrorKind, Result};
use crate::proof::{PrivateKey, PublicKey};
use crate::world::file;

/// Largest key or signature file that is read, in bytes.
const MAX: u64 = 64 * 1024;

/// Returns the default path of the private key.
pub(super) fn default_place() -> Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || folder("HOME").or_else(|| folder("USERPROFILE")).map(|home| home.join(".config"));
    let config = folder("XDG_CONFIG_HOME").or_else(home).ok_or_else(|| {
        Error::new(ErrorKind::Usage, "no home folder is known, so the key has no default path")
            .help("name a file with --key or --out")
    })?;
    Ok(config.join("mcp-static").join("key"))
}

/// Reads a file, or standard input for `-`.
pub(super) fn read(path: &Path, help: &str) -> Result<Vec<u8>> {
    let bytes = match path == Path::new("-") {
        true => file::read_from(std::io::stdin().lock(), MAX),
        false => file::read(path, MAX),
    };
    bytes.map_err(|e| Error::io("the file cannot be read", path, e).help(help))
}

/// Reads the private key in a file. Warns when others can read the file.
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

/// Writes a key to a new file that only its owner can read, and the public key beside it.
///
/// When several runs write at once, one succeeds and the others fail. Links are neither replaced nor
/// followed.
pub(super) fn create(path: &Path, key: &PrivateKey, force: bool) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    create_folder(folder).map_err(|e| Error::io("the folder cannot be created", folder, e))?;
    let public = beside(path);
    let _held = file::hold(folder).ok_or_else(|| {
        Error::new(ErrorKind::Io, "another run is writing a key to this folder")
            .at(folder)
            .help("wait for it to end, then see whether you still need a key")
    })?;
    for place in [path, &public] {
        match fs::symlink_metadata(place) {
            Err(_) => {}
            Ok(meta) if meta.is_file() && force => {}
            Ok(meta) if meta.is_file() => return Err(taken(place)),
            Ok(_) => {
                return Err(Error::new(ErrorKind::Usage, "a link or a folder is in the way")
                    .at(place)
                    .help("remove it, or choose another file with --out"));
            }
        }
    }
    let comment = "mcp-static";
    let secret = key.to_openssh(comment);
    write_new(path, secret.as_bytes(), file::SECRET, force)?;
    let line = format!("{}\n", key.public().to_openssh_line(comment));
    write_new(&public, line.as_bytes(), file::SHARED, force)
}

fn taken(path: &Path) -> Error {
    Error::new(ErrorKind::Usage, "a key exists already").at(path).help(
        "choose another file with --out, or replace it with --force; keep its record published as long as what it signed must stay valid",
    )
}

/// Returns the path of the public key.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

/// Writes a file under another name first, so that it is never incomplete and never readable by others.
/// Without `force` an existing file is kept.
fn write_new(path: &Path, bytes: &[u8], mode: u32, force: bool) -> Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(format!(".{}.new", std::process::id()));
    let fresh = PathBuf::from(fresh);
    let written = file::create(&fresh, mode).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| match force {
        true => fs::rename(&fresh, path),
        // Fails when something is there, even a link that leads nowhere.
        false => fs::hard_link(&fresh, path).or_else(|e| match e.kind() {
            AlreadyExists => Err(e),
            // Some disks have no links.
            _ => file::create(path, mode).and_then(|mut file| file.write_all(bytes)),
        }),
    });
    let _ = fs::remove_file(&fresh);
    placed.map_err(|e| match e.kind() {
        AlreadyExists => taken(path),
        _ => Error::io("the key cannot be written", path, e),
    })
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

/// Parses a public key, or reads it from a file.
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
