//! The program of a host that answers queries of the list: which requests reach it, and what it reads.
//!
//! Its answers are those of `routes`; `tests/e2e/edge.sh` tests that the program gives the same. A folder
//! needs both the program and a complete index; otherwise the host answers alone.

use crate::render::query::{self, IndexedVersion};
use crate::site::{Artifact, EDGE_PATHS, Freshness, Media, Shape, UrlPath};

use super::asked::Asked;
use super::find::Lookup;
use super::imitation::Imitation;

/// Folder of the program's files, from the site's root.
const FOLDER: &str = "v0.1/_q";

impl Imitation {
    /// Returns the target of a request that reaches the program, without the path of the base URL.
    pub fn for_program<'a>(&self, raw: &'a str) -> Option<&'a str> {
        if !self.program {
            return None;
        }
        let target = self.target(raw);
        let manner = &self.can.resolution.manner;
        let loose = manner.loose_slash || manner.loose_program;
        let path = target.path.strip_suffix('/').filter(|_| loose).unwrap_or(target.path);
        EDGE_PATHS.contains(&path).then(|| &raw[target.base.len()..])
    }

    /// Returns every version, as the index in a folder has them, and the lists without a query. When the
    /// folder does not have all that, no request reaches the program from now on.
    pub fn take_index(&mut self) -> Option<(Vec<IndexedVersion>, Vec<Artifact>)> {
        let file = |name: &str| Some(&*self.store.get(&format!("{FOLDER}/{name}"))?.body);
        let lists = || EDGE_PATHS.iter().map(|path| self.list(path)).collect::<Option<_>>();
        let found = self.program.then(|| Some((query::read(file)?, lists()?))).flatten();
        self.program = found.is_some();
        found
    }

    /// Returns the list at an address, behind its redirect if it has one: the program follows that itself.
    fn list(&self, path: &str) -> Option<Artifact> {
        let asked = Asked { key: path.trim_start_matches('/').to_owned(), slash: false };
        let mut found = self.find(&asked, "");
        if let Lookup::Moved(to) = &found {
            found = self.find(to, "");
        }
        let Lookup::File(_, stored) = found else { return None };
        Some(Artifact {
            path: UrlPath::new(asked.key.split('/'))?,
            shape: Shape::Endpoint,
            media: Media::Json,
            freshness: Freshness::Revalidate,
            body: stored.body.clone(),
        })
    }
}
