//! What a host can do and how it finds files, as plain data.

use super::manner::Manner;

/// What a host can do. `None` means that no limit is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Response headers can be set (types, CORS, caching).
    pub headers: bool,
    /// A URL can be answered from a file elsewhere, without a redirect.
    pub rewrites: bool,
    /// How a query is handled.
    pub queries: Queries,
    /// How a path is turned into a file before any rule of ours.
    pub resolution: Resolution,
    /// Most files in a site.
    pub max_files: Option<u64>,
    /// Most files on the plan that costs nothing, where that differs.
    pub free_files: Option<u64>,
    /// Largest file, in bytes.
    pub max_file_bytes: Option<u64>,
    /// Largest site, in bytes.
    pub max_site_bytes: Option<u64>,
}

/// How a query is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Queries {
    /// Queries are ignored: the response is the document without a query.
    Ignored,
    /// `limit`, `cursor` and `version=latest` choose one of the pages below `/v0.1/_q/page/`.
    Pages,
}

/// How a host finds the file for a path, as needed to imitate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolution {
    /// What `%2F` in a path means.
    pub encoded_slash: EncodedSlash,
    /// Status of the redirect from a folder's name to the same with a slash; `None` when the folder's
    /// index is served at once, or never.
    pub folder_redirect: Option<u16>,
    /// Names that are looked for in a folder, in this order; our rules may find others.
    pub indexes: &'static [&'static str],
    /// Whether `name.html` is served for `name`.
    pub html_suffix: bool,
    /// Who sets the CORS headers.
    pub cors: Cors,
    /// Whether an unknown path below `/v0.1` gets the API's JSON body instead of a page.
    pub json_not_found: bool,
    /// Status of the response to a preflight request; `None` where the method is ignored and the
    /// response is the document.
    pub preflight: Option<u16>,
    /// How it answers.
    pub manner: Manner,
}

/// What `%2F` in a path means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodedSlash {
    /// The same as a slash.
    Decoded,
    /// A part of a file's name.
    Kept,
    /// The answer is a redirect with this status to the decoded path.
    Redirected(u16),
}

/// Who sets the CORS headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cors {
    /// The host, `Access-Control-Allow-Origin: *` alone, on every answer.
    Host,
    /// Our rules, all three headers.
    Rules,
    /// The operator of the server or bucket; nothing in the site can set them.
    Operator,
}

impl Capabilities {
    /// Returns a host that serves files and takes no rules.
    pub(super) const fn files(resolution: Resolution) -> Self {
        Self {
            headers: false,
            rewrites: false,
            queries: Queries::Ignored,
            resolution,
            max_files: None,
            free_files: None,
            max_file_bytes: None,
            max_site_bytes: None,
        }
    }

    /// Returns a host that also takes rules for headers and rewrites.
    pub(super) const fn ruled(resolution: Resolution) -> Self {
        Self { headers: true, rewrites: true, ..Self::files(resolution) }
    }
}

impl Resolution {
    /// Paths are decoded, a folder's `index.html` is served after a redirect, wrong links get a page.
    pub(super) const USUAL: Self = Self {
        encoded_slash: EncodedSlash::Decoded,
        folder_redirect: Some(301),
        indexes: &["index.html"],
        html_suffix: false,
        cors: Cors::Host,
        json_not_found: false,
        preflight: Some(405),
        manner: Manner::USUAL,
    };

    /// A web server with our configuration.
    pub(super) const OWN: Self = Self {
        folder_redirect: Some(308),
        cors: Cors::Rules,
        json_not_found: true,
        preflight: Some(204),
        manner: Manner::OWN,
        ..Self::USUAL
    };
}
