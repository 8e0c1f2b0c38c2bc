//! Any file server: the canonical tree and nothing else.

use super::{Capabilities, Host};

/// The canonical tree, for servers that serve `index.json` as a folder's index.
pub(super) struct Plain;

impl Host for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn summary(&self) -> &'static str {
        "the canonical tree, without files for a particular host"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { encoded_slash: true, ..Capabilities::default() }
    }
}
