//! How a host responds besides finding a file: status codes and headers that an imitation must copy.
//!
//! The facts are measured with the host's own runtime where there is one, else taken from its
//! documentation and public reports.

/// How a host answers, as plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manner {
    /// When rewrites are looked at.
    pub rewrites: Order,
    /// Whether a rewrite for `/x` answers `/x/` too.
    pub loose_slash: bool,
    /// Whether a program for `/x` is reached at `/x/` too.
    pub loose_program: bool,
    /// Whether several slashes count as one.
    pub merged_slashes: bool,
    /// What `+` in a path means.
    pub plus: Plus,
    /// Whether a redirect keeps the query.
    pub keeps_query: bool,
    /// Whether a folder without an index is redirected to its slash too, where it is not found.
    pub bare_folders: bool,
    /// Whether `/x.html` and `/x/index.html` are redirected to `/x` and `/x/`.
    pub clean: bool,
    /// Whether one of our rules sets the JSON type for everything below the API, errors included; else a
    /// file's extension tells its type.
    pub api_type: bool,
    /// The type of a file whose extension is missing or unknown; `None` when there is no such header.
    pub unknown_type: Option<&'static str>,
    /// `Cache-Control` where no rule of ours sets it; `None` when there is no such header.
    pub cache: Option<&'static str>,
    /// Whether redirects have that header too.
    pub cached_redirects: bool,
    /// `Cache-Control` of an error, whatever our rules say of its address; `None` when it is treated as
    /// any other answer.
    pub error_cache: Option<&'static str>,
    /// Whether the whole server is configured by us: the API shows documents and no files, and redirects
    /// begin with the path of the base URL.
    pub own: bool,
}

/// When rewrites are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// Before files: a rewrite wins.
    First,
    /// After files and folders: those win.
    Last,
}

/// What `+` in a path means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plus {
    /// A plus.
    Literal,
    /// A space, unless it is encoded.
    Space,
    /// Nothing is found, however it is spelled.
    Lost,
}

impl Manner {
    /// A host that knows files and folders.
    pub(super) const USUAL: Self = Self {
        rewrites: Order::Last,
        loose_slash: false,
        loose_program: false,
        merged_slashes: false,
        plus: Plus::Literal,
        keeps_query: true,
        bare_folders: false,
        clean: false,
        api_type: false,
        unknown_type: Some("application/octet-stream"),
        cache: None,
        cached_redirects: true,
        error_cache: None,
        own: false,
    };

    /// A web server with our configuration.
    pub(super) const OWN: Self = Self {
        rewrites: Order::First,
        loose_slash: true,
        merged_slashes: true,
        cache: Some("public, max-age=60, must-revalidate"),
        error_cache: Some("no-store"),
        own: true,
        ..Self::USUAL
    };
}
