//! nginx: a `server` block that answers without redirects, and a container that holds both.
//!
//! Types, CORS, caching, the API's 404 body and the pages of lists are all in the configuration. The
//! headers are set for the server, because a location with its own headers would drop them.

use std::fmt::Write as _;

use super::rules;
use super::{Capabilities, Host, HostFile, Manner, Queries, Resolution, Whole};
use crate::site::Freshness;

/// nginx, alone or in a container.
pub(super) struct Nginx;

/// The configuration, to be filled in.
const SERVER: &str = include_str!("../../../site/hosts/nginx.conf");

/// How to put both into a container.
const CONTAINER: &str = include_str!("../../../site/hosts/Containerfile");

impl Host for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn capabilities(&self) -> Capabilities {
        let manner = Manner { keeps_query: false, ..Manner::OWN };
        let resolution = Resolution { manner, ..Resolution::OWN };
        Capabilities { queries: Queries::Pages, ..Capabilities::ruled(resolution) }
    }

    /// The path of the base URL works whether a proxy passes it on or takes it off.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let path = whole.base_path.unwrap_or_default();
        let mut immutable = String::new();
        for url in rules::immutable(whole) {
            let _ = writeln!(immutable, "    {url} \"{}\";", Freshness::Immutable.cache_control());
        }
        let mut base = String::new();
        if !path.is_empty() {
            let pattern = rules::literal(path);
            let _ =
                writeln!(base, "\n    # The path of the base URL, for a proxy that passes it on.");
            let _ = writeln!(base, "    rewrite ^{pattern}$ {path}/ permanent;");
            let _ = writeln!(base, "    rewrite ^{pattern}(/.*)$ $1;");
        }
        let mut types = String::new();
        for (url, media) in
            rules::explicit_types(whole).iter().filter(|(url, _)| url != "/404.json")
        {
            let _ = writeln!(
                types,
                "    location = {url} {{\n        types {{ }}\n        default_type {media};\n    }}"
            );
        }
        let text = rules::fill(
            SERVER,
            &[
                ("immutable", &immutable),
                ("root", "/usr/share/nginx/html"),
                ("base", &base),
                ("types", &types),
                ("path", path),
            ],
        );
        vec![
            HostFile::text("nginx.conf", text),
            HostFile::text("Containerfile", CONTAINER),
            HostFile::text(".containerignore", ".mcp-static\nContainerfile\n.containerignore\n"),
        ]
    }
}
