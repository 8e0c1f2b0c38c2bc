//! Reporting of problems: codes, severities, places, the report and its printed forms.
//!
//! A rule reports a [`Finding`] with a JSON pointer. [`SourceFile`] turns the pointer into line and column
//! and makes a [`Diagnostic`]. A [`Report`] collects, sorts and counts them, and [`mod@format`] prints
//! them. Nothing here knows what any rule checks.

mod code;
mod diagnostic;
pub mod format;
pub mod json;
mod pointer;
mod report;
mod source;

pub use code::{Code, Severity, nearest, suggest};
pub use diagnostic::{Diagnostic, Finding, Label, Place, Snippet};
pub use pointer::Pointer;
pub use report::{Levels, Report};
pub use source::{MAX_ALIKE, SourceFile, Span};
