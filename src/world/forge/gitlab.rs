//! The API of GitLab.

/// The API.
#[derive(Debug)]
pub struct GitLab;
