//! Caddy: a `Caddyfile` that answers without redirects.
//!
//! Errors are a route of their own there, so the CORS headers are said twice.

use std::fmt::Write as _;

use super::rules;
use super::{Capabilities, Host, HostFile, Manner, Queries, Resolution, Whole};
use crate::site::Freshness;

/// Caddy, which also fetches a certificate for the name that it serves.
pub(super) struct Caddy;

/// The configuration, to be filled in.
const CADDYFILE: &str = include_str!("../../../site/hosts/Caddyfile");

impl Host for Caddy {
    fn name(&self) -> &'static str {
        "caddy"
    }

    /// The status of a missing slash and of a preflight are those that our file asks for.
    fn capabilities(&self) -> Capabilities {
        let manner = Manner { keeps_query: false, unknown_type: None, ..Manner::OWN };
        let resolution = Resolution { manner, ..Resolution::OWN };
        Capabilities { queries: Queries::Pages, ..Capabilities::ruled(resolution) }
    }

    /// The path of the base URL is taken off before anything is matched, except in the route for errors,
    /// where Caddy has the address as it was asked for.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let path = whole.base_path.unwrap_or_default();
        let (short, long) = (Freshness::Revalidate, Freshness::Immutable);
        let fixed = rules::immutable(whole).join(" ");
        let cache = if fixed.is_empty() {
            format!("\t\theader Cache-Control \"{}\"\n", short.cache_control())
        } else {
            let (short, long) = (short.cache_control(), long.cache_control());
            format!(
                "\t\t@immutable path {fixed}\n\t\t@other not path {fixed}\n\t\theader @immutable Cache-Control \"{long}\"\n\t\theader @other Cache-Control \"{short}\"\n"
            )
        };
        let mut base = String::new();
        if !path.is_empty() {
            let _ =
                writeln!(base, "\n\t\t# The path of the base URL, for a proxy that passes it on.");
            let _ = writeln!(base, "\t\tredir {path} {path}/ 308\n\t\turi strip_prefix {path}");
        }
        let mut types = String::new();
        for (url, media) in rules::explicit_types(whole) {
            let _ = writeln!(types, "\t\theader {url} Content-Type \"{media}\"");
        }
        let values = [
            ("cache", &*cache),
            ("root", "."),
            ("base", &base),
            ("types", &types),
            ("path", path),
            ("either", &rules::optional(path)),
        ];
        vec![HostFile::text("Caddyfile", rules::fill(CADDYFILE, &values))]
    }
}
