//! Any file server: the canonical tree and nothing else. It promises nothing about types, redirects
//! and headers; those are the server's.

use super::{Capabilities, Cors, Host, Manner, Resolution};

/// The canonical tree, for servers that serve `index.json` as a folder's index.
pub(super) struct Plain;

impl Host for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::files(Resolution {
            indexes: &["index.html", "index.json"],
            cors: Cors::Operator,
            manner: Manner { bare_folders: true, ..Manner::USUAL },
            ..Resolution::USUAL
        })
    }
}
