//! How a problem is said: codes, severities, places, the report and its printed forms.
//!
//! Rules find problems and speak in JSON pointers ([`Finding`]); [`SourceFile`] turns a pointer into
//! line and column and makes a [`Diagnostic`]; a [`Report`] gathers, sorts and counts them; `format`
//! prints them. This room refuses to know what any rule checks, and printing decides nothing.

mod code;
mod diagnostic;
pub mod format;
pub(crate) mod json;
mod pointer;
mod report;
mod source;

pub(crate) use code::nearest;
pub use code::{Code, Severity};
pub use diagnostic::{Diagnostic, Finding, Label, Place, Snippet};
pub use pointer::Pointer;
pub use report::{Counts, Levels, Report};
pub use source::{MAX_ALIKE, SourceFile, Span};
