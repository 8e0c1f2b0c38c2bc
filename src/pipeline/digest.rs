//! Digests of everything that a server's files depend on: equal digests mean equal files.
//!
//! A build reuses the files of the last one as long as the digests are the same. Everything that can
//! change a byte of the output must be in one of the two.

use crate::text::to_hex;
use sha2::{Digest, Sha256};

use crate::check::expired_reviews;
use crate::data::{Content, ServerFiles, ServerFolder, digest};
use crate::error::Result;

use super::Loaded;

/// Digest of what every server's part depends on besides its own files, in lower-case hex.
pub(super) fn shared_key(loaded: &Loaded) -> String {
    let facts = &loaded.facts;
    let catalog = loaded.catalog.as_ref().map(|catalog| (catalog.digest(), &facts.name));
    let text = format!(
        "{}\n{:?}\n{:?}\n{:?}\n{}\n{}\n{catalog:?}\n{:?}",
        facts.tool,
        facts.meta_key,
        loaded.profile,
        loaded.config,
        facts.v0_copies,
        loaded.evidence.digest(),
        loaded.policing.key()
    );
    digest(text.as_bytes())
}

/// Digest of a server's files and of its dates in the history, in lower-case hex.
///
/// # Errors
/// When history cannot be read.
pub(super) fn server_digest(
    loaded: &Loaded,
    server: &ServerFolder,
    files: &ServerFiles,
) -> Result<String> {
    let mut hash = Sha256::new();
    let mut annotations: Vec<&Content> = Vec::new();
    if let Some(content) = &files.annotations {
        add(&mut hash, 5, content);
        annotations.push(content);
    }
    for (version, files) in server.versions.iter().zip(&files.versions) {
        hash.update([0xff]);
        hash.update(version.version.as_bytes());
        for (mark, content) in [
            (1, &files.server),
            (2, &files.status),
            (3, &files.origin),
            (4, &files.proof),
            (5, &files.annotations),
            (6, &files.overriding),
        ] {
            content.iter().for_each(|content| add(&mut hash, mark, content));
        }
        annotations.extend(&files.annotations);
        let pins =
            files.origin.as_ref().and_then(|content| std::str::from_utf8(&content.bytes).ok());
        let is_pinned = pins.is_some_and(|text| text.contains("\"publishedAt\""));
        if !is_pinned || files.overriding.is_some() {
            let table = loaded.dates.table()?;
            let key = format!("{}/{}/{}", server.namespace, server.name, version.version);
            hash.update(format!("{:?}", table.get(&key)));
            if table.get(&key).is_none() {
                hash.update(format!("{:?}", table.fallback()));
            }
        }
    }
    for content in annotations {
        hash.update(expired_reviews(&content.bytes, loaded.policing.now()));
    }
    let policy = loaded.policing.key_of(&loaded.tree, &loaded.dates, server)?;
    hash.update(policy.into_iter().map(u8::from).collect::<Vec<_>>());
    Ok(to_hex(&hash.finalize()))
}

fn add(hash: &mut Sha256, mark: u8, content: &Content) {
    hash.update([mark, u8::from(content.executable)]);
    hash.update(content.size.to_le_bytes());
    hash.update(&content.bytes);
}
