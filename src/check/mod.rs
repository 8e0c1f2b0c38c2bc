//! temp
mod entry;
mod registry;
pub use entry::{CheckedServer, Checker, RemoteUrl, check_document};
pub use registry::{layout, shared_urls};
/// p
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    /// o
    Official,
    /// s
    #[default]
    Strict,
}
/// r
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DocumentRules {
    /// p
    pub profile: Profile,
    /// a
    pub allow_non_semver: bool,
}
impl DocumentRules {
    /// n
    pub fn new(profile: Profile, allow_non_semver: bool) -> Self {
        Self { profile, allow_non_semver }
    }
}
/// d
pub fn document(_: &serde_json::Value, _: &DocumentRules) -> Vec<crate::diag::Finding> {
    Vec::new()
}
