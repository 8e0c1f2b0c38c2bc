//! Puts the result of a probe into a site: only into the site that it is about, byte for byte.

use std::sync::Arc;

use crate::config::BaseUrl;
use crate::error::{Error, ErrorKind, Result};
use crate::probe;
use crate::render::Probed;

use super::Loaded;

/// Maximum size of `probe.json`, in bytes; real ones are far smaller.
const LARGEST: usize = 4 * 1024 * 1024;

impl Loaded {
    /// Puts the result of a probe (`probe.json`) into the site that will be built.
    ///
    /// # Errors
    /// When `bytes` are not such a result, and when it is about another base URL than this registry's.
    pub fn show_probe(&mut self, bytes: Vec<u8>) -> Result<()> {
        let wrong = |why: String, help: &str| Err(Error::new(ErrorKind::Usage, why).help(help));
        let again = "give the probe.json that `mcp-static probe URL --write DIR` made";
        if bytes.len() > LARGEST {
            return wrong("this is not the result of a probe: it is too large".to_owned(), again);
        }
        let result = match probe::from_json(&bytes) {
            Ok(result) => result,
            Err(why) => return wrong(format!("this is not the result of a probe: {why}"), again),
        };
        match self.facts.base_url.as_ref().map(BaseUrl::as_str) {
            Some(ours) if ours == result.base_url => {}
            Some(ours) => {
                let theirs = &result.base_url;
                let why = format!("the result is about {theirs}, and this registry is at {ours}");
                return wrong(why, "probe this registry, a preview of it with --stands-for");
            }
            None => {
                let why = format!(
                    "the result is about {}, and no base URL of this registry is known",
                    result.base_url
                );
                return wrong(why, "give --base-url, or set base_url in registry.toml");
            }
        }
        let (badge, sentence) = (probe::badge(&result), probe::sentence(&result));
        let probed = Probed { json: bytes.into(), badge, sentence, result };
        self.facts.probed = Some(Arc::new(probed));
        Ok(())
    }
}
