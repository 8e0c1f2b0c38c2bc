//! Apache httpd: a part of a virtual host that answers without redirects.
//!
//! It is not an `.htaccess`, where `AllowEncodedSlashes` has no effect and every `%2F` would be a 404.

use std::fmt::Write as _;

use super::rules;
use super::{Capabilities, Host, HostFile, Manner, Queries, Resolution, Whole};
use crate::site::Freshness;

/// Apache httpd 2.4.
pub(super) struct Apache;

/// The configuration, to be filled in.
const VHOST: &str = include_str!("../../../site/hosts/apache.conf");

impl Host for Apache {
    fn name(&self) -> &'static str {
        "apache"
    }

    /// The status of a missing slash and of a preflight are those that our file asks for.
    fn capabilities(&self) -> Capabilities {
        let manner = Manner { unknown_type: None, ..Manner::OWN };
        let resolution = Resolution { manner, ..Resolution::OWN };
        Capabilities { queries: Queries::Pages, ..Capabilities::ruled(resolution) }
    }

    /// Conditions on addresses allow for the path of the base URL, because sections are chosen by the
    /// address that was asked for, whatever it was rewritten to.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let path = whole.base_path.unwrap_or_default();
        // By name and not by address: a rewritten request keeps the address it was asked for.
        let name = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
        let fixed: Vec<String> =
            rules::immutable(whole).iter().map(|url| rules::literal(&name(url))).collect();
        let mut immutable = String::new();
        if !fixed.is_empty() {
            let cache = Freshness::Immutable.cache_control();
            let _ = writeln!(
                immutable,
                "<FilesMatch \"^(?:{})$\">\n    Header always set Cache-Control \"{cache}\"\n</FilesMatch>",
                fixed.join("|")
            );
        }
        let mut base = String::new();
        if !path.is_empty() {
            let pattern = rules::literal(path);
            let _ = writeln!(base, "\n# The path of the base URL, for a proxy that passes it on.");
            let _ = writeln!(base, "RewriteRule ^{pattern}$ {path}/ [R=308,L]");
            let _ = writeln!(base, "RewriteRule ^{pattern}(/.*)$ $1");
        }
        let mut types = String::new();
        for (url, media) in
            rules::explicit_types(whole).iter().filter(|(url, _)| url != "/404.json")
        {
            let _ = writeln!(types, "<Files \"{}\">\n    ForceType {media}\n</Files>", name(url));
        }
        let text = rules::fill(
            VHOST,
            &[
                ("either", &rules::optional(path)),
                ("immutable", &immutable),
                ("root", "/srv/registry"),
                ("base", &base),
                ("types", &types),
                ("path", path),
            ],
        );
        vec![HostFile::text("apache.conf", text)]
    }
}
