//! Checks single servers before the whole registry is checked, for a server that answers meanwhile.

use crate::data::ServerFolder;
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::Result;
use crate::model::Listing;

use super::Loaded;

/// What only the whole registry shows. Normally these are warnings; the settings can make them errors.
const FOUND_LAST: [Code; 3] =
    [Code::RemoteUrlShared, Code::PolicyExceptionExpired, Code::PolicyExceptionUnused];

impl Loaded {
    /// Whether only errors of single servers can still refuse the registry: settings, owners, layout, names and
    /// tombstones have none, nothing that is found last is one, and no template of the operator can fail.
    pub(crate) fn is_sound_ahead(&self) -> Result<bool> {
        let found_last = FOUND_LAST.map(|code| Diagnostic::new(code, Place::default(), ""));
        let mut report = Report::new();
        report.extend(self.tree_findings()?);
        report.extend(found_last);
        let is_customized = self.catalog.as_ref().is_some_and(|catalog| catalog.is_customized());
        Ok(!is_customized && !report.finish(&self.levels()).has_errors())
    }

    /// Checks one server alone as [`super::check_each`] does. Returns its listing, without what the policy leaves out,
    /// and what was found in its files.
    pub(crate) fn check_ahead(&self, server: &ServerFolder) -> Result<(Option<Listing>, Report)> {
        let files = self.tree.read_server(server)?;
        let checked = self.checked(&self.checker(), server, files)?;
        let mut report = Report::new();
        report.extend(checked.findings);
        Ok((checked.listing, report.finish(&self.levels())))
    }
}
