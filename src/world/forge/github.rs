//! The API of GitHubLike.

/// The API.
#[derive(Debug)]
pub struct GitHubLike;
