//! The result of `outdated`, as a table and as JSON.

use serde_json::json;

use crate::text::visible;

/// How something compares with the newest version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Current,
    Outdated,
    /// Nobody answered.
    Unknown,
    /// There is nothing to compare.
    Skipped,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Outdated => "outdated",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }
}

/// A package, or a mirrored entry.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) server: String,
    pub(super) version: String,
    /// Type and identifier of the package; `None` for a mirrored entry.
    pub(super) package: Option<String>,
    pub(super) current: String,
    pub(super) newest: Option<String>,
    pub(super) state: State,
    /// Why it is unknown or skipped, or why no new version is written.
    pub(super) why: String,
}

/// Returns how many rows have a state.
pub(super) fn number(rows: &[Row], state: State) -> usize {
    rows.iter().filter(|row| row.state == state).count()
}

/// Returns the rows as JSON.
pub(super) fn to_json(rows: &[Row]) -> String {
    let rows = rows.iter().map(|row| {
        json!({
            "server": row.server, "version": row.version, "package": row.package,
            "current": row.current, "newest": row.newest, "state": row.state.as_str(),
            "why": Some(&row.why).filter(|why| !why.is_empty()),
        })
    });
    format!("{:#}\n", serde_json::Value::Array(rows.collect()))
}

/// Returns a table of what is outdated or not known, or of everything.
pub(super) fn table(rows: &[Row], all: bool) -> String {
    let shown =
        rows.iter().filter(|row| all || matches!(row.state, State::Outdated | State::Unknown));
    let cells: Vec<[String; 5]> = shown
        .map(|row| {
            let package = row.package.as_deref().unwrap_or("mirrored entry");
            let newest = row.newest.as_deref().unwrap_or("-");
            let note = match (row.state, row.why.as_str()) {
                (State::Outdated, why) => why.to_owned(),
                (state, "") => state.as_str().to_owned(),
                (state, why) => format!("{}: {why}", state.as_str()),
            };
            [&row.server, package, &row.current, newest, &note]
                .map(|text| visible(text).into_owned())
        })
        .collect();
    if cells.is_empty() {
        return String::new();
    }
    let head = ["server", "package", "current", "newest", "note"].map(str::to_owned);
    let lines: Vec<&[String; 5]> = std::iter::once(&head).chain(&cells).collect();
    let width = |column: usize| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..4).map(width).collect();
    let line = |line: &&[String; 5]| {
        let mut text = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(&format!("{cell:<width$}  "));
        }
        text.push_str(&line[4]);
        format!("{}\n", text.trim_end())
    };
    lines.iter().map(line).collect()
}
